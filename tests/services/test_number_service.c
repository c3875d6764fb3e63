/* NumberService: what is refused before the vault is asked, and what the vault's answer becomes. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/sealed.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "server/channel/vault_client.h"
#include "wire/access_entry.h"

static uint8_t ciphertext[98353];

/* Calls a unary method with this sealed call; all requests of the service have one layout. */
static void invoke(struct fixture *fixture, const char *session, uint64_t sequence, size_t length)
{
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;
    char name[128];

    strcpy(name, session);
    sealed.session = name;
    sealed.sequence = sequence;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = length};
    request.call = &sealed;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void start(struct fixture *fixture, const char *method)
{
    fixture_call(fixture, number_methods, number_method_count, method);
}

static void each_method_sends_its_operation(void **state)
{
    static const struct {
        const char *method;
        uint16_t operation;
    } methods[] = {
        {"Confirm", OPERATION_CONFIRM}, {"Release", OPERATION_RELEASE}, {"Enroll", OPERATION_ENROLL},
        {"Match", OPERATION_MATCH},     {"Lookup", OPERATION_LOOKUP},   {"Replace", OPERATION_REPLACE},
        {"Erase", OPERATION_ERASE},     {"Unlock", OPERATION_UNLOCK},   {"RotateKeys", OPERATION_ROTATE_KEYS}};
    struct fixture *fixture = *state;
    struct session_call head;

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        start(fixture, methods[i].method);
        invoke(fixture, FIXTURE_SESSION, 7 + i, 96);
        struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
        memcpy(&head, frame.body, sizeof head);
        assert_int_equal(head.operation, methods[i].operation);
        assert_int_equal(head.call_seq, 7 + i);
        assert_int_equal(head.sealed_length, 96);
        assert_int_equal(frame.body_length, sizeof head + 96);
        assert_int_equal(head.session[0], 1);
        assert_int_equal(head.session[15], 16);
        assert_int_equal(head.zero, 0);
        vault_answers(fixture, frame.header->seq, CALL_OK, 2);
        assert_int_equal(fixture->call.replied, 1);
    }
}

static void answer_carries_both_parts_and_the_sequence(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "Match");
    invoke(fixture, FIXTURE_SESSION, UINT64_MAX, 96);
    fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    vault_answers(fixture, 1, CALL_OK, 3);
    Sekisho__V1__MatchResponse *response =
        sekisho__v1__match_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    assert_true(response->reply->sequence == UINT64_MAX);
    assert_int_equal(response->reply->results.len,
                     sizeof(struct call_result_head) + 3 * sizeof(struct call_result_item));
    assert_int_equal(response->reply->results.data[0], 0xa1);
    assert_int_equal(response->reply->sealed.len, 3 * sizeof(struct call_detail_item) + SEAL_TAG_LEN);
    assert_int_equal(response->reply->sealed.data[0], 0xb2);
    sekisho__v1__match_response__free_unpacked(response, NULL);
}

