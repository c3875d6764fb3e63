/* The desk of payments: fees shown, receipts recorded and voided, and what is refused (F011, F012, INV-01). */
#include "register_fixture.h"

#include <stdio.h>
#include <string.h>

#include "sekisho/v1/payment_desk_service.pb-c.h"
#include "server/payments/gate.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"
#include "server/services/methods.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define KIND(name)  SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##name
#define STATE(name) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##name
#define FIRST       "prefectures/11/applications/01000000000000000000000000000000"
#define SECOND      "prefectures/11/applications/02000000000000000000000000000000"
#define RECEIVED    (INT64_C(1700000000) * 1000000) /* 15 November 2023 in Japan */
#define TEXT(text)  ((char *)(uintptr_t)(text))

typedef Sekisho__V1__Receipt receipt_message;
typedef Sekisho__V1__RecordReceiptRequest record_request;

/* ---- applications as they stand in the store ---- */

struct planted {
    struct register_fixture *fixture;
    uint8_t first_byte;
    Sekisho__V1__ApplicationKind kind;
    Sekisho__V1__ApplicationState state;
};

static int put_application(void *context, MDB_txn *txn, int64_t now_us)
{
    const struct planted *planted = context;
    Sekisho__Stored__StoredApplication stored = SEKISHO__STORED__STORED_APPLICATION__INIT;
    Sekisho__V1__Application application = SEKISHO__V1__APPLICATION__INIT;
    uint8_t id[REGISTER_ID_LEN] = {planted->first_byte};

    (void)now_us;
    application.kind = planted->kind;
    application.state = planted->state;
    application.receive_time_us = RECEIVED;
    stored.application = &application;
    stored.id = (ProtobufCBinaryData){.data = id, .len = sizeof id};
    return record_put(txn, planted->fixture->folder.reg.table[TABLE_application], id, sizeof id, &stored.base);
}

static void plant(struct register_fixture *fixture, uint8_t first_byte, Sekisho__V1__ApplicationKind kind,
                  Sekisho__V1__ApplicationState state)
{
    struct planted planted = {fixture, first_byte, kind, state};

    assert_int_equal(register_folder_write(&fixture->folder, put_application, &planted), 0);
}

static int set_up(void **state)
{
    register_fixture_set_up(state);
    register_fixture_caller(*state, ROLE_CSH, "cashier");
    plant(*state, 1, KIND(REISSUE), STATE(ACCEPTED));
    plant(*state, 2, KIND(REISSUE), STATE(RECEIVED));
    return 0;
}

/* ---- calls ---- */

