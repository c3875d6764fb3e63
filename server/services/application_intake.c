/* ApplicationService: paper forms come in, corrections are asked for. */
#include <stdio.h>

#include "server/identity/identity.h"
#include "server/register/person_check.h"
#include "server/services/application_input.h"
#include "server/services/application_methods.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

/* ---- CreatePaperApplication ---- */

static bool take_reception(struct opened *opened, const Sekisho__V1__CreatePaperApplicationRequest *request)
{
    struct register_call *call = opened->call;
    Sekisho__V1__Application *shown = opened->application->application;
    int32_t today = date_number(date_of_time_us(call->now_us));
    const Sekisho__V1__Date *day = request->received_on;

    shown->channel = call->caller.role == ROLE_CEN ? SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PAPER_CENTRE
                                                   : SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PAPER_OFFICE;
    shown->receive_time_us = call->now_us;
    if (!day)
        return true;
    if (!message_date_valid(day) || day->day == 0 || message_date_number(day) > today) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "received_on", "must be a day, today or earlier");
        return false;
    }
    if (message_date_number(day) < today)
        shown->receive_time_us = time_of_day(day);
    return true;
}

static bool take_number_state(struct opened *opened, const Sekisho__V1__CreatePaperApplicationRequest *request)
{
    struct register_call *call = opened->call;
    enum number_rule rule;
    int rc = application_number_rule(&opened->context, opened->application, &rule);

    if (rc != 0) {
        (void)register_fail_store(call, rc);
        return false;
    }
    if (rule == NUMBER_NONE)
        return true;
    if (!request->identity_checked) {
        (void)register_fail(call, REGISTER_MISSING_FIELD, "identity_checked", "is required with a number (番号法16条)");
        return false;
    }
    opened->application->application->number_state = SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_MISSING;
    return true;
}

static const ProtobufCMessage *create(struct register_call *call)
{
    const Sekisho__V1__CreatePaperApplicationRequest *request = (const void *)call->request;
    stored_application application = SEKISHO__STORED__STORED_APPLICATION__INIT;
    Sekisho__V1__Application shown = SEKISHO__V1__APPLICATION__INIT;
    struct opened opened;

    if (!application_begin(call, &opened))
        return NULL;
    application.application = &shown;
    application.identity_checked = request->identity_checked;
    opened.application = &application;
    if (!application_take(&opened, request->application) || !take_reception(&opened, request) ||
        !take_number_state(&opened, request) ||
        !application_settle(&opened, application_create(&opened.context, &application)))
        return NULL;
    snprintf(call->object, sizeof call->object, "%s", shown.name);
    /* The answer is packed after this function: its messages must live as long as the call. */
    Sekisho__V1__CreatePaperApplicationResponse *response = REGISTER_NEW(
        call, Sekisho__V1__CreatePaperApplicationResponse, SEKISHO__V1__CREATE_PAPER_APPLICATION_RESPONSE__INIT);
    if (!response || !application_show(&opened))
        return NULL;
    response->application = register_new(call, sizeof shown, &shown);
    return response->application ? &response->base : NULL;
}

void application_create_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, create);
}

/* ---- RequestCorrection ---- */

static const ProtobufCMessage *ask_correction(struct register_call *call)
{
    const Sekisho__V1__RequestCorrectionRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->reason, REASON_MAX_CHARACTERS, true, "reason"))
        return NULL;
    if (!application_event_possible(opened.application->application->state, APPLICATION_ASK_CORRECTION))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    opened.application->application->correction_deadline = request->deadline;
    if (!application_fire(&opened, APPLICATION_ASK_CORRECTION, request->reason))
        return NULL;
    return application_answer(&opened, &sekisho__v1__request_correction_response__descriptor, NULL);
}

void application_ask_correction_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, ask_correction);
}
