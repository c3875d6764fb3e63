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
    return (MDB_val){REFERENCE_LEN, (void *)reference};
}

static int index_key(struct tenant *tenant, enum key_age age, const char number[NUMBER_LEN], uint8_t key[HASH_LEN])
{
    return prf(tenant->keys->data.index[age], number, NUMBER_LEN, key) == 0 ? 0 : EACCES;
}

/* NULL when the key has been dropped: no such record can be there any more. */
static struct aead *record_key(const struct tenant *tenant, uint16_t key_id)
{
    const struct data_keys *keys = &tenant->keys->data;

    if (key_id == keys->record_id)
        return keys->record[KEY_CURRENT];
    return key_id == keys->record_id - 1 ? keys->record[KEY_FORMER] : NULL;
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
    MDB_val key = reference_key(reference), value = {sizeof *record, (void *)record};

    return mdb_put(store->txn, tenant->record, &key, &value, 0);
}

int record_seal(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                struct stored_record *record)
{
    record->key_id = tenant->keys->data.record_id;
    struct record_aad aad = record_aad(tenant, reference, record->key_id);

    crypto_random(record->nonce, sizeof record->nonce);
    return aead_seal(tenant->keys->data.record[KEY_CURRENT], record->nonce, &aad, sizeof aad, number, NUMBER_LEN,
                     record->sealed) == 0
               ? 0
               : EACCES;
}

int record_open(struct tenant *tenant, const uint8_t reference[REFERENCE_LEN], const struct stored_record *record,
                char number[NUMBER_LEN])
{
    struct record_aad aad = record_aad(tenant, reference, record->key_id);
    struct aead *key = record_key(tenant, record->key_id);

    return key && aead_open(key, record->nonce, &aad, sizeof aad, record->sealed, sizeof record->sealed, number) == 0
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

/* The key under which the number's row is, and the row. During a rotation both are looked up always, so that the time
 * does not tell which it was. */
static int index_find(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN], uint8_t hash[HASH_LEN],
                      MDB_val *value)
{
    uint8_t former[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash}, former_name = {INDEX_KEY_LEN, former}, former_value;
    int rc = index_key(tenant, KEY_CURRENT, number, hash);

    if (rc == 0)
        rc = mdb_get(store->txn, tenant->index, &key, value);
    if (!tenant->keys->data.index[KEY_FORMER] || (rc != 0 && rc != MDB_NOTFOUND))
        return rc;
    int former_rc = index_key(tenant, KEY_FORMER, number, former);
    if (former_rc == 0)
        former_rc = mdb_get(store->txn, tenant->index, &former_name, &former_value);
    if (rc == 0)
        return former_rc == MDB_NOTFOUND ? 0 : former_rc ? former_rc : MDB_CORRUPTED;
    memcpy(hash, former, HASH_LEN);
    *value = former_value;
    return former_rc;
}

int index_get(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN], struct stored_index *index)
{
    uint8_t hash[HASH_LEN];
    MDB_val value;
    int rc = index_find(store, tenant, number, hash, &value);

    if (rc == 0) {
        if (value.mv_size != sizeof *index)
            return MDB_CORRUPTED;
        memcpy(index, value.mv_data, sizeof *index);
    }
    return rc;
}

int index_delete(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN])
{
    uint8_t hash[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash}, old;
    int rc = index_find(store, tenant, number, hash, &old);

    return rc == 0 ? mdb_del(store->txn, tenant->index, &key, NULL) : rc;
}

int index_put(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN],
              const uint8_t reference[REFERENCE_LEN], enum index_kind kind)
{
    struct stored_index index = {.kind = (uint8_t)kind};
    uint8_t hash[HASH_LEN];
    MDB_val key = {INDEX_KEY_LEN, hash}, value = {sizeof index, &index};
    int rc = tenant->keys->data.index[KEY_FORMER] ? index_delete(store, tenant, number) : 0;

    memcpy(index.reference, reference, REFERENCE_LEN);
    if (rc == 0 || rc == MDB_NOTFOUND)
        rc = index_key(tenant, KEY_CURRENT, number, hash);
    return rc == 0 ? mdb_put(store->txn, tenant->index, &key, &value, 0) : rc;
}

int index_move(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN])
{
    struct stored_index index;
    int rc = index_get(store, tenant, number, &index);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    return index_put(store, tenant, number, index.reference, (enum index_kind)index.kind);
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
