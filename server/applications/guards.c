/* The guards of transitions.def, one function each. */
#include <string.h>

#include "server/applications/compare.h"
#include "server/applications/correction.h"
#include "server/applications/internal.h"
#include "server/applications/outbox.h"
#include "server/payments/gate.h"
#include "wire/messages.h"

#define KIND(kind)     SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define NUMBER(state)  SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##state
#define CHECK(result)  SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_##result
#define SOURCE(source) SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_##source
#define CHANNEL_PORTAL SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PORTAL

typedef enum application_result guard_check(struct application_context *context, const stored_application *application,
                                            const char *reason);

static enum application_result incomplete(struct application_context *context, const char *field)
{
    context->field = field;
    return APPLICATION_INCOMPLETE;
}

static enum application_result store_failed(struct application_context *context, int rc)
{
    context->rc = rc;
    return APPLICATION_STORE;
}

static bool given(const char *text)
{
    return text && text[0] != '\0';
}

static enum application_result guard_reason(struct application_context *context, const stored_application *application,
                                            const char *reason)
{
    (void)context;
    (void)application;
    return given(reason) ? APPLICATION_OK : APPLICATION_NEEDS_REASON;
}

static enum application_result guard_content(struct application_context *context, const stored_application *application,
                                             const char *reason)
{
    const char *field = application_missing(context, application->application);

    (void)reason;
    return field ? incomplete(context, field) : APPLICATION_OK;
}

static enum application_result guard_documents(struct application_context *context,
                                               const stored_application *application, const char *reason)
{
    const Sekisho__V1__Application *shown = application->application;

    (void)reason;
    if (!application->documents_complete && !given(application->omission_reason))
        return incomplete(context, "documents_complete");
    for (size_t i = 0; i < shown->n_attachments; i++)
        if (!shown->attachments[i]->complete)
            return incomplete(context, "attachments");
    return APPLICATION_OK;
}

/* What a number's state must be, by the kind's rule. */
static enum application_result number_guard(struct application_context *context, const stored_application *application,
                                            uint32_t enrolled, uint32_t matched)
{
    enum number_rule rule;
    int rc = application_number_rule(context, application, &rule);

    if (rc != 0)
        return store_failed(context, rc);
    if (rule == NUMBER_NONE)
        return APPLICATION_OK;
    if (number_pending(application) != NUMBER_ACTION_NONE)
        return APPLICATION_NUMBER;
    uint32_t state = UINT32_C(1) << application->application->number_state;
    return (state & (rule == NUMBER_ENROLLED ? enrolled : matched)) != 0 ? APPLICATION_OK : APPLICATION_NUMBER;
}

#define BIT(state) (UINT32_C(1) << (state))
#define IN_VAULT   (BIT(NUMBER(PROVISIONAL)) | BIT(NUMBER(MATCHED)))
#define HANDED_IN  (BIT(NUMBER(SEALED)) | BIT(NUMBER(MATCHED)) | BIT(NUMBER(NOT_MATCHED)) | BIT(NUMBER(INVALID)))

static enum application_result guard_number(struct application_context *context, const stored_application *application,
                                            const char *reason)
{
    (void)reason;
    return number_guard(context, application, IN_VAULT, UINT32_MAX);
}

static enum application_result guard_number_present(struct application_context *context,
                                                    const stored_application *application, const char *reason)
{
    (void)reason;
    return number_guard(context, application, IN_VAULT, HANDED_IN);
}

static enum application_result guard_number_proved(struct application_context *context,
                                                   const stored_application *application, const char *reason)
{
    (void)reason;
    return number_guard(context, application, IN_VAULT, BIT(NUMBER(MATCHED)));
}

static enum application_result guard_accepted(struct application_context *context,
                                              const stored_application *application, const char *reason)
{
    (void)reason;
    return application->accepted_us != 0 ? APPLICATION_OK : incomplete(context, "acceptance");
}

static enum application_result guard_not_accepted(struct application_context *context,
                                                  const stored_application *application, const char *reason)
{
    (void)context;
    (void)reason;
    return application->accepted_us == 0 ? APPLICATION_OK : APPLICATION_WRONG_STATE;
}

/* yyyymmdd; 0: there is none. */
static int32_t deadline_of(const stored_application *application)
{
    const Sekisho__V1__Date *day = application->application->correction_deadline;

    return day ? day->year * 10000 + day->month * 100 + day->day : 0;
}

static enum application_result guard_deadline(struct application_context *context,
                                              const stored_application *application, const char *reason)
{
    struct civil_date day = date_of_number(deadline_of(application));

    (void)reason;
    if (day.day == 0 || !date_valid(day) || date_number(day) <= date_number(date_of_time_us(context->now_us)))
        return incomplete(context, "deadline");
    return APPLICATION_OK;
}

bool correction_is_overdue(const stored_application *application, int64_t now_us)
{
    return deadline_of(application) < date_number(date_of_time_us(now_us));
}

static enum application_result guard_overdue(struct application_context *context, const stored_application *application,
                                             const char *reason)
{
    (void)reason;
    return correction_is_overdue(application, context->now_us) ? APPLICATION_OK : APPLICATION_WRONG_STATE;
}

bool check_is_good(const Sekisho__V1__Check *check)
{
    return check->result == CHECK(MATCH) || (check->result != CHECK(UNSPECIFIED) && given(check->decision));
}

static enum application_result guard_checks_good(struct application_context *context,
                                                 const stored_application *application, const char *reason)
{
    (void)reason;
    if (application->checks_started_us == 0)
        return incomplete(context, "checks");
    for (size_t i = 0; i < application->n_checks; i++)
        if (!check_is_good(application->checks[i]))
            return incomplete(context, "checks");
    return APPLICATION_OK;
}

