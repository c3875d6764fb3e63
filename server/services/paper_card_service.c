/* PaperCardService: the 保育士証 on paper until it is in its holder's hands (F017, F072). */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "server/lists/paper_card.h"
#include "server/lists/paper_card_list.h"
#include "server/register/checks.h"
#include "server/register/entry.h"
#include "server/services/front.h"
#include "server/services/list_page.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

#include "sekisho/v1/paper_card_service.pb-c.h"

#define STATE(name) SEKISHO__V1__PAPER_CARD_STATE__PAPER_CARD_STATE_##name
#define TOKEN_MAX   40
#define NOTE_MAX    200

typedef Sekisho__V1__PaperCard paper_card;

static bool get_card(struct register_call *call, const char *name, uint32_t *serial, uint32_t *issue, paper_card **card)
{
    uint16_t tenant;

    if (!paper_card_name_parse(name, &tenant, serial, issue)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
        return false;
    }
    int rc = paper_card_get(call->reg, call->txn, *serial, *issue, &call->arena, card);
    if (rc != 0)
        register_fail_store(call, rc);
    return rc == 0;
}

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetPaperCardRequest *request = (const void *)call->request;
    uint32_t serial, issue;
    paper_card *card;

    if (!get_card(call, request->name, &serial, &issue, &card))
        return NULL;
    Sekisho__V1__GetPaperCardResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetPaperCardResponse, SEKISHO__V1__GET_PAPER_CARD_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->paper_card = card;
    return &response->base;
}

/* ---- events ---- */

/* Which field is not as the event wants it; NULL: none. */
static const char *wrong_item(const Sekisho__V1__RecordPaperCardEventRequest *request, int32_t today)
{
    bool sent = request->state == STATE(DISPATCHED) || request->state == STATE(RESENT);
    bool printed = request->state == STATE(PRINTED);

    if (request->state <= STATE(TO_CREATE) || request->state > STATE(FOUND))
        return "state";
    if (!date_is_day(request->date) || date_value(request->date) > today)
        return "date";
    if (sent ? !token_within(request->tracking_number, TOKEN_MAX) : request->tracking_number[0] != '\0')
        return "tracking_number";
    if (printed ? !token_within(request->form_number, TOKEN_MAX) : request->form_number[0] != '\0')
        return "form_number";
    return text_within(request->note, 0, NOTE_MAX) ? NULL : "note";
}

/* What is void is neither made nor sent any more. */
static bool is_possible(const paper_card *card, Sekisho__V1__PaperCardState to)
{
    bool hands_out = to == STATE(PRINTED) || to == STATE(INSPECTED) || to == STATE(DISPATCHED) || to == STATE(RESENT);

    return paper_card_possible(card->state, to) && !(card->voided && hands_out);
}

static Sekisho__V1__PaperCardEvent *event_of(struct register_call *call,
                                             const Sekisho__V1__RecordPaperCardEventRequest *request)
{
    Sekisho__V1__PaperCardEvent *event =
        REGISTER_NEW(call, Sekisho__V1__PaperCardEvent, SEKISHO__V1__PAPER_CARD_EVENT__INIT);
    char *account = register_alloc(call, ACCOUNT_LEN + 1);

    if (!event || !account)
        return NULL;
    memcpy(account, call->caller.account, ACCOUNT_LEN);
    event->state = request->state;
    event->date = request->date;
    event->tracking_number = request->tracking_number;
    event->note = request->note;
    event->account = account;
    return event;
}

static const ProtobufCMessage *record(struct register_call *call)
{
    const Sekisho__V1__RecordPaperCardEventRequest *request = (const void *)call->request;
    const char *wrong = wrong_item(request, date_today(call->now_us));
    uint32_t serial, issue;
    paper_card *card;

    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    if (!get_card(call, request->name, &serial, &issue, &card))
        return NULL;
    if (strcmp(card->etag, request->etag) != 0)
        return register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    if (!is_possible(card, request->state))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    Sekisho__V1__RecordPaperCardEventResponse *response = REGISTER_NEW(
        call, Sekisho__V1__RecordPaperCardEventResponse, SEKISHO__V1__RECORD_PAPER_CARD_EVENT_RESPONSE__INIT);
    Sekisho__V1__PaperCardEvent *event = event_of(call, request);
    if (!response || !event)
        return NULL;
    if (request->form_number[0] != '\0')
        card->form_number = request->form_number;
    int rc = paper_card_record(call->reg, call->txn, call->now_us, serial, issue, card, event, &call->arena);
    if (rc != 0)
        return register_fail_store(call, rc);
    response->paper_card = card;
    return &response->base;
}

/* ---- lists ---- */

static int row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    const Sekisho__V1__ListPaperCardsRequest *request = (const void *)page->call->request;
    const struct paper_card_filter filter = {.state = request->state,
                                             .from = request->period ? date_value(request->period->from) : 0,
                                             .to = request->period ? date_value(request->period->to) : 0};
    paper_card *card;

    (void)value;
    int rc = paper_card_row(page->call->reg, page->call->txn, &filter, key, &page->call->arena, &card);
    if (rc != 0 || !card)
        return rc != 0 ? rc : WALK_SKIP;
    return list_page_add(page, card);
}

static bool period_is_good(struct register_call *call, const Sekisho__V1__Period *period)
{
    if (!period || ((!period->from || date_is_day(period->from)) && (!period->to || date_is_day(period->to))))
        return true;
    register_fail(call, REGISTER_BAD_FIELD, "period", NULL);
    return false;
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListPaperCardsRequest *request = (const void *)call->request;
    const uint8_t state = (uint8_t)request->state;
    struct walk walk = {.table = call->reg->table[TABLE_paper_card], .row = row};
    struct list_page page;
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if (request->state > STATE(FOUND))
        return register_fail(call, REGISTER_BAD_FIELD, "state", NULL);
    if (entry_name_parse(request->parent, &tenant, &serial, &rest) && *rest == '\0') {
        serial = htobe32(serial);
        walk.prefix = &serial;
        walk.prefix_length = sizeof serial;
    } else if (!prefecture_name_parse(request->parent, &tenant)) {
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    } else if (request->state != STATE(UNSPECIFIED)) {
        walk.table = call->reg->table[TABLE_paper_card_by_state];
        walk.prefix = &state;
        walk.prefix_length = sizeof state;
    }
    Sekisho__V1__ListPaperCardsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListPaperCardsResponse, SEKISHO__V1__LIST_PAPER_CARDS_RESPONSE__INIT);
    if (!response)
        return NULL;
    if (!period_is_good(call, request->period) || !list_page_read(call, &page))
        return NULL;
    response->next_page_token = list_page_walk(&page, walk);
    if (!response->next_page_token)
        return NULL;
    response->n_paper_cards = page.count;
    response->paper_cards = (paper_card **)page.rows;
    return &response->base;
}

/* ---- methods ---- */

static void get_paper_card(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

static void list_paper_cards(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}

static void record_paper_card_event(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, record);
}

const struct rpc_method paper_card_methods[] = {
    {METHOD_ROW(PaperCardService, GetPaperCard), .kind = RPC_UNARY, .on_message = get_paper_card},
    {METHOD_ROW(PaperCardService, ListPaperCards), .kind = RPC_UNARY, .on_message = list_paper_cards},
    {METHOD_ROW(PaperCardService, RecordPaperCardEvent), .kind = RPC_UNARY, .on_message = record_paper_card_event},
};
const size_t paper_card_method_count = sizeof paper_card_methods / sizeof paper_card_methods[0];
