/*
 * The access records (アクセス記録, F103, F107, INV-13): wire/access_entry.h says what a leaf is. Appended in the same
 * transaction as what they record; their tree, its heads and proofs are those of the ledger of number use (ledger/).
 */
#ifndef SEKISHO_AUTH_ACCESS_RECORDS_H
#define SEKISHO_AUTH_ACCESS_RECORDS_H

#include "auth/account_store.h"
#include "ledger/tree_read.h"
#include "wire/access_entry.h"

/*
 * Derives the key that signs heads; NULL when libcrypto fails. Free with ed25519_free.
 *     seed = HKDF-Expand(HKDF-Extract("", login key), "sekisho/v1 access records", 32)
 * One key for all tenants of a set: the text that is signed names the tenant.
 */
struct ed25519 *access_key_new(const uint8_t login_private[X25519_LEN], uint8_t public_key[ED25519_KEY_LEN]);
/* The same into store->records_key, before the store is opened. 0, or -1. */
int access_records_key(struct account_store *store, const uint8_t login_private[X25519_LEN]);

/* Reads a tenant's tree in the open transaction, and signs its head when there is a key. 0, or an LMDB code or EACCES.
 */
int access_load(struct account_store *store, struct account_tenant *tenant);

/*
 * Appends a leaf in the open transaction. Fills version, tenant, index, note_hash and salt of `entry`; all else is the
 * caller's, also the time. `note` is zero-padded text, NULL for none; it is kept beside the leaf.
 */
int access_append(struct account_store *store, struct account_tenant *tenant, struct access_entry *entry,
                  const char note[TEXT_NOTE_LEN]);

/* Signs the heads of the trees that have grown: before the transaction is committed. 0, or EACCES. */
int access_sign(struct account_store *store);

/* The row of a leaf that has been committed, in the open transaction. MDB_CORRUPTED when it is not that of the leaf. */
int access_get(struct account_store *store, const struct account_tenant *tenant, uint64_t index,
               struct access_row *row);

/* Answers a frame of the front, FRAME_ACCESS_HEAD, _PROOF or _HASHES, of what is committed. Reply (at most
 * TREE_REPLY_MAX bytes) and *length are those of ledger/tree_read.h: 0 is a violation. No transaction is open. 0, or
 * the LMDB code of the one that it takes. */
int access_read(struct account_store *store, uint16_t type, const uint8_t *body, uint8_t *reply, size_t *length);

#endif
