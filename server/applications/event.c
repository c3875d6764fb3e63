/* application_event: the one way from a state to another. */
#include <string.h>

#include "server/applications/correction.h"
#include "server/applications/internal.h"
#include "server/applications/outbox.h"
#include "wire/messages.h"

#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define OVERDUE      "補正の期限までに補正がありませんでした。"

static char *text(const char *borrowed)
{
    return (char *)(uintptr_t)(borrowed ? borrowed : "");
}

static const char *account_of(const struct application_context *context)
{
    return context->actor ? context->actor->account : NULL;
}

/* After a correction what did not hold is asked again, and who reviewed it reviews it again. */
static void reopen(stored_application *application)
{
    for (size_t i = 0; i < application->n_checks; i++) {
        if (application->checks[i]->result == SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_MATCH)
            continue;
        application->checks[i]->result = SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_UNSPECIFIED;
        application->checks[i]->decision = text(NULL);
    }
    application->review = NULL;
}

static void set_reviewer(const struct application_context *context, stored_application *application)
{
    application->application->reviewer = text(account_of(context));
    application->reviewer_person = (ProtobufCBinaryData){0};
    if (context->actor && context->actor->person)
        application->reviewer_person =
            (ProtobufCBinaryData){PERSON_TAG_LEN, (uint8_t *)(uintptr_t)context->actor->person};
}

static void clear_reviewer(stored_application *application)
{
    application->application->reviewer = text(NULL);
    application->reviewer_person = (ProtobufCBinaryData){0};
    application->review = NULL;
}

static void set_fields(const struct application_context *context, stored_application *application,
                       enum application_event event, const char *reason)
{
    Sekisho__V1__Application *shown = application->application;

    if (shown->state == STATE(CORRECTION_WAIT) && event != APPLICATION_PURGED)
        shown->correction_deadline = NULL;
    switch (event) {
    case APPLICATION_SIGNATURE_GOOD:
        if (shown->receive_time_us == 0) /* a status that was unknown for days does not move the reception */
            shown->receive_time_us = context->now_us;
        break;
    case APPLICATION_PURGED:
        shown->portal_purged = true;
        application->purged_us = context->now_us;
        break;
    case APPLICATION_ACCEPT:
        application->accepted_us = context->now_us;
        break;
    case APPLICATION_CORRECTED:
        reopen(application);
        break;
    case APPLICATION_START_CHECKS:
        application->checks_started_us = context->now_us;
        break;
    case APPLICATION_REVIEW_GOOD:
        set_reviewer(context, application);
        break;
    case APPLICATION_SEND_BACK:
        clear_reviewer(application);
        shown->reason = text(reason);
        break;
    case APPLICATION_APPROVE:
        shown->approver = text(account_of(context));
        break;
    case APPLICATION_ASK_CORRECTION:
    case APPLICATION_CORRECTION_OVERDUE:
    case APPLICATION_REVIEW_BAD:
    case APPLICATION_WITHDRAW:
    case APPLICATION_CANCEL:
        shown->reason = text(reason);
        break;
    default:
        break;
    }
}

static enum application_result write_event(struct application_context *context, stored_application *application,
                                           enum application_event event, const char *reason)
{
    context->rc = number_follow(context, application);
    if (context->rc == 0)
        context->rc = application_put_event(context, application, event, reason);
    if (context->rc == 0)
        context->rc = application_put(context, application);
    return context->rc == 0 ? APPLICATION_OK : APPLICATION_STORE;
}

enum application_result application_event(struct application_context *context, stored_application *application,
                                          enum application_event event, const char *reason)
{
    const struct transition *transition = transition_find(application->application->state, event);

    if (!transition)
        return APPLICATION_WRONG_STATE;
    enum application_result result = guards_check(context, application, transition->guards, reason);
    if (result != APPLICATION_OK)
        return result;
    if (event == APPLICATION_CORRECTION_OVERDUE)
        reason = OVERDUE;
    if (transition->to != transition->from) { /* what was not handed in is not kept */
        context->rc = correction_drop(context, application);
        if (context->rc != 0)
            return APPLICATION_STORE;
    }
    set_fields(context, application, event, reason);
    application->application->state = transition->to;
    if (event == APPLICATION_APPROVE) {
        result = application_complete(context, application);
        if (result != APPLICATION_OK)
            return result;
    }
    return write_event(context, application, event, reason);
}

enum application_result application_may_accept(struct application_context *context,
                                               const stored_application *application)
{
    const struct transition *transition = transition_find(application->application->state, APPLICATION_ACCEPT);

    if (!transition)
        return APPLICATION_WRONG_STATE;
    return guards_check(context, application, transition->guards & ~GUARD_BIT(GUARD_NUMBER), NULL);
}

enum application_result application_paid(struct application_context *context, const uint8_t id[REGISTER_ID_LEN])
{
    stored_application *application = application_get(context, id);

    if (!application)
        return APPLICATION_STORE;
    if (application->application->state != STATE(WAIT_PAYMENT))
        return APPLICATION_OK;
    enum application_result result = application_event(context, application, APPLICATION_PAYMENT_SETTLED, NULL);
    return result == APPLICATION_UNPAID ? APPLICATION_OK : result;
}