static enum application_result guard_checks_doubtful(struct application_context *context,
                                                     const stored_application *application, const char *reason)
{
    bool doubtful = false;

    (void)reason;
    for (size_t i = 0; i < application->n_checks; i++) {
        if (application->checks[i]->result == CHECK(UNSPECIFIED))
            return incomplete(context, "checks");
        doubtful |= !check_is_good(application->checks[i]);
    }
    return doubtful ? APPLICATION_OK : APPLICATION_WRONG_STATE;
}

/* A REWRITE differs from the register in what is to be rewritten: there a reviewer may decide on a mismatch too. */
static bool match_is_good(const stored_application *application, const Sekisho__Stored__MatchResult *match)
{
    if (match->level == MATCH_MATCH && !match->needs_person)
        return true;
    return given(match->decision) &&
           (match->level != MATCH_MISMATCH || application->application->kind == KIND(REWRITE));
}

static enum application_result guard_compared(struct application_context *context,
                                              const stored_application *application, const char *reason)
{
    const Sekisho__Stored__MatchResult *with_register = match_latest(application, "register");
    const Sekisho__Stored__MatchResult *with_certificate = match_latest(application, "certificate");

    (void)reason;
    if (!with_register && given(application->application->registration))
        return incomplete(context, "comparison.register");
    if (with_register && !match_is_good(application, with_register))
        return incomplete(context, "comparison.register");
    if (with_certificate && !match_is_good(application, with_certificate))
        return incomplete(context, "comparison.certificate");
    return APPLICATION_OK;
}

static enum application_result guard_review(struct application_context *context, const stored_application *application,
                                            const char *reason)
{
    const Sekisho__Stored__StoredReview *review = application->review;
    const Sekisho__V1__Check *database = NULL;

    (void)reason;
    if (application->application->kind != KIND(NEW))
        return APPLICATION_OK;
    if (!review || review->route_evidence == SEKISHO__V1__ROUTE_EVIDENCE__ROUTE_EVIDENCE_UNSPECIFIED)
        return incomplete(context, "route_evidence");
    if (!review->no_disqualification)
        return incomplete(context, "no_disqualification");
    for (size_t i = 0; i < application->n_checks; i++)
        if (application->checks[i]->source == SOURCE(CANCELLED_DATABASE))
            database = application->checks[i];
    if (!database)
        return incomplete(context, "checks");
    if (database->result != CHECK(MATCH) && !given(review->council_opinion))
        return incomplete(context, "council_opinion");
    return APPLICATION_OK;
}

static enum application_result guard_other_person(struct application_context *context,
                                                  const stored_application *application, const char *reason)
{
    const ProtobufCBinaryData *reviewer = &application->reviewer_person;

    (void)reason;
    if (!context->actor || !context->actor->person || reviewer->len != PERSON_TAG_LEN ||
        memcmp(reviewer->data, context->actor->person, PERSON_TAG_LEN) == 0)
        return APPLICATION_SAME_PERSON;
    return APPLICATION_OK;
}

static enum application_result guard_paid(struct application_context *context, const stored_application *application,
                                          const char *reason)
{
    const Sekisho__V1__Application *shown = application->application;
    int rc;

    (void)reason;
    if (payment_settled(context->reg, context->txn, application->id.data, shown->kind, shown->receive_time_us, &rc))
        return APPLICATION_OK;
    return rc == 0 || rc == MDB_NOTFOUND ? APPLICATION_UNPAID : store_failed(context, rc);
}

static enum application_result guard_unpaid(struct application_context *context, const stored_application *application,
                                            const char *reason)
{
    enum application_result paid = guard_paid(context, application, reason);

    if (paid == APPLICATION_UNPAID)
        return APPLICATION_OK;
    return paid == APPLICATION_OK ? APPLICATION_WRONG_STATE : paid;
}

static enum application_result guard_portal(struct application_context *context, const stored_application *application,
                                            const char *reason)
{
    (void)context;
    (void)reason;
    return application->application->channel == CHANNEL_PORTAL ? APPLICATION_OK : APPLICATION_WRONG_STATE;
}

static guard_check *const guards_of[GUARD_COUNT] = {
    [GUARD_REASON] = guard_reason,
    [GUARD_CONTENT] = guard_content,
    [GUARD_DOCUMENTS] = guard_documents,
    [GUARD_NUMBER] = guard_number,
    [GUARD_NUMBER_PRESENT] = guard_number_present,
    [GUARD_NUMBER_PROVED] = guard_number_proved,
    [GUARD_ACCEPTED] = guard_accepted,
    [GUARD_NOT_ACCEPTED] = guard_not_accepted,
    [GUARD_DEADLINE] = guard_deadline,
    [GUARD_OVERDUE] = guard_overdue,
    [GUARD_CHECKS_GOOD] = guard_checks_good,
    [GUARD_CHECKS_DOUBTFUL] = guard_checks_doubtful,
    [GUARD_COMPARED] = guard_compared,
    [GUARD_REVIEW] = guard_review,
    [GUARD_OTHER_PERSON] = guard_other_person,
    [GUARD_PAID] = guard_paid,
    [GUARD_UNPAID] = guard_unpaid,
    [GUARD_PORTAL] = guard_portal,
};

enum application_result guards_check(struct application_context *context, const stored_application *application,
                                     uint32_t guards, const char *reason)
{
    for (unsigned guard = 0; guard < GUARD_COUNT; guard++) {
        if ((guards & GUARD_BIT(guard)) == 0)
            continue;
        enum application_result result = guards_of[guard](context, application, reason);
        if (result != APPLICATION_OK)
            return result;
    }
    return APPLICATION_OK;
}
