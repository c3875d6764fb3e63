/* PaymentDeskService: fees, and receipts of offline payments as the desk records them (F011, F012, INV-01). */
#include <stdio.h>
#include <string.h>

#include "server/payments/gate.h"
#include "server/register/checks.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/payment_desk.h"

#define REASON_MAX 1000 /* characters */

/* ---- recording ---- */

static bool takes_receipts(Sekisho__V1__ApplicationState state)
{
    switch (state) {
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_RECEIVED:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_ACCEPTED:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_CORRECTION_WAIT:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_CHECKING:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_MANUAL_CHECK:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_IN_REVIEW:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_REVIEWED:
    case SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_WAIT_PAYMENT:
        return true;
    default:
        return false;
    }
}

/* What the officer typed; the amount is compared with the fee later. */
static bool check_receipt(struct register_call *call, const Sekisho__V1__Receipt *receipt)
{
    const char *field = NULL;

    if (!receipt) {
        register_fail(call, REGISTER_MISSING_FIELD, "receipt", NULL);
        return false;
    }
    if (receipt->method <= SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_UNSPECIFIED ||
        receipt->method > SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_OTHER)
        field = "receipt.method";
    else if (!slip_valid(receipt->slip_number))
        field = "receipt.slip_number";
    else if (!date_is_day(receipt->received_on) || date_value(receipt->received_on) > date_today(call->now_us))
        field = "receipt.received_on";
    if (!field)
        return true;
    register_fail(call, REGISTER_BAD_FIELD, field, NULL);
    return false;
}

/* Whether this is what is to be paid for this application. */
static bool payable(struct register_call *call, const uint8_t id[REGISTER_ID_LEN],
                    const Sekisho__V1__Application *application, int64_t yen)
{
    struct fee fee;
    int rc;

    if (!takes_receipts(application->state)) {
        register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
        return false;
    }
    bool settled = payment_settled(call->reg, call->txn, id, application->kind, application->receive_time_us, &rc);
    if (settled)
        register_fail(call, REGISTER_ALREADY_SETTLED, NULL, NULL);
    else if (rc == MDB_NOTFOUND ||
             (rc == 0 && !fee_on(call->reg->tenant, application->kind, fee_day(application->receive_time_us), &fee)))
        register_fail(call, REGISTER_NO_FEE_KNOWN, NULL, NULL);
    else if (rc != 0)
        register_fail(call, REGISTER_STORE_FAILED, NULL, NULL);
    else if (yen != fee.yen)
        register_fail(call, REGISTER_BAD_FIELD, "receipt.amount_yen", "must be the fee of the day of reception");
    else
        return true;
    return false;
}

static bool store_receipt(struct register_call *call, const Sekisho__V1__Receipt *receipt, struct receipt_key *key)
{
    const struct application_actor actor = {
        .account = receipt->recorded_by, .person = call->caller.person, .role = call->caller.role};
    struct application_context context = {
        .reg = call->reg, .txn = call->txn, .now_us = call->now_us, .actor = &actor, .arena = &call->arena};
    int rc = receipt_add(call->reg, call->txn, key, receipt);

    if (rc == MDB_KEYEXIST)
        register_fail(call, REGISTER_SLIP_USED, "receipt.slip_number", NULL);
    else if (rc != 0)
        register_fail_store(call, rc);
    else if (application_paid(&context, key->application) != APPLICATION_OK)
        register_fail_store(call, context.rc);
    else
        return true;
    return false;
}

