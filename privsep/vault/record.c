#include "vault/record.h"

#include <errno.h>
#include <string.h>

#include "vault/number_index.h"

struct record_aad {
    char label[20];
    uint16_t tenant, key_id;
    uint32_t zero;
    uint8_t reference[REFERENCE_LEN];
};

/* A record's key seals one message. */
static const uint8_t only_nonce[AEAD_NONCE_LEN];

struct former_key {
    uint8_t reference[REFERENCE_LEN];
    uint8_t order[4]; /* big-endian, so that LMDB keeps them in order */
};

static struct record_aad record_aad(const struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                                    uint16_t key_id)
{
    struct record_aad aad = {.label = "sekisho/v1 number", .tenant = tenant->id, .key_id = key_id};

    memcpy(aad.reference, reference, REFERENCE_LEN);
    return aad;
}

static MDB_val reference_key(const uint8_t reference[REFERENCE_LEN])
{
    return (MDB_val){REFERENCE_LEN, (void *)reference};
}

/* NULL when the key has been dropped: no such record can be there any more. */
static struct prf *tenant_key(const struct tenant *tenant, uint16_t key_id)
{
    const struct data_keys *keys = &tenant->keys->data;

    if (key_id == keys->record_id)
        return keys->record[KEY_CURRENT];
    return key_id == keys->record_id - 1 ? keys->record[KEY_FORMER] : NULL;
}

/* The record's own key, or NULL. */
static struct aead *record_key(const struct tenant *tenant, const struct stored_record *record)
{
    struct prf *maker = tenant_key(tenant, record->key_id);
    uint8_t key[AEAD_KEY_LEN];

    if (!maker || prf(maker, record->key_salt, sizeof record->key_salt, key) != 0)
        return NULL;
    struct aead *aead = aead_new(key);
    crypto_wipe(key, sizeof key);
    return aead;
}

static int load_record(const MDB_val *value, struct stored_record *record)
{
    if (value->mv_size != sizeof *record)
        return MDB_CORRUPTED;
    memcpy(record, value->mv_data, sizeof *record);
    return record->version == RECORD_VERSION ? 0 : MDB_CORRUPTED;
}

int record_get(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
               struct stored_record *record)
{
    MDB_val key = reference_key(reference), value;
    int rc = mdb_get(store->txn, tenant->record, &key, &value);

    return rc == 0 ? load_record(&value, record) : rc;
}

int record_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
               const struct stored_record *record)
{
    MDB_val key = reference_key(reference), value = {sizeof *record, (void *)record};

    return store_put(store, tenant->record, &key, &value, 0);
}

int record_seal(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                struct stored_record *record)
{
    record->key_id = tenant->keys->data.record_id;
    struct record_aad aad = record_aad(tenant, reference, record->key_id);

    crypto_random(record->key_salt, sizeof record->key_salt);
    struct aead *key = record_key(tenant, record);
    int rc = key ? aead_seal(key, only_nonce, &aad, sizeof aad, number, NUMBER_LEN, record->sealed) : -1;
    aead_free(key);
    return rc == 0 ? 0 : EACCES;
}

int record_open(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const struct stored_record *record,
                char number[NUMBER_LEN])
{
    struct record_aad aad = record_aad(tenant, reference, record->key_id);
    struct aead *key = record_key(tenant, record);
    int rc = key ? aead_open(key, only_nonce, &aad, sizeof aad, record->sealed, sizeof record->sealed, number) : -1;

    aead_free(key);
    return rc == 0 ? 0 : EACCES;
}

void record_destroy(struct stored_record *record)
{
    memset(record->key_salt, 0, sizeof record->key_salt);
    memset(record->sealed, 0, sizeof record->sealed);
}

static struct former_key former_key(const uint8_t reference[REFERENCE_LEN], uint32_t order)
{
    struct former_key key = {
        .order = {(uint8_t)(order >> 24), (uint8_t)(order >> 16), (uint8_t)(order >> 8), (uint8_t)order}};

    memcpy(key.reference, reference, REFERENCE_LEN);
    return key;
}

int former_put(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], uint32_t order,
               const struct stored_record *record)
{
    struct former_key name = former_key(reference, order);
    MDB_val key = {sizeof name, &name}, value = {sizeof *record, (void *)record};

    return store_put(store, tenant->former, &key, &value, MDB_NOOVERWRITE);
}

static int former_delete(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                         uint32_t order)
{
    struct former_key name = former_key(reference, order);
    MDB_val key = {sizeof name, &name}, value;
    struct stored_record record;
    char number[NUMBER_LEN];
    int rc = mdb_get(store->txn, tenant->former, &key, &value);

    if (rc == 0)
        rc = load_record(&value, &record);
    if (rc == 0)
        rc = record_open(tenant, reference, &record, number);
    if (rc == 0)
        rc = index_delete_number(store, tenant, number);
    crypto_wipe(number, sizeof number);
    /* LMDB leaves the bytes of a deleted row in its page. */
    record_destroy(&record);
    value = (MDB_val){sizeof record, &record};
    if (rc == 0)
        rc = store_put(store, tenant->former, &key, &value, 0);
    return rc == 0 ? store_del(store, tenant->former, &key) : rc;
}

int former_delete_all(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                      uint32_t count)
{
    int rc = 0;

    for (uint32_t order = 0; order < count && rc == 0; order++)
        rc = former_delete(store, tenant, reference, order);
    return rc;
}
