/* ApplicationService: acceptance with the number's enrolment, comparison of numbers, and what is left to be done in the
 * vault. */
#include <string.h>

#include "server/applications/outbox.h"
#include "server/register/entry.h"
#include "server/services/application_methods.h"
#include "server/services/application_open.h"
#include "server/services/number_step.h"

#define STATE(state)  SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define NUMBER(state) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##state

/* ---- what became of an enrolment ---- */

/* The vault refused the number. What an earlier call may have done is not known by that: only a row that this call
 * wrote first, and nobody since, is struck out. */
static int take_refusal(struct opened *opened, const struct number_step *step)
{
    int64_t since_us;
    int rc = number_since(&opened->context, opened->application, &since_us);

    if (rc == MDB_NOTFOUND || (rc == 0 && (!step->fresh || since_us != step->since_us)))
        return 0;
    if (rc == 0)
        rc = number_want(&opened->context, opened->application, NUMBER_ACTION_NONE);
    opened->application->application->number_state = NUMBER(INVALID);
    return rc;
}

/* Enrolled: accepted, if nothing else happened to it meanwhile. False after register_fail. */
static bool take_enrolment(struct opened *opened, const struct number_step *step)
{
    bool taken = false;
    int rc = step->outcome == OUTCOME_DONE
                 ? number_done(&opened->context, opened->application, NUMBER_ACTION_ENROLL, step->reference, &taken)
                 : take_refusal(opened, step);

    if (rc != 0) {
        (void)register_fail_store(opened->call, rc);
        return false;
    }
    if (!taken)
        return application_store(opened);
    enum application_result accepted =
        application_event(&opened->context, opened->application, APPLICATION_ACCEPT, NULL);
    if (accepted == APPLICATION_OK || accepted == APPLICATION_STORE)
        return application_settle(opened, accepted);
    return application_store(opened);
}

/* ---- AcceptApplication ---- */

static const ProtobufCMessage *accept_answer(struct opened *opened, const struct number_step *step)
{
    return application_answer(opened, &sekisho__v1__accept_application_response__descriptor, step ? step->reply : NULL);
}

static const ProtobufCMessage *finish_accept(struct register_call *call)
{
    const Sekisho__V1__AcceptApplicationRequest *request = (const void *)call->request;
    struct number_step *step = number_step_of(call);
    struct opened opened;

    if (!application_open(call, request->name, NULL, &opened) || !take_enrolment(&opened, step))
        return NULL;
    return accept_answer(&opened, step);
}

/* Is it the vault's turn before the application can be accepted? False after register_fail: *turn is not set. */
static bool enrolment_due(struct opened *opened, bool *turn)
{
    Sekisho__V1__NumberState state = opened->application->application->number_state;
    enum number_rule rule;
    int rc = application_number_rule(&opened->context, opened->application, &rule);

    if (rc != 0) {
        (void)register_fail_store(opened->call, rc);
        return false;
    }
    bool pending = number_pending(opened->application) != NUMBER_ACTION_NONE;
    *turn = rule == NUMBER_ENROLLED && (pending || (state != NUMBER(PROVISIONAL) && state != NUMBER(MATCHED)));
    return true;
}

static const ProtobufCMessage *begin_enrolment(struct opened *opened, const Sekisho__V1__SealedCall *sealed)
{
    struct register_call *call = opened->call;
    enum number_action pending = number_pending(opened->application);
    struct number_step *step;

    if (pending != NUMBER_ACTION_NONE && pending != NUMBER_ACTION_ENROLL)
        return register_fail(call, REGISTER_WRONG_NUMBER_STATE, NULL, "a former number is to be released first");
    if (!number_step_prepare(call, sealed, OPERATION_ENROLL, true, finish_accept, &step))
        return NULL;
    step->required = true;
    step->fresh = pending == NUMBER_ACTION_NONE;
    step->since_us = call->now_us;
    int rc = number_want(&opened->context, opened->application, NUMBER_ACTION_ENROLL);
    if (rc != 0)
        return register_fail_store(call, rc);
    return application_store(opened) ? accept_answer(opened, NULL) : NULL;
}

