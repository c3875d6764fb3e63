/* Who calls a method of the register: the session of the metadata, over its own connection, in a role that may. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "server/channel/auth_client.h"
#include "server/services/caller.h"
#include "wire/access_entry.h"

/* A call of a method that OWN and ADM may call, by an owner. */
static bool call_as(struct fixture *fixture, const char *session, struct caller *caller, struct rpc_error *error)
{
    fixture_call(fixture, account_methods, account_method_count, "ListSessions");
    fixture->call.session = session;
    return caller_of(&fixture->call, caller, error);
}

static void a_session_of_the_metadata_is_the_caller(void **state)
{
    struct fixture *fixture = *state;
    struct caller caller;
    struct rpc_error error;
    uint8_t person[PERSON_TAG_LEN];

    assert_true(call_as(fixture, FIXTURE_SESSION, &caller, &error));
    assert_int_equal(caller.tenant, 11);
    assert_int_equal(caller.role, 1);
    assert_string_equal(caller.account, "tanaka");
    memset(person, 0x9e, sizeof person);
    assert_memory_equal(caller.person, person, sizeof person);
    assert_int_equal(caller.session[0], 1);
    assert_memory_equal(caller.certificate, fixture->call.certificate, CERT_HASH_LEN);
}

static void what_is_no_session_is_refused(void **state)
{
    static const struct {
        const char *session, *reason;
    } cases[] = {
        {NULL, "BAD_RESOURCE_NAME"},
        {"", "BAD_RESOURCE_NAME"},
        {"prefectures/11/sessions/0102", "BAD_RESOURCE_NAME"},
        {FIXTURE_SESSION "0", "BAD_RESOURCE_NAME"},
        {"prefectures/13/sessions/0102030405060708090a0b0c0d0e0f10", "UNKNOWN_SESSION"},
        {"prefectures/11/sessions/ff02030405060708090a0b0c0d0e0f10", "UNKNOWN_SESSION"},
    };
    struct fixture *fixture = *state;
    struct rpc_error error;
    struct caller caller;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(call_as(fixture, cases[i].session, &caller, &error));
        assert_string_equal(error.reason, cases[i].reason);
    }
}

static void another_connection_and_another_role_are_refused_and_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct rpc_error error;
    struct caller caller;

    fixture_call(fixture, account_methods, account_method_count, "ListSessions");
    fixture->call.session = FIXTURE_SESSION;
    fixture->call.certificate[0] ^= 1;
    assert_false(caller_of(&fixture->call, &caller, &error));
    assert_string_equal(error.reason, "WRONG_CERTIFICATE");
    expect_recorded(fixture, ACCESS_CERTIFICATE_REFUSED);
    fixture->call.certificate[0] ^= 1;
    fixture_role(fixture, 3);
    assert_false(caller_of(&fixture->call, &caller, &error));
    assert_string_equal(error.reason, "ROLE_NOT_PERMITTED");
    expect_recorded(fixture, ACCESS_METHOD_REFUSED);
}

/* The session of the fixture, as if its login were so long ago. */
static void logged_in_before(struct fixture *fixture, uint64_t ms)
{
    struct session_row row;
    const uint8_t id[SESSION_ID_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    assert_int_equal(session_table_find(fixture->front.sessions, id, link_now_ms(), &row), SESSION_OPEN);
    session_table_remove(fixture->front.sessions, id);
    assert_true(session_table_add(fixture->front.sessions, &row, link_now_ms() - ms));
}

/* An officer who works in the register alone is not idle. */
static void auth_hears_of_use_at_most_every_ten_seconds(void **state)
{
    struct fixture *fixture = *state;
    struct rpc_error error;
    struct caller caller;
    struct session_used used;

    assert_true(call_as(fixture, FIXTURE_SESSION, &caller, &error));
    fake_peer_expect_none(fixture->auth);
    for (int i = 0; i < 2; i++) {
        logged_in_before(fixture, SESSION_USED_MS);
        assert_true(caller_of(&fixture->call, &caller, &error));
        struct frame_view view = fake_peer_request(fixture->auth, FRAME_SESSION_WORKED);
        assert_int_equal(view.body_length, sizeof used);
        memcpy(&used, view.body, sizeof used);
        assert_memory_equal(used.session, caller.session, SESSION_ID_LEN);
        for (int again = 0; again < 100; again++)
            assert_true(caller_of(&fixture->call, &caller, &error));
        fake_peer_expect_none(fixture->auth);
    }
}

/* Nobody keeps a session in use by calls that are refused. */
static void refused_calls_are_no_use(void **state)
{
    struct fixture *fixture = *state;
    struct rpc_error error;
    struct caller caller;

    fixture_call(fixture, account_methods, account_method_count, "ListSessions");
    fixture->call.session = FIXTURE_SESSION;
    fixture_role(fixture, 3);
    logged_in_before(fixture, SESSION_USED_MS);
    assert_false(caller_of(&fixture->call, &caller, &error));
    expect_recorded(fixture, ACCESS_METHOD_REFUSED);
    fixture->call.certificate[0] ^= 1;
    assert_false(caller_of(&fixture->call, &caller, &error));
    expect_recorded(fixture, ACCESS_CERTIFICATE_REFUSED);
}

static void no_answer(void *user, const struct challenge_reply *reply)
{
    (void)user;
    (void)reply;
}

/* An auth that is behind costs the register nothing, nor do reports take the room of what is asked of auth. */
static void reports_give_way_when_auth_is_busy(void **state)
{
    struct fixture *fixture = *state;
    struct rpc_error error;
    struct caller caller;

    for (int i = 0; i < AUTH_IN_FLIGHT_MAX / 2; i++) {
        assert_int_equal(auth_challenge(fixture->front.auth, 11, no_answer, NULL), LINK_SENT);
        fake_peer_request(fixture->auth, FRAME_CHALLENGE);
    }
    fixture_call(fixture, account_methods, account_method_count, "ListSessions");
    fixture->call.session = FIXTURE_SESSION;
    logged_in_before(fixture, SESSION_USED_MS);
    assert_true(caller_of(&fixture->call, &caller, &error));
    fake_peer_expect_none(fixture->auth);
    assert_int_equal(auth_challenge(fixture->front.auth, 11, no_answer, NULL), LINK_SENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(auth_hears_of_use_at_most_every_ten_seconds, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(refused_calls_are_no_use, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(reports_give_way_when_auth_is_busy, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_session_of_the_metadata_is_the_caller, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_session_is_refused, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(another_connection_and_another_role_are_refused_and_recorded, fixture_set_up,
                                        fixture_tear_down),
    };
    return cmocka_run_group_tests_name("services: caller", tests, NULL, NULL);
}
