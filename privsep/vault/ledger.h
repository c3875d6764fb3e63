/*
 * The ledger of number use (番号利用記録): one leaf for each call that touched a number or was refused the right to,
 * per tenant, append-only, in the same transaction as what it records. A leaf never holds a number.
 *
 * The tree is that of RFC 6962; how a leaf commits to its readable part, crypto/ledger_leaf.h.
 */
#ifndef SEKISHO_VAULT_LEDGER_H
#define SEKISHO_VAULT_LEDGER_H

#include "crypto/sealed.h"
#include "ledger/tree_rows.h"
#include "vault/store.h"
#include "wire/ledger_entry.h"

/* Where a tenant's tree lies. */
struct tree_rows ledger_rows(MDB_txn *txn, const struct tenant *tenant);

/* Reads the tree's right edge from the tenant's databases. */
int ledger_load(MDB_txn *txn, struct tenant *tenant);

/* Appends a leaf in the open transaction. Fills version, tenant, index, legal basis and salt of `entry` and the items'
 * salts; writes the RFC 6962 leaf hash. */
int ledger_append(struct store *store, struct tenant *tenant, struct ledger_entry *entry, struct ledger_item *items,
                  size_t item_count, uint8_t leaf_hash[HASH_LEN]);

/* Puts a leaf that is complete, salts and all. */
int ledger_put(struct store *store, struct tenant *tenant, const struct ledger_entry *entry,
               const struct ledger_item *items, size_t item_count, uint8_t leaf_hash[HASH_LEN]);

/* Signs the tree heads of all ledgers that have grown since their last signed one. 0, or EACCES. */
int ledger_sign(struct store *store);

/* Answers a frame of the front, FRAME_LEDGER_HEAD, _PROOF or _HASHES, of what is committed, inside the open
 * transaction. Reply and result are those of ledger/tree_read.h. */
size_t ledger_read(struct store *store, uint16_t type, const uint8_t *body, uint8_t *reply);

#endif