static const ProtobufCMessage *accept(struct register_call *call)
{
    const Sekisho__V1__AcceptApplicationRequest *request = (const void *)call->request;
    struct opened opened;
    bool turn;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->omission_reason, REASON_MAX_CHARACTERS, false, "omission_reason"))
        return NULL;
    opened.application->documents_complete = request->documents_complete;
    opened.application->omission_reason = request->omission_reason;
    if (!application_settle(&opened, application_may_accept(&opened.context, opened.application)) ||
        !enrolment_due(&opened, &turn))
        return NULL;
    if (turn)
        return begin_enrolment(&opened, request->call);
    if (request->call)
        return register_fail(call, REGISTER_BAD_FIELD, "call", "nothing is to be done in the vault");
    return application_fire(&opened, APPLICATION_ACCEPT, NULL) ? accept_answer(&opened, NULL) : NULL;
}

void application_accept_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    if (((const Sekisho__V1__AcceptApplicationRequest *)request)->call)
        register_write_then(call, request, accept, number_step_send);
    else
        register_write(call, request, accept);
}

/* ---- CheckNumber ---- */

static const ProtobufCMessage *check_answer(struct opened *opened, const struct number_step *step)
{
    return application_answer(opened, &sekisho__v1__check_number_response__descriptor, step ? step->reply : NULL);
}

/* The registration whose number is compared: the application's own, or of a NEW whose number the vault refused to enrol
 * the earlier one that the reviewer names. False after register_fail. */
static bool checked_entry(struct opened *opened, const char *asked, stored_entry **entry)
{
    struct register_call *call = opened->call;
    const Sekisho__V1__Application *shown = opened->application->application;
    const char *name = shown->registration[0] != '\0' ? shown->registration : asked;
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if ((asked[0] != '\0' && strcmp(asked, name) != 0) || !entry_name_parse(name, &tenant, &serial, &rest) ||
        rest[0] != '\0' || tenant != call->reg->tenant) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "registration", "not the registration of this application");
        return false;
    }
    int rc = entry_get(call->reg, call->txn, serial, &call->arena, entry);
    if (rc == 0 && (*entry)->registration->number_reference.len == REFERENCE_LEN)
        return true;
    if (rc == 0 || rc == MDB_NOTFOUND)
        (void)register_fail(call, REGISTER_WRONG_NUMBER_STATE, NULL, "the registration has no number");
    else
        (void)register_fail_store(call, rc);
    return false;
}

/* May the number be compared now? */
static bool may_check(const stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;

    if (number_pending(application) != NUMBER_ACTION_NONE)
        return false;
    if (shown->kind == SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW)
        return application->accepted_us == 0 && shown->number_state == NUMBER(INVALID) &&
               application_event_possible(shown->state, APPLICATION_ACCEPT);
    return shown->number_state != NUMBER(UNSPECIFIED) && shown->number_state != NUMBER(PROVISIONAL) &&
           (shown->state == STATE(ACCEPTED) || shown->state == STATE(CHECKING) || shown->state == STATE(MANUAL_CHECK) ||
            shown->state == STATE(IN_REVIEW));
}

static bool open_checked(struct register_call *call, struct opened *opened, stored_entry **entry)
{
    const Sekisho__V1__CheckNumberRequest *request = (const void *)call->request;

    if (!application_open(call, request->name, NULL, opened))
        return false;
    if (may_check(opened->application))
        return checked_entry(opened, request->registration, entry);
    (void)register_fail(call, REGISTER_WRONG_NUMBER_STATE, NULL, NULL);
    return false;
}

