/*
 * Rotation of a tenant's record key and index key while the vault serves. ROTATE_KEYS makes new keys; from then on
 * everything new is under them, and a slice at a time everything else comes over:
 *
 *   RECORDS   numbers of records are sealed anew, their index rows moved, in the order of references
 *   FORMERS   the same for numbers before a REPLACE
 *   BUDGETS   index key only: what has been guessed of a number that nobody has is under the former key, and the
 *             number to move it by is not known. It is looked at there until its day is over: no rotation gives guesses
 *             back.
 *
 * Then the former keys are dropped. Each slice is a transaction that also keeps the place, so that a crash at any
 * moment loses no more than the slice. Each record and each index row is under exactly one key at any time.
 *
 * All return 0 or a code that spoils the transaction; EACCES and MDB_NOTFOUND never mean less than damage.
 */
#ifndef SEKISHO_VAULT_ROTATION_H
#define SEKISHO_VAULT_ROTATION_H

#include "vault/store.h"

enum rotation_phase { ROTATION_NONE, ROTATION_RECORDS, ROTATION_FORMERS, ROTATION_BUDGETS, ROTATION_PHASE_COUNT };

/* Rows a slice: some milliseconds of work for one wait for the disk. */
#define ROTATION_SLICE 256

/* Reads where the tenant's rotation is; MDB_CORRUPTED when that does not fit its keys. */
int rotation_load(MDB_txn *txn, struct tenant *tenant);

/* Makes new keys, in use from the commit on. EBUSY while a rotation is going on: nothing has been changed then. */
int rotation_begin(struct store *store, struct tenant *tenant, uint16_t levels);

/* A tenant whose rotation has work to do now, or NULL; *waits when there is one that will have some day. */
struct tenant *rotation_next(struct store *store, bool *waits);

/* Works one slice in the open transaction. */
int rotation_slice(struct store *store, struct tenant *tenant);

enum rotation_status rotation_status(const struct tenant *tenant);

/* Has the open transaction changed it? */
bool rotation_changed(const struct tenant *tenant);

#endif
