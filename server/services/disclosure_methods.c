/* InquiryDeskService: requests for disclosure, correction and suspension of use (F168, F169). */
#include <stdio.h>
#include <string.h>

#include "server/desk/disclosure.h"
#include "server/desk/numbered.h"
#include "server/register/checks.h"
#include "server/services/inquiry_desk_call.h"
#include "server/services/list_page.h"
#include "server/services/resource_name.h"

#define STATE(name)       SEKISHO__V1__DISCLOSURE_STATE__DISCLOSURE_STATE_##name
#define DECISION(name)    SEKISHO__V1__DISCLOSURE_DECISION__DISCLOSURE_DECISION_##name
#define COLLECTION        "disclosureRequests"
#define REASON_CHARACTERS 1000

/* One step of a request: what it was and is to become. */
struct work {
    uint64_t number;
    disclosure *request;
    char *account;
};

static bool get_one(struct register_call *call, const char *name, struct work *work)
{
    if (!numbered_parse(name, COLLECTION, &work->number)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
        return false;
    }
    int rc = disclosure_get(call->reg, call->txn, work->number, date_today(call->now_us), &call->arena, &work->request);
    if (rc != 0)
        register_fail_store(call, rc);
    return rc == 0;
}

/* Ready for a step to state `to`; STATE(UNSPECIFIED): it stays where it is. False after register_fail. */
static bool begin_step(struct register_call *call, const char *name, const char *etag, Sekisho__V1__DisclosureState to,
                       struct work *work)
{
    if (!get_one(call, name, work))
        return false;
    if (strcmp(work->request->etag, etag) != 0) {
        register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
        return false;
    }
    if (!disclosure_possible(work->request->state, to == STATE(UNSPECIFIED) ? work->request->state : to)) {
        register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
        return false;
    }
    work->account = inquiry_desk_account(call);
    return work->account != NULL;
}

/* Writes the step; `response` has the request. */
static const ProtobufCMessage *end_step(struct register_call *call, const struct work *work,
                                        Sekisho__V1__DisclosureState to, const ProtobufCMessage *response)
{
    int rc = disclosure_step(call->reg, call->txn, call->now_us, work->number, work->request, to, work->account,
                             &call->arena);

    return rc == 0 ? response : register_fail_store(call, rc);
}

/* ---- steps ---- */

static const ProtobufCMessage *create(struct register_call *call)
{
    const Sekisho__V1__CreateDisclosureRequestRequest *request = (const void *)call->request;
    uint16_t tenant;

    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (!request->disclosure_request)
        return register_fail(call, REGISTER_MISSING_FIELD, "disclosure_request", NULL);
    const char *wrong = disclosure_wrong_item(request->disclosure_request, date_today(call->now_us));
    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    const char *account = inquiry_desk_account(call);
    disclosure *made = REGISTER_NEW(call, disclosure, SEKISHO__V1__DISCLOSURE_REQUEST__INIT);
    Sekisho__V1__CreateDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__CreateDisclosureRequestResponse, SEKISHO__V1__CREATE_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!account || !made || !response)
        return NULL;
    made->kind = request->disclosure_request->kind;
    made->person_name = request->disclosure_request->person_name;
    made->address = request->disclosure_request->address;
    made->content = request->disclosure_request->content;
    made->identity_document = request->disclosure_request->identity_document;
    made->window = request->disclosure_request->window;
    made->receive_date = request->disclosure_request->receive_date;
    made->due_date = request->disclosure_request->due_date;
    int rc = disclosure_add(call->reg, call->txn, call->now_us, made, account, &call->arena);
    if (rc != 0)
        return register_fail_store(call, rc);
    snprintf(call->object, sizeof call->object, "%s", made->name);
    response->disclosure_request = made;
    return &response->base;
}

static const ProtobufCMessage *examine(struct register_call *call)
{
    const Sekisho__V1__ExamineDisclosureRequestRequest *request = (const void *)call->request;
    struct work work;

    if (!begin_step(call, request->name, request->etag, STATE(EXAMINE), &work))
        return NULL;
    /* The same state twice is a later due date alone. */
    if (work.request->state == STATE(EXAMINE))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    Sekisho__V1__ExamineDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ExamineDisclosureRequestResponse, SEKISHO__V1__EXAMINE_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return end_step(call, &work, STATE(EXAMINE), &response->base);
}

static const ProtobufCMessage *extend(struct register_call *call)
{
    const Sekisho__V1__ExtendDisclosureRequestRequest *request = (const void *)call->request;
    struct work work;

    if (!text_within(request->reason, 1, REASON_CHARACTERS))
        return register_fail(call, REGISTER_BAD_FIELD, "reason", NULL);
    if (!begin_step(call, request->name, request->etag, STATE(UNSPECIFIED), &work))
        return NULL;
    if (!date_is_day(request->due_date) || date_value(request->due_date) <= date_value(work.request->due_date))
        return register_fail(call, REGISTER_BAD_FIELD, "due_date", NULL);
    work.request->due_date = request->due_date;
    work.request->extension_reason = request->reason;
    Sekisho__V1__ExtendDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ExtendDisclosureRequestResponse, SEKISHO__V1__EXTEND_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return end_step(call, &work, work.request->state, &response->base);
}

