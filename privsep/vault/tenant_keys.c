#include "vault/tenant_keys.h"

#include <errno.h>
#include <string.h>

#include "crypto/sealed.h"
#include "crypto/secret.h"

#define WRAP_LABEL   "sekisho/v1 tenant keys"
#define WRAP_VERSION 1u

static const char keys_name[] = "keys"; /* of the row in a tenant's meta database */

/* What is wrapped; former keys are zero when there are none. */
struct key_material {
    uint8_t record[KEY_AGES][32];
    uint8_t index[KEY_AGES][32];
    uint8_t citizen_ikm[32];
    uint8_t ledger_seed[32];
};

/* Value of "keys" in a tenant's meta database. */
struct wrapped_keys {
    uint16_t version;
    uint16_t tenant;
    uint16_t record_id, index_id; /* of the current keys */
    uint8_t nonce[AEAD_NONCE_LEN];
    uint8_t sealed[sizeof(struct key_material) + AEAD_TAG_LEN];
};
_Static_assert(sizeof(struct wrapped_keys) == 228, "wrapped_keys layout");

static MDB_val keys_row(void)
{
    return (MDB_val){sizeof keys_name - 1, (void *)keys_name};
}

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

static int put_material(MDB_txn *txn, MDB_dbi meta, struct aead *wrap, struct wrapped_keys *wrapped,
                        const struct key_material *material)
{
    MDB_val name = keys_row(), value = {sizeof *wrapped, wrapped};

    crypto_random(wrapped->nonce, sizeof wrapped->nonce);
    if (aead_seal(wrap, wrapped->nonce, wrapped, offsetof(struct wrapped_keys, nonce), material, sizeof *material,
                  wrapped->sealed) != 0)
        return EACCES;
    return mdb_put(txn, meta, &name, &value, 0);
}

static int get_material(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, struct aead *wrap, struct wrapped_keys *wrapped,
                        struct key_material *material)
{
    MDB_val name = keys_row(), value;
    int rc = mdb_get(txn, meta, &name, &value);

    if (rc != 0)
        return rc;
    if (value.mv_size != sizeof *wrapped)
        return MDB_CORRUPTED;
    memcpy(wrapped, value.mv_data, sizeof *wrapped);
    if (wrapped->version != WRAP_VERSION || wrapped->tenant != tenant)
        return MDB_CORRUPTED;
    return aead_open(wrap, wrapped->nonce, wrapped, offsetof(struct wrapped_keys, nonce), wrapped->sealed,
                     sizeof wrapped->sealed, material) == 0
               ? 0
               : EACCES;
}

static int make_material(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, struct aead *wrap, struct wrapped_keys *wrapped,
                         struct key_material *material)
{
    *wrapped = (struct wrapped_keys){.version = WRAP_VERSION, .tenant = tenant, .record_id = 1, .index_id = 1};
    crypto_random(material, sizeof *material);
    memset(material->record[KEY_FORMER], 0, sizeof material->record[KEY_FORMER]);
    memset(material->index[KEY_FORMER], 0, sizeof material->index[KEY_FORMER]);
    return put_material(txn, meta, wrap, wrapped, material);
}

static bool is_set(const uint8_t key[32])
{
    static const uint8_t none[32];

    return !crypto_equal(key, none, sizeof none);
}

static int open_data_keys(const struct wrapped_keys *wrapped, const struct key_material *material,
                          struct data_keys *data)
{
    bool complete = true;

    *data = (struct data_keys){.record_id = wrapped->record_id, .index_id = wrapped->index_id};
    for (int age = KEY_CURRENT; age < KEY_AGES; age++) {
        bool record = is_set(material->record[age]), index = is_set(material->index[age]);
        data->record[age] = record ? prf_new(material->record[age]) : NULL;
        data->index[age] = index ? prf_new(material->index[age]) : NULL;
        complete = complete && record == (data->record[age] != NULL) && index == (data->index[age] != NULL);
    }
    if (complete && data->record[KEY_CURRENT] && data->index[KEY_CURRENT])
        return 0;
    data_keys_free(data);
    return ENOMEM;
}

