/* SHA-256 directly, as in hash.c: a leaf has a hash for each of its items, and it may have thousands. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/ledger_leaf.h"

#include <string.h>

#include <openssl/sha.h>

#define ITEM_LEN sizeof(struct ledger_item)
_Static_assert(ITEM_LEN == 32, "an item and its padding are one block, written out below");

/* A message of 32 bytes is one block (FIPS 180-4 section 5.1.1): nothing is buffered, which halves the cost. */
static int hash_item(const uint8_t *item, uint8_t hash[HASH_LEN])
{
    uint8_t block[SHA256_CBLOCK] = {[ITEM_LEN] = 0x80, [SHA256_CBLOCK - 2] = ITEM_LEN * 8 >> 8};
    SHA256_CTX context;

    if (!SHA256_Init(&context))
        return -1;
    memcpy(block, item, ITEM_LEN);
    SHA256_Transform(&context, block);
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(context.h[i]);
        memcpy(hash + i * sizeof word, &word, sizeof word);
    }
    return 0;
}

int ledger_item_hash(const void *item, uint8_t hash[HASH_LEN])
{
    return hash_item(item, hash);
}

int ledger_leaf_data(const void *entry, const void *items, size_t item_count, uint8_t leaf_data[HASH_LEN])
{
    const uint8_t *item = items;
    uint8_t hashes[64][HASH_LEN];
    SHA256_CTX leaf;
    int ok = SHA256_Init(&leaf) && SHA256_Update(&leaf, entry, sizeof(struct ledger_entry));

    while (ok && item_count > 0) {
        size_t count = 0;
        for (; ok && count < item_count && count < 64; count++, item += ITEM_LEN)
            ok = hash_item(item, hashes[count]) == 0;
        ok = ok && SHA256_Update(&leaf, hashes, count * HASH_LEN);
        item_count -= count;
    }
    return ok && SHA256_Final(leaf_data, &leaf) ? 0 : -1;
}

int ledger_leaf_hash(const uint8_t leaf_data[HASH_LEN], uint8_t leaf_hash[HASH_LEN])
{
    uint8_t leaf[1 + HASH_LEN] = {0x00};

    memcpy(leaf + 1, leaf_data, HASH_LEN);
    return sha256(leaf, sizeof leaf, leaf_hash);
}
