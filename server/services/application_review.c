/* ApplicationService: review (審査), and back to it. */
#include "server/services/application_methods.h"
#include "server/services/application_open.h"

/* REVIEWED; and WAIT_PAYMENT when the fee is not settled. */
static bool fire_review(struct opened *opened, const char *reason)
{
    if (!application_fire(opened, APPLICATION_REVIEW_GOOD, reason))
        return false;
    enum application_result wait =
        application_event(&opened->context, opened->application, APPLICATION_AWAIT_PAYMENT, NULL);
    return wait == APPLICATION_WRONG_STATE || application_settle(opened, wait);
}

static const ProtobufCMessage *review(struct register_call *call)
{
    const Sekisho__V1__ReviewApplicationRequest *request = (const void *)call->request;
    Sekisho__Stored__StoredReview found = SEKISHO__STORED__STORED_REVIEW__INIT;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->reason, REASON_MAX_CHARACTERS, false, "reason") ||
        !text_check(call, request->council_opinion, 200, false, "council_opinion"))
        return NULL;
    found.route_evidence = request->route_evidence;
    found.no_disqualification = request->no_disqualification;
    found.council_opinion = request->council_opinion;
    opened.application->review = &found;
    if (!fire_review(&opened, request->reason))
        return NULL;
    return application_answer(&opened, &sekisho__v1__review_application_response__descriptor, NULL);
}

void application_review_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, review);
}

static const ProtobufCMessage *send_back(struct register_call *call)
{
    const Sekisho__V1__SendBackApplicationRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->reason, REASON_MAX_CHARACTERS, true, "reason") ||
        !application_fire(&opened, APPLICATION_SEND_BACK, request->reason))
        return NULL;
    return application_answer(&opened, &sekisho__v1__send_back_application_response__descriptor, NULL);
}

void application_send_back_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, send_back);
}
