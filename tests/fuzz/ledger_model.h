/* A ledger of the fuzz target's own: its tree and proofs as RFC 6962 section 2.1 defines them, one signed head, and one
 * receipt of an erasure. */
#ifndef SEKISHO_TESTS_FUZZ_LEDGER_MODEL_H
#define SEKISHO_TESTS_FUZZ_LEDGER_MODEL_H

#include "erasure_receipt.h"
#include "support/fuzz.h"

#define MODEL_LEAVES 64

/* Leaf n is the hash whose first byte is n + 1, rest zero. Root of the first `size` leaves; 1 <= size. */
void model_leaf(uint64_t n, uint8_t hash[SEKISHO_HASH_LEN]);
void model_root(uint64_t size, uint8_t root[SEKISHO_HASH_LEN]);
void model_inclusion(uint64_t index, uint64_t size, struct sekisho_proof *proof);
void model_consistency(uint64_t old_size, uint64_t size, struct sekisho_proof *proof);

/* The only head that the model's key has signed; and the text of the only receipt under it. */
const struct sekisho_checkpoint *model_head(void);
const char *model_receipt(void);

#endif
