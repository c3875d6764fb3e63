/* ENROLL, LOOKUP, REPLACE and ERASE of one item. */
#include <string.h>

#include "number/individual_number.h"
#include "vault/case_row.h"
#include "vault/erase.h"
#include "vault/number_index.h"
#include "vault/operations.h"
#include "vault/record.h"

static int insert_subject(struct op_context *context, const char number[NUMBER_LEN], const struct number_tags *tags,
                          const uint8_t request_id[REQUEST_ID_LEN], uint8_t reference[REFERENCE_LEN])
{
    struct stored_record record = {.version = RECORD_VERSION,
                                   .state = RECORD_ACTIVE,
                                   .provisional = context->case_ref != NULL,
                                   .created_at_us = context->now_us,
                                   .changed_at_us = context->now_us};
    int rc;

    crypto_random(reference, REFERENCE_LEN);
    memcpy(record.enroll_request, request_id, REQUEST_ID_LEN);
    rc = record_seal(context->tenant, reference, number, &record);
    if (rc == 0)
        rc = record_put(context->store, context->tenant, reference, &record);
    if (rc == 0)
        rc = index_put(context->store, context->tenant, tags, reference, INDEX_CURRENT);
    if (rc == 0 && context->case_ref)
        rc = case_put(context->store, context->tenant, request_id, reference);
    if (rc == 0)
        context->tenant->now.subjects++;
    return rc;
}

/* The number is known: by this very request (a retry whose answer was lost), or by another one. */
static int existing_subject(struct op_context *context, const struct stored_index *index,
                            const uint8_t request_id[REQUEST_ID_LEN], struct op_result *result)
{
    const uint8_t *reference = index->reference;
    struct stored_record record;
    int rc = record_get(context->store, context->tenant, reference, &record);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    memcpy(result->touched, reference, REFERENCE_LEN);
    /* The number that the request enrolled, and none that has been put in its place since. */
    bool enrolled = index->kind == INDEX_CURRENT ? record.former_count == 0 : record.former_count == 1;
    if (enrolled && crypto_equal(record.enroll_request, request_id, REQUEST_ID_LEN)) {
        result->detail = DETAIL_REPEATED;
        memcpy(result->reference, reference, REFERENCE_LEN);
        return 0;
    }
    /* "Already there" answers whether a number is known: it costs what a wrong guess costs. */
    result->detail = DETAIL_DUPLICATE;
    if (context->may_know_duplicate)
        memcpy(result->duplicate, reference, REFERENCE_LEN);
    return budget_charge(context->budget, NULL, NULL);
}

