/* What anybody who may connect may ask of the ledger through the front: heads, proofs, hashes. */
#ifndef SEKISHO_VAULT_LEDGER_READ_H
#define SEKISHO_VAULT_LEDGER_READ_H

#include "vault/store.h"
#include "wire/ledger_messages.h"

/* Largest reply body of any of these. */
#define LEDGER_REPLY_MAX (sizeof(struct ledger_hashes_reply) + LEDGER_HASHES_MAX * HASH_LEN)

/*
 * Each takes the request's body, whose length the frame table has checked, and writes the reply's body; returns its
 * length, or 0 when the request is not well formed: a violation by the front. They read the committed ledger only,
 * inside the open transaction.
 */
size_t ledger_read_head(struct store *store, const uint8_t *body, uint8_t *reply);
size_t ledger_read_proof(struct store *store, const uint8_t *body, uint8_t *reply);
size_t ledger_read_hashes(struct store *store, const uint8_t *body, uint8_t *reply);

#endif
