/* DispositionService: what follows a decision — the card that is to be returned, the national database. */
#include <string.h>

#include "server/dispositions/card_return.h"
#include "server/dispositions/national_record.h"
#include "server/register/checks.h"
#include "server/services/disposition_call.h"
#include "server/services/list_page.h"

#define STATE(name)   SEKISHO__V1__CARD_RETURN_STATE__CARD_RETURN_STATE_##name
#define REASON_MAX    1000
#define REFERENCE_MAX 100

static char *account_of(struct register_call *call)
{
    char *account = register_alloc(call, ACCOUNT_LEN + 1);

    if (account)
        memcpy(account, call->caller.account, ACCOUNT_LEN);
    return account;
}

/* The last bytes of the keys by state are the disposition's id. */
static void id_of_key(MDB_val key, uint8_t id[REGISTER_ID_LEN])
{
    memcpy(id, (const uint8_t *)key.mv_data + key.mv_size - REGISTER_ID_LEN, REGISTER_ID_LEN);
}

/* ---- card returns ---- */

static const char *wrong_item(const Sekisho__V1__RecordCardReturnRequest *request, int32_t today)
{
    switch (request->state) {
    case STATE(RETURNED):
    case STATE(REMINDED):
        return date_is_day(request->date) && date_value(request->date) <= today ? NULL : "date";
    case STATE(UNRECOVERABLE):
        return text_within(request->reason, 1, REASON_MAX) ? NULL : "reason";
    default:
        return "state";
    }
}

static const ProtobufCMessage *card_return_event(struct register_call *call)
{
    const Sekisho__V1__RecordCardReturnRequest *request = (const void *)call->request;
    const char *wrong = wrong_item(request, date_today(call->now_us));
    uint8_t id[REGISTER_ID_LEN];
    card_return *found;

    if (!disposition_id(call, request->name, CARD_RETURN, id))
        return NULL;
    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    int rc = card_return_get(call->reg, call->txn, id, &call->arena, &found);
    if (rc != 0)
        return register_fail_store(call, rc);
    if (strcmp(found->etag, request->etag) != 0)
        return register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    if (!card_return_possible(found->state, request->state))
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    const char *account = account_of(call);
    Sekisho__V1__RecordCardReturnResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordCardReturnResponse, SEKISHO__V1__RECORD_CARD_RETURN_RESPONSE__INIT);
    if (!account || !response)
        return NULL;
    rc = card_return_record(call->reg, call->txn, id, found, request->state, date_value(request->date), request->reason,
                            account, &call->arena);
    if (rc != 0)
        return register_fail_store(call, rc);
    response->card_return = found;
    return &response->base;
}

static int card_return_row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    uint8_t id[REGISTER_ID_LEN];
    card_return *found;

    (void)value;
    id_of_key(key, id);
    int rc = card_return_get(page->call->reg, page->call->txn, id, &page->call->arena, &found);
    return rc != 0 ? rc : list_page_add(page, found);
}

static const ProtobufCMessage *card_return_list(struct register_call *call)
{
    const Sekisho__V1__ListCardReturnsRequest *request = (const void *)call->request;
    const uint8_t state = (uint8_t)request->state;
    struct list_page page;

    if (request->state == STATE(UNSPECIFIED) || request->state > STATE(UNRECOVERABLE))
        return register_fail(call, REGISTER_BAD_FIELD, "state", NULL);
    Sekisho__V1__ListCardReturnsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListCardReturnsResponse, SEKISHO__V1__LIST_CARD_RETURNS_RESPONSE__INIT);
    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token =
        list_page_walk(&page, (struct walk){.table = call->reg->table[TABLE_card_return_by_state],
                                            .prefix = &state,
                                            .prefix_length = sizeof state,
                                            .row = card_return_row});
    if (!response->next_page_token)
        return NULL;
    response->n_card_returns = page.count;
    response->card_returns = (card_return **)page.rows;
    return &response->base;
}

/* ---- national records ---- */

static const ProtobufCMessage *national_record_event(struct register_call *call)
{
    const Sekisho__V1__RecordNationalRecordSentRequest *request = (const void *)call->request;
    uint8_t id[REGISTER_ID_LEN];
    national_record *found;

    if (!disposition_id(call, request->name, NATIONAL_RECORD, id))
        return NULL;
    if (!text_within(request->sent_reference, 1, REFERENCE_MAX))
        return register_fail(call, REGISTER_BAD_FIELD, "sent_reference", NULL);
    int rc = national_record_get(call->reg, call->txn, id, &call->arena, &found);
    if (rc != 0)
        return register_fail_store(call, rc);
    if (found->sent_time_us != 0)
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    const char *account = account_of(call);
    Sekisho__V1__RecordNationalRecordSentResponse *response = REGISTER_NEW(
        call, Sekisho__V1__RecordNationalRecordSentResponse, SEKISHO__V1__RECORD_NATIONAL_RECORD_SENT_RESPONSE__INIT);
    if (!account || !response)
        return NULL;
    rc = national_record_sent(call->reg, call->txn, call->now_us, id, found, request->sent_reference, account);
    if (rc != 0)
        return register_fail_store(call, rc);
    response->national_record = found;
    return &response->base;
}

static int national_record_row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    uint8_t id[REGISTER_ID_LEN];
    national_record *found;

    (void)value;
    id_of_key(key, id);
    int rc = national_record_get(page->call->reg, page->call->txn, id, &page->call->arena, &found);
    return rc != 0 ? rc : list_page_add(page, found);
}

static const ProtobufCMessage *national_record_list(struct register_call *call)
{
    const Sekisho__V1__ListNationalRecordsRequest *request = (const void *)call->request;
    const uint8_t sent = request->sent ? 1 : 0;
    struct list_page page;

    Sekisho__V1__ListNationalRecordsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListNationalRecordsResponse, SEKISHO__V1__LIST_NATIONAL_RECORDS_RESPONSE__INIT);
    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token =
        list_page_walk(&page, (struct walk){.table = call->reg->table[TABLE_national_record_by_state],
                                            .prefix = &sent,
                                            .prefix_length = sizeof sent,
                                            .row = national_record_row});
    if (!response->next_page_token)
        return NULL;
    response->n_national_records = page.count;
    response->national_records = (national_record **)page.rows;
    return &response->base;
}

/* ---- methods ---- */

void record_card_return(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, card_return_event);
}

void list_card_returns(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, card_return_list);
}

void list_national_records(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, national_record_list);
}

void record_national_record_sent(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, national_record_event);
}
