#include "vault/tenant_keys.h"

#include <errno.h>
#include <string.h>

#include "crypto/secret.h"

#define WRAP_LABEL   "sekisho/v1 tenant keys"
#define WRAP_VERSION 1u

static const char keys_name[] = "keys"; /* of the row in a tenant's meta database */

/* What is wrapped. */
struct key_material {
    uint8_t record[32];
    uint8_t index[32];
    uint8_t citizen_ikm[32];
    uint8_t ledger_seed[32];
};

/* Value of "keys" in a tenant's meta database. */
struct wrapped_keys {
    uint16_t version;
    uint16_t tenant;
    uint32_t zero;
    uint8_t nonce[AEAD_NONCE_LEN];
    uint8_t sealed[sizeof(struct key_material) + AEAD_TAG_LEN];
};
_Static_assert(sizeof(struct wrapped_keys) == 164, "wrapped_keys layout");

static struct aead *wrapping_context(uint16_t tenant, const uint8_t root_key[32])
{
    uint8_t key[32], info[sizeof WRAP_LABEL - 1 + sizeof tenant];

    memcpy(info, WRAP_LABEL, sizeof WRAP_LABEL - 1);
    memcpy(info + sizeof WRAP_LABEL - 1, &tenant, sizeof tenant);
    /* The root key is uniformly random: RFC 5869 section 3.3 lets extract be skipped. */
    struct aead *aead = hkdf_expand(root_key, info, sizeof info, key, sizeof key) == 0 ? aead_new(key) : NULL;
    crypto_wipe(key, sizeof key);
    return aead;
}

static int store_new_material(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, struct aead *wrap,
                              struct key_material *material)
{
    struct wrapped_keys wrapped = {.version = WRAP_VERSION, .tenant = tenant};
    MDB_val name = {sizeof keys_name - 1, (void *)(uintptr_t)keys_name}, value = {sizeof wrapped, &wrapped};

    crypto_random(material, sizeof *material);
    crypto_random(wrapped.nonce, sizeof wrapped.nonce);
    if (aead_seal(wrap, wrapped.nonce, &wrapped, offsetof(struct wrapped_keys, nonce), material, sizeof *material,
                  wrapped.sealed) != 0)
        return EACCES;
    return mdb_put(txn, meta, &name, &value, MDB_NOOVERWRITE);
}

static int load_material(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, struct aead *wrap, struct key_material *material)
{
    struct wrapped_keys wrapped;
    MDB_val name = {sizeof keys_name - 1, (void *)(uintptr_t)keys_name}, value;
    int rc = mdb_get(txn, meta, &name, &value);

    if (rc == MDB_NOTFOUND)
        return store_new_material(txn, meta, tenant, wrap, material);
    if (rc != 0)
        return rc;
    if (value.mv_size != sizeof wrapped)
        return MDB_CORRUPTED;
    memcpy(&wrapped, value.mv_data, sizeof wrapped);
    if (wrapped.version != WRAP_VERSION || wrapped.tenant != tenant)
        return MDB_CORRUPTED;
    return aead_open(wrap, wrapped.nonce, &wrapped, offsetof(struct wrapped_keys, nonce), wrapped.sealed,
                     sizeof wrapped.sealed, material) == 0
               ? 0
               : EACCES;
}

int tenant_keys_load(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t root_key[32], struct tenant_keys **out)
{
    struct key_material material;
    struct tenant_keys *keys = secret_alloc(sizeof *keys);
    struct aead *wrap = wrapping_context(tenant, root_key);
    int rc = !keys || !wrap ? ENOMEM : load_material(txn, meta, tenant, wrap, &material);

    aead_free(wrap);
    if (rc == 0) {
        keys->record = aead_new(material.record);
        keys->index = prf_new(material.index);
        keys->ledger = ed25519_new(material.ledger_seed, keys->ledger_public);
        if (!keys->record || !keys->index || !keys->ledger ||
            hpke_derive_key_pair(material.citizen_ikm, sizeof material.citizen_ikm, keys->citizen_private,
                                 keys->citizen_public) != 0)
            rc = ENOMEM;
    }
    crypto_wipe(&material, sizeof material);
    *out = keys;
    return rc;
}

void tenant_keys_free(struct tenant_keys *keys)
{
    if (!keys)
        return;
    aead_free(keys->record);
    prf_free(keys->index);
    ed25519_free(keys->ledger);
    crypto_wipe(keys, sizeof *keys);
}