#define CALL(fixture, method, request, response)                                                                       \
    register_fixture_call(fixture, payment_desk_methods, payment_desk_method_count, method, &(request)->base,          \
                          &sekisho__v1__##response##_response__descriptor)
#define REFUSED(fixture, method, request, reason)                                                                      \
    register_fixture_refused(fixture, payment_desk_methods, payment_desk_method_count, method, &(request)->base, reason)

static Sekisho__V1__Date day;
static receipt_message receipt;

static record_request record_of(const char *application, const char *slip, int64_t yen)
{
    record_request request = SEKISHO__V1__RECORD_RECEIPT_REQUEST__INIT;

    sekisho__v1__date__init(&day);
    day.year = 2023, day.month = 11, day.day = 14;
    sekisho__v1__receipt__init(&receipt);
    receipt.method = SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_POSTAL_TRANSFER;
    receipt.slip_number = TEXT(slip);
    receipt.amount_yen = yen;
    receipt.received_on = &day;
    request.parent = TEXT(application);
    request.receipt = &receipt;
    return request;
}

static void record(struct register_fixture *fixture, const char *application, const char *slip, const char *name)
{
    record_request request = record_of(application, slip, 1100);
    Sekisho__V1__RecordReceiptResponse *response =
        (Sekisho__V1__RecordReceiptResponse *)CALL(fixture, "RecordReceipt", &request, record_receipt);

    assert_non_null(response);
    assert_string_equal(response->receipt->name, name);
    sekisho__v1__record_receipt_response__free_unpacked(response, NULL);
}

static Sekisho__V1__VoidReceiptRequest void_of(const char *name)
{
    Sekisho__V1__VoidReceiptRequest request = SEKISHO__V1__VOID_RECEIPT_REQUEST__INIT;

    request.name = TEXT(name);
    request.reason = TEXT("他の申請の払込票でした。");
    return request;
}

static void take_back(struct register_fixture *fixture, const char *name)
{
    Sekisho__V1__VoidReceiptRequest request = void_of(name);
    Sekisho__V1__VoidReceiptResponse *response =
        (Sekisho__V1__VoidReceiptResponse *)CALL(fixture, "VoidReceipt", &request, void_receipt);

    assert_non_null(response);
    assert_true(response->receipt->voided);
    sekisho__v1__void_receipt_response__free_unpacked(response, NULL);
}

static void expect_fee(struct register_fixture *fixture, const char *name, int64_t yen, bool settled)
{
    Sekisho__V1__GetFeeRequest request = SEKISHO__V1__GET_FEE_REQUEST__INIT;

    request.name = TEXT(name);
    request.kind = KIND(NEW);
    Sekisho__V1__GetFeeResponse *response = (Sekisho__V1__GetFeeResponse *)CALL(fixture, "GetFee", &request, get_fee);
    assert_non_null(response);
    assert_int_equal(response->fee_yen, yen);
    assert_int_equal(response->settled, settled);
    sekisho__v1__get_fee_response__free_unpacked(response, NULL);
}

static void expect_listed(struct register_fixture *fixture, Sekisho__V1__ListReceiptsRequest *request,
                          const char *slips)
{
    char found[32] = "";
    Sekisho__V1__ListReceiptsResponse *response =
        (Sekisho__V1__ListReceiptsResponse *)CALL(fixture, "ListReceipts", request, list_receipts);

    assert_non_null(response);
    for (size_t i = 0; i < response->n_receipts; i++) {
        strncat(found, response->receipts[i]->slip_number, 4);
        if (response->receipts[i]->voided)
            strcat(found, "x");
    }
    assert_string_equal(found, slips);
    sekisho__v1__list_receipts_response__free_unpacked(response, NULL);
}

/* ---- tests ---- */

static void test_F011_a_receipt_settles_its_application(void **state)
{
    expect_fee(*state, FIRST, 1100, false);
    record(*state, FIRST, "A1", FIRST "/receipts/1");
    expect_fee(*state, FIRST, 1100, true);
    expect_fee(*state, SECOND, 1100, false);

    Sekisho__V1__GetReceiptRequest request = SEKISHO__V1__GET_RECEIPT_REQUEST__INIT;
    request.name = TEXT(FIRST "/receipts/1");
    Sekisho__V1__GetReceiptResponse *response =
        (Sekisho__V1__GetReceiptResponse *)CALL(*state, "GetReceipt", &request, get_receipt);
    assert_non_null(response);
    assert_string_equal(response->receipt->slip_number, "A1");
    assert_string_equal(response->receipt->recorded_by, "cashier");
    assert_int_equal(response->receipt->amount_yen, 1100);
    assert_int_equal(response->receipt->received_on->day, 14);
    assert_true(response->receipt->record_time_us > RECEIVED);
    sekisho__v1__get_receipt_response__free_unpacked(response, NULL);
}

static void test_INV_01_neither_less_nor_more_than_the_fee(void **state)
{
    static const int64_t wrong[] = {0, 1, 1099, 1101, 4200, -1100};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        record_request request = record_of(FIRST, "A1", wrong[i]);
        REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    }
    expect_fee(*state, FIRST, 1100, false);
}

static void test_INV_01_nothing_is_paid_twice_or_for_nothing(void **state)
{
    record(*state, FIRST, "A1", FIRST "/receipts/1");
    record_request request = record_of(FIRST, "A2", 1100);
    REFUSED(*state, "RecordReceipt", &request, "ALREADY_SETTLED");
    request = record_of(SECOND, "A1", 1100);
    REFUSED(*state, "RecordReceipt", &request, "SLIP_USED");
    plant(*state, 3, KIND(DEATH), STATE(ACCEPTED));
    request = record_of("prefectures/11/applications/03000000000000000000000000000000", "A3", 0);
    REFUSED(*state, "RecordReceipt", &request, "ALREADY_SETTLED");
}

