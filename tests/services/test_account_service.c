/* AccountService and TerminalService: sealed calls carried to auth, and what its answers become; terms of use. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "server/channel/auth_client.h"
#include "wire/access_entry.h"

#define SEALED_LEN (ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN)

static uint8_t ciphertext[SEALED_LEN + 1];

/* All requests of account calls have one layout. */
static void invoke(struct fixture *fixture, const char *session, uint64_t sequence, size_t length)
{
    Sekisho__V1__SealedAccountCall sealed = SEKISHO__V1__SEALED_ACCOUNT_CALL__INIT;
    Sekisho__V1__LockAccountRequest request = SEKISHO__V1__LOCK_ACCOUNT_REQUEST__INIT;
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
    fixture_call(fixture, account_methods, account_method_count, method);
}

static uint64_t auth_is_asked(struct fixture *fixture, struct account_call *body)
{
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCOUNT_CALL);

    assert_int_equal(frame.body_length, sizeof *body);
    memcpy(body, frame.body, sizeof *body);
    return frame.header->seq;
}

static void auth_answers(struct fixture *fixture, uint64_t seq, enum account_call_status status)
{
    static struct account_call_reply reply;

    memset(&reply, 0, sizeof reply);
    reply.status = (uint16_t)status;
    if (status == ACCOUNT_CALL_OK)
        memset(reply.sealed, 0xd4, sizeof reply.sealed);
    fake_peer_answer(fixture->auth, FRAME_ACCOUNT_CALL_REPLY, seq, &reply, sizeof reply);
}

static void a_call_is_carried_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct account_call body;

    for (size_t i = 0; i < sizeof ciphertext; i++)
        ciphertext[i] = (uint8_t)(7 * i);
    start(fixture, "LockAccount");
    invoke(fixture, FIXTURE_SESSION, 9, SEALED_LEN);
    uint64_t seq = auth_is_asked(fixture, &body);
    assert_int_equal(body.operation, 13);
    assert_true(body.call_seq == 9);
    assert_int_equal(body.session[15], 16);
    assert_int_equal(body.zero, 0);
    assert_int_equal(body.zero2, 0);
    assert_memory_equal(body.sealed, ciphertext, SEALED_LEN);
    auth_answers(fixture, seq, ACCOUNT_CALL_OK);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__LockAccountResponse *response =
        sekisho__v1__lock_account_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    assert_true(response->reply->sequence == 9);
    assert_int_equal(response->reply->sealed.len, ACCOUNT_REPLY_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN);
    assert_int_equal(response->reply->sealed.data[0], 0xd4);
    sekisho__v1__lock_account_response__free_unpacked(response, NULL);
}

static void bad_requests_never_reach_auth(void **state)
{
    static const struct {
        const char *session;
        uint64_t sequence;
        size_t length;
        int code;
        const char *reason, *field;
    } bad[] = {
        {"", 1, SEALED_LEN, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "call.session"},
        {FIXTURE_SESSION, 0, SEALED_LEN, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL", "call.sequence"},
        {FIXTURE_SESSION, 1, SEALED_LEN - 1, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH", "call.ciphertext"},
        {FIXTURE_SESSION, 1, SEALED_LEN + 1, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH", "call.ciphertext"},
        {"prefectures/12/sessions/0102030405060708090a0b0c0d0e0f10", 1, SEALED_LEN, GRPC_STATUS_NOT_FOUND,
         "UNKNOWN_SESSION", NULL},
        {"prefectures/11/sessions/0102030405060708090a0b0c0d0e0f11", 1, SEALED_LEN, GRPC_STATUS_UNAUTHENTICATED,
         "UNKNOWN_SESSION", NULL},
    };
    struct fixture *fixture = *state;
    Sekisho__V1__LockAccountRequest empty = SEKISHO__V1__LOCK_ACCOUNT_REQUEST__INIT;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        start(fixture, "ListAccounts");
        invoke(fixture, bad[i].session, bad[i].sequence, bad[i].length);
        expect_error(&fixture->call, bad[i].code, bad[i].reason);
        if (bad[i].field)
            assert_string_equal(fixture->call.error.field, bad[i].field);
    }
    start(fixture, "LockAccount");
    fixture->call.method->on_message(&fixture->call, &empty.base);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL");
    fake_peer_expect_none(fixture->auth);
}

static void a_stolen_session_is_refused_and_recorded(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "GetOwnAccount");
    fixture->call.certificate[0] ^= 1;
    invoke(fixture, FIXTURE_SESSION, 1, SEALED_LEN);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "WRONG_CERTIFICATE");
    expect_recorded(fixture, ACCESS_CERTIFICATE_REFUSED);
}

/* A client that tries again and again does not keep auth's disk busy: what is not recorded is not answered. */
static void refusals_are_bounded(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "ApproveAccount");
    fixture_role(fixture, 3);
    for (unsigned i = 0; i < SESSION_REFUSALS_MAX; i++) {
        invoke(fixture, FIXTURE_SESSION, 1 + i, SEALED_LEN);
        expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "ROLE_NOT_PERMITTED");
        expect_recorded(fixture, ACCESS_METHOD_REFUSED);
        fixture->call.finished = 0;
    }
    invoke(fixture, FIXTURE_SESSION, 1, SEALED_LEN);
    expect_error(&fixture->call, GRPC_STATUS_RESOURCE_EXHAUSTED, "BUSY");
    fake_peer_expect_none(fixture->auth);
}

