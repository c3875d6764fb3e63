/*
 * How a leaf of the ledger commits to its readable part (wire/ledger_entry.h):
 *     item hash = SHA-256(struct ledger_item)
 *     leaf data = SHA-256(struct ledger_entry || item hash of each item, in order)
 *     leaf hash = SHA-256(0x00 || leaf data)                                      (RFC 6962 section 2.1)
 * Every input has a length of its own (32; 128 and more; 33; 65 for inner nodes), so that none can pass for another.
 * Entry and items are salted: a hash tells nothing, and a proof for one person shows the entry, that person's item and
 * of the others the hashes only. The readable part can be erased when its time is over while every hash stays valid.
 */
#ifndef SEKISHO_CRYPTO_LEDGER_LEAF_H
#define SEKISHO_CRYPTO_LEDGER_LEAF_H

#include "crypto/hash.h"
#include "wire/ledger_entry.h"

/* Entry and items as bytes, aligned or not. All return 0, or -1 when libcrypto fails. */
int ledger_item_hash(const void *item, uint8_t hash[HASH_LEN]);
int ledger_leaf_data(const void *entry, const void *items, size_t item_count, uint8_t leaf_data[HASH_LEN]);
int ledger_leaf_hash(const uint8_t leaf_data[HASH_LEN], uint8_t leaf_hash[HASH_LEN]);

#endif
