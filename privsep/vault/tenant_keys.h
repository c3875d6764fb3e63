/*
 * Keys of a tenant: random, stored wrapped (AES-256-GCM) under a key derived from the root key and the tenant.
 * Root key -> wrapping key (HKDF, per tenant) -> these -> record keys (record.h). They live in guarded memory.
 *
 * The two keys that data is under can be exchanged while the vault serves (rotation.h). For that the wrapping key is
 * kept as long as the vault runs; the root key is not. Whoever could read the one could read the tenant's keys too.
 */
#ifndef SEKISHO_VAULT_TENANT_KEYS_H
#define SEKISHO_VAULT_TENANT_KEYS_H

#include <lmdb.h>
#include <stdint.h>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"

enum key_age { KEY_CURRENT, KEY_FORMER, KEY_AGES };

/* What data is under. A former key is there while a rotation has not taken everything from under it, else NULL; its
 * id is the current one's minus one. */
struct data_keys {
    struct prf *record[KEY_AGES]; /* salt of a record -> key of the record (record.h) */
    struct prf *index[KEY_AGES];  /* number -> index key; 10^11 numbers make any unkeyed hash a plaintext */
    uint16_t record_id, index_id; /* of the current key: 1, 2, ... */
};

struct tenant_keys {
    struct data_keys data;
    struct aead *wrap;
    uint8_t citizen_private[HPKE_KEY_LEN]; /* opens citizen blobs */
    uint8_t citizen_public[HPKE_KEY_LEN];
    struct ed25519 *ledger; /* signs tree heads */
    uint8_t ledger_public[ED25519_KEY_LEN];
};

/* Loads the tenant's keys from its meta database, or makes and stores them when the database is empty. 0, an LMDB code,
 * or EACCES when the stored keys do not open under this root key. *keys is to be freed in every case. */
int tenant_keys_load(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t root_key[32],
                     struct tenant_keys **keys);
void tenant_keys_free(struct tenant_keys *keys);

/*
 * Both write the tenant's keys anew in the transaction and fill *next, which the caller puts in place of keys->data
 * when the transaction has been committed, or frees. `levels`: bits of enum rotation_level (crypto/sealed.h).
 *
 * tenant_keys_renew makes the current keys former ones and makes new ones: ERANGE when the ids are used up.
 * tenant_keys_retire drops former keys: nothing may be under them any more.
 */
int tenant_keys_renew(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const struct tenant_keys *keys, uint16_t levels,
                      struct data_keys *next);
int tenant_keys_retire(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const struct tenant_keys *keys, uint16_t levels,
                       struct data_keys *next);
void data_keys_free(struct data_keys *keys);

/* Puts the tenant's stored keys from under one root key under another. As tenant_keys_load; MDB_NOTFOUND when there are
 * none. */
int tenant_keys_rewrap(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t from_root_key[32],
                       const uint8_t to_root_key[32]);

#endif