/* What the reader does when auth says so. */
static void a_session_that_auth_ended_is_unknown(void **state)
{
    static const uint8_t id[SESSION_ID_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct fixture *fixture = *state;

    start(fixture, "GetOwnAccount");
    session_table_remove(fixture->front.sessions, id);
    invoke(fixture, FIXTURE_SESSION, 1, SEALED_LEN);
    expect_error(&fixture->call, GRPC_STATUS_UNAUTHENTICATED, "UNKNOWN_SESSION");
    fake_peer_expect_none(fixture->auth);
}

static void refusals_of_auth(void **state)
{
    static const struct {
        enum account_call_status status;
        int code;
        const char *reason;
    } rows[] = {
        {ACCOUNT_CALL_UNKNOWN_SESSION, GRPC_STATUS_UNAUTHENTICATED, "UNKNOWN_SESSION"},
        {ACCOUNT_CALL_REPLAYED, GRPC_STATUS_ABORTED, "REPLAYED"},
        {ACCOUNT_CALL_BAD_SEAL, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL"},
        {ACCOUNT_CALL_MALFORMED, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL"},
        {ACCOUNT_CALL_WRONG_METHOD, GRPC_STATUS_INVALID_ARGUMENT, "WRONG_METHOD"},
        {ACCOUNT_CALL_UNAVAILABLE, GRPC_STATUS_UNAVAILABLE, "AUTH_UNAVAILABLE"},
    };
    struct fixture *fixture = *state;
    struct account_call body;

    assert_int_equal(sizeof rows / sizeof rows[0], ACCOUNT_CALL_STATUS_COUNT - 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start(fixture, "ChangePassword");
        invoke(fixture, FIXTURE_SESSION, 1 + i, SEALED_LEN);
        auth_answers(fixture, auth_is_asked(fixture, &body), rows[i].status);
        expect_error(&fixture->call, rows[i].code, rows[i].reason);
    }
}

static void auth_that_does_not_answer(void **state)
{
    struct fixture *fixture = *state;
    struct account_call body;

    start(fixture, "IssueAccount");
    invoke(fixture, FIXTURE_SESSION, 1, SEALED_LEN);
    auth_is_asked(fixture, &body);
    link_expire(fixture->front.auth, link_now_ms() + auth_link_options.timeout_ms);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "AUTH_UNAVAILABLE");
}

static void an_answer_that_is_none_is_a_violation(void **state)
{
    struct account_call_reply reply = {.status = ACCOUNT_CALL_STATUS_COUNT};
    struct fixture *fixture = *state;
    struct account_call body;

    start(fixture, "IssueAccount");
    invoke(fixture, FIXTURE_SESSION, 1, SEALED_LEN);
    uint64_t seq = auth_is_asked(fixture, &body);
    assert_int_not_equal(fake_peer_answer_exit_code(fixture->auth, FRAME_ACCOUNT_CALL_REPLY, seq, &reply, sizeof reply),
                         0);
    reply = (struct account_call_reply){.status = ACCOUNT_CALL_OK, .zero = 1};
    assert_int_not_equal(fake_peer_answer_exit_code(fixture->auth, FRAME_ACCOUNT_CALL_REPLY, seq, &reply, sizeof reply),
                         0);
}

/* F165: the text with its version, and an error when the server has none. */
static void terms_of_use_are_served(void **state)
{
    Sekisho__V1__GetTermsRequest request = SEKISHO__V1__GET_TERMS_REQUEST__INIT;
    struct fixture *fixture = *state;

    fixture_call(fixture, system_methods, system_method_count, "GetTerms");
    fixture->call.method->on_message(&fixture->call, &request.base);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "NO_TERMS");
    fixture->front.terms = "Nobody lends an account.\n";
    fixture->front.terms_length = strlen(fixture->front.terms);
    fixture->front.terms_version = 3;
    fixture_call(fixture, system_methods, system_method_count, "GetTerms");
    fixture->call.method->on_message(&fixture->call, &request.base);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__GetTermsResponse *response =
        sekisho__v1__get_terms_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_int_equal(response->version, 3);
    assert_int_equal(response->text.len, fixture->front.terms_length);
    assert_memory_equal(response->text.data, fixture->front.terms, response->text.len);
    sekisho__v1__get_terms_response__free_unpacked(response, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_is_carried_as_it_is),
        TEST(bad_requests_never_reach_auth),
        TEST(a_stolen_session_is_refused_and_recorded),
        TEST(refusals_are_bounded),
        TEST(a_session_that_auth_ended_is_unknown),
        TEST(refusals_of_auth),
        TEST(auth_that_does_not_answer),
        TEST(an_answer_that_is_none_is_a_violation),
        TEST(terms_of_use_are_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