static const ProtobufCMessage *record_receipt(struct register_call *call)
{
    const Sekisho__V1__RecordReceiptRequest *request = (const Sekisho__V1__RecordReceiptRequest *)call->request;
    Sekisho__V1__RecordReceiptResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordReceiptResponse, SEKISHO__V1__RECORD_RECEIPT_RESPONSE__INIT);
    Sekisho__V1__Receipt *receipt = REGISTER_NEW(call, Sekisho__V1__Receipt, SEKISHO__V1__RECEIPT__INIT);
    struct receipt_key key;

    if (!response || !receipt)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!desk_application_name(call, request->parent, "parent", key.application) ||
        !check_receipt(call, request->receipt))
        return NULL;
    const stored_application *stored = desk_application(call, key.application);
    if (!stored || !payable(call, key.application, stored->application, request->receipt->amount_yen))
        return NULL;
    receipt->method = request->receipt->method;
    receipt->slip_number = request->receipt->slip_number;
    receipt->amount_yen = request->receipt->amount_yen;
    receipt->received_on = request->receipt->received_on;
    receipt->recorded_by = desk_account(call);
    receipt->record_time_us = call->now_us;
    if (!receipt->recorded_by || !store_receipt(call, receipt, &key) || !desk_dress(call, &key, receipt))
        return NULL;
    snprintf(call->object, sizeof call->object, "%s", receipt->name);
    response->receipt = receipt;
    return &response->base;
}

/* ---- voiding ---- */

static bool voidable(struct register_call *call, const struct receipt_key *key, const Sekisho__V1__Receipt *receipt,
                     const char *etag)
{
    const stored_application *stored = desk_application(call, key->application);

    if (!stored)
        return false;
    if (etag[0] != '\0' && strcmp(etag, receipt->etag) != 0)
        register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    else if (receipt->voided ||
             stored->application->state == SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_COMPLETED)
        register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    else
        return true;
    return false;
}

static const ProtobufCMessage *void_receipt(struct register_call *call)
{
    const Sekisho__V1__VoidReceiptRequest *request = (const Sekisho__V1__VoidReceiptRequest *)call->request;
    Sekisho__V1__VoidReceiptResponse *response =
        REGISTER_NEW(call, Sekisho__V1__VoidReceiptResponse, SEKISHO__V1__VOID_RECEIPT_RESPONSE__INIT);
    struct receipt_key key;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!desk_receipt_name(call, request->name, &key))
        return NULL;
    if (request->reason[0] == '\0')
        return register_fail(call, REGISTER_MISSING_FIELD, "reason", NULL);
    if (!text_within(request->reason, 1, REASON_MAX))
        return register_fail(call, REGISTER_BAD_FIELD, "reason", "must have at most 1,000 characters");
    Sekisho__V1__Receipt *receipt = desk_receipt(call, &key);
    if (!receipt || !desk_dress(call, &key, receipt) || !voidable(call, &key, receipt, request->etag))
        return NULL;
    Sekisho__V1__Receipt stored = *receipt;
    stored.name = stored.etag = (char *)(uintptr_t)protobuf_c_empty_string;
    stored.voided = true;
    stored.void_reason = request->reason;
    stored.voided_by = desk_account(call);
    stored.void_time_us = call->now_us;
    if (!stored.voided_by)
        return NULL;
    int rc = receipt_void(call->reg, call->txn, &key, &stored);
    if (rc != 0)
        return register_fail_store(call, rc);
    *receipt = stored;
    response->receipt = receipt;
    return desk_dress(call, &key, receipt) ? &response->base : NULL;
}

#define ENTRY(kind, handler)                                                                                           \
    static void on_##handler(struct rpc_call *call, const ProtobufCMessage *request)                                   \
    {                                                                                                                  \
        register_##kind(call, request, handler);                                                                       \
    }
ENTRY(read, desk_get_fee)
ENTRY(write, record_receipt)
ENTRY(write, void_receipt)
ENTRY(read, desk_get_receipt)
ENTRY(read, desk_list_receipts)

#define UNARY(method, handler)                                                                                         \
    {                                                                                                                  \
        METHOD_ROW(PaymentDeskService, method), .kind = RPC_UNARY, .on_message = on_##handler                          \
    }
const struct rpc_method payment_desk_methods[] = {
    UNARY(GetFee, desk_get_fee),         UNARY(RecordReceipt, record_receipt),    UNARY(VoidReceipt, void_receipt),
    UNARY(GetReceipt, desk_get_receipt), UNARY(ListReceipts, desk_list_receipts),
};
const size_t payment_desk_method_count = sizeof payment_desk_methods / sizeof payment_desk_methods[0];
