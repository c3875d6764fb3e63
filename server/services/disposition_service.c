/* DispositionService: proposals and decisions (F008, F009, INV-15, INV-17). */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/services/disposition_call.h"
#include "server/services/front.h"
#include "server/services/list_page.h"
#include "server/services/methods.h"

#define KIND(name)     SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define DECISION(name) SEKISHO__V1__DISPOSITION_STATE__DISPOSITION_STATE_##name

/* ---- shared ---- */

bool disposition_call_begin(struct register_call *call, struct disposition_context *work)
{
    char *account = register_alloc(call, ACCOUNT_LEN + 1);

    if (!account)
        return false;
    memcpy(account, call->caller.account, ACCOUNT_LEN);
    *work = (struct disposition_context){.reg = call->reg,
                                         .txn = call->txn,
                                         .now_us = call->now_us,
                                         .account = account,
                                         .person = call->caller.person,
                                         .arena = &call->arena};
    return true;
}

const void *disposition_refused(struct register_call *call, const struct disposition_context *work,
                                enum disposition_result result)
{
    switch (result) {
    case DISPOSITION_NOT_FOUND:
        return register_fail(call, REGISTER_NOT_FOUND, NULL, NULL);
    case DISPOSITION_MISSING:
        return register_fail(call, REGISTER_MISSING_FIELD, work->field, NULL);
    case DISPOSITION_BAD_FIELD:
        return register_fail(call, REGISTER_BAD_FIELD, work->field, NULL);
    case DISPOSITION_WRONG_STATE:
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    case DISPOSITION_CHANGED:
        return register_fail(call, REGISTER_CHANGED_MEANWHILE, NULL, NULL);
    case DISPOSITION_SAME_PERSON:
        return register_fail(call, REGISTER_SAME_PERSON, NULL, NULL);
    case DISPOSITION_ANOTHER_OPEN:
        return register_fail(call, REGISTER_DISPOSITION_OPEN, NULL, NULL);
    case DISPOSITION_DQ4:
        return register_fail(call, REGISTER_DQ4_PERIOD, NULL, NULL);
    case DISPOSITION_OK:
    case DISPOSITION_STORE:
        break;
    }
    return register_fail_store(call, work->rc);
}

bool disposition_id(struct register_call *call, const char *name, const char *part, uint8_t id[REGISTER_ID_LEN])
{
    if (disposition_name_parse(name, part, id))
        return true;
    register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
    return false;
}

/* ---- decisions ---- */

static const ProtobufCMessage *propose(struct register_call *call)
{
    const Sekisho__V1__ProposeDispositionRequest *request = (const void *)call->request;
    struct disposition_context work;
    stored_disposition *made;

    if (!request->disposition)
        return register_fail(call, REGISTER_MISSING_FIELD, "disposition", NULL);
    if (!disposition_call_begin(call, &work))
        return NULL;
    enum disposition_result result =
        disposition_propose(&work, request->disposition, request->registration_etag, &made);
    if (result != DISPOSITION_OK)
        return disposition_refused(call, &work, result);
    snprintf(call->object, sizeof call->object, "%s", made->disposition->name);
    Sekisho__V1__ProposeDispositionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ProposeDispositionResponse, SEKISHO__V1__PROPOSE_DISPOSITION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = made->disposition;
    return &response->base;
}

static const ProtobufCMessage *approve(struct register_call *call)
{
    const Sekisho__V1__ApproveDispositionRequest *request = (const void *)call->request;
    Sekisho__Stored__StoredEntry *entry;
    uint8_t id[REGISTER_ID_LEN];
    struct disposition_context work;
    stored_disposition *approved;

    if (!disposition_id(call, request->name, "", id) || !disposition_call_begin(call, &work))
        return NULL;
    enum disposition_result result = disposition_approve(&work, id, request->etag, &approved, &entry);
    if (result != DISPOSITION_OK)
        return disposition_refused(call, &work, result);
    Sekisho__V1__ApproveDispositionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ApproveDispositionResponse, SEKISHO__V1__APPROVE_DISPOSITION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = approved->disposition;
    response->registration = entry->registration;
    return &response->base;
}