static const ProtobufCMessage *finish_check(struct register_call *call)
{
    struct number_step *step = number_step_of(call);
    struct opened opened;
    stored_entry *entry;

    if (!open_checked(call, &opened, &entry))
        return NULL;
    Sekisho__V1__Application *shown = opened.application->application;
    shown->number_reference = (ProtobufCBinaryData){0};
    if (step->outcome == OUTCOME_MATCHED) {
        shown->number_state = NUMBER(MATCHED);
        shown->number_reference = entry->registration->number_reference;
        opened.application->number_blob = (ProtobufCBinaryData){0};
    } else if (shown->kind != SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW) {
        shown->number_state = NUMBER(NOT_MATCHED);
    }
    return application_store(&opened) ? check_answer(&opened, step) : NULL;
}

static const ProtobufCMessage *check(struct register_call *call)
{
    const Sekisho__V1__CheckNumberRequest *request = (const void *)call->request;
    struct number_step *step;
    struct opened opened;
    stored_entry *entry;

    if (!open_checked(call, &opened, &entry))
        return NULL;
    if (request->etag[0] != '\0' && strcmp(request->etag, opened.application->application->etag) != 0)
        return register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    if (!number_step_prepare(call, request->call, OPERATION_MATCH, true, finish_check, &step))
        return NULL;
    step->required = true;
    return check_answer(&opened, NULL);
}

void application_check_number_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write_then(call, request, check, number_step_send);
}

/* ---- ResolveNumberAction ---- */

static const enum operation operations[] = {
    [NUMBER_ACTION_ENROLL] = OPERATION_ENROLL,
    [NUMBER_ACTION_CONFIRM] = OPERATION_CONFIRM,
    [NUMBER_ACTION_RELEASE] = OPERATION_RELEASE,
};

static const ProtobufCMessage *resolve_answer(struct opened *opened, const struct number_step *step)
{
    return application_answer(opened, &sekisho__v1__resolve_number_action_response__descriptor,
                              step ? step->reply : NULL);
}

static const ProtobufCMessage *finish_resolve(struct register_call *call)
{
    const Sekisho__V1__ResolveNumberActionRequest *request = (const void *)call->request;
    enum number_action action = number_action_of(request->action);
    struct number_step *step = number_step_of(call);
    struct opened opened;
    bool taken;

    if (!application_open(call, request->name, NULL, &opened))
        return NULL;
    if (action == NUMBER_ACTION_ENROLL)
        return take_enrolment(&opened, step) ? resolve_answer(&opened, step) : NULL;
    if (step->outcome != OUTCOME_DONE)
        return resolve_answer(&opened, step);
    int rc = number_done(&opened.context, opened.application, action, NULL, &taken);
    if (rc != 0)
        return register_fail_store(call, rc);
    return application_store(&opened) ? resolve_answer(&opened, step) : NULL;
}

static const ProtobufCMessage *resolve(struct register_call *call)
{
    const Sekisho__V1__ResolveNumberActionRequest *request = (const void *)call->request;
    enum number_action action = number_action_of(request->action);
    struct number_step *step;
    struct opened opened;

    if (!application_open(call, request->name, NULL, &opened))
        return NULL;
    enum number_action pending = number_pending(opened.application);
    if (action == NUMBER_ACTION_NONE)
        return register_fail(call, REGISTER_BAD_FIELD, "action", "must be ENROLL, CONFIRM or RELEASE");
    if (pending != action && (pending != NUMBER_ACTION_ENROLL || action != NUMBER_ACTION_RELEASE))
        return register_fail(call, REGISTER_WRONG_NUMBER_STATE, NULL, "this is not pending");
    if (!number_step_prepare(call, request->call, operations[action], action == NUMBER_ACTION_ENROLL, finish_resolve,
                             &step))
        return NULL;
    step->required = true;
    /* An acceptance may be on its way to the vault: from here on what it enrols is to be released. */
    if (pending != action) {
        int rc = number_want(&opened.context, opened.application, action);
        if (rc != 0)
            return register_fail_store(call, rc);
        if (!application_store(&opened))
            return NULL;
    }
    return resolve_answer(&opened, NULL);
}

void application_resolve_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write_then(call, request, resolve, number_step_send);
}
