/* ApplicationService: checks (F004, F084) and comparisons (F085). */
#include <string.h>

#include "server/applications/compare.h"
#include "server/register/entry.h"
#include "server/services/application_methods.h"
#include "server/services/application_open.h"

#define STATE(state)  SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define CHECK(result) SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_##result
#define SOURCES_MAX   3 /* enum CheckSource */

static Sekisho__V1__Check *find_check(const stored_application *application, Sekisho__V1__CheckSource source)
{
    for (size_t i = 0; i < application->n_checks; i++)
        if (application->checks[i]->source == source)
            return application->checks[i];
    return NULL;
}

/* ---- StartChecks ---- */

static bool add_check(struct register_call *call, stored_application *application, Sekisho__V1__CheckSource source)
{
    if (source == 0 || (unsigned)source > SOURCES_MAX) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "sources", "names no source");
        return false;
    }
    if (find_check(application, source))
        return true;
    application->checks[application->n_checks] = REGISTER_NEW(call, Sekisho__V1__Check, SEKISHO__V1__CHECK__INIT);
    if (!application->checks[application->n_checks])
        return false;
    application->checks[application->n_checks++]->source = source;
    return true;
}

/* Those that were begun before stay, with the answers that still hold. */
static bool add_checks(struct register_call *call, stored_application *application,
                       const Sekisho__V1__StartChecksRequest *request)
{
    size_t most = application->n_checks + SOURCES_MAX;
    Sekisho__V1__Check **room = register_alloc(call, most * sizeof(Sekisho__V1__Check *));

    if (!room)
        return false;
    if (application->n_checks > 0)
        memcpy(room, application->checks, application->n_checks * sizeof(Sekisho__V1__Check *));
    application->checks = room;
    for (size_t i = 0; i < request->n_sources; i++)
        if (!add_check(call, application, request->sources[i]))
            return false;
    if (application->application->kind != SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW ||
        find_check(application, SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_CANCELLED_DATABASE))
        return true;
    (void)register_fail(call, REGISTER_MISSING_FIELD, "sources", "the database of cancelled registrations is required");
    return false;
}

static bool all_answered(const stored_application *application, bool *good)
{
    *good = true;
    for (size_t i = 0; i < application->n_checks; i++) {
        const Sekisho__V1__Check *check = application->checks[i];
        if (check->result == CHECK(UNSPECIFIED))
            return false;
        *good &= check->result == CHECK(MATCH) || check->decision[0] != '\0';
    }
    return true;
}

/* The last answer moves the application on. */
static bool follow_answers(struct opened *opened)
{
    bool good;

    if (!all_answered(opened->application, &good))
        return application_store(opened);
    return application_fire(opened, good ? APPLICATION_CHECKS_GOOD : APPLICATION_CHECKS_DOUBTFUL, NULL);
}

static const ProtobufCMessage *start_checks(struct register_call *call)
{
    const Sekisho__V1__StartChecksRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !add_checks(call, opened.application, request) || !application_fire(&opened, APPLICATION_START_CHECKS, NULL) ||
        !follow_answers(&opened))
        return NULL;
    Sekisho__V1__StartChecksResponse *response =
        REGISTER_NEW(call, Sekisho__V1__StartChecksResponse, SEKISHO__V1__START_CHECKS_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->checks = opened.application->checks;
    response->n_checks = opened.application->n_checks;
    response->application = application_show(&opened);
    return response->application ? &response->base : NULL;
}

void application_start_checks_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, start_checks);
}

/* ---- RecordCheck, ResolveCheck ---- */

static bool record_answer(struct opened *opened, const Sekisho__V1__RecordCheckRequest *request)
{
    struct register_call *call = opened->call;
    Sekisho__V1__Check *check = find_check(opened->application, request->source);
    bool soft = request->result == CHECK(SOFT);

    if (!check) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "source", "this check was not begun");
        return false;
    }
    if (request->result == CHECK(UNSPECIFIED) || (unsigned)request->result > CHECK(AMBIGUOUS)) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "result", NULL);
        return false;
    }
    if (soft && !code_check(call, request->decision, "decision"))
        return false;
    check->result = request->result;
    check->decision = soft ? request->decision : (char *)(uintptr_t) "";
    check->account = (char *)(uintptr_t)opened->account;
    check->time_us = call->now_us;
    return true;
}