/* A proposal ends undecided; NULL after register_fail. */
static disposition *end_proposal(struct register_call *call, const char *name, const char *etag, const char *reason,
                                 Sekisho__V1__DispositionState end)
{
    uint8_t id[REGISTER_ID_LEN];
    struct disposition_context work;
    stored_disposition *ended;

    if (!disposition_id(call, name, "", id) || !disposition_call_begin(call, &work))
        return NULL;
    enum disposition_result result = disposition_end(&work, id, etag, end, reason, &ended);
    if (result == DISPOSITION_OK)
        return ended->disposition;
    disposition_refused(call, &work, result);
    return NULL;
}

static const ProtobufCMessage *reject(struct register_call *call)
{
    const Sekisho__V1__RejectDispositionRequest *request = (const void *)call->request;
    disposition *ended = end_proposal(call, request->name, request->etag, request->reason, DECISION(REJECTED));

    if (!ended)
        return NULL;
    Sekisho__V1__RejectDispositionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RejectDispositionResponse, SEKISHO__V1__REJECT_DISPOSITION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = ended;
    return &response->base;
}

static const ProtobufCMessage *withdraw(struct register_call *call)
{
    const Sekisho__V1__WithdrawDispositionRequest *request = (const void *)call->request;
    disposition *ended = end_proposal(call, request->name, request->etag, request->reason, DECISION(WITHDRAWN));

    if (!ended)
        return NULL;
    Sekisho__V1__WithdrawDispositionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__WithdrawDispositionResponse, SEKISHO__V1__WITHDRAW_DISPOSITION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = ended;
    return &response->base;
}

static const ProtobufCMessage *notice(struct register_call *call)
{
    const Sekisho__V1__RecordNoticeRequest *request = (const void *)call->request;
    uint8_t id[REGISTER_ID_LEN];
    struct disposition_context work;
    stored_disposition *noticed;

    if (!disposition_id(call, request->name, "", id) || !disposition_call_begin(call, &work))
        return NULL;
    enum disposition_result result = disposition_notice(&work, id, request->etag, request->notice, &noticed);
    if (result != DISPOSITION_OK)
        return disposition_refused(call, &work, result);
    Sekisho__V1__RecordNoticeResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordNoticeResponse, SEKISHO__V1__RECORD_NOTICE_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = noticed->disposition;
    return &response->base;
}

/* ---- reading ---- */

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetDispositionRequest *request = (const void *)call->request;
    uint8_t id[REGISTER_ID_LEN];
    struct disposition_context work;
    stored_disposition *found;

    if (!disposition_id(call, request->name, "", id) || !disposition_call_begin(call, &work))
        return NULL;
    enum disposition_result result = disposition_get(&work, id, &found);
    if (result != DISPOSITION_OK)
        return disposition_refused(call, &work, result);
    Sekisho__V1__GetDispositionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetDispositionResponse, SEKISHO__V1__GET_DISPOSITION_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->disposition = found->disposition;
    return &response->base;
}

static bool is_wanted(const Sekisho__V1__ListDispositionsRequest *request, const disposition *found)
{
    bool tells = found->kind == KIND(SUSPENSION) || found->kind == KIND(CANCELLATION);

    return (request->registration[0] == '\0' || strcmp(request->registration, found->registration) == 0) &&
           (request->state == DECISION(UNSPECIFIED) || request->state == found->state) &&
           (request->kind == KIND(UNSPECIFIED) || request->kind == found->kind) &&
           (!request->notice_missing || (found->state == DECISION(APPROVED) && tells && !found->notice));
}

