/*
 * What an application's step does in the vault. The front carries the officer's sealed call and cannot make one. The id
 * of the application is the case in the ledger and the request id of the item: a repeated call gets the same answer.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "desk/resource.h"
#include "job.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/register_service.pb-c.h"

static const char *application_of(const struct desk *desk)
{
    return field_string(desk->request, "name");
}

static bool application_id(const char *name, uint8_t id[16])
{
    const char *hex = resource_id(name);

    return hex16_parse(hex, strlen(hex), id);
}

static bool may(const struct desk *desk, enum sekisho_operation operation, enum sekisho_purpose purpose)
{
    struct sekisho_session_info info;

    sekisho_session_info(desk->session, &info);
    return (info.permit[operation] >> purpose & 1) != 0;
}

/* Seals one item and puts the call into the request. */
static int put_call(struct desk *desk, const struct sekisho_request *request)
{
    struct sekisho_error error;
    struct field field;

    if (sekisho_seal(desk->session, request, &desk->sealed, &error) != SEKISHO_OK)
        return report_error(&error);
    if (!field_find(desk->request, "call", &field))
        abort();
    ProtobufCMessage **place = field_element(&field, 0);
    sekisho_message_free(*place);
    *place = message_copy(&sekisho_sealed_call(desk->sealed)->base);
    return CLI_OK;
}

/* The number that the applicant's client sealed; false when the application has none that is not opened. */
static bool take_blob(const struct desk *desk, struct sekisho_citizen_item *item)
{
    const ProtobufCMessage *sealed = field_message(desk->current, "sealed_number");
    const ProtobufCBinaryData *nonce = sealed ? field_bytes(sealed, "nonce") : NULL,
                              *blob = sealed ? field_bytes(sealed, "blob") : NULL;

    if (!nonce || !blob || nonce->len != sizeof item->nonce || blob->len != sizeof item->blob)
        return false;
    memcpy(item->nonce, nonce->data, sizeof item->nonce);
    memcpy(item->blob, blob->data, sizeof item->blob);
    snprintf(item->portal, sizeof item->portal, "%s", field_string(sealed, "portal"));
    return true;
}

/* One item of the operation, from the applicant's blob or with the number typed. */
static int put_number(struct desk *desk, const struct sekisho_request *asked, const uint8_t reference[16])
{
    struct sekisho_citizen_item blob = {0};
    struct sekisho_item typed = {0};
    struct sekisho_request request = *asked;
    bool match = asked->operation == SEKISHO_MATCH;
    int code = CLI_OK;

    if (!desk->options->value[OPT_NUMBER_FILE] && take_blob(desk, &blob)) {
        request.operation = match ? SEKISHO_MATCH_CITIZEN : SEKISHO_ENROLL_CITIZEN;
        memcpy(match ? blob.reference : blob.request_id, match ? reference : asked->case_reference, 16);
        request.citizen_items = &blob;
    } else {
        code = number_read(desk->options->value[OPT_NUMBER_FILE], typed.number);
        memcpy(match ? typed.reference : typed.request_id, match ? reference : asked->case_reference, 16);
        request.items = &typed;
    }
    if (code == CLI_OK)
        code = put_call(desk, &request);
    sekisho_wipe(&typed, sizeof typed);
    return code;
}

/* Reference of the number of a registration; all zero when the vault has none of the person. */
static int reference_of(struct desk *desk, const char *registration, uint8_t reference[16])
{
    static const struct desk_resource reads = {&sekisho__v1__register_service__descriptor, "GetRegistration"};
    ProtobufCMessage *answer;

    memset(reference, 0, 16);
    int code = desk_read(desk, &reads, registration, &answer);
    if (code != CLI_OK)
        return code;
    const ProtobufCBinaryData *found = field_bytes(answer, "registration.number_reference");
    if (found && found->len == 16)
        memcpy(reference, found->data, 16);
    sekisho_message_free(answer);
    return CLI_OK;
}

static int seal_enrolment(struct desk *desk, const ProtobufCMessage *application, struct sekisho_request *request)
{
    static const uint8_t none[16];
    const char *registration = field_string(application, "registration");
    uint8_t reference[16] = {0};
    int kind = field_enum(application, "kind"), code = CLI_OK;

    if (field_enum(application, "number_state") == SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_MATCHED ||
        (kind != SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW &&
         kind != SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_REWRITE))
        return CLI_OK;
    if (kind == SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_REWRITE)
        code = reference_of(desk, registration, reference);
    if (code != CLI_OK || memcmp(reference, none, sizeof none) != 0)
        return code; /* or the vault has the person's number already */
    request->operation = SEKISHO_ENROLL;
    request->purpose = SEKISHO_REGISTER;
    return put_number(desk, request, none);
}

static int seal_match(struct desk *desk, const ProtobufCMessage *application, struct sekisho_request *request)
{
    const char *earlier = field_string(desk->request, "registration");
    uint8_t reference[16];
    int code = reference_of(desk, earlier && *earlier ? earlier : field_string(application, "registration"), reference);

    if (code != CLI_OK)
        return code;
    request->operation = SEKISHO_MATCH;
    request->purpose = field_enum(application, "kind") == SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_DELETE
                           ? SEKISHO_DELETE
                           : SEKISHO_CHANGE;
    return put_number(desk, request, reference);
}