/* The reference that has a number by this request of a case already, or NULL. */
static int live_case(struct op_context *context, const uint8_t request_id[REQUEST_ID_LEN],
                     uint8_t reference[REFERENCE_LEN], const uint8_t **live)
{
    struct stored_record record;
    int rc =
        context->case_ref ? case_get(context->store, context->tenant, request_id, reference, &record) : MDB_NOTFOUND;

    *live = rc == 0 && record.state == RECORD_ACTIVE ? reference : NULL;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int enroll_number(struct op_context *context, const char number[NUMBER_LEN], const uint8_t request_id[REQUEST_ID_LEN],
                  struct op_result *result)
{
    struct stored_index index;
    struct number_tags tags;
    uint8_t reference[REFERENCE_LEN];
    const uint8_t *live;
    bool allowed;

    if (!individual_number_valid(number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    int rc = number_tags(context->tenant, number, &tags);
    if (rc == 0)
        rc = live_case(context, request_id, reference, &live);
    /* The request has a number already: whether it is this one is the answer to a guess of that reference's. */
    if (rc == 0)
        rc = budget_allows(context->budget, live, live ? &tags : NULL, &allowed);
    if (rc != 0)
        return rc;
    if (!allowed) {
        result->detail = DETAIL_BUDGET_SPENT;
        return 0;
    }
    rc = index_get(context->store, context->tenant, &tags, &index);
    if (rc == 0)
        return existing_subject(context, &index, request_id, result);
    if (rc != MDB_NOTFOUND)
        return rc;
    if (live) {
        result->detail = DETAIL_REQUEST_CONFLICT;
        memcpy(result->touched, live, REFERENCE_LEN);
        return budget_charge(context->budget, live, &tags);
    }
    result->detail = DETAIL_DONE;
    rc = insert_subject(context, number, &tags, request_id, result->reference);
    memcpy(result->touched, result->reference, REFERENCE_LEN);
    return rc;
}

int op_enroll(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;

    return enroll_number(context, item->number, item->request_id, result);
}

int op_lookup(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_index index;
    struct number_tags tags;
    bool allowed;

    if (!individual_number_valid(item->number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    int rc = number_tags(context->tenant, item->number, &tags);
    if (rc == 0)
        rc = budget_allows(context->budget, NULL, &tags, &allowed);
    if (rc != 0)
        return rc;
    rc = index_get(context->store, context->tenant, &tags, &index);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    if (!allowed) {
        result->detail = DETAIL_BUDGET_SPENT;
        return budget_pretend(context->budget, NULL, &tags);
    }
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_NOT_FOUND;
        return budget_charge(context->budget, NULL, &tags);
    }
    result->detail = index.kind == INDEX_CURRENT ? DETAIL_FOUND : DETAIL_FOUND_FORMER;
    memcpy(result->reference, index.reference, REFERENCE_LEN);
    memcpy(result->touched, index.reference, REFERENCE_LEN);
    return 0;
}

/* Moves the record's number to the former ones and seals the new one in its place. */
static int exchange_number(struct op_context *context, const struct call_item *item, const struct number_tags *tags,
                           const char old[NUMBER_LEN], struct stored_record *record)
{
    struct store *store = context->store;
    struct tenant *tenant = context->tenant;
    struct number_tags old_tags;
    int rc = former_put(store, tenant, item->reference, record->former_count, record);

    if (rc == 0)
        rc = number_tags(tenant, old, &old_tags);
    if (rc == 0)
        rc = index_put(store, tenant, &old_tags, item->reference, INDEX_FORMER);
    if (rc == 0)
        rc = record_seal(tenant, item->reference, item->number, record);
    record->former_count++;
    record->changed_at_us = context->now_us;
    memcpy(record->change_request, item->request_id, REQUEST_ID_LEN);
    if (rc == 0)
        rc = record_put(store, tenant, item->reference, record);
    if (rc == 0)
        rc = index_put(store, tenant, tags, item->reference, INDEX_CURRENT);
    return rc;
}

static int replace_active(struct op_context *context, const struct call_item *item, const struct number_tags *tags,
                          struct stored_record *record, struct op_result *result)
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
        rc = budget_charge(context->budget, item->reference, tags);
    } else if ((rc = index_get(context->store, context->tenant, tags, &index)) == 0) {
        result->detail = DETAIL_DUPLICATE;
        if (context->may_know_duplicate)
            memcpy(result->duplicate, index.reference, REFERENCE_LEN);
        rc = budget_charge(context->budget, item->reference, tags);
    } else if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_DONE;
        rc = exchange_number(context, item, tags, old, record);
        if (rc == 0)
            rc = budget_charge_replacement(context->budget, item->reference);
    }
    crypto_wipe(old, sizeof old);
    return rc;
}

int op_replace(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item *item = data;
    struct stored_record record;
    struct number_tags tags;
    bool allowed;

    if (!individual_number_valid(item->number)) {
        result->detail = DETAIL_INVALID_NUMBER;
        return 0;
    }
    /* "It has that number already" and "another one has it" are answers to a guess. */
    int rc = number_tags(context->tenant, item->number, &tags);
    if (rc == 0)
        rc = budget_allows(context->budget, item->reference, &tags, &allowed);
    if (rc != 0)
        return rc;
    rc = record_get(context->store, context->tenant, item->reference, &record);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    /* Whoever knows the id of the request that set the number asks for an answer once more, and guesses nothing. */
    if (!allowed && (rc != 0 || !crypto_equal(record.change_request, item->request_id, REQUEST_ID_LEN))) {
        result->detail = DETAIL_BUDGET_SPENT;
        return 0;
    }
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_UNKNOWN_REFERENCE;
        return 0;
    }
    memcpy(result->touched, item->reference, REFERENCE_LEN);
    if (record.state != RECORD_ACTIVE) {
        result->detail = DETAIL_ERASED;
        return 0;
    }
    return replace_active(context, item, &tags, &record, result);
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
    record.changed_at_us = context->now_us;
    memcpy(record.change_request, item->request_id, REQUEST_ID_LEN);
    return erase_subject(context->store, context->tenant, item->reference, &record);
}