/* The id is the end of the key by time, or the duplicate of the registration's. */
static int list_row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    const MDB_val *with_id = value.mv_size == REGISTER_ID_LEN ? &value : &key;
    uint8_t id[REGISTER_ID_LEN];
    struct disposition_context work;
    stored_disposition *found;

    memcpy(id, (const uint8_t *)with_id->mv_data + with_id->mv_size - REGISTER_ID_LEN, sizeof id);
    if (!disposition_call_begin(page->call, &work))
        return MDB_MAP_FULL;
    if (disposition_get(&work, id, &found) != DISPOSITION_OK)
        return work.rc;
    if (!is_wanted((const void *)page->call->request, found->disposition))
        return WALK_SKIP;
    return list_page_add(page, found->disposition);
}

static int earlier(const void *a, const void *b)
{
    const disposition *first = *(disposition *const *)a, *second = *(disposition *const *)b;

    return (first->propose_time_us > second->propose_time_us) - (first->propose_time_us < second->propose_time_us);
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListDispositionsRequest *request = (const void *)call->request;
    struct walk walk = {.table = call->reg->table[TABLE_disposition_by_time], .row = list_row};
    struct list_page page;
    uint32_t serial;

    if (request->registration[0] != '\0') {
        if (!disposition_registration_parse(request->registration, call->reg->tenant, &serial))
            return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "registration", NULL);
        serial = htobe32(serial);
        walk = (struct walk){.table = call->reg->table[TABLE_disposition_by_serial],
                             .prefix = &serial,
                             .prefix_length = sizeof serial,
                             .duplicates = true,
                             .row = list_row};
    }
    Sekisho__V1__ListDispositionsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListDispositionsResponse, SEKISHO__V1__LIST_DISPOSITIONS_RESPONSE__INIT);
    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token = list_page_walk(&page, walk);
    if (!response->next_page_token)
        return NULL;
    qsort(page.rows, page.count, sizeof *page.rows, earlier);
    response->n_dispositions = page.count;
    response->dispositions = (Sekisho__V1__Disposition **)page.rows;
    return &response->base;
}

/* ---- methods ---- */

#define WRITE(method, handler)                                                                                         \
    static void method(struct rpc_call *call, const ProtobufCMessage *request)                                         \
    {                                                                                                                  \
        register_write(call, request, handler);                                                                        \
    }
#define READ(method, handler)                                                                                          \
    static void method(struct rpc_call *call, const ProtobufCMessage *request)                                         \
    {                                                                                                                  \
        register_read(call, request, handler);                                                                         \
    }
WRITE(propose_disposition, propose)
WRITE(approve_disposition, approve)
WRITE(reject_disposition, reject)
WRITE(withdraw_disposition, withdraw)
WRITE(record_notice, notice)
READ(get_disposition, get)
READ(list_dispositions, list)

const struct rpc_method disposition_methods[] = {
    {METHOD_ROW(DispositionService, ProposeDisposition), .kind = RPC_UNARY, .on_message = propose_disposition},
    {METHOD_ROW(DispositionService, ApproveDisposition), .kind = RPC_UNARY, .on_message = approve_disposition},
    {METHOD_ROW(DispositionService, RejectDisposition), .kind = RPC_UNARY, .on_message = reject_disposition},
    {METHOD_ROW(DispositionService, WithdrawDisposition), .kind = RPC_UNARY, .on_message = withdraw_disposition},
    {METHOD_ROW(DispositionService, GetDisposition), .kind = RPC_UNARY, .on_message = get_disposition},
    {METHOD_ROW(DispositionService, ListDispositions), .kind = RPC_UNARY, .on_message = list_dispositions},
    {METHOD_ROW(DispositionService, RecordNotice), .kind = RPC_UNARY, .on_message = record_notice},
    {METHOD_ROW(DispositionService, RecordCardReturn), .kind = RPC_UNARY, .on_message = record_card_return},
    {METHOD_ROW(DispositionService, ListCardReturns), .kind = RPC_UNARY, .on_message = list_card_returns},
    {METHOD_ROW(DispositionService, ListNationalRecords), .kind = RPC_UNARY, .on_message = list_national_records},
    {METHOD_ROW(DispositionService, RecordNationalRecordSent), .kind = RPC_UNARY,
     .on_message = record_national_record_sent},
};
const size_t disposition_method_count = sizeof disposition_methods / sizeof disposition_methods[0];
