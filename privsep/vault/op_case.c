/* CONFIRM and RELEASE: what becomes of a number that was enrolled for a case. */
#include <string.h>

#include "vault/case_row.h"
#include "vault/erase.h"
#include "vault/operations.h"
#include "vault/record.h"

/* A reference that is named must be the one of the request: a mistake of the caller must not decide another case. */
static int find(struct op_context *context, const struct call_item *item, struct stored_record *record,
                struct op_result *result, bool *conflict)
{
    uint8_t reference[REFERENCE_LEN];
    int rc = case_get(context->store, context->tenant, item->request_id, reference, record);

    if (rc != 0)
        return rc;
    *conflict =
        !crypto_all_zero(item->reference, REFERENCE_LEN) && !crypto_equal(item->reference, reference, REFERENCE_LEN);
    if (!*conflict)
        memcpy(result->touched, reference, REFERENCE_LEN);
    return 0;
}

int op_confirm(struct op_context *context, const void *data, struct op_result *result)
{
    struct stored_record record;
    bool conflict;
    int rc = find(context, data, &record, result, &conflict);

    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_UNKNOWN_REFERENCE;
        return 0;
    }
    if (rc != 0)
        return rc;
    if (conflict)
        result->detail = DETAIL_REQUEST_CONFLICT;
    else if (record.state == RECORD_ERASED)
        result->detail = DETAIL_ERASED;
    else
        result->detail = record.provisional ? DETAIL_DONE : DETAIL_REPEATED;
    if (result->detail != DETAIL_DONE)
        return 0;
    record.provisional = 0;
    record.changed_at_us = context->now_us;
    return record_put(context->store, context->tenant, result->touched, &record);
}

int op_release(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_record record;
    bool conflict;
    int rc = find(context, item, &record, result, &conflict);

    if (rc == MDB_NOTFOUND) {
        /* There is no number of this request: nothing was enrolled, or a restored store is older. */
        result->detail = DETAIL_REPEATED;
        return 0;
    }
    if (rc != 0)
        return rc;
    if (conflict)
        result->detail = DETAIL_REQUEST_CONFLICT;
    else if (record.state == RECORD_ERASED)
        result->detail = DETAIL_REPEATED;
    else
        result->detail = record.provisional ? DETAIL_DONE : DETAIL_CONFIRMED;
    if (result->detail != DETAIL_DONE)
        return 0;
    record.changed_at_us = context->now_us;
    memcpy(record.change_request, item->request_id, REQUEST_ID_LEN);
    return erase_subject(context->store, context->tenant, result->touched, &record);
}
