#include <string.h>

#include "server/payments/gate.h"
#include "server/register/checks.h"
#include "server/services/payment_desk.h"
#include "server/services/register_page.h"
#include "server/services/resource_name.h"

static const ProtobufCMessage *answer_fee(struct register_call *call, const struct fee *fee, bool settled)
{
    Sekisho__V1__GetFeeResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetFeeResponse, SEKISHO__V1__GET_FEE_RESPONSE__INIT);

    if (!response || !(response->valid_from = date_new((int32_t)fee->from, &call->arena)))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    response->fee_yen = fee->yen;
    response->settled = settled;
    return &response->base;
}

static const ProtobufCMessage *fee_of_application(struct register_call *call, const char *name)
{
    uint8_t id[REGISTER_ID_LEN];
    struct fee fee;
    int rc;
    const stored_application *stored =
        desk_application_name(call, name, "name", id) ? desk_application(call, id) : NULL;

    if (!stored)
        return NULL;
    const Sekisho__V1__Application *application = stored->application;
    bool settled = payment_settled(call->reg, call->txn, id, application->kind, application->receive_time_us, &rc);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return register_fail_store(call, rc);
    if (rc != 0 || !fee_on(call->reg->tenant, application->kind, fee_day(application->receive_time_us), &fee))
        return register_fail(call, REGISTER_NO_FEE_KNOWN, NULL, NULL);
    return answer_fee(call, &fee, settled);
}

const ProtobufCMessage *desk_get_fee(struct register_call *call)
{
    const Sekisho__V1__GetFeeRequest *request = (const Sekisho__V1__GetFeeRequest *)call->request;
    uint32_t day = fee_day(call->now_us);
    uint16_t tenant;
    struct fee fee;

    if (!prefecture_name_parse(request->name, &tenant))
        return fee_of_application(call, request->name);
    if (date_value(request->date) != 0) {
        if (!date_is_day(request->date))
            return register_fail(call, REGISTER_BAD_FIELD, "date", NULL);
        day = (uint32_t)date_value(request->date);
    }
    if (!fee_on(tenant, request->kind, day, &fee))
        return register_fail(call, REGISTER_NO_FEE_KNOWN, NULL, NULL);
    return answer_fee(call, &fee, fee.yen == 0);
}

/* ---- reading ---- */

const ProtobufCMessage *desk_get_receipt(struct register_call *call)
{
    const Sekisho__V1__GetReceiptRequest *request = (const Sekisho__V1__GetReceiptRequest *)call->request;
    Sekisho__V1__GetReceiptResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetReceiptResponse, SEKISHO__V1__GET_RECEIPT_RESPONSE__INIT);
    struct receipt_key key;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!desk_receipt_name(call, request->name, &key))
        return NULL;
    response->receipt = desk_receipt(call, &key);
    return response->receipt && desk_dress(call, &key, response->receipt) ? &response->base : NULL;
}

/* Where a list stands, also as a page token. */
struct place {
    uint32_t day; /* of a list by day */
    struct receipt_key key;
};
_Static_assert(sizeof(struct place) == 24, "no padding in a token");

struct list {
    bool by_day;
    uint32_t until; /* last day, yyyymmdd */
    struct place at;
};

/* First or last day of a list by day, when it is given. */
static bool take_day(struct register_call *call, const Sekisho__V1__Date *date, const char *field, bool by_day,
                     uint32_t *day)
{
    if (date_value(date) == 0)
        return true;
    if (!by_day || !date_is_day(date)) {
        register_fail(call, REGISTER_BAD_FIELD, field, NULL);
        return false;
    }
    *day = (uint32_t)date_value(date);
    return true;
}

static bool begin_list(struct register_call *call, const Sekisho__V1__ListReceiptsRequest *request,
                       const struct register_page *page, struct list *list)
{
    uint16_t tenant;

    *list = (struct list){.by_day = prefecture_name_parse(request->parent, &tenant), .until = UINT32_MAX};
    if (!list->by_day && !desk_application_name(call, request->parent, "parent", list->at.key.application))
        return false;
    if (!take_day(call, request->received_from, "received_from", list->by_day, &list->at.day) ||
        !take_day(call, request->received_until, "received_until", list->by_day, &list->until))
        return false;
    if (page->key_length == 0)
        return true;
    if (page->key_length != sizeof list->at) {
        register_fail(call, REGISTER_BAD_PAGE, "page_token", NULL);
        return false;
    }
    memcpy(&list->at, page->key, sizeof list->at);
    return true;
}

/* 0, MDB_NOTFOUND at the end, or the store's code. */
static int next_in(const struct register_call *call, struct list *list)
{
    int rc = receipt_next(call->reg, call->txn, list->by_day ? &list->at.day : NULL, &list->at.key);

    return rc == 0 && list->by_day && list->at.day > list->until ? MDB_NOTFOUND : rc;
}

static const ProtobufCMessage *fill_list(struct register_call *call, const struct register_page *page,
                                         struct list *list)
{
    Sekisho__V1__ListReceiptsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListReceiptsResponse, SEKISHO__V1__LIST_RECEIPTS_RESPONSE__INIT);
    int rc;

    if (!response || !(response->receipts = register_alloc(call, page->rows * sizeof(Sekisho__V1__Receipt *))))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    for (; (rc = next_in(call, list)) == 0 && response->n_receipts < page->rows; list->at.key.number++) {
        Sekisho__V1__Receipt *receipt = desk_receipt(call, &list->at.key);
        if (!receipt || !desk_dress(call, &list->at.key, receipt))
            return NULL;
        response->receipts[response->n_receipts++] = receipt;
    }
    if (rc != 0 && rc != MDB_NOTFOUND)
        return register_fail_store(call, rc);
    if (rc == 0 && !(response->next_page_token = register_page_token(call, page, &list->at, sizeof list->at)))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    return &response->base;
}

const ProtobufCMessage *desk_list_receipts(struct register_call *call)
{
    const Sekisho__V1__ListReceiptsRequest *request = (const Sekisho__V1__ListReceiptsRequest *)call->request;
    struct register_page page;
    struct list list;

    if (!register_page(call, &page) || !begin_list(call, request, &page, &list))
        return NULL;
    return fill_list(call, &page, &list);
}
