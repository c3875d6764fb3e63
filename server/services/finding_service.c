/* FindingService: findings of the periodic inquiry and how their review ends (F006, F077, INV-15). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/desk/numbered.h"
#include "server/findings/finding.h"
#include "server/register/checks.h"
#include "server/services/front.h"
#include "server/services/list_page.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

#define STATE(name)       SEKISHO__V1__FINDING_STATE__FINDING_STATE_##name
#define RUN_MAX           64
#define FINDINGS_MAX      500
#define REASON_CHARACTERS 1000
#define NOTICE_CHARACTERS 100

/* NULL when the call has failed. */
static char *account_of(struct register_call *call)
{
    return register_printf(call, "%.*s", ACCOUNT_LEN, call->caller.account);
}

/* ---- recording ---- */

static const char *wrong_run(const Sekisho__V1__RecordFindingsRequest *request)
{
    if (!token_within(request->run, RUN_MAX))
        return "run";
    if (request->source <= SEKISHO__V1__FINDING_SOURCE__FINDING_SOURCE_UNSPECIFIED ||
        request->source > SEKISHO__V1__FINDING_SOURCE__FINDING_SOURCE_INFORMATION_NETWORK)
        return "source";
    return request->n_findings >= 1 && request->n_findings <= FINDINGS_MAX ? NULL : "findings";
}

static const void *row_fail(struct register_call *call, enum register_error error, size_t row, const char *field)
{
    char path[64];

    snprintf(path, sizeof path, "findings[%zu].%s", row, field);
    return register_fail(call, error, path, NULL);
}

/* NULL after register_fail. */
static finding *record_row(struct register_call *call, size_t row, char *account)
{
    const Sekisho__V1__RecordFindingsRequest *request = (const void *)call->request;
    const finding *asked = request->findings[row];
    finding *made = REGISTER_NEW(call, finding, SEKISHO__V1__FINDING__INIT);

    if (!made)
        return NULL;
    if (!finding_items_fit(asked))
        return (finding *)(uintptr_t)row_fail(call, REGISTER_BAD_FIELD, row, "differing_items");
    made->run = request->run;
    made->source = request->source;
    made->registration = asked->registration;
    made->finding_class = asked->finding_class;
    made->n_differing_items = asked->n_differing_items;
    made->differing_items = asked->differing_items;
    made->recorded_by = account;
    int rc = finding_add(call->reg, call->txn, call->now_us, made, &call->arena);
    if (rc == EINVAL)
        return (finding *)(uintptr_t)row_fail(call, REGISTER_BAD_RESOURCE_NAME, row, "registration");
    if (rc == MDB_NOTFOUND)
        return (finding *)(uintptr_t)row_fail(call, REGISTER_NOT_FOUND, row, "registration");
    return rc == 0 ? made : (finding *)(uintptr_t)register_fail_store(call, rc);
}

static const ProtobufCMessage *record(struct register_call *call)
{
    const Sekisho__V1__RecordFindingsRequest *request = (const void *)call->request;
    const char *wrong = wrong_run(request);
    uint16_t tenant;

    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    char *account = account_of(call);
    Sekisho__V1__RecordFindingsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordFindingsResponse, SEKISHO__V1__RECORD_FINDINGS_RESPONSE__INIT);
    if (!account || !response || !(response->findings = register_alloc(call, request->n_findings * sizeof(finding *))))
        return NULL;
    for (; response->n_findings < request->n_findings; response->n_findings++) {
        response->findings[response->n_findings] = record_row(call, response->n_findings, account);
        if (!response->findings[response->n_findings])
            return NULL;
    }
    return &response->base;
}

/* ---- reading ---- */

/* With `etag`, that must be the present one. False after register_fail. */
static bool get_one(struct register_call *call, const char *name, const char *etag, uint64_t *number, finding **found)
{
    if (!numbered_parse(name, "findings", number)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
        return false;
    }
    int rc = finding_get(call->reg, call->txn, *number, &call->arena, found);
    if (rc != 0)
        register_fail_store(call, rc);
    else if (etag && strcmp((*found)->etag, etag) != 0)
        register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    else
        return true;
    return false;
}

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetFindingRequest *request = (const void *)call->request;
    Sekisho__V1__GetFindingResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetFindingResponse, SEKISHO__V1__GET_FINDING_RESPONSE__INIT);
    uint64_t number;

    if (!response)
        return NULL;
    return get_one(call, request->name, NULL, &number, &response->finding) ? &response->base : NULL;
}

