/*
 * Readable parts of the ledger are erased when their time is over (保管期間), salts and all: what is left of an entry
 * is its leaf hash, which tells nothing, so that tree, proofs and heads stay whole. Oldest first, in small
 * transactions; an entry behind a younger one, as a clock that was set back leaves it, waits for that one: nothing is
 * erased before its time.
 *
 * What is erased is overwritten before its row is deleted; copies in pages that LMDB has given up go with
 * `sekisho store compact`, as those of erased numbers do (erase.h).
 */
#ifndef SEKISHO_VAULT_RETENTION_H
#define SEKISHO_VAULT_RETENTION_H

#include "vault/store.h"

/* Entries of one transaction. */
#define RETENTION_SLICE 256

/* Reads how many entries have been erased: those of the first leaves. */
int retention_load(MDB_txn *txn, struct tenant *tenant);

/* Erases entries recorded before `before_us` (UTC), in the open transaction; *erased is how many: RETENTION_SLICE when
 * there may be more. */
int retention_slice(struct store *store, struct tenant *tenant, int64_t before_us, uint32_t *erased);

#endif
