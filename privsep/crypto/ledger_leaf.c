/* SHA-256 directly, as in hash.c: a leaf has a hash for each item, and up to thousands of them. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/ledger_leaf.h"

#include <string.h>

#include <openssl/sha.h>

int ledger_item_hash(const void *item, uint8_t hash[HASH_LEN])
{
    return sha256(item, sizeof(struct ledger_item), hash);
}

int ledger_leaf_data(const void *entry, const void *items, size_t item_count, uint8_t leaf_data[HASH_LEN])
{
    const uint8_t *item = items;
    uint8_t hash[HASH_LEN];
    SHA256_CTX leaf;
    int ok = SHA256_Init(&leaf) && SHA256_Update(&leaf, entry, sizeof(struct ledger_entry));

    for (size_t i = 0; ok && i < item_count; i++, item += sizeof(struct ledger_item))
        ok = ledger_item_hash(item, hash) == 0 && SHA256_Update(&leaf, hash, sizeof hash);
    return ok && SHA256_Final(leaf_data, &leaf) ? 0 : -1;
}

int ledger_leaf_hash(const uint8_t leaf_data[HASH_LEN], uint8_t leaf_hash[HASH_LEN])
{
    uint8_t leaf[1 + HASH_LEN] = {0x00};

    memcpy(leaf + 1, leaf_data, HASH_LEN);
    return sha256(leaf, sizeof leaf, leaf_hash);
}
