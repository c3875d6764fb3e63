#include "vault/rotation.h"

#include <errno.h>
#include <string.h>

#include "vault/budget.h"
#include "vault/number_index.h"
#include "vault/record.h"

/* Calls that share the transaction with the beginning still charge under the former key, a moment later than it. */
#define BUDGETS_MARGIN_MS 60000

static const char rotation_name[] = "rotation"; /* of the row in a tenant's meta database */

static MDB_val rotation_row(void)
{
    return (MDB_val){sizeof rotation_name - 1, (void *)rotation_name};
}

static bool fits_keys(const struct stored_rotation *rotation, const struct data_keys *keys)
{
    bool runs = rotation->phase != ROTATION_NONE;

    return rotation->version == 1 && rotation->phase < ROTATION_PHASE_COUNT &&
           rotation->place_length <= sizeof rotation->place && runs == (rotation->levels != 0) &&
           ((rotation->levels & ROTATE_RECORD_KEY) != 0) == (keys->record[KEY_FORMER] != NULL) &&
           ((rotation->levels & ROTATE_INDEX_KEY) != 0) == (keys->index[KEY_FORMER] != NULL);
}

int rotation_load(MDB_txn *txn, struct tenant *tenant)
{
    struct stored_rotation *rotation = &tenant->now.rotation;
    MDB_val key = rotation_row(), value;
    int rc = mdb_get(txn, tenant->meta, &key, &value);

    *rotation = (struct stored_rotation){.version = 1};
    if (rc == 0 && value.mv_size != sizeof *rotation)
        return MDB_CORRUPTED;
    if (rc == 0)
        memcpy(rotation, value.mv_data, sizeof *rotation);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    return fits_keys(rotation, &tenant->keys->data) ? 0 : MDB_CORRUPTED;
}

static int save(struct store *store, struct tenant *tenant)
{
    MDB_val key = rotation_row(), value = {sizeof tenant->now.rotation, &tenant->now.rotation};

    return store_put(store, tenant->meta, &key, &value, 0);
}

bool rotation_changed(const struct tenant *tenant)
{
    return memcmp(&tenant->now.rotation, &tenant->committed.rotation, sizeof tenant->now.rotation) != 0;
}

int rotation_begin(struct store *store, struct tenant *tenant, uint16_t levels)
{
    MDB_stat records, formers;

    if (tenant->now.rotation.phase != ROTATION_NONE)
        return EBUSY;
    int rc = mdb_stat(store->txn, tenant->record, &records);
    if (rc == 0)
        rc = mdb_stat(store->txn, tenant->former, &formers);
    if (rc != 0)
        return rc;
    tenant->now.rotation = (struct stored_rotation){
        .version = 1,
        .levels = levels,
        .phase = ROTATION_RECORDS,
        .total = records.ms_entries + formers.ms_entries,
        .began_ms = store_clock_ms(store),
    };
    rc = save(store, tenant);
    return rc == 0 ? tenant_keys_renew(store->txn, tenant->meta, tenant->id, tenant->keys, levels, &tenant->next_keys)
                   : rc;
}

static bool has_work(const struct store *store, const struct stored_rotation *rotation)
{
    if (rotation->phase == ROTATION_BUDGETS)
        return store_clock_ms(store) - rotation->began_ms >= BUDGET_DAY_MS + BUDGETS_MARGIN_MS;
    return rotation->phase != ROTATION_NONE;
}

struct tenant *rotation_next(struct store *store, bool *waits)
{
    *waits = false;
    for (size_t i = 0; i < store->tenant_count; i++) {
        struct tenant *tenant = &store->tenant[i];
        if (tenant->rotation_halted || tenant->committed.rotation.phase == ROTATION_NONE)
            continue;
        if (has_work(store, &tenant->committed.rotation))
            return tenant;
        *waits = true;
    }
    return NULL;
}

enum rotation_status rotation_status(const struct tenant *tenant)
{
    if (tenant->committed.rotation.phase == ROTATION_NONE)
        return ROTATION_STATUS_NONE;
    if (tenant->rotation_halted)
        return ROTATION_STATUS_HALTED;
    return tenant->committed.rotation.phase == ROTATION_BUDGETS ? ROTATION_STATUS_WAITS : ROTATION_STATUS_RUNS;
}

/* Drops former keys that nothing is under any more. */
static int retire(struct store *store, struct tenant *tenant, uint16_t levels)
{
    tenant->now.rotation.levels &= (uint16_t)~levels;
    return tenant_keys_retire(store->txn, tenant->meta, tenant->id, tenant->keys, levels, &tenant->next_keys);
}

