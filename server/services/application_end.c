/*
 * ApplicationService: what ends an application, or takes its number back, and may leave something to be done in the
 * vault. The register comes first: its change stands when the vault is away, and the outbox says what is left to do.
 */
#include <string.h>

#include "server/applications/correction.h"
#include "server/applications/outbox.h"
#include "server/services/application_input.h"
#include "server/services/application_methods.h"
#include "server/services/number_step.h"

typedef Sekisho__V1__ApproveApplicationResponse ended;
#define SAME(message)                                                                                                  \
    (sizeof(ended) == sizeof(Sekisho__V1__##message) &&                                                                \
     offsetof(ended, application) == offsetof(Sekisho__V1__##message, application) &&                                  \
     offsetof(ended, reply) == offsetof(Sekisho__V1__##message, reply) &&                                              \
     offsetof(ended, number_action_error) == offsetof(Sekisho__V1__##message, number_action_error))
_Static_assert(SAME(ReturnApplicationResponse) && SAME(WithdrawApplicationResponse) &&
                   SAME(CancelApplicationResponse) && SAME(RecordCorrectionResponse),
               "answers have one layout");

static const ProtobufCMessageDescriptor *answer_type(const struct register_call *call)
{
    const ProtobufCMessageDescriptor *type = call->request->descriptor;

    if (type == &sekisho__v1__approve_application_request__descriptor)
        return &sekisho__v1__approve_application_response__descriptor;
    if (type == &sekisho__v1__return_application_request__descriptor)
        return &sekisho__v1__return_application_response__descriptor;
    if (type == &sekisho__v1__withdraw_application_request__descriptor)
        return &sekisho__v1__withdraw_application_response__descriptor;
    if (type == &sekisho__v1__cancel_application_request__descriptor)
        return &sekisho__v1__cancel_application_response__descriptor;
    return &sekisho__v1__record_correction_response__descriptor;
}

static const ProtobufCMessage *answer(struct opened *opened, const struct number_step *step)
{
    struct register_call *call = opened->call;
    ended *response = register_alloc(call, sizeof *response);

    if (!response)
        return NULL;
    protobuf_c_message_init(answer_type(call), response);
    if (step && step->reply)
        response->reply = step->reply;
    if (step && step->error)
        response->number_action_error = (char *)(uintptr_t)step->error;
    response->application = application_show(opened);
    return response->application ? &response->base : NULL;
}

/* ---- the second transaction ---- */

/* `name` is the first field of every request here. */
_Static_assert(offsetof(Sekisho__V1__ApproveApplicationRequest, name) ==
                       offsetof(Sekisho__V1__RecordCorrectionRequest, name) &&
                   offsetof(Sekisho__V1__ApproveApplicationRequest, name) ==
                       offsetof(Sekisho__V1__CancelApplicationRequest, name),
               "requests begin with the name");

static const ProtobufCMessage *finish(struct register_call *call)
{
    const Sekisho__V1__ApproveApplicationRequest *request = (const void *)call->request;
    struct number_step *step = number_step_of(call);
    struct opened opened;
    bool taken = false;

    if (!application_open(call, request->name, NULL, &opened))
        return NULL;
    if (step->reply && step->outcome != OUTCOME_DONE)
        step->error = "NUMBER_ACTION_REFUSED";
    if (step->reply && step->outcome == OUTCOME_DONE) {
        enum number_action done =
            step->head.operation == OPERATION_CONFIRM ? NUMBER_ACTION_CONFIRM : NUMBER_ACTION_RELEASE;
        int rc = number_done(&opened.context, opened.application, done, NULL, &taken);
        if (rc != 0)
            return register_fail_store(call, rc);
    }
    if (taken && !application_store(&opened))
        return NULL;
    return answer(&opened, step);
}

/* ---- the first ---- */

/* The sealed call must be what is to be done now. */
static const ProtobufCMessage *prepare(struct opened *opened, const Sekisho__V1__SealedCall *sealed)
{
    struct register_call *call = opened->call;
    struct number_step *step;

    if (!sealed)
        return answer(opened, NULL);
    enum number_action pending = number_pending(opened->application);
    if (pending != NUMBER_ACTION_CONFIRM && pending != NUMBER_ACTION_RELEASE)
        return register_fail(call, REGISTER_BAD_FIELD, "call", "nothing is to be done in the vault");
    enum operation operation = pending == NUMBER_ACTION_CONFIRM ? OPERATION_CONFIRM : OPERATION_RELEASE;
    if (!number_step_prepare(call, sealed, operation, false, finish, &step))
        return NULL;
    return answer(opened, NULL);
}

static void write_with(struct rpc_call *call, const ProtobufCMessage *request, const Sekisho__V1__SealedCall *sealed,
                       register_handler *handler)
{
    if (sealed)
        register_write_then(call, request, handler, number_step_send);
    else
        register_write(call, request, handler);
}

static const ProtobufCMessage *approve(struct register_call *call)
{
    const Sekisho__V1__ApproveApplicationRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened))
        return NULL;
    /* The fee may have been settled by what tells nobody: looked at again here. */
    if (opened.application->application->state == SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_WAIT_PAYMENT &&
        !application_fire(&opened, APPLICATION_PAYMENT_SETTLED, NULL))
        return NULL;
    if (!application_fire(&opened, APPLICATION_APPROVE, NULL))
        return NULL;
    return prepare(&opened, request->call);
}

void application_approve_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    write_with(call, request, ((const Sekisho__V1__ApproveApplicationRequest *)request)->call, approve);
}

typedef Sekisho__V1__ReturnApplicationRequest end_request;
#define SAME_REQUEST(message)                                                                                          \
    (sizeof(end_request) == sizeof(Sekisho__V1__##message) &&                                                          \
     offsetof(end_request, etag) == offsetof(Sekisho__V1__##message, etag) &&                                          \
     offsetof(end_request, reason) == offsetof(Sekisho__V1__##message, reason) &&                                      \
     offsetof(end_request, call) == offsetof(Sekisho__V1__##message, call))
_Static_assert(SAME_REQUEST(WithdrawApplicationRequest) && SAME_REQUEST(CancelApplicationRequest),
               "requests have one layout");

static const ProtobufCMessage *end(struct register_call *call, enum application_event event)
{
    const end_request *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->reason, REASON_MAX_CHARACTERS, false, "reason") ||
        !application_fire(&opened, event, request->reason))
        return NULL;
    return prepare(&opened, request->call);
}

static const ProtobufCMessage *return_it(struct register_call *call)
{
    return end(call, APPLICATION_REVIEW_BAD);
}

void application_return_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    write_with(call, request, ((const end_request *)request)->call, return_it);
}

static const ProtobufCMessage *withdraw(struct register_call *call)
{
    return end(call, APPLICATION_WITHDRAW);
}

void application_withdraw_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    write_with(call, request, ((const end_request *)request)->call, withdraw);
}

static const ProtobufCMessage *cancel(struct register_call *call)
{
    return end(call, APPLICATION_CANCEL);
}

void application_cancel_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    write_with(call, request, ((const end_request *)request)->call, cancel);
}

/* ---- RecordCorrection ---- */

static const ProtobufCMessage *corrected(struct register_call *call)
{
    const Sekisho__V1__RecordCorrectionRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened))
        return NULL;
    if (!application_event_possible(opened.application->application->state, APPLICATION_CORRECTED))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    if (request->application) {
        if (!application_take(&opened, request->application))
            return NULL;
        correction_forget_findings(opened.application);
    }
    if (request->number_withdrawn) {
        int rc = number_withdraw(&opened.context, opened.application);
        if (rc != 0)
            return register_fail_store(call, rc);
    }
    if (!application_fire(&opened, APPLICATION_CORRECTED, NULL))
        return NULL;
    return prepare(&opened, request->call);
}

void application_corrected_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    write_with(call, request, ((const Sekisho__V1__RecordCorrectionRequest *)request)->call, corrected);
}
