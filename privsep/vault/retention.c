#include "vault/retention.h"

#include <string.h>

#include "wire/ledger_entry.h"

static const char expired_name[] = "expired"; /* of the row in a tenant's meta database */

int retention_load(MDB_txn *txn, struct tenant *tenant)
{
    MDB_val key = {sizeof expired_name - 1, (void *)expired_name}, value;
    int rc = mdb_get(txn, tenant->meta, &key, &value);

    if (rc == 0 && value.mv_size != sizeof tenant->now.expired)
        return MDB_CORRUPTED;
    if (rc == 0)
        memcpy(&tenant->now.expired, value.mv_data, sizeof tenant->now.expired);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int save(struct store *store, struct tenant *tenant)
{
    MDB_val key = {sizeof expired_name - 1, (void *)expired_name};
    MDB_val value = {sizeof tenant->now.expired, &tenant->now.expired};

    return store_put(store, tenant->meta, &key, &value, 0);
}

/* Small rows lie between others, and LMDB leaves a deleted row's bytes in its page; larger ones have pages of their
 * own. */
static int erase_row(struct store *store, MDB_cursor *cursor, MDB_val *key, const MDB_val *value)
{
    static const uint8_t zeros[4096];
    MDB_val zero = {value->mv_size, (void *)zeros};
    int rc = value->mv_size <= sizeof zeros ? store_cursor_put(store, cursor, key, &zero, MDB_CURRENT) : 0;

    return rc == 0 ? store_cursor_del(store, cursor) : rc;
}

static int erase_old(struct store *store, MDB_cursor *cursor, int64_t before_us, uint32_t *erased)
{
    struct ledger_entry entry;
    MDB_val key, value;
    int rc = 0;

    while (rc == 0 && *erased < RETENTION_SLICE) {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
        if (rc == 0 && value.mv_size < sizeof entry)
            return MDB_CORRUPTED;
        if (rc != 0)
            break;
        memcpy(&entry, value.mv_data, sizeof entry);
        if (entry.time_us >= before_us)
            break;
        rc = erase_row(store, cursor, &key, &value);
        *erased += rc == 0;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int retention_slice(struct store *store, struct tenant *tenant, int64_t before_us, uint32_t *erased)
{
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(store->txn, tenant->entry, &cursor);

    *erased = 0;
    if (rc != 0)
        return rc;
    rc = erase_old(store, cursor, before_us, erased);
    mdb_cursor_close(cursor);
    tenant->now.expired += *erased;
    return rc == 0 && *erased > 0 ? save(store, tenant) : rc;
}