static void bad_requests_never_reach_the_vault(void **state)
{
    static const struct {
        const char *session;
        uint64_t sequence;
        size_t length;
        int code;
        const char *reason, *field;
    } bad[] = {
        {"", 1, 96, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "call.session"},
        {"prefectures/11", 1, 96, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "call.session"},
        {FIXTURE_SESSION, 0, 96, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL", "call.sequence"},
        {FIXTURE_SESSION, 1, 0, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH", "call.ciphertext"},
        {FIXTURE_SESSION, 1, 95, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH", "call.ciphertext"},
        {FIXTURE_SESSION, 1, 98353, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH", "call.ciphertext"},
        {"prefectures/12/sessions/0102030405060708090a0b0c0d0e0f10", 1, 96, GRPC_STATUS_NOT_FOUND, "UNKNOWN_SESSION",
         NULL},
        {"prefectures/11/sessions/0102030405060708090a0b0c0d0e0f11", 1, 96, GRPC_STATUS_UNAUTHENTICATED,
         "UNKNOWN_SESSION", NULL},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        start(fixture, "Lookup");
        invoke(fixture, bad[i].session, bad[i].sequence, bad[i].length);
        expect_error(&fixture->call, bad[i].code, bad[i].reason);
        if (bad[i].field)
            assert_string_equal(fixture->call.error.field, bad[i].field);
    }
    fake_peer_expect_none(fixture->vault);
}

static void request_without_a_call(void **state)
{
    Sekisho__V1__EraseRequest request = SEKISHO__V1__ERASE_REQUEST__INIT;
    struct fixture *fixture = *state;

    start(fixture, "Erase");
    fixture->call.method->on_message(&fixture->call, &request.base);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL");
    assert_string_equal(fixture->call.error.field, "call");
}

static void session_over_another_certificate(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "Match");
    fixture->call.certificate[31] ^= 1;
    invoke(fixture, FIXTURE_SESSION, 1, 96);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "WRONG_CERTIFICATE");
    fake_peer_expect_none(fixture->vault);
    expect_recorded(fixture, ACCESS_CERTIFICATE_REFUSED);
}

static void expired_session(void **state)
{
    struct fixture *fixture = *state;
    struct session_row row;
    uint8_t id[SESSION_ID_LEN];

    for (uint8_t i = 0; i < SESSION_ID_LEN; i++)
        id[i] = i + 1;
    assert_int_equal(session_table_find(fixture->front.sessions, id, 0, &row), SESSION_OPEN);
    session_table_remove(fixture->front.sessions, id);
    row.expires_ms = link_now_ms();
    assert_true(session_table_add(fixture->front.sessions, &row, 0));
    start(fixture, "Match");
    invoke(fixture, FIXTURE_SESSION, 1, 96);
    expect_error(&fixture->call, GRPC_STATUS_UNAUTHENTICATED, "SESSION_EXPIRED");
}

static void refusals_of_the_vault(void **state)
{
    static const struct {
        enum call_status status;
        int code;
        const char *reason;
    } rows[] = {
        {CALL_UNKNOWN_SESSION, GRPC_STATUS_UNAUTHENTICATED, "UNKNOWN_SESSION"},
        {CALL_EXPIRED, GRPC_STATUS_UNAUTHENTICATED, "SESSION_EXPIRED"},
        {CALL_REPLAYED, GRPC_STATUS_ABORTED, "REPLAYED"},
        {CALL_BAD_SEAL, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL"},
        {CALL_MALFORMED, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL"},
        {CALL_WRONG_METHOD, GRPC_STATUS_INVALID_ARGUMENT, "WRONG_METHOD"},
        {CALL_NOT_PERMITTED, GRPC_STATUS_PERMISSION_DENIED, "NOT_PERMITTED"},
        {CALL_STORE_UNAVAILABLE, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE"},
    };
    struct fixture *fixture = *state;

    assert_int_equal(sizeof rows / sizeof rows[0], CALL_STATUS_COUNT - 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start(fixture, "Match");
        invoke(fixture, FIXTURE_SESSION, 1, 96);
        uint64_t seq = fake_peer_request(fixture->vault, FRAME_SESSION_CALL).header->seq;
        vault_answers(fixture, seq, rows[i].status, 0);
        expect_error(&fixture->call, rows[i].code, rows[i].reason);
    }
}

static void vault_that_does_not_answer(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "Match");
    invoke(fixture, FIXTURE_SESSION, 1, 96);
    fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    link_expire(fixture->front.vault, link_now_ms() + vault_link_options.timeout_ms);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
    start(fixture, "Match");
    invoke(fixture, FIXTURE_SESSION, 2, 96);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
    fake_peer_expect_none(fixture->vault);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_method_sends_its_operation),
        TEST(answer_carries_both_parts_and_the_sequence),
        TEST(bad_requests_never_reach_the_vault),
        TEST(request_without_a_call),
        TEST(session_over_another_certificate),
        TEST(expired_session),
        TEST(refusals_of_the_vault),
        TEST(vault_that_does_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
