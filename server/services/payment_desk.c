#include "server/services/payment_desk.h"

#include <inttypes.h>

#include "server/applications/name.h"

#define RECEIPTS "/receipts/"

bool desk_receipt_name(struct register_call *call, const char *name, struct receipt_key *key)
{
    uint16_t tenant;
    const char *rest;

    if (application_name_parse(name, &tenant, key->application, &rest) &&
        part_number_parse(rest, RECEIPTS, &key->number))
        return true;
    register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
    return false;
}

bool desk_application_name(struct register_call *call, const char *name, const char *field, uint8_t id[REGISTER_ID_LEN])
{
    uint16_t tenant;
    const char *rest;

    if (application_name_parse(name, &tenant, id, &rest) && *rest == '\0')
        return true;
    register_fail(call, REGISTER_BAD_RESOURCE_NAME, field, NULL);
    return false;
}

stored_application *desk_application(struct register_call *call, const uint8_t id[REGISTER_ID_LEN])
{
    struct application_context context = {
        .reg = call->reg, .txn = call->txn, .now_us = call->now_us, .arena = &call->arena};
    stored_application *application = application_get(&context, id);

    return application ? application : (stored_application *)(uintptr_t)register_fail_store(call, context.rc);
}

Sekisho__V1__Receipt *desk_receipt(struct register_call *call, const struct receipt_key *key)
{
    Sekisho__V1__Receipt *receipt;
    int rc = receipt_get(call->reg, call->txn, key, &call->arena, &receipt);

    return rc == 0 ? receipt : (Sekisho__V1__Receipt *)(uintptr_t)register_fail_store(call, rc);
}

/* A receipt changes once: when it is voided. */
bool desk_dress(struct register_call *call, const struct receipt_key *key, Sekisho__V1__Receipt *receipt)
{
    char application[APPLICATION_NAME_SIZE];

    application_name_format(call->reg->tenant, key->application, application);
    receipt->name = register_printf(call, "%s" RECEIPTS "%" PRIu32, application, key->number);
    receipt->etag = register_printf(call, "W/\"%d\"", receipt->voided ? 2 : 1);
    if (receipt->name && receipt->etag)
        return true;
    register_fail(call, REGISTER_FULL, NULL, NULL);
    return false;
}

char *desk_account(struct register_call *call)
{
    char *account = register_printf(call, "%.*s", ACCOUNT_LEN, call->caller.account);

    return account ? account : (char *)(uintptr_t)register_fail(call, REGISTER_FULL, NULL, NULL);
}
