/* What anybody who may connect may ask of a ledger through the front: heads, proofs, hashes (wire/ledger_messages.h).
 */
#ifndef SEKISHO_LEDGER_TREE_READ_H
#define SEKISHO_LEDGER_TREE_READ_H

#include "crypto/sealed.h"
#include "ledger/merkle.h"
#include "wire/ledger_messages.h"

/* Largest reply body of any of these. */
#define TREE_REPLY_MAX (sizeof(struct ledger_hashes_reply) + LEDGER_HASHES_MAX * HASH_LEN)

/* A ledger as it was last committed. */
struct tree_view {
    struct merkle_store hashes; /* read only */
    const struct ledger_checkpoint *checkpoint;
    const uint8_t *public_key; /* Ed25519, of the checkpoint's signature */
};

/* The tenant that a request's body names. */
uint16_t tree_read_tenant(const uint8_t *body);

/*
 * Each takes the request's body, whose length the frame table has checked, and writes the reply's body; returns its
 * length, or 0 when the request is not well formed: a violation by the front. `tree` NULL: the tenant is not served
 * here.
 */
size_t tree_read_head(const struct tree_view *tree, const uint8_t *body, uint8_t *reply);
size_t tree_read_proof(const struct tree_view *tree, const uint8_t *body, uint8_t *reply);
size_t tree_read_hashes(const struct tree_view *tree, const uint8_t *body, uint8_t *reply);

#endif
