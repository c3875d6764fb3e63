/* MATCH: is this the person's number? The index answers, from memory if it can; no record is opened. */
#include <string.h>

#include "number/individual_number.h"
#include "vault/operations.h"
#include "vault/record.h"

static int matched(const uint8_t reference[REFERENCE_LEN], struct op_result *result)
{
    result->detail = DETAIL_MATCHED;
    memcpy(result->touched, reference, REFERENCE_LEN);
    return 0;
}

/* Why an item does not match. The record is read whatever the reason, so that misses take the same time: also for the
 * right number of a reference whose budget is spent. */
static int tell_miss(struct op_context *context, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                     bool allowed, struct op_result *result)
{
    struct stored_record record;
    int rc = record_get(context->store, context->tenant, reference, &record);

    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    if (rc == 0)
        memcpy(result->touched, reference, REFERENCE_LEN);
    if (!individual_number_valid(number))
        result->detail = DETAIL_INVALID_NUMBER;
    else if (!allowed)
        result->detail = DETAIL_BUDGET_SPENT;
    else if (rc == MDB_NOTFOUND)
        result->detail = DETAIL_UNKNOWN_REFERENCE;
    else
        result->detail = record.state == RECORD_ACTIVE ? DETAIL_NOT_MATCHED : DETAIL_ERASED;
    return 0;
}

int compare_number(struct op_context *context, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                   const struct number_tags *tags, struct op_result *result)
{
    struct stored_index index = {0};
    bool allowed;
    int rc = budget_allows(context->budget, reference, tags, &allowed);

    if (rc != 0)
        return rc;
    bool known = index_knows(context->tenant, tags, reference);
    /* A right number whose budget is spent goes the way of the other misses. */
    if (known && allowed)
        return matched(reference, result);
    rc = index_get(context->store, context->tenant, tags, &index);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    bool equal = crypto_equal(index.reference, reference, REFERENCE_LEN);
    /* Only numbers with a right check digit are in the index. */
    if (equal && index.kind == INDEX_CURRENT && allowed)
        return matched(reference, result);
    rc = tell_miss(context, reference, number, allowed, result);
    if (rc != 0 || result->detail == DETAIL_INVALID_NUMBER)
        return rc;
    const uint8_t *charged = crypto_all_zero(result->touched, REFERENCE_LEN) ? budget_nobody : reference;
    return result->detail == DETAIL_BUDGET_SPENT ? budget_pretend(context->budget, charged, tags)
                                                 : budget_charge(context->budget, charged, tags);
}

int op_match(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;

    return compare_number(context, item->reference, item->number, context->tags, result);
}