int tenant_keys_load(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t root_key[32], struct tenant_keys **out)
{
    struct key_material material;
    struct wrapped_keys wrapped;
    struct tenant_keys *keys = *out = secret_alloc(sizeof *keys);

    if (!keys || (keys->wrap = wrapping_context(tenant, root_key)) == NULL)
        return ENOMEM;
    int rc = get_material(txn, meta, tenant, keys->wrap, &wrapped, &material);
    if (rc == MDB_NOTFOUND)
        rc = make_material(txn, meta, tenant, keys->wrap, &wrapped, &material);
    if (rc == 0)
        rc = open_data_keys(&wrapped, &material, &keys->data);
    if (rc == 0) {
        keys->ledger = ed25519_new(material.ledger_seed, keys->ledger_public);
        if (!keys->ledger || hpke_derive_key_pair(material.citizen_ikm, sizeof material.citizen_ikm,
                                                  keys->citizen_private, keys->citizen_public) != 0)
            rc = ENOMEM;
    }
    crypto_wipe(&material, sizeof material);
    return rc;
}

void data_keys_free(struct data_keys *keys)
{
    for (int age = KEY_CURRENT; age < KEY_AGES; age++) {
        prf_free(keys->record[age]);
        prf_free(keys->index[age]);
    }
    *keys = (struct data_keys){0};
}

void tenant_keys_free(struct tenant_keys *keys)
{
    if (!keys)
        return;
    data_keys_free(&keys->data);
    aead_free(keys->wrap);
    ed25519_free(keys->ledger);
    crypto_wipe(keys, sizeof *keys);
}

static int renew(uint8_t key[KEY_AGES][32], uint16_t *id)
{
    if (*id == UINT16_MAX)
        return ERANGE;
    ++*id;
    memcpy(key[KEY_FORMER], key[KEY_CURRENT], 32);
    crypto_random(key[KEY_CURRENT], 32);
    return 0;
}

static int change(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const struct tenant_keys *keys, uint16_t levels,
                  bool make_new, struct data_keys *next)
{
    struct key_material material;
    struct wrapped_keys wrapped;
    int rc = get_material(txn, meta, tenant, keys->wrap, &wrapped, &material);

    if (rc == 0 && make_new && (levels & ROTATE_RECORD_KEY))
        rc = renew(material.record, &wrapped.record_id);
    if (rc == 0 && make_new && (levels & ROTATE_INDEX_KEY))
        rc = renew(material.index, &wrapped.index_id);
    if (rc == 0 && !make_new && (levels & ROTATE_RECORD_KEY))
        memset(material.record[KEY_FORMER], 0, sizeof material.record[KEY_FORMER]);
    if (rc == 0 && !make_new && (levels & ROTATE_INDEX_KEY))
        memset(material.index[KEY_FORMER], 0, sizeof material.index[KEY_FORMER]);
    if (rc == 0)
        rc = put_material(txn, meta, keys->wrap, &wrapped, &material);
    if (rc == 0)
        rc = open_data_keys(&wrapped, &material, next);
    crypto_wipe(&material, sizeof material);
    return rc;
}

int tenant_keys_renew(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const struct tenant_keys *keys, uint16_t levels,
                      struct data_keys *next)
{
    return change(txn, meta, tenant, keys, levels, true, next);
}

int tenant_keys_retire(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const struct tenant_keys *keys, uint16_t levels,
                       struct data_keys *next)
{
    return change(txn, meta, tenant, keys, levels, false, next);
}

int tenant_keys_rewrap(MDB_txn *txn, MDB_dbi meta, uint16_t tenant, const uint8_t from_root_key[32],
                       const uint8_t to_root_key[32])
{
    struct key_material material, again;
    struct wrapped_keys wrapped;
    struct aead *from = wrapping_context(tenant, from_root_key), *to = wrapping_context(tenant, to_root_key);
    int rc = from && to ? get_material(txn, meta, tenant, from, &wrapped, &material) : ENOMEM;

    if (rc == 0)
        rc = put_material(txn, meta, to, &wrapped, &material);
    if (rc == 0)
        rc = get_material(txn, meta, tenant, to, &wrapped, &again);
    if (rc == 0 && !crypto_equal(&material, &again, sizeof material))
        rc = EIO;
    crypto_wipe(&material, sizeof material);
    crypto_wipe(&again, sizeof again);
    aead_free(from);
    aead_free(to);
    return rc;
}