static const ProtobufCMessage *record_check(struct register_call *call)
{
    const Sekisho__V1__RecordCheckRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened))
        return NULL;
    if (opened.application->application->state != STATE(CHECKING))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    if (!record_answer(&opened, request) || !follow_answers(&opened))
        return NULL;
    Sekisho__V1__RecordCheckResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordCheckResponse, SEKISHO__V1__RECORD_CHECK_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->checks = opened.application->checks;
    response->n_checks = opened.application->n_checks;
    response->application = application_show(&opened);
    return response->application ? &response->base : NULL;
}

void application_record_check_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, record_check);
}

static const ProtobufCMessage *resolve_check(struct register_call *call)
{
    const Sekisho__V1__ResolveCheckRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, request->etag, &opened) ||
        !text_check(call, request->reason, REASON_MAX_CHARACTERS, true, "reason") ||
        !code_check(call, request->decision, "decision"))
        return NULL;
    for (size_t i = 0; i < opened.application->n_checks; i++) {
        Sekisho__V1__Check *check = opened.application->checks[i];
        if (check->result != CHECK(MATCH) && check->decision[0] == '\0')
            check->decision = request->decision;
    }
    if (!application_fire(&opened, APPLICATION_CHECKS_RESOLVED, request->reason))
        return NULL;
    return application_answer(&opened, &sekisho__v1__resolve_check_response__descriptor, NULL);
}

void application_resolve_check_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, resolve_check);
}

/* ---- CompareApplication, DecideComparison ---- */

/* Comparisons belong to the time before the review is over: later they are what was decided on. */
static bool may_compare(struct opened *opened)
{
    switch (opened->application->application->state) {
    case STATE(RECEIVED):
    case STATE(ACCEPTED):
    case STATE(CHECKING):
    case STATE(MANUAL_CHECK):
    case STATE(IN_REVIEW):
        return true;
    default:
        (void)register_fail(opened->call, REGISTER_WRONG_STATE, NULL, NULL);
        return false;
    }
}

static Sekisho__V1__Comparison *show_match(struct register_call *call, const Sekisho__Stored__MatchResult *match)
{
    Sekisho__V1__Comparison *shown = register_alloc(call, sizeof *shown);

    if (shown)
        match_show(match, shown);
    return shown;
}

/* A NEW may be compared with an earlier registration of the person; every other with the one it is about. */
static bool compared_serial(struct opened *opened, const char *asked, uint32_t *serial)
{
    const char *own = opened->application->application->registration;
    const char *name = own[0] != '\0' ? own : asked;
    const char *rest;
    uint16_t tenant;

    if ((asked[0] == '\0' || strcmp(asked, name) == 0) && entry_name_parse(name, &tenant, serial, &rest) &&
        rest[0] == '\0' && tenant == opened->call->reg->tenant)
        return true;
    (void)register_fail(opened->call, REGISTER_BAD_FIELD, "registration", "not the registration of this application");
    return false;
}

static const ProtobufCMessage *compare(struct register_call *call)
{
    const Sekisho__V1__CompareApplicationRequest *request = (const void *)call->request;
    Sekisho__Stored__MatchResult *match;
    struct opened opened;
    uint32_t serial;

    if (!application_open(call, request->name, NULL, &opened) || !may_compare(&opened) ||
        !compared_serial(&opened, request->registration, &serial))
        return NULL;
    int rc = compare_with_register(&opened.context, opened.application, serial, &match);
    if (rc != 0)
        return register_fail_store(call, rc);
    if (!application_store(&opened))
        return NULL;
    Sekisho__V1__CompareApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CompareApplicationResponse, SEKISHO__V1__COMPARE_APPLICATION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->comparison = show_match(call, match);
    return response->comparison ? &response->base : NULL;
}

void application_compare_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, compare);
}

static const ProtobufCMessage *decide(struct register_call *call)
{
    const Sekisho__V1__DecideComparisonRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, NULL, &opened) || !may_compare(&opened) ||
        !code_check(call, request->decision, "decision"))
        return NULL;
    Sekisho__Stored__MatchResult *match = match_latest(opened.application, request->with);
    if (!match)
        return register_fail(call, REGISTER_BAD_FIELD, "with", "there is no such comparison");
    match->decision = request->decision;
    if (!application_store(&opened))
        return NULL;
    Sekisho__V1__DecideComparisonResponse *response =
        REGISTER_NEW(call, Sekisho__V1__DecideComparisonResponse, SEKISHO__V1__DECIDE_COMPARISON_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->comparison = show_match(call, match);
    return response->comparison ? &response->base : NULL;
}

void application_decide_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, decide);
}