static const ProtobufCMessage *decide(struct register_call *call)
{
    const Sekisho__V1__DecideDisclosureRequestRequest *request = (const void *)call->request;
    struct work work;

    if (request->decision == DECISION(UNSPECIFIED) || request->decision > DECISION(TRANSFER))
        return register_fail(call, REGISTER_BAD_FIELD, "decision", NULL);
    if (!text_within(request->reason, request->decision == DECISION(FULL) ? 0 : 1, REASON_CHARACTERS))
        return register_fail(call, REGISTER_BAD_FIELD, "reason", NULL);
    if (!begin_step(call, request->name, request->etag, STATE(DECIDED), &work))
        return NULL;
    work.request->decision = request->decision;
    work.request->decision_reason = request->reason;
    work.request->decision_date = date_new(date_today(call->now_us), &call->arena);
    Sekisho__V1__DecideDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__DecideDisclosureRequestResponse, SEKISHO__V1__DECIDE_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return end_step(call, &work, STATE(DECIDED), &response->base);
}

/* The day on which a decided request was carried out or objected to. */
static bool set_end(struct register_call *call, const struct work *work, Sekisho__V1__Date *date)
{
    int32_t day = date_value(date);

    if (!date_is_day(date) || day > date_today(call->now_us) || day < date_value(work->request->decision_date)) {
        register_fail(call, REGISTER_BAD_FIELD, "date", NULL);
        return false;
    }
    work->request->end_date = date;
    return true;
}

static const ProtobufCMessage *execute(struct register_call *call)
{
    const Sekisho__V1__ExecuteDisclosureRequestRequest *request = (const void *)call->request;
    struct work work;

    if (!begin_step(call, request->name, request->etag, STATE(EXECUTED), &work) || !set_end(call, &work, request->date))
        return NULL;
    Sekisho__V1__ExecuteDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ExecuteDisclosureRequestResponse, SEKISHO__V1__EXECUTE_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return end_step(call, &work, STATE(EXECUTED), &response->base);
}

static const ProtobufCMessage *object(struct register_call *call)
{
    const Sekisho__V1__RecordObjectionRequest *request = (const void *)call->request;
    struct work work;

    if (!begin_step(call, request->name, request->etag, STATE(OBJECTED), &work) || !set_end(call, &work, request->date))
        return NULL;
    Sekisho__V1__RecordObjectionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordObjectionResponse, SEKISHO__V1__RECORD_OBJECTION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return end_step(call, &work, STATE(OBJECTED), &response->base);
}

/* ---- reading ---- */

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetDisclosureRequestRequest *request = (const void *)call->request;
    struct work work;

    if (!get_one(call, request->name, &work))
        return NULL;
    Sekisho__V1__GetDisclosureRequestResponse *response = REGISTER_NEW(
        call, Sekisho__V1__GetDisclosureRequestResponse, SEKISHO__V1__GET_DISCLOSURE_REQUEST_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disclosure_request = work.request;
    return &response->base;
}

static int row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    const Sekisho__V1__ListDisclosureRequestsRequest *request = (const void *)page->call->request;
    disclosure *found;

    (void)value;
    int rc = disclosure_get(page->call->reg, page->call->txn, numbered_key(key), date_today(page->call->now_us),
                            &page->call->arena, &found);
    if (rc != 0)
        return rc;
    if ((request->state != STATE(UNSPECIFIED) && request->state != found->state) ||
        (request->overdue && !found->overdue))
        return WALK_SKIP;
    return list_page_add(page, found);
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListDisclosureRequestsRequest *request = (const void *)call->request;
    Sekisho__V1__ListDisclosureRequestsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListDisclosureRequestsResponse, SEKISHO__V1__LIST_DISCLOSURE_REQUESTS_RESPONSE__INIT);
    struct list_page page;

    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token = list_page_walk(
        &page, (struct walk){.table = call->reg->table[TABLE_disclosure], .backwards = true, .row = row});
    if (!response->next_page_token)
        return NULL;
    response->n_disclosure_requests = page.count;
    response->disclosure_requests = (disclosure **)page.rows;
    return &response->base;
}

/* ---- methods ---- */

#define WRITE(method, handler)                                                                                         \
    void method(struct rpc_call *call, const ProtobufCMessage *request)                                                \
    {                                                                                                                  \
        register_write(call, request, handler);                                                                        \
    }
WRITE(create_disclosure_request, create)
WRITE(examine_disclosure_request, examine)
WRITE(extend_disclosure_request, extend)
WRITE(decide_disclosure_request, decide)
WRITE(execute_disclosure_request, execute)
WRITE(record_objection, object)

void get_disclosure_request(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

void list_disclosure_requests(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}
