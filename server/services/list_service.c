/* ListService: the lists of System 4 by pages (F068, F069, F071); list_export.c has them as CSV. */
#include <string.h>

#include "server/lists/list.h"
#include "server/register/checks.h"
#include "server/services/front.h"
#include "server/services/list_export.h"
#include "server/services/methods.h"
#include "server/services/register_call.h"
#include "server/services/register_page.h"
#include "server/services/resource_name.h"

#define LIST(name)    SEKISHO__V1__LIST_KIND__LIST_KIND_##name
#define CHANNEL(name) SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_##name
#define KIND(name)    SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##name

bool list_period(struct register_call *call, const Sekisho__V1__Period *period, struct list_query *query)
{
    bool good = !period || ((!period->from || date_is_day(period->from)) && (!period->to || date_is_day(period->to)));

    if (!good) {
        register_fail(call, REGISTER_BAD_FIELD, "period", NULL);
        return false;
    }
    query->from = period ? date_value(period->from) : 0;
    query->to = period ? date_value(period->to) : 0;
    return true;
}

/* A page of the list: its rows and the next page's token. */
struct piece {
    ProtobufCMessage **rows;
    size_t count;
    char *next;
};

static bool read_rows(struct register_call *call, const struct list_query *query, const struct register_page *page,
                      struct piece *piece)
{
    const struct list_source source = {
        .reg = call->reg, .txn = call->txn, .now_us = call->now_us, .arena = &call->arena};
    struct walk_place place = {.length = page->key_length};
    bool more;

    memcpy(place.key, page->key, place.length);
    int rc = list_read(&source, query, page->rows, &place, piece->rows, &piece->count, &more);
    if (rc != 0) {
        register_fail_store(call, rc);
        return false;
    }
    piece->next =
        more ? register_page_token(call, page, place.key, place.length) : (char *)(uintptr_t)protobuf_c_empty_string;
    return piece->next != NULL;
}

/* False after register_fail. */
static bool read_page(struct register_call *call, const char *parent, const Sekisho__V1__Period *period,
                      struct list_query query, struct piece *piece)
{
    struct register_page page;
    uint16_t tenant;

    if (!prefecture_name_parse(parent, &tenant)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
        return false;
    }
    if (!list_period(call, period, &query) || !register_page(call, &page))
        return false;
    if (page.key_length > WALK_KEY_MAX) {
        register_fail(call, REGISTER_BAD_PAGE, "page_token", NULL);
        return false;
    }
    piece->rows = register_alloc(call, page.rows * sizeof(void *));
    return piece->rows && read_rows(call, &query, &page, piece);
}

static const ProtobufCMessage *applicants(struct register_call *call)
{
    const Sekisho__V1__ListApplicantsRequest *request = (const void *)call->request;
    struct list_query query = {0};
    struct piece piece;

    if (request->kind == KIND(NEW))
        query.kind = LIST(APPLICANTS_NEW);
    else if (request->kind == KIND(REWRITE))
        query.kind = LIST(APPLICANTS_REWRITE);
    else if (request->kind == KIND(REISSUE))
        query.kind = LIST(APPLICANTS_REISSUE);
    else
        return register_fail(call, REGISTER_BAD_FIELD, "kind", NULL);
    if (!read_page(call, request->parent, request->period, query, &piece))
        return NULL;
    Sekisho__V1__ListApplicantsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListApplicantsResponse, SEKISHO__V1__LIST_APPLICANTS_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->rows = (Sekisho__V1__ApplicantRow **)piece.rows;
    response->n_rows = piece.count;
    response->next_page_token = piece.next;
    return &response->base;
}

