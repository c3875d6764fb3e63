/* MATCH: is this the person's number? The index answers; no record is opened. */
#include <string.h>

#include "number/individual_number.h"
#include "vault/operations.h"
#include "vault/record.h"

/* Why an item does not match. The record is read whatever the reason, so that misses take the same time: also for the
 * right number of a reference whose budget is spent. */
static int tell_miss(struct op_context *context, const struct call_item *item, bool allowed, struct op_result *result)
{
    struct stored_record record;
    int rc = record_get(context->store, context->tenant, item->reference, &record);

    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    if (rc == 0)
        memcpy(result->touched, item->reference, REFERENCE_LEN);
    if (!individual_number_valid(item->number))
        result->detail = DETAIL_INVALID_NUMBER;
    else if (!allowed)
        result->detail = DETAIL_BUDGET_SPENT;
    else if (rc == MDB_NOTFOUND)
        result->detail = DETAIL_UNKNOWN_REFERENCE;
    else
        result->detail = record.state == RECORD_ACTIVE ? DETAIL_NOT_MATCHED : DETAIL_ERASED;
    return 0;
}

int op_match(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_index index = {0};
    struct number_tags tags;
    bool allowed;
    int rc = number_tags(context->tenant, item->number, &tags);

    if (rc == 0)
        rc = budget_allows(context->budget, item->reference, &tags, &allowed);
    if (rc != 0)
        return rc;
    rc = index_get(context->store, context->tenant, &tags, &index);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    bool equal = crypto_equal(index.reference, item->reference, REFERENCE_LEN);
    /* Only numbers with a right check digit are in the index. */
    if (equal && index.kind == INDEX_CURRENT && allowed) {
        result->detail = DETAIL_MATCHED;
        memcpy(result->touched, item->reference, REFERENCE_LEN);
        return 0;
    }
    rc = tell_miss(context, item, allowed, result);
    if (rc != 0 || result->detail == DETAIL_INVALID_NUMBER)
        return rc;
    const uint8_t *charged = crypto_all_zero(result->touched, REFERENCE_LEN) ? budget_nobody : item->reference;
    return result->detail == DETAIL_BUDGET_SPENT ? budget_pretend(context->budget, charged, &tags)
                                                 : budget_charge(context->budget, charged, &tags);
}
