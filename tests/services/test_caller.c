/* Who calls a method of the register: the session of the metadata, over its own connection, in a role that may. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_of_the_metadata_is_the_caller, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_session_is_refused, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(another_connection_and_another_role_are_refused_and_recorded, fixture_set_up,
                                        fixture_tear_down),
    };
    return cmocka_run_group_tests_name("services: caller", tests, NULL, NULL);
}