static void test_F012_only_while_the_application_is_with_the_office(void **state)
{
    static const Sekisho__V1__ApplicationState closed[] = {
        STATE(DRAFT),     STATE(SUBMITTED), STATE(SIGNATURE_PENDING), STATE(REJECTED_SIGNATURE),
        STATE(COMPLETED), STATE(RETURNED),  STATE(WITHDRAWN),         STATE(CANCELLED)};

    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        plant(*state, 1, KIND(REISSUE), closed[i]);
        record_request request = record_of(FIRST, "A1", 1100);
        REFUSED(*state, "RecordReceipt", &request, "WRONG_STATE");
    }
}

static void test_F011_what_the_officer_typed_is_checked(void **state)
{
    record_request request = record_of(FIRST, "a1", 1100);
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    request = record_of(FIRST, "", 1100);
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    request = record_of(FIRST, "A1", 1100);
    receipt.method = SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_UNSPECIFIED;
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    request = record_of(FIRST, "A1", 1100);
    day.year = 9998; /* not yet */
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    day.year = 2023, day.month = 2, day.day = 29;
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    day.day = 0;
    REFUSED(*state, "RecordReceipt", &request, "BAD_FIELD");
    request.receipt = NULL;
    REFUSED(*state, "RecordReceipt", &request, "MISSING_FIELD");
    request = record_of("prefectures/11/applications/09000000000000000000000000000000", "A1", 1100);
    REFUSED(*state, "RecordReceipt", &request, "NOT_FOUND");
    request = record_of(FIRST "/receipts/1", "A1", 1100);
    REFUSED(*state, "RecordReceipt", &request, "BAD_RESOURCE_NAME");
}

/* A wrong receipt is voided with a reason, never deleted; its slip is then free for the right application. */
static void test_F011_a_wrong_receipt_is_voided(void **state)
{
    Sekisho__V1__ListReceiptsRequest list = SEKISHO__V1__LIST_RECEIPTS_REQUEST__INIT;

    record(*state, FIRST, "A1", FIRST "/receipts/1");
    take_back(*state, FIRST "/receipts/1");
    expect_fee(*state, FIRST, 1100, false);
    record(*state, SECOND, "A1", SECOND "/receipts/1");
    record(*state, FIRST, "A2", FIRST "/receipts/2");
    list.parent = TEXT(FIRST);
    expect_listed(*state, &list, "A1xA2");
    Sekisho__V1__VoidReceiptRequest again = void_of(FIRST "/receipts/1");
    REFUSED(*state, "VoidReceipt", &again, "WRONG_STATE");
    again = void_of(FIRST "/receipts/3");
    REFUSED(*state, "VoidReceipt", &again, "NOT_FOUND");
}

static void test_F011_voiding_needs_a_reason_and_the_newest_etag(void **state)
{
    static char endless[3 * 1001 + 1];

    record(*state, FIRST, "A1", FIRST "/receipts/1");
    Sekisho__V1__VoidReceiptRequest request = void_of(FIRST "/receipts/1");
    request.reason = TEXT("");
    REFUSED(*state, "VoidReceipt", &request, "MISSING_FIELD");
    for (size_t i = 0; i < 1001; i++)
        memcpy(endless + 3 * i, "誤", 3);
    request.reason = endless;
    REFUSED(*state, "VoidReceipt", &request, "BAD_FIELD");
    request = void_of(FIRST "/receipts/1");
    request.etag = TEXT("W/\"2\"");
    REFUSED(*state, "VoidReceipt", &request, "CHANGED_MEANWHILE");
    endless[3 * 1000] = '\0';
    request.reason = endless;
    request.etag = TEXT("W/\"1\"");
    ProtobufCMessage *response = CALL(*state, "VoidReceipt", &request, void_receipt);
    assert_non_null(response);
    protobuf_c_message_free_unpacked(response, NULL);
}

