/* SessionService: keys, logins carried unread, sessions bound to their connection. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "sekisho/v1/session_service.pb-c.h"
#include "server/channel/auth_client.h"
#include "server/channel/vault_client.h"

static void start(struct fixture *fixture, const char *method)
{
    fixture_call(fixture, session_methods, session_method_count, method);
}

/* ---- GetSealingKey ---- */

static void get_key(struct fixture *fixture, const char *prefecture)
{
    Sekisho__V1__GetSealingKeyRequest request = SEKISHO__V1__GET_SEALING_KEY_REQUEST__INIT;
    char name[64];

    strcpy(name, prefecture);
    request.prefecture = name;
    start(fixture, "GetSealingKey");
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void vault_gives_key(struct fixture *fixture, uint16_t known)
{
    struct citizen_key_reply reply = {.known = known};

    memset(reply.public_key, 0x77, X25519_LEN);
    uint64_t seq = fake_peer_request(fixture->vault, FRAME_CITIZEN_KEY).header->seq;
    fake_peer_answer(fixture->vault, FRAME_CITIZEN_KEY_REPLY, seq, &reply, sizeof reply);
}

static void auth_gives_challenge(struct fixture *fixture, uint16_t known)
{
    struct challenge_reply reply = {.known = known, .ttl_ms = 60500};

    memset(reply.challenge, 0x55, CHALLENGE_LEN);
    memset(reply.login_key, 0x66, X25519_LEN);
    uint64_t seq = fake_peer_request(fixture->auth, FRAME_CHALLENGE).header->seq;
    fake_peer_answer(fixture->auth, FRAME_CHALLENGE_REPLY, seq, &reply, sizeof reply);
}

static void sealing_key_of_auth_and_vault(void **state)
{
    struct fixture *fixture = *state;

    get_key(fixture, "prefectures/11");
    vault_gives_key(fixture, 1);
    auth_gives_challenge(fixture, 1);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__GetSealingKeyResponse *response =
        sekisho__v1__get_sealing_key_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_int_equal(response->challenge.len, CHALLENGE_LEN);
    assert_int_equal(response->challenge.data[0], 0x55);
    assert_int_equal(response->login_key.data[31], 0x66);
    assert_int_equal(response->citizen_key.data[31], 0x77);
    assert_int_equal(response->challenge_ttl->seconds, 60);
    assert_int_equal(response->challenge_ttl->nanos, 500000000);
    sekisho__v1__get_sealing_key_response__free_unpacked(response, NULL);

    /* The vault's key does not change while it runs: it is asked once. */
    get_key(fixture, "prefectures/11");
    fake_peer_expect_none(fixture->vault);
    auth_gives_challenge(fixture, 1);
    assert_int_equal(fixture->call.replied, 1);
}

static void unknown_prefectures_have_no_key(void **state)
{
    struct fixture *fixture = *state;

    get_key(fixture, "prefectures/47");
    vault_gives_key(fixture, 0);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_PREFECTURE");
    get_key(fixture, "prefectures/46");
    vault_gives_key(fixture, 1);
    auth_gives_challenge(fixture, 0);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_PREFECTURE");
    get_key(fixture, "prefectures/48");
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    assert_string_equal(fixture->call.error.field, "prefecture");
}

static void silent_peers_of_a_key(void **state)
{
    struct fixture *fixture = *state;

    get_key(fixture, "prefectures/11");
    link_expire(fixture->front.vault, link_now_ms() + vault_link_options.timeout_ms);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
    vault_gives_key(fixture, 1); /* too late, and nobody's */
    get_key(fixture, "prefectures/11");
    vault_gives_key(fixture, 1);
    link_expire(fixture->front.auth, link_now_ms() + auth_link_options.timeout_ms);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "AUTH_UNAVAILABLE");
}

/* ---- Login ---- */

static uint8_t bytes[512];

