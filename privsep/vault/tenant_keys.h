/*
 * Keys of a tenant: random, made once, stored wrapped (AES-256-GCM) under a key derived from the root key and the
 * tenant. Root key -> wrapping key (HKDF, per tenant) -> these. They live in guarded memory; the wrapping key is not
 * kept.
 */
#ifndef SEKISHO_VAULT_TENANT_KEYS_H
#define SEKISHO_VAULT_TENANT_KEYS_H

#include <lmdb.h>
#include <stdint.h>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"

struct tenant_keys {
    struct aead *record;                   /* seals numbers in records */
    struct prf *index;                     /* number -> index key; 10^11 numbers make any unkeyed hash a plaintext */
    uint8_t citizen_private[HPKE_KEY_LEN]; /* opens citizen blobs */
    uint8_t citizen_public[HPKE_KEY_LEN];
    struct ed25519 *ledger; /* signs tree heads */
    uint8_t ledger_public[ED25519_KEY_LEN];
};

/* Loads the tenant's keys from its meta database, or makes and stores them when the database is empty. 0, an LMDB code,
 * or EACCES when the stored keys do not open under this root key. */
int tenant_keys_load(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t root_key[32],
                     struct tenant_keys **keys);
void tenant_keys_free(struct tenant_keys *keys);

#endif
