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

static int load_row(struct tenant *tenant, const MDB_val *key, const MDB_val *value)
{
    struct stored_index index;

    if (key->mv_size != NUMBER_TAG_LEN || value->mv_size != sizeof index)
        return MDB_CORRUPTED;
    memcpy(&index, value->mv_data, sizeof index);
    if (index.kind == INDEX_CURRENT)
        pairs_fill(&tenant->pairs, key->mv_data, index.reference);
    return 0;
}

static int load_tenant(MDB_txn *txn, struct tenant *tenant)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    MDB_stat stat;
    int rc = mdb_stat(txn, tenant->index, &stat);

    if (rc == 0)
        rc = mdb_cursor_open(txn, tenant->index, &cursor);
    if (rc != 0)
        return rc;
    pairs_open(&tenant->pairs, stat.ms_entries);
    while (rc == 0 && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        rc = load_row(tenant, &key, &value);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int index_load(struct store *store)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);

    if (rc != 0)
        return rc;
    for (size_t i = 0; i < store->tenant_count && rc == 0; i++)
        rc = load_tenant(txn, &store->tenant[i]);
    mdb_txn_abort(txn);
    return rc;
}

void index_prefetch(const struct tenant *tenant, const struct number_tags *tags)
{
    pairs_prefetch(&tenant->pairs, tags->under[KEY_CURRENT].index);
    if (tags->former)
        pairs_prefetch(&tenant->pairs, tags->under[KEY_FORMER].index);
}

bool index_knows(const struct tenant *tenant, const struct number_tags *tags, const uint8_t reference[REFERENCE_LEN])
{
    bool current = pairs_contain(&tenant->pairs, tags->under[KEY_CURRENT].index, reference);

    return (tags->former && pairs_contain(&tenant->pairs, tags->under[KEY_FORMER].index, reference)) || current;
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

    if (rc != 0)
        return rc;
    pairs_remove(&tenant->pairs, &store->pairs_changes, key.mv_data);
    return store_del(store, tenant->index, &key);
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
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    if (kind == INDEX_CURRENT)
        pairs_put(&tenant->pairs, &store->pairs_changes, key.mv_data, reference);
    else
        pairs_remove(&tenant->pairs, &store->pairs_changes, key.mv_data);
    return store_put(store, tenant->index, &key, &value, 0);
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
