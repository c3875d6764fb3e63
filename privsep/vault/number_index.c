#include "vault/number_index.h"

#include <errno.h>
#include <string.h>

int number_tags(struct tenant *tenant, const char number[NUMBER_LEN], struct number_tags *tags)
{
    struct prf *const *keys = tenant->keys->data.index;

    tags->former = keys[KEY_FORMER] != NULL;
    if (prf(keys[KEY_CURRENT], number, NUMBER_LEN, (uint8_t *)&tags->under[KEY_CURRENT]) != 0)
        return EACCES;
    return tags->former && prf(keys[KEY_FORMER], number, NUMBER_LEN, (uint8_t *)&tags->under[KEY_FORMER]) != 0 ? EACCES
                                                                                                               : 0;
}

static MDB_val row_key(const struct number_tags *tags, enum key_age age)
{
    return (MDB_val){NUMBER_TAG_LEN, (void *)tags->under[age].index};
}

/* The key under which the number's row is, and the row. During a rotation both are looked up always, so that the time
 * does not tell which it was. */
static int find(struct store *store, struct tenant *tenant, const struct number_tags *tags, MDB_val *key,
                MDB_val *value)
{
    MDB_val former_key = row_key(tags, KEY_FORMER), former_value;

    *key = row_key(tags, KEY_CURRENT);
    int rc = mdb_get(store->txn, tenant->index, key, value);
    if (!tags->former || (rc != 0 && rc != MDB_NOTFOUND))
        return rc;
    int former_rc = mdb_get(store->txn, tenant->index, &former_key, &former_value);
    if (rc == 0)
        return former_rc == MDB_NOTFOUND ? 0 : former_rc ? former_rc : MDB_CORRUPTED;
    *key = former_key;
    *value = former_value;
    return former_rc;
}

int index_get(struct store *store, struct tenant *tenant, const struct number_tags *tags, struct stored_index *index)
{
    MDB_val key, value;
    int rc = find(store, tenant, tags, &key, &value);

    if (rc != 0)
        return rc;
    if (value.mv_size != sizeof *index)
        return MDB_CORRUPTED;
    memcpy(index, value.mv_data, sizeof *index);
    return 0;
}

static int delete_row(struct store *store, struct tenant *tenant, const struct number_tags *tags)
{
    MDB_val key, old;
    int rc = find(store, tenant, tags, &key, &old);

    return rc == 0 ? store_del(store, tenant->index, &key) : rc;
}

int index_delete_number(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN])
{
    struct number_tags tags;
    int rc = number_tags(tenant, number, &tags);

    return rc == 0 ? delete_row(store, tenant, &tags) : rc;
}

int index_put(struct store *store, struct tenant *tenant, const struct number_tags *tags,
              const uint8_t reference[REFERENCE_LEN], enum index_kind kind)
{
    struct stored_index index = {.kind = (uint8_t)kind};
    MDB_val key = row_key(tags, KEY_CURRENT), value = {sizeof index, &index};
    int rc = tags->former ? delete_row(store, tenant, tags) : 0;

    memcpy(index.reference, reference, REFERENCE_LEN);
    return rc == 0 || rc == MDB_NOTFOUND ? store_put(store, tenant->index, &key, &value, 0) : rc;
}

int index_move(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN])
{
    struct stored_index index;
    struct number_tags tags;
    int rc = number_tags(tenant, number, &tags);

    if (rc == 0)
        rc = index_get(store, tenant, &tags, &index);
    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    return index_put(store, tenant, &tags, index.reference, (enum index_kind)index.kind);
}