/* What let an application through is not taken back. */
static void test_INV_01_a_completed_application_keeps_its_receipt(void **state)
{
    record(*state, FIRST, "A1", FIRST "/receipts/1");
    plant(*state, 1, KIND(REISSUE), STATE(COMPLETED));
    Sekisho__V1__VoidReceiptRequest request = void_of(FIRST "/receipts/1");
    REFUSED(*state, "VoidReceipt", &request, "WRONG_STATE");
    expect_fee(*state, FIRST, 1100, true);
}

static void test_F012_money_that_came_in_by_day(void **state)
{
    Sekisho__V1__ListReceiptsRequest list = SEKISHO__V1__LIST_RECEIPTS_REQUEST__INIT;
    Sekisho__V1__Date from = SEKISHO__V1__DATE__INIT;

    record(*state, SECOND, "B1", SECOND "/receipts/1");
    record(*state, FIRST, "A1", FIRST "/receipts/1");
    list.parent = TEXT("prefectures/11");
    expect_listed(*state, &list, "A1B1");
    from.year = 2023, from.month = 11, from.day = 15;
    list.received_from = &from;
    expect_listed(*state, &list, "");
    from.day = 14;
    list.received_until = &from;
    list.page_size = 1;
    expect_listed(*state, &list, "A1");
    Sekisho__V1__ListReceiptsResponse *first =
        (Sekisho__V1__ListReceiptsResponse *)CALL(*state, "ListReceipts", &list, list_receipts);
    list.page_token = first->next_page_token;
    expect_listed(*state, &list, "B1");
    from.day = 13;
    REFUSED(*state, "ListReceipts", &list, "BAD_PAGE");
    sekisho__v1__list_receipts_response__free_unpacked(first, NULL);
}

static void test_F012_fees_of_a_kind(void **state)
{
    Sekisho__V1__GetFeeRequest request = SEKISHO__V1__GET_FEE_REQUEST__INIT;
    Sekisho__V1__Date before = SEKISHO__V1__DATE__INIT;

    expect_fee(*state, "prefectures/11", 4200, false);
    request.name = TEXT("prefectures/11");
    REFUSED(*state, "GetFee", &request, "NO_FEE_KNOWN");
    request.kind = KIND(NEW);
    before.year = 1999, before.month = 1, before.day = 1;
    request.date = &before;
    REFUSED(*state, "GetFee", &request, "NO_FEE_KNOWN");
    before.month = 13;
    REFUSED(*state, "GetFee", &request, "BAD_FIELD");
}

/* Money is the cashier's: reviewers and approvers cannot settle what they decide. */
static void test_F022_only_the_cashier_records(void **state)
{
    for (uint16_t role = ROLE_OWN; role <= ROLE_SYS; role++) {
        if (role == ROLE_CSH)
            continue;
        register_fixture_caller(*state, role, "someone");
        record_request request = record_of(FIRST, "A1", 1100);
        REFUSED(*state, "RecordReceipt", &request, "ROLE_NOT_PERMITTED");
        Sekisho__V1__VoidReceiptRequest voided = void_of(FIRST "/receipts/1");
        REFUSED(*state, "VoidReceipt", &voided, "ROLE_NOT_PERMITTED");
    }
}

static void test_INV_12_no_other_prefectures_payments(void **state)
{
    record_request request = record_of("prefectures/12/applications/01000000000000000000000000000000", "A1", 1100);

    REFUSED(*state, "RecordReceipt", &request, "NOT_FOUND");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F011_a_receipt_settles_its_application),
        TEST(test_INV_01_neither_less_nor_more_than_the_fee),
        TEST(test_INV_01_nothing_is_paid_twice_or_for_nothing),
        TEST(test_F012_only_while_the_application_is_with_the_office),
        TEST(test_F011_what_the_officer_typed_is_checked),
        TEST(test_F011_a_wrong_receipt_is_voided),
        TEST(test_F011_voiding_needs_a_reason_and_the_newest_etag),
        TEST(test_INV_01_a_completed_application_keeps_its_receipt),
        TEST(test_F012_money_that_came_in_by_day),
        TEST(test_F012_fees_of_a_kind),
        TEST(test_F022_only_the_cashier_records),
        TEST(test_INV_12_no_other_prefectures_payments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
