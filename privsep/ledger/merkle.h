/*
 * RFC 6962 section 2.1: the Merkle tree over leaf hashes, append-only, with inclusion and consistency proofs.
 *
 * Only the right edge is kept in memory, and of the inner nodes only every eighth level is stored (C2SP tlog-tiles,
 * height 8): a 256th of the leaves' room. What lies between is computed from at most 256 hashes when a proof asks for
 * it.
 */
#ifndef SEKISHO_LEDGER_MERKLE_H
#define SEKISHO_LEDGER_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"

#define MERKLE_LEVELS        64
#define MERKLE_STORED_LEVELS 8 /* nodes of levels 8, 16, 24 ... are stored; level 0 are the leaves */
#define MERKLE_PROOF_MAX     (2 * MERKLE_LEVELS)

/* Right edge of a tree of `size` leaves: edge[k] is the root of a complete subtree of 2^k leaves where bit k of size is
 * set; other entries mean nothing. */
struct merkle {
    uint64_t size;
    uint8_t edge[MERKLE_LEVELS][HASH_LEN];
};

/* Where hashes are kept: level 0 is leaf `index`, level 8n the root of the 256^n leaves from index * 256^n on.
 * Both return 0 or a code that the functions below pass on. */
struct merkle_store {
    int (*get)(void *context, unsigned level, uint64_t index, uint8_t hash[HASH_LEN]);
    int (*put)(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN]);
    void *context;
};

/* RFC 6962: SHA-256(0x01 || left || right). */
int merkle_node(const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN]);

/* Adds a leaf hash; puts the leaf and every node of a stored level that it completes. */
int merkle_append(struct merkle *tree, const struct merkle_store *store, const uint8_t leaf_hash[HASH_LEN]);

/* Root of the tree; of the empty tree SHA-256 of nothing. */
int merkle_root(const struct merkle *tree, uint8_t root[HASH_LEN]);

/* Rebuilds the right edge of a stored tree of `size` leaves. */
int merkle_load(struct merkle *tree, const struct merkle_store *store, uint64_t size);

/* Root of the tree as it was with `size` leaves. */
int merkle_root_at(const struct merkle_store *store, uint64_t size, uint8_t root[HASH_LEN]);

/* PATH(index, D[size]), leaf to root; index < size. Writes at most MERKLE_PROOF_MAX hashes. */
int merkle_inclusion(const struct merkle_store *store, uint64_t index, uint64_t size,
                     uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], unsigned *count);

/* PROOF(old_size, D[size]); 0 < old_size <= size. */
int merkle_consistency(const struct merkle_store *store, uint64_t old_size, uint64_t size,
                       uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], unsigned *count);

#endif