static int end_phase(struct store *store, struct tenant *tenant)
{
    struct stored_rotation *rotation = &tenant->now.rotation;

    rotation->place_length = 0;
    memset(rotation->place, 0, sizeof rotation->place);
    if (rotation->phase == ROTATION_RECORDS) {
        rotation->phase = ROTATION_FORMERS;
        return 0;
    }
    if (rotation->phase == ROTATION_FORMERS && (rotation->levels & ROTATE_INDEX_KEY)) {
        rotation->phase = ROTATION_BUDGETS;
        return rotation->levels & ROTATE_RECORD_KEY ? retire(store, tenant, ROTATE_RECORD_KEY) : 0;
    }
    rotation->phase = ROTATION_NONE;
    return retire(store, tenant, rotation->levels);
}

/* The row after the place, or MDB_NOTFOUND. */
static int row_after_place(MDB_cursor *cursor, const struct stored_rotation *rotation, MDB_val *key, MDB_val *value)
{
    *key = (MDB_val){rotation->place_length, (void *)rotation->place};
    if (rotation->place_length == 0)
        return mdb_cursor_get(cursor, key, value, MDB_FIRST);
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == 0 && key->mv_size == rotation->place_length &&
        memcmp(key->mv_data, rotation->place, rotation->place_length) == 0)
        rc = mdb_cursor_get(cursor, key, value, MDB_NEXT);
    return rc;
}

/* Puts the number of one row under the current keys. The row's key begins with the reference in both databases. */
static int work_row(struct store *store, struct tenant *tenant, MDB_cursor *cursor, MDB_val *key, const MDB_val *value)
{
    uint16_t levels = tenant->now.rotation.levels;
    struct stored_record record;
    char number[NUMBER_LEN];

    if (value->mv_size != sizeof record)
        return MDB_CORRUPTED;
    memcpy(&record, value->mv_data, sizeof record);
    if (record.state != RECORD_ACTIVE)
        return 0;
    int rc = record_open(tenant, key->mv_data, &record, number);
    if (rc == 0 && (levels & ROTATE_INDEX_KEY))
        rc = index_move(store, tenant, number);
    if (rc == 0 && (levels & ROTATE_RECORD_KEY) && record.key_id != tenant->keys->data.record_id) {
        MDB_val changed = {sizeof record, &record};
        rc = record_seal(tenant, key->mv_data, number, &record);
        if (rc == 0)
            rc = store_cursor_put(store, cursor, key, &changed, MDB_CURRENT);
    }
    crypto_wipe(number, sizeof number);
    return rc;
}

static int work_rows(struct store *store, struct tenant *tenant, MDB_cursor *cursor, bool *end)
{
    struct stored_rotation *rotation = &tenant->now.rotation;
    MDB_val row, value;
    int rc = row_after_place(cursor, rotation, &row, &value);

    for (unsigned i = 0; rc == 0 && i < ROTATION_SLICE; i++) {
        if (row.mv_size < REFERENCE_LEN || row.mv_size > sizeof rotation->place)
            return MDB_CORRUPTED;
        /* What the row's key points to does not outlast a write. */
        memcpy(rotation->place, row.mv_data, row.mv_size);
        rotation->place_length = (uint16_t)row.mv_size;
        MDB_val key = {row.mv_size, rotation->place};
        rc = work_row(store, tenant, cursor, &key, &value);
        if (rc == 0)
            rotation->total += ++rotation->done > rotation->total;
        if (rc == MDB_NOTFOUND)
            return MDB_CORRUPTED;
        if (rc == 0)
            rc = mdb_cursor_get(cursor, &row, &value, MDB_NEXT);
    }
    *end = rc == MDB_NOTFOUND;
    return *end ? 0 : rc;
}

int rotation_slice(struct store *store, struct tenant *tenant)
{
    struct stored_rotation *rotation = &tenant->now.rotation;
    bool end = rotation->phase == ROTATION_BUDGETS;
    MDB_cursor *cursor;
    int rc = 0;

    if (!end) {
        rc =
            mdb_cursor_open(store->txn, rotation->phase == ROTATION_RECORDS ? tenant->record : tenant->former, &cursor);
        if (rc != 0)
            return rc;
        rc = work_rows(store, tenant, cursor, &end);
        mdb_cursor_close(cursor);
    }
    if (rc == 0 && end)
        rc = end_phase(store, tenant);
    return rc == 0 ? save(store, tenant) : rc;
}