/* What was enrolled for the application, confirmed or forgotten. */
static int seal_ending(struct desk *desk, const ProtobufCMessage *application, const struct sekisho_request *asked,
                       enum sekisho_operation operation)
{
    struct sekisho_request request = *asked;
    struct sekisho_item item = {0};
    const ProtobufCBinaryData *reference = field_bytes(application, "number_reference");

    if (field_enum(application, "number_state") != SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_PROVISIONAL ||
        !may(desk, operation, SEKISHO_REGISTER))
        return CLI_OK;
    request.operation = operation;
    request.purpose = SEKISHO_REGISTER;
    if (reference && reference->len == sizeof item.reference)
        memcpy(item.reference, reference->data, sizeof item.reference);
    memcpy(item.request_id, asked->case_reference, sizeof item.request_id);
    request.items = &item;
    return put_call(desk, &request);
}

int desk_seal(struct desk *desk)
{
    const ProtobufCMessage *application = desk->current ? field_first_message(desk->current) : NULL;
    struct sekisho_request request = {.count = 1};
    struct field field;

    /* Nothing goes to the vault in a trial, and nothing is released that the officer does not take back. */
    bool trial = field_find(desk->request, "validate_only", &field) && field_count(&field) > 0;
    bool kept = field_find(desk->request, "number_withdrawn", &field) && field_count(&field) == 0;
    if (!application || trial || kept || !application_id(application_of(desk), request.case_reference))
        return CLI_OK;
    switch (desk->call->number) {
    case DESK_ENROLL:
        return seal_enrolment(desk, application, &request);
    case DESK_MATCH:
        return seal_match(desk, application, &request);
    case DESK_CONFIRM:
        return seal_ending(desk, application, &request, SEKISHO_CONFIRM);
    case DESK_RELEASE:
        return seal_ending(desk, application, &request, SEKISHO_RELEASE);
    case DESK_NO_NUMBER:
        break;
    }
    return CLI_OK;
}

/* Puts the action's name into the request, and the call of it. */
static int put_action(struct desk *desk, const char *action, struct sekisho_request *request)
{
    struct field field;

    if (!field_find(desk->request, "action", &field))
        abort();
    field_set_string(&field, action);
    return put_call(desk, request);
}

int desk_seal_pending(struct desk *desk, const Sekisho__V1__PendingNumberAction *pending)
{
    static const uint8_t none[16];
    struct sekisho_request request = {.operation = SEKISHO_RELEASE, .purpose = SEKISHO_REGISTER, .count = 1};
    struct sekisho_item item = {0};
    struct sekisho_citizen_item blob;
    struct field field;
    bool enrol = strcmp(pending->action, "ENROLL") == 0;

    if (!application_id(pending->application, request.case_reference))
        return CLI_SERVER;
    if (enrol && may(desk, SEKISHO_ENROLL, SEKISHO_REGISTER) &&
        (desk->options->value[OPT_NUMBER_FILE] || take_blob(desk, &blob))) {
        request.operation = SEKISHO_ENROLL;
        if (field_find(desk->request, "action", &field))
            field_set_string(&field, "ENROLL");
        return put_number(desk, &request, none);
    }
    if (strcmp(pending->action, "CONFIRM") == 0)
        request.operation = SEKISHO_CONFIRM;
    if (!may(desk, request.operation, request.purpose)) {
        SAY(stderr, TEXT_RECONCILE_NOT_PERMITTED, pending->action, pending->application);
        return CLI_NOT_PERMITTED;
    }
    if (pending->reference.len == sizeof item.reference)
        memcpy(item.reference, pending->reference.data, sizeof item.reference);
    memcpy(item.request_id, request.case_reference, sizeof item.request_id);
    request.items = &item;
    return put_action(desk, request.operation == SEKISHO_CONFIRM ? "CONFIRM" : "RELEASE", &request);
}

static int say_result(const struct sekisho_result *result, bool quiet)
{
    const char *explanation = detail_explanation(result->detail);

    if (!outcome_good(result->outcome) || !quiet)
        SAY(stderr, *explanation ? TEXT_NUMBER_RESULT_WHY : TEXT_NUMBER_RESULT, sekisho_detail_name(result->detail),
            explanation);
    if (result->detail == SEKISHO_DETAIL_BUDGET_SPENT)
        return CLI_BUDGET;
    return outcome_good(result->outcome) ? CLI_OK : CLI_SOME_REFUSED;
}

int desk_open(struct desk *desk, const ProtobufCMessage *answer)
{
    const char *undone = field_string(answer, "number_action_error");
    const ProtobufCMessage *reply = field_message(answer, "reply");
    struct sekisho_result result;
    struct sekisho_error error;

    if (undone && *undone) {
        SAY(stderr, TEXT_NUMBER_ACTION_LEFT, undone);
        return CLI_SOME_REFUSED;
    }
    if (!desk->sealed || !reply)
        return CLI_OK;
    if (sekisho_open(desk->session, desk->sealed, (const Sekisho__V1__SealedReply *)reply, &result, NULL, &error) !=
        SEKISHO_OK)
        return report_error(&error);
    return say_result(&result, desk->options->value[OPT_QUIET] != NULL);
}
