#include "ledger/merkle.h"

#include <string.h>

int merkle_node(const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN])
{
    uint8_t input[1 + 2 * HASH_LEN] = {0x01};

    memcpy(input + 1, left, HASH_LEN);
    memcpy(input + 1 + HASH_LEN, right, HASH_LEN);
    return sha256(input, sizeof input, out);
}

int merkle_append(struct merkle *tree, const struct merkle_store *store, const uint8_t leaf_hash[HASH_LEN])
{
    uint8_t hash[HASH_LEN];
    unsigned level = 0;
    int rc = store->put(store->context, 0, tree->size, leaf_hash);

    memcpy(hash, leaf_hash, HASH_LEN);
    /* Adding one to the size is a binary carry: each carried bit joins two complete subtrees. */
    for (; rc == 0 && (tree->size >> level) & 1; level++) {
        rc = merkle_node(tree->edge[level], hash, hash);
        if (rc == 0 && (level + 1) % MERKLE_STORED_LEVELS == 0)
            rc = store->put(store->context, level + 1, tree->size >> (level + 1), hash);
    }
    if (rc != 0)
        return rc;
    memcpy(tree->edge[level], hash, HASH_LEN);
    tree->size++;
    return 0;
}

int merkle_root(const struct merkle *tree, uint8_t root[HASH_LEN])
{
    bool any = false;

    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!((tree->size >> level) & 1))
            continue;
        if (!any)
            memcpy(root, tree->edge[level], HASH_LEN);
        else if (merkle_node(tree->edge[level], root, root) != 0)
            return -1;
        any = true;
    }
    return any ? 0 : sha256("", 0, root);
}

/* Root of the complete subtree of 2^level leaves that starts at leaf index << level. */
static int complete_subtree(const struct merkle_store *store, unsigned level, uint64_t index, uint8_t hash[HASH_LEN])
{
    uint8_t right[HASH_LEN];

    if (level % MERKLE_STORED_LEVELS == 0)
        return store->get(store->context, level, index, hash);
    int rc = complete_subtree(store, level - 1, 2 * index, hash);
    if (rc == 0)
        rc = complete_subtree(store, level - 1, 2 * index + 1, right);
    return rc == 0 ? merkle_node(hash, right, hash) : rc;
}

int merkle_load(struct merkle *tree, const struct merkle_store *store, uint64_t size)
{
    int rc = 0;

    *tree = (struct merkle){.size = size};
    for (unsigned level = 0; level < MERKLE_LEVELS && rc == 0; level++)
        if ((size >> level) & 1)
            rc = complete_subtree(store, level, (size >> level) - 1, tree->edge[level]);
    return rc;
}

/* RFC 6962 MTH(D[begin:end]). `begin` is a multiple of the largest power of two not above the length, as it is for
 * every range that the recursions of section 2.1 reach. */
static int range_root(const struct merkle_store *store, uint64_t begin, uint64_t end, uint8_t hash[HASH_LEN])
{
    struct merkle edge = {.size = end - begin};
    int rc = 0;

    for (unsigned level = 0; level < MERKLE_LEVELS && rc == 0; level++) {
        if (!((edge.size >> level) & 1))
            continue;
        uint64_t first = begin + ((edge.size >> (level + 1)) << 1 << level);
        rc = complete_subtree(store, level, first >> level, edge.edge[level]);
    }
    return rc == 0 ? merkle_root(&edge, hash) : rc;
}

int merkle_root_at(const struct merkle_store *store, uint64_t size, uint8_t root[HASH_LEN])
{
    return range_root(store, 0, size, root);
}

/* Largest power of two smaller than n; n > 1. */
static uint64_t split_point(uint64_t n)
{
    return 1ull << (63 - __builtin_clzll(n - 1));
}

/* The recursions of section 2.1.1 and 2.1.2 write their proofs from the leaf up; these loops go from the root down and
 * turn the result round. */
static void reverse(uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], unsigned count)
{
    uint8_t held[HASH_LEN];

    for (unsigned i = 0; i < count / 2; i++) {
        memcpy(held, proof[i], HASH_LEN);
        memcpy(proof[i], proof[count - 1 - i], HASH_LEN);
        memcpy(proof[count - 1 - i], held, HASH_LEN);
    }
}

int merkle_inclusion(const struct merkle_store *store, uint64_t index, uint64_t size,
                     uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], unsigned *count)
{
    uint64_t begin = 0, end = size;
    int rc = 0;

    *count = 0;
    while (rc == 0 && end - begin > 1) {
        uint64_t middle = begin + split_point(end - begin);
        bool left = index < middle;
        rc = left ? range_root(store, middle, end, proof[(*count)++])
                  : range_root(store, begin, middle, proof[(*count)++]);
        if (left)
            end = middle;
        else
            begin = middle;
    }
    reverse(proof, *count);
    return rc;
}

int merkle_consistency(const struct merkle_store *store, uint64_t old_size, uint64_t size,
                       uint8_t proof[MERKLE_PROOF_MAX][HASH_LEN], unsigned *count)
{
    uint64_t begin = 0, end = size;
    bool old_is_prefix = true; /* the subtree D[begin:old_size] is the whole old tree: its root is known to the asker */
    int rc = 0;

    *count = 0;
    while (rc == 0 && old_size < end) {
        uint64_t middle = begin + split_point(end - begin);
        if (old_size <= middle) {
            rc = range_root(store, middle, end, proof[(*count)++]);
            end = middle;
        } else {
            rc = range_root(store, begin, middle, proof[(*count)++]);
            begin = middle;
            old_is_prefix = false;
        }
    }
    if (rc == 0 && !old_is_prefix)
        rc = range_root(store, begin, end, proof[(*count)++]);
    reverse(proof, *count);
    return rc;
}
