/* ENROLL, MATCH, LOOKUP, REPLACE and ERASE of one item. */
#include <string.h>

#include "number/individual_number.h"
#include "vault/operations.h"
#include "vault/record.h"

static int insert_subject(struct op_context *context, const char number[NUMBER_LEN],
                          const uint8_t request_id[REQUEST_ID_LEN], uint8_t reference[REFERENCE_LEN])
{
    struct stored_record record = {
        .version = 1, .state = RECORD_ACTIVE, .created_at_us = context->now_us, .changed_at_us = context->now_us};
    int rc;

    crypto_random(reference, REFERENCE_LEN);
    memcpy(record.enroll_request, request_id, REQUEST_ID_LEN);
    rc = record_seal(context->tenant, reference, number, &record);
    if (rc == 0)
        rc = record_put(context->store, context->tenant, reference, &record);
    if (rc == 0)
        rc = index_put(context->store, context->tenant, number, reference, INDEX_CURRENT);
    if (rc == 0)
        context->tenant->now.subjects++;
    return rc;
}

/* The number is known: by this very request (a retry whose answer was lost), or by another one. */
static int existing_subject(struct op_context *context, const uint8_t reference[REFERENCE_LEN],
                            const uint8_t request_id[REQUEST_ID_LEN], struct op_result *result)
{
    struct stored_record record;
    int rc = record_get(context->store, context->tenant, reference, &record);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    memcpy(result->touched, reference, REFERENCE_LEN);
    if (crypto_equal(record.enroll_request, request_id, REQUEST_ID_LEN)) {
        result->detail = DETAIL_REPEATED;
        memcpy(result->reference, reference, REFERENCE_LEN);
        return 0;
    }
    result->detail = DETAIL_DUPLICATE;
    if (context->may_know_duplicate)
        memcpy(result->duplicate, reference, REFERENCE_LEN);
    return 0;
}

int enroll_number(struct op_context *context, const char number[NUMBER_LEN], const uint8_t request_id[REQUEST_ID_LEN],
                  struct op_result *result)
{
    struct stored_index index;
    int rc;