static int row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    const Sekisho__V1__ListFindingsRequest *request = (const void *)page->call->request;
    finding *found;

    (void)value;
    int rc = finding_get(page->call->reg, page->call->txn, numbered_key(key), &page->call->arena, &found);
    if (rc != 0)
        return rc;
    if (request->state != STATE(UNSPECIFIED) && request->state != found->state)
        return WALK_SKIP;
    return list_page_add(page, found);
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListFindingsRequest *request = (const void *)call->request;
    Sekisho__V1__ListFindingsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListFindingsResponse, SEKISHO__V1__LIST_FINDINGS_RESPONSE__INIT);
    struct list_page page;

    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token =
        list_page_walk(&page, (struct walk){.table = call->reg->table[TABLE_finding], .row = row});
    if (!response->next_page_token)
        return NULL;
    response->n_findings = page.count;
    response->findings = (finding **)page.rows;
    return &response->base;
}

/* ---- review ---- */

/* False after register_fail. */
static bool go(struct register_call *call, uint64_t number, finding *found, Sekisho__V1__FindingState to)
{
    int rc = finding_go(call->reg, call->txn, number, found, to, &call->arena);

    if (rc == EPERM)
        register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    else if (rc != 0)
        register_fail_store(call, rc);
    return rc == 0;
}

static const ProtobufCMessage *review(struct register_call *call)
{
    const Sekisho__V1__ReviewFindingRequest *request = (const void *)call->request;
    Sekisho__V1__ReviewFindingResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ReviewFindingResponse, SEKISHO__V1__REVIEW_FINDING_RESPONSE__INIT);
    uint64_t number;
    finding *found;

    if (!response)
        return NULL;
    if (!get_one(call, request->name, request->etag, &number, &found) || !(found->reviewer = account_of(call)))
        return NULL;
    response->finding = found;
    return go(call, number, found, STATE(REVIEW)) ? &response->base : NULL;
}

/* Each end has its own item and no other's. */
static const char *wrong_end(const Sekisho__V1__DecideFindingRequest *request)
{
    const struct {
        Sekisho__V1__FindingState state;
        const char *field, *text;
        size_t characters;
    } ends[] = {{STATE(APPLIED), "decision", request->decision, REASON_CHARACTERS},
                {STATE(DISMISSED), "reason", request->reason, REASON_CHARACTERS},
                {STATE(APPLICATION_NEEDED), "notice_reference", request->notice_reference, NOTICE_CHARACTERS}};
    bool known = false;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        bool wanted = ends[i].state == request->state;
        known = known || wanted;
        if (wanted ? !text_within(ends[i].text, 1, ends[i].characters) : ends[i].text[0] != '\0')
            return ends[i].field;
    }
    return known ? NULL : "state";
}

/* The register says itself whether the decision changed it. False after register_fail. */
static bool decided(struct register_call *call, const finding *found, const char *decision)
{
    int rc = finding_decided_by(call->reg, call->txn, found, decision, &call->arena);

    if (rc == MDB_NOTFOUND)
        register_fail(call, REGISTER_NOT_DECIDED, "decision", NULL);
    else if (rc != 0)
        register_fail_store(call, rc);
    return rc == 0;
}

static const ProtobufCMessage *decide(struct register_call *call)
{
    const Sekisho__V1__DecideFindingRequest *request = (const void *)call->request;
    const char *wrong = wrong_end(request);
    Sekisho__V1__DecideFindingResponse *response =
        REGISTER_NEW(call, Sekisho__V1__DecideFindingResponse, SEKISHO__V1__DECIDE_FINDING_RESPONSE__INIT);
    uint64_t number;
    finding *found;

    if (!response)
        return NULL;
    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    if (!get_one(call, request->name, request->etag, &number, &found) || !(found->decider = account_of(call)) ||
        (request->state == STATE(APPLIED) && !decided(call, found, request->decision)))
        return NULL;
    found->decide_time_us = call->now_us;
    found->decision = request->decision;
    found->reason = request->reason;
    found->notice_reference = request->notice_reference;
    response->finding = found;
    return go(call, number, found, request->state) ? &response->base : NULL;
}

/* ---- methods ---- */

#define ENTRY(kind, handler)                                                                                           \
    static void on_##handler(struct rpc_call *call, const ProtobufCMessage *request)                                   \
    {                                                                                                                  \
        register_##kind(call, request, handler);                                                                       \
    }
ENTRY(write, record)
ENTRY(read, get)
ENTRY(read, list)
ENTRY(write, review)
ENTRY(write, decide)

#define UNARY(method, handler)                                                                                         \
    {                                                                                                                  \
        METHOD_ROW(FindingService, method), .kind = RPC_UNARY, .on_message = on_##handler                              \
    }
const struct rpc_method finding_methods[] = {
    UNARY(RecordFindings, record), UNARY(GetFinding, get),       UNARY(ListFindings, list),
    UNARY(ReviewFinding, review),  UNARY(DecideFinding, decide),
};
const size_t finding_method_count = sizeof finding_methods / sizeof finding_methods[0];
