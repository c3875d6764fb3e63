#include "vault/case_row.h"

#include <string.h>

#include "vault/record.h"

int case_get(struct store *store, struct tenant *tenant, const uint8_t request_id[REQUEST_ID_LEN],
             uint8_t reference[REFERENCE_LEN], struct stored_record *record)
{
    MDB_val key = {REQUEST_ID_LEN, (void *)request_id}, value;
    int rc = mdb_get(store->txn, tenant->cases, &key, &value);

    if (rc != 0)
        return rc;
    if (value.mv_size != REFERENCE_LEN)
        return MDB_CORRUPTED;
    memcpy(reference, value.mv_data, REFERENCE_LEN);
    rc = record_get(store, tenant, reference, record);
    return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
}

int case_put(struct store *store, struct tenant *tenant, const uint8_t request_id[REQUEST_ID_LEN],
             const uint8_t reference[REFERENCE_LEN])
{
    MDB_val key = {REQUEST_ID_LEN, (void *)request_id}, value = {REFERENCE_LEN, (void *)reference};

    return store_put(store, tenant->cases, &key, &value, 0);
}