static void log_in(struct fixture *fixture, const char *prefecture, size_t challenge, size_t encapsulated,
                   size_t sealed)
{
    Sekisho__V1__LoginRequest request = SEKISHO__V1__LOGIN_REQUEST__INIT;
    char name[64];

    strcpy(name, prefecture);
    request.prefecture = name;
    request.challenge = (ProtobufCBinaryData){.data = bytes, .len = challenge};
    request.encapsulated_key = (ProtobufCBinaryData){.data = bytes + 32, .len = encapsulated};
    request.ciphertext = (ProtobufCBinaryData){.data = bytes + 64, .len = sealed};
    start(fixture, "Login");
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void auth_answers_login(struct fixture *fixture, const struct login_reply *reply)
{
    uint64_t seq = fake_peer_request(fixture->auth, FRAME_LOGIN).header->seq;
    fake_peer_answer(fixture->auth, FRAME_LOGIN_REPLY, seq, reply, sizeof *reply);
}

static void login_is_carried_and_its_session_known(void **state)
{
    struct fixture *fixture = *state;
    struct login_reply reply = {.status = LOGIN_OK, .tenant = 11, .role = 4, .ttl_ms = 1500, .account = "tanaka"};
    struct login_request body;
    struct session_row row;

    memset(reply.session, 0xab, SESSION_ID_LEN);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    log_in(fixture, "prefectures/11", 32, 32, 288);
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_LOGIN);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.tenant, 11);
    assert_memory_equal(body.challenge, bytes, 32);
    assert_memory_equal(body.encapsulated, bytes + 32, 32);
    assert_memory_equal(body.sealed, bytes + 64, 288);
    assert_memory_equal(body.connection_cert, fixture->call.certificate, 32);
    fake_peer_answer(fixture->auth, FRAME_LOGIN_REPLY, frame.header->seq, &reply, sizeof reply);

    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__LoginResponse *response =
        sekisho__v1__login_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_string_equal(response->session, "prefectures/11/sessions/abababababababababababababababab");
    assert_int_equal(response->welcome.len, WELCOME_SEALED_LEN);
    assert_int_equal(response->server_ephemeral_key.len, X25519_LEN);
    assert_int_equal(response->ttl->seconds, 1);
    assert_int_equal(response->ttl->nanos, 500000000);
    sekisho__v1__login_response__free_unpacked(response, NULL);
    assert_int_equal(session_table_find(fixture->front.sessions, reply.session, link_now_ms(), &row), SESSION_OPEN);
    assert_memory_equal(row.certificate, fixture->call.certificate, CERT_HASH_LEN);
    assert_int_equal(row.tenant, 11);
    assert_string_equal(row.account, "tanaka");
    assert_int_equal(session_table_find(fixture->front.sessions, reply.session, link_now_ms() + 1501, &row),
                     SESSION_EXPIRED);
}

static void login_with_wrong_lengths_is_not_carried(void **state)
{
    struct fixture *fixture = *state;

    log_in(fixture, "prefectures/11", 31, 32, 288);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH");
    assert_string_equal(fixture->call.error.field, "challenge");
    log_in(fixture, "prefectures/11", 32, 33, 288);
    assert_string_equal(fixture->call.error.field, "encapsulated_key");
    log_in(fixture, "prefectures/11", 32, 32, 0);
    assert_string_equal(fixture->call.error.field, "ciphertext");
    log_in(fixture, "11", 32, 32, 288);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    fake_peer_expect_none(fixture->auth);
}

static void refusals_of_auth(void **state)
{
    static const struct {
        enum login_status status;
        int code;
        const char *reason;
    } rows[] = {
        {LOGIN_CHALLENGE_UNKNOWN, GRPC_STATUS_UNAUTHENTICATED, "CHALLENGE_UNKNOWN"},
        {LOGIN_CHALLENGE_USED, GRPC_STATUS_UNAUTHENTICATED, "CHALLENGE_USED"},
        {LOGIN_BAD_SEAL, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL"},
        {LOGIN_MALFORMED, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_LOGIN"},
        {LOGIN_WRONG_CERTIFICATE, GRPC_STATUS_UNAUTHENTICATED, "WRONG_CERTIFICATE"},
        {LOGIN_REFUSED, GRPC_STATUS_UNAUTHENTICATED, "LOGIN_REFUSED"},
        {LOGIN_BUSY, GRPC_STATUS_RESOURCE_EXHAUSTED, "BUSY"},
    };
    struct fixture *fixture = *state;

    assert_int_equal(sizeof rows / sizeof rows[0], LOGIN_STATUS_COUNT - 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct login_reply reply = {.status = (uint16_t)rows[i].status};
        log_in(fixture, "prefectures/11", 32, 32, 288);
        auth_answers_login(fixture, &reply);
        expect_error(&fixture->call, rows[i].code, rows[i].reason);
    }
}

/* ---- Logout ---- */

static void log_out(struct fixture *fixture, const char *session, uint8_t certificate)
{
    Sekisho__V1__LogoutRequest request = SEKISHO__V1__LOGOUT_REQUEST__INIT;
    char name[128];

    strcpy(name, session);
    request.session = name;
    start(fixture, "Logout");
    memset(fixture->call.certificate, certificate, 32);
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void logout_over_its_own_certificate_only(void **state)
{
    const struct logout_reply ended = {.ended = 1};
    struct fixture *fixture = *state;

    log_out(fixture, FIXTURE_SESSION, 0xc1);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_SESSION");
    log_out(fixture, "prefectures/12/sessions/0102030405060708090a0b0c0d0e0f10", 0xc0);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_SESSION");
    log_out(fixture, "prefectures/11/sessions/x", 0xc0);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    fake_peer_expect_none(fixture->auth);
    log_out(fixture, FIXTURE_SESSION, 0xc0);
    uint64_t seq = fake_peer_request(fixture->auth, FRAME_LOGOUT).header->seq;
    fake_peer_answer(fixture->auth, FRAME_LOGOUT_REPLY, seq, &ended, sizeof ended);
    assert_int_equal(fixture->call.replied, 1);
    log_out(fixture, FIXTURE_SESSION, 0xc0);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_SESSION");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sealing_key_of_auth_and_vault),
        TEST(unknown_prefectures_have_no_key),
        TEST(silent_peers_of_a_key),
        TEST(login_is_carried_and_its_session_known),
        TEST(login_with_wrong_lengths_is_not_carried),
        TEST(refusals_of_auth),
        TEST(logout_over_its_own_certificate_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