static const ProtobufCMessage *receptions(struct register_call *call)
{
    const Sekisho__V1__ListReceptionsRequest *request = (const void *)call->request;
    struct list_query query = {.kind = LIST(RECEPTIONS), .channel = request->channel};
    struct piece piece;

    if (request->channel > CHANNEL(PAPER_CENTRE))
        return register_fail(call, REGISTER_BAD_FIELD, "channel", NULL);
    if (!read_page(call, request->parent, request->period, query, &piece))
        return NULL;
    Sekisho__V1__ListReceptionsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListReceptionsResponse, SEKISHO__V1__LIST_RECEPTIONS_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->rows = (Sekisho__V1__ApplicantRow **)piece.rows;
    response->n_rows = piece.count;
    response->next_page_token = piece.next;
    return &response->base;
}

static const ProtobufCMessage *registrations(struct register_call *call)
{
    const Sekisho__V1__ListRegisterRequest *request = (const void *)call->request;
    struct piece piece;

    if (!read_page(call, request->parent, request->period, (struct list_query){.kind = LIST(REGISTER)}, &piece))
        return NULL;
    Sekisho__V1__ListRegisterResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListRegisterResponse, SEKISHO__V1__LIST_REGISTER_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->registrations = (Sekisho__V1__Registration **)piece.rows;
    response->n_registrations = piece.count;
    response->next_page_token = piece.next;
    return &response->base;
}

static const ProtobufCMessage *lost(struct register_call *call)
{
    const Sekisho__V1__ListLostQualificationsRequest *request = (const void *)call->request;
    struct piece piece;

    if (!read_page(call, request->parent, request->period, (struct list_query){.kind = LIST(LOST_QUALIFICATIONS)},
                   &piece))
        return NULL;
    Sekisho__V1__ListLostQualificationsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListLostQualificationsResponse, SEKISHO__V1__LIST_LOST_QUALIFICATIONS_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->rows = (Sekisho__V1__LostQualificationRow **)piece.rows;
    response->n_rows = piece.count;
    response->next_page_token = piece.next;
    return &response->base;
}

static const ProtobufCMessage *cancelled(struct register_call *call)
{
    const Sekisho__V1__ListCancelledRegistrationsRequest *request = (const void *)call->request;
    struct piece piece;

    if (!read_page(call, request->parent, request->period, (struct list_query){.kind = LIST(CANCELLED_REGISTRATIONS)},
                   &piece))
        return NULL;
    Sekisho__V1__ListCancelledRegistrationsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListCancelledRegistrationsResponse,
                     SEKISHO__V1__LIST_CANCELLED_REGISTRATIONS_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->rows = (Sekisho__V1__CancelledRegistrationRow **)piece.rows;
    response->n_rows = piece.count;
    response->next_page_token = piece.next;
    return &response->base;
}

/* ---- methods ---- */

#define READ(method, handler)                                                                                          \
    static void method(struct rpc_call *call, const ProtobufCMessage *request)                                         \
    {                                                                                                                  \
        register_read(call, request, handler);                                                                         \
    }
READ(list_applicants, applicants)
READ(list_receptions, receptions)
READ(list_register, registrations)
READ(list_lost, lost)
READ(list_cancelled, cancelled)

const struct rpc_method list_methods[] = {
    {METHOD_ROW(ListService, ListApplicants), .kind = RPC_UNARY, .on_message = list_applicants},
    {METHOD_ROW(ListService, ListRegister), .kind = RPC_UNARY, .on_message = list_register},
    {METHOD_ROW(ListService, ListLostQualifications), .kind = RPC_UNARY, .on_message = list_lost},
    {METHOD_ROW(ListService, ListCancelledRegistrations), .kind = RPC_UNARY, .on_message = list_cancelled},
    {METHOD_ROW(ListService, ListReceptions), .kind = RPC_UNARY, .on_message = list_receptions},
    {METHOD_ROW(ListService, ExportList), .kind = RPC_SERVER_STREAM, .on_message = list_export_message,
     .on_cancel = list_export_cancel, .on_sent = list_export_sent},
};
const size_t list_method_count = sizeof list_methods / sizeof list_methods[0];
