#include "vault/erase.h"

#include <string.h>
#include <time.h>

#include "vault/ledger.h"
#include "vault/number_index.h"
#include "vault/record.h"

#define JOURNAL_ACCOUNT "erasure-journal"

static const char erased_name[] = "erased"; /* of the row in a tenant's meta database */

static int save_count(struct store *store, struct tenant *tenant)
{
    MDB_val key = {sizeof erased_name - 1, (void *)erased_name};
    MDB_val value = {sizeof tenant->now.erased, &tenant->now.erased};

    return store_put(store, tenant->meta, &key, &value, 0);
}

int erase_load(MDB_txn *txn, struct tenant *tenant)
{
    MDB_val key = {sizeof erased_name - 1, (void *)erased_name}, value;
    int rc = mdb_get(txn, tenant->meta, &key, &value);

    if (rc == 0 && value.mv_size != sizeof tenant->now.erased)
        return MDB_CORRUPTED;
    if (rc == 0)
        memcpy(&tenant->now.erased, value.mv_data, sizeof tenant->now.erased);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int erase_number(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                        struct stored_record *record)
{
    char number[NUMBER_LEN];
    int rc = record_open(tenant, reference, record, number);

    if (rc == 0)
        rc = index_delete_number(store, tenant, number);
    crypto_wipe(number, sizeof number);
    if (rc == 0)
        rc = former_delete_all(store, tenant, reference, record->former_count);
    record->state = RECORD_ERASED;
    record->former_count = 0;
    record_destroy(record);
    if (rc == 0)
        rc = record_put(store, tenant, reference, record);
    if (rc == 0)
        tenant->now.subjects--;
    return rc;
}

int erase_subject(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                  struct stored_record *record)
{
    int rc = erase_number(store, tenant, reference, record);

    if (rc == 0)
        rc = erasures_note(store, tenant, reference);
    return rc == 0 ? save_count(store, tenant) : rc;
}

static int append_leaf(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN],
                       int64_t now_us)
{
    struct ledger_entry entry = {.operation = OPERATION_ERASE,
                                 .purpose = PURPOSE_DELETE,
                                 .status = CALL_OK,
                                 .count = 1,
                                 .time_us = now_us,
                                 .account = JOURNAL_ACCOUNT};
    struct ledger_item item = {.outcome = OUTCOME_DONE, .detail = DETAIL_DONE};
    uint8_t leaf_hash[HASH_LEN];

    memcpy(item.reference, reference, REFERENCE_LEN);
    return ledger_append(store, tenant, &entry, &item, 1, leaf_hash);
}

int erase_again(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN])
{
    struct stored_record record;
    struct timespec now;
    int rc = record_get(store, tenant, reference, &record);

    clock_gettime(CLOCK_REALTIME, &now);
    if (rc == 0 && record.state == RECORD_ACTIVE) {
        record.changed_at_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
        rc = erase_number(store, tenant, reference, &record);
        if (rc == 0)
            rc = append_leaf(store, tenant, reference, record.changed_at_us);
    } else if (rc == MDB_NOTFOUND) {
        /* The store is from before its enrolment. */
        rc = 0;
    }
    tenant->now.erased++;
    return rc == 0 ? save_count(store, tenant) : rc;
}
