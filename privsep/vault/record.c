#include "vault/record.h"

#include <errno.h>
#include <string.h>

#define INDEX_KEY_LEN 16

struct record_aad {
    char label[20];
    uint16_t tenant, key_id;
    uint32_t zero;
    uint8_t reference[REFERENCE_LEN];
};

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
    return (MDB_val){REFERENCE_LEN, (void *)(uintptr_t)reference};
}

static int index_key(struct tenant *tenant, const char number[NUMBER_LEN], uint8_t key[HASH_LEN])
{
    return prf(tenant->keys->index, number, NUMBER_LEN, key) == 0 ? 0 : EACCES;
}

static int load_record(const MDB_val *value, struct stored_record *record)
{
    if (value->mv_size != sizeof *record)
        return MDB_CORRUPTED;
    memcpy(record, value->mv_data, sizeof *record);
    return record->version == 1 ? 0 : MDB_CORRUPTED;
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
    MDB_val key = reference_key(reference), value = {sizeof *record, (void *)(uintptr_t)record};

    return mdb_put(store->txn, tenant->record, &key, &value, 0);
}

int record_seal(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                struct stored_record *record)
{
    record->key_id = 1;
    struct record_aad aad = record_aad(tenant, reference, record->key_id);

    crypto_random(record->nonce, sizeof record->nonce);
    return aead_seal(tenant->keys->record, record->nonce, &aad, sizeof aad, number, NUMBER_LEN, record->sealed) == 0
               ? 0
               : EACCES;
}

int record_open(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const struct stored_record *record,
                char number[NUMBER_LEN])
{
    struct record_aad aad = record_aad(tenant, reference, record->key_id);

    return aead_open(tenant->keys->record, record->nonce, &aad, sizeof aad, record->sealed, sizeof record->sealed,
                     number) == 0
               ? 0
               : EACCES;
}

int record_make_decoy(struct tenant *tenant)
{
    tenant->decoy = (struct stored_record){.version = 1, .state = RECORD_ACTIVE};
    crypto_random(tenant->decoy_reference, REFERENCE_LEN);
    /* Not a valid individual number: it matches nothing that passes the check digit and the all-zeros rule. */
    return record_seal(tenant, tenant->decoy_reference, "000000000000", &tenant->decoy);
}

int index_get(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN], struct stored_index *index)
{
    uint8_t hash[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash}, value;
    int rc = index_key(tenant, number, hash);

    if (rc == 0)
        rc = mdb_get(store->txn, tenant->index, &key, &value);
    if (rc == 0) {
        if (value.mv_size != sizeof *index)
            return MDB_CORRUPTED;
        memcpy(index, value.mv_data, sizeof *index);
    }
    return rc;
}

int index_put(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN],
              const uint8_t reference[REFERENCE_LEN], enum index_kind kind)
{
    struct stored_index index = {.kind = (uint8_t)kind};
    uint8_t hash[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash}, value = {sizeof index, &index};
    int rc = index_key(tenant, number, hash);

    memcpy(index.reference, reference, REFERENCE_LEN);
    return rc == 0 ? mdb_put(store->txn, tenant->index, &key, &value, 0) : rc;
}

int index_delete(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN])
{
    uint8_t hash[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash};
    int rc = index_key(tenant, number, hash);

    return rc == 0 ? mdb_del(store->txn, tenant->index, &key, NULL) : rc;
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
    MDB_val key = {sizeof name, &name}, value = {sizeof *record, (void *)(uintptr_t)record};

    return mdb_put(store->txn, tenant->former, &key, &value, MDB_NOOVERWRITE);
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
        rc = index_delete(store, tenant, number);
    crypto_wipe(number, sizeof number);
    return rc == 0 ? mdb_del(store->txn, tenant->former, &key, NULL) : rc;
}

int former_delete_all(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                      uint32_t count)
{
    int rc = 0;

    for (uint32_t order = 0; order < count && rc == 0; order++)
        rc = former_delete(store, tenant, reference, order);
    return rc;
}