    if (!individual_number_valid(number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    rc = index_get(context->store, context->tenant, number, &index);
    if (rc == 0)
        return existing_subject(context, index.reference, request_id, result);
    if (rc != MDB_NOTFOUND)
        return rc;
    result->detail = DETAIL_DONE;
    rc = insert_subject(context, number, request_id, result->reference);
    memcpy(result->touched, result->reference, REFERENCE_LEN);
    return rc;
}

int op_enroll(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;

    return enroll_number(context, item->number, item->request_id, result);
}

int op_match(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct tenant *tenant = context->tenant;
    const uint8_t *reference = item->reference;
    struct stored_record record;
    char number[NUMBER_LEN] = {0};
    enum detail miss = DETAIL_NOT_MATCHED;
    int rc = record_get(context->store, tenant, reference, &record);

    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    if (rc == MDB_NOTFOUND)
        miss = DETAIL_UNKNOWN_REFERENCE;
    else
        memcpy(result->touched, reference, REFERENCE_LEN);
    if (rc == 0 && record.state != RECORD_ACTIVE)
        miss = DETAIL_ERASED;
    if (miss != DETAIL_NOT_MATCHED) {
        record = tenant->decoy;
        reference = tenant->decoy_reference;
    }

    rc = record_open(tenant, reference, &record, number);
    if (rc != 0)
        return rc;
    bool valid = individual_number_valid(item->number);
    bool equal = crypto_equal(number, item->number, NUMBER_LEN);
    crypto_wipe(number, sizeof number);
    result->detail = !valid ? DETAIL_INVALID_NUMBER : equal ? DETAIL_MATCHED : miss;
    return 0;
}

int op_lookup(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_index index;

    if (!individual_number_valid(item->number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    int rc = index_get(context->store, context->tenant, item->number, &index);
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_NOT_FOUND;
        return 0;
    }
    if (rc != 0)
        return rc;
    result->detail = index.kind == INDEX_CURRENT ? DETAIL_FOUND : DETAIL_FOUND_FORMER;
    memcpy(result->reference, index.reference, REFERENCE_LEN);
    memcpy(result->touched, index.reference, REFERENCE_LEN);
    return 0;
}

/* Moves the record's number to the former ones and seals the new one in its place. */
static int exchange_number(struct op_context *context, const struct call_item *item, const char old[NUMBER_LEN],
                           struct stored_record *record)
{
    struct store *store = context->store;
    struct tenant *tenant = context->tenant;
    int rc = former_put(store, tenant, item->reference, record->former_count, record);

    if (rc == 0)
        rc = index_put(store, tenant, old, item->reference, INDEX_FORMER);
    if (rc == 0)
        rc = record_seal(tenant, item->reference, item->number, record);
    record->former_count++;
    record->changed_at_us = context->now_us;
    memcpy(record->change_request, item->request_id, REQUEST_ID_LEN);
    if (rc == 0)
        rc = record_put(store, tenant, item->reference, record);
    if (rc == 0)
        rc = index_put(store, tenant, item->number, item->reference, INDEX_CURRENT);
    return rc;
}

static int replace_active(struct op_context *context, const struct call_item *item, struct stored_record *record,
                          struct op_result *result)
{
    struct stored_index index;
    char old[NUMBER_LEN];
    int rc = record_open(context->tenant, item->reference, record, old);

    if (rc != 0)
        return rc;
    bool same = crypto_equal(old, item->number, NUMBER_LEN);
    bool repeated = crypto_equal(record->change_request, item->request_id, REQUEST_ID_LEN);
    if (repeated) {
        result->detail = same ? DETAIL_REPEATED : DETAIL_REQUEST_CONFLICT;
    } else if (same) {
        result->detail = DETAIL_SAME_NUMBER;
    } else if ((rc = index_get(context->store, context->tenant, item->number, &index)) == 0) {
        result->detail = DETAIL_DUPLICATE;
        if (context->may_know_duplicate)
            memcpy(result->duplicate, index.reference, REFERENCE_LEN);
    } else if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_DONE;
        rc = exchange_number(context, item, old, record);
    }
    crypto_wipe(old, sizeof old);
    return rc;
}

int op_replace(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_record record;

    if (!individual_number_valid(item->number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    int rc = record_get(context->store, context->tenant, item->reference, &record);
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_UNKNOWN_REFERENCE;
        return 0;
    }
    if (rc != 0)
        return rc;
    memcpy(result->touched, item->reference, REFERENCE_LEN);
    if (record.state != RECORD_ACTIVE) {
        result->detail = DETAIL_ERASED;
        return 0;
    }
    return replace_active(context, item, &record, result);
}

static int erase_active(struct op_context *context, const struct call_item *item, struct stored_record *record)
{
    struct store *store = context->store;
    struct tenant *tenant = context->tenant;
    char number[NUMBER_LEN];
    int rc = record_open(tenant, item->reference, record, number);

    if (rc == 0)
        rc = index_delete(store, tenant, number);
    crypto_wipe(number, sizeof number);
    if (rc == 0)
        rc = former_delete_all(store, tenant, item->reference, record->former_count);
    record->state = RECORD_ERASED;
    record->former_count = 0;
    record->changed_at_us = context->now_us;
    memcpy(record->change_request, item->request_id, REQUEST_ID_LEN);
    memset(record->nonce, 0, sizeof record->nonce);
    memset(record->sealed, 0, sizeof record->sealed);
    if (rc == 0)
        rc = record_put(store, tenant, item->reference, record);
    if (rc == 0)
        tenant->now.subjects--;
    return rc;
}

int op_erase(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_record record;
    int rc = record_get(context->store, context->tenant, item->reference, &record);

    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_UNKNOWN_REFERENCE;
        return 0;
    }
    if (rc != 0)
        return rc;
    memcpy(result->touched, item->reference, REFERENCE_LEN);
    if (record.state == RECORD_ERASED) {
        bool repeated = crypto_equal(record.change_request, item->request_id, REQUEST_ID_LEN);
        result->detail = repeated ? DETAIL_REPEATED : DETAIL_ERASED;
        return 0;
    }
    result->detail = DETAIL_DONE;
    return erase_active(context, item, &record);
}
