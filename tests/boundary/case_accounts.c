/*
 * An evil front before the real auth: account calls that are not its own, replayed, reordered, forged and sent under
 * another name, rights that it does not give. F022, F100, F101, F099, INV-13.
 */
#include "evil_auth.h"

#include <unistd.h>

#define NEW_PASSWORD    "Quiet-Lantern-Walks-9"
#define WAIT_FOR_ANSWER 0xffffffffu

static struct account_reply_plain reply;

static void f100_no_call_without_the_sessions_own_key(void **state)
{
    struct client_session session, other;
    struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct harness harness;
    struct account_call call;

    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    client_session_open(&harness, "sato", HARNESS_PASSWORD, &other);
    /* a session that nobody has */
    client_seal_call(&session, session.keys.account, 1, &plain, &call);
    memset(call.session, 0x77, sizeof call.session);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_UNKNOWN_SESSION);
    /* one's own call in the name of another session; and sealed for it with one's own key */
    client_seal_call(&session, session.keys.account, 1, &plain, &call);
    memcpy(call.session, other.id, sizeof call.session);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
    client_seal_call(&other, session.keys.account, 1, &plain, &call);
    assert_int_equal(client_send_call(&harness, &other, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
    /* the keys of number calls and of replies are other keys */
    client_seal_call(&session, session.keys.call, 1, &plain, &call);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
    client_seal_call(&session, session.keys.account_reply, 1, &plain, &call);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
    /* nothing of that has used the session up */
    assert_int_equal(client_call(&harness, &session, &plain, &reply), ACCOUNT_DONE);
    assert_int_equal(client_call(&harness, &other, &plain, &reply), ACCOUNT_DONE);
    evil_expect_unchanged(*state, NULL);
    evil_drain(*state);
}

static void calls_are_done_once_and_in_order(void **state)
{
    struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session session;
    struct harness harness;
    struct account_call first, second, forged;

    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    client_seal_call(&session, session.keys.account, 5, &plain, &first);
    client_seal_call(&session, session.keys.account, 9, &plain, &second);
    forged = second;
    assert_int_equal(client_send_call(&harness, &session, &first, &reply), ACCOUNT_CALL_OK);
    assert_int_equal(client_send_call(&harness, &session, &first, &reply), ACCOUNT_CALL_REPLAYED);
    first.call_seq = 6; /* the same blob under a fresh number */
    assert_int_equal(client_send_call(&harness, &session, &first, &reply), ACCOUNT_CALL_BAD_SEAL);
    forged.sealed[700] ^= 1;
    assert_int_equal(client_send_call(&harness, &session, &forged, &reply), ACCOUNT_CALL_BAD_SEAL);
    assert_int_equal(client_send_call(&harness, &session, &second, &reply), ACCOUNT_CALL_OK);
    client_seal_call(&session, session.keys.account, 8, &plain, &first); /* held back */
    assert_int_equal(client_send_call(&harness, &session, &first, &reply), ACCOUNT_CALL_REPLAYED);
    client_seal_call(&session, session.keys.account, 0, &plain, &first);
    assert_int_equal(client_send_call(&harness, &session, &first, &reply), ACCOUNT_CALL_REPLAYED);
    evil_drain(*state);
}

static void the_front_does_not_choose_what_is_done(void **state)
{
    struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session session;
    struct harness harness;
    struct account_call call;

    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "owner", HARNESS_PASSWORD, &session);
    client_seal_call(&session, session.keys.account, 1, &plain, &call);
    call.operation = ACCOUNT_LIST;
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_WRONG_METHOD);
    plain.zero3[0] = 1;
    client_seal_call(&session, session.keys.account, 2, &plain, &call);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_MALFORMED);
    evil_drain(*state);
}

/* Duties are auth's: a front that lets everything through gives no right to anybody. */
static void f101_a_role_is_no_wider_than_its_duties(void **state)
{
    static const uint16_t duties[] = {ACCOUNT_REQUEST, ACCOUNT_APPROVE,       ACCOUNT_ISSUE, ACCOUNT_LOCK,
                                      ACCOUNT_LIST,    ACCOUNT_LIST_SESSIONS, TERMINAL_LIST, ACCESS_LIST};
    struct client_session session;
    struct harness harness;

    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
        const struct account_call_plain plain = evil_account_call(duties[i], "sato");
        assert_int_equal(client_call(&harness, &session, &plain, &reply), ACCOUNT_NOT_PERMITTED);
        assert_int_equal(reply.count, 0);
    }
    evil_drain(*state);
}

/* F099, F165: a temporary password opens nothing but the way to one's own. */
static void f099_a_fresh_session_uses_no_number(void **state)
{
    static const uint16_t nothing[PERMIT_LEN];
    struct account_call_plain list = evil_account_call(ACCOUNT_LIST, ""), own = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client client;
    struct client_session session;
    struct session_open open;
    struct login_reply login;
    struct harness harness;

    evil_serve_auth(*state, &harness);
    client_init(&client, &harness, "fresh", HARNESS_PASSWORD);
    client_seal(&client, &harness);
    client_logs_in(&client, &harness, &open, &login);
    assert_memory_equal(open.permit, nothing, sizeof nothing);
    evil_log_out(&harness, login.session);
    client_session_open(&harness, "fresh", HARNESS_PASSWORD, &session);
    assert_true(session.flags & WELCOME_CHANGE_PASSWORD);
    assert_int_equal(client_call(&harness, &session, &list, &reply), ACCOUNT_NOT_PERMITTED);
    assert_int_equal(client_call(&harness, &session, &own, &reply), ACCOUNT_DONE);
    evil_drain(*state);
}

static void expect_violation(struct evil *evil, uint16_t type, const void *body, size_t length)
{
    struct harness harness;

    evil_serve_auth(evil, &harness);
    harness_send(&harness.front, type, 0, body, length);
    assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
}

static void frames_that_are_not_the_fronts(void **state)
{
    const struct access_refused lies[] = {{.reason = ACCESS_LOGIN}, {.reason = ACCESS_METHOD_REFUSED, .zero = 1}};
    const struct account_call call = {.zero2 = 1};
    const struct session_used used = {{0}};
    const struct session_ended ended = {{0}};

    expect_violation(*state, FRAME_SESSION_USED, &used, sizeof used);
    expect_violation(*state, FRAME_SESSION_WORKED, &used, sizeof used - 1);
    expect_violation(*state, FRAME_SESSION_WORKED, &call, sizeof used + 1);
    expect_violation(*state, FRAME_SESSION_ENDED, &ended, sizeof ended);
    expect_violation(*state, FRAME_ACCESS_REFUSED, &lies[0], sizeof lies[0]);
    expect_violation(*state, FRAME_ACCESS_REFUSED, &lies[1], sizeof lies[1]);
    expect_violation(*state, FRAME_ACCOUNT_CALL, &call, sizeof call);
    expect_violation(*state, FRAME_ACCOUNT_CALL, &call, sizeof call - 1);
}

/* INV-13: an evil front can keep nothing out of the records that auth has seen. */
static void inv13_everything_is_in_the_records(void **state)
{
    static const uint16_t wanted[] = {ACCESS_LOGIN, ACCESS_OPERATION, ACCESS_CERTIFICATE_REFUSED, ACCESS_LOGIN_FAILED,
                                      ACCESS_LOGOUT};
    struct access_refused refused = {.reason = ACCESS_CERTIFICATE_REFUSED}, foreign = refused;
    const struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session session;
    struct account_store store;
    struct harness harness;
    struct client client;
    uint16_t events[256];

    evil_serve_auth(*state, &harness);
    evil_kill(*state);
    harness_store(&harness, &store);
    size_t before = harness_records(&store, events, 256);
    account_store_close(&store);
    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    assert_int_equal(client_call(&harness, &session, &plain, &reply), ACCOUNT_DONE);
    assert_int_equal(reply.access_index, before + 1);
    memset(foreign.session, 0x77, sizeof foreign.session);
    memcpy(refused.session, session.id, sizeof refused.session);
    harness_send(&harness.front, FRAME_ACCESS_REFUSED, 0, &foreign, sizeof foreign);
    harness_send(&harness.front, FRAME_ACCESS_REFUSED, 0, &refused, sizeof refused);
    client_init(&client, &harness, "nobody", HARNESS_PASSWORD);
    client_seal(&client, &harness);
    assert_int_equal(client_refused(&client, &harness), LOGIN_REFUSED);
    evil_log_out(&harness, session.id);
    evil_kill(*state); /* all of it is on the disk already */
    harness_store(&harness, &store);
    assert_int_equal(harness_records(&store, events, 256), before + 5);
    assert_memory_equal(events + before, wanted, sizeof wanted);
    account_store_close(&store);
}

static bool password_is(const struct harness *harness, const char *account, const char *password)
{
    struct account_store store;
    struct stored_account row;
    char id[ACCOUNT_LEN] = "";

    memcpy(id, account, strlen(account));
    harness_store(harness, &store);
    assert_int_equal(account_store_begin(&store), 0);
    assert_int_equal(account_get(&store, account_store_tenant(&store, HARNESS_TENANT), id, &row), 0);
    account_store_close(&store);
    return password_verify(password, strlen(password), &row.hash);
}

/* kill -9 around the commit: one of the two passwords is right, and the new one once it has been confirmed. */
static void a_password_is_changed_or_not(void **state)
{
    static const unsigned moments_us[] = {0, 50000, 120000, 200000, 300000, 400000, 600000, WAIT_FOR_ANSWER};
    const char *password = HARNESS_PASSWORD, *next = NEW_PASSWORD;
    struct account_call_plain plain = evil_account_call(ACCOUNT_CHANGE_PASSWORD, "");
    struct client_session session;
    static struct account_call_reply sealed;
    struct harness harness;
    struct account_call call;
    bool changed = false;

    for (size_t i = 0; i < sizeof moments_us / sizeof moments_us[0] && !changed; i++) {
        evil_serve_auth(*state, &harness);
        client_session_open(&harness, "sato", password, &session);
        plain.password_length = (uint16_t)strlen(password);
        plain.new_password_length = (uint16_t)strlen(next);
        memcpy(plain.password, password, strlen(password));
        memcpy(plain.new_password, next, strlen(next));
        client_seal_call(&session, session.keys.account, 1, &plain, &call);
        harness_send(&harness.front, FRAME_ACCOUNT_CALL, 0, &call, sizeof call);
        if (moments_us[i] == WAIT_FOR_ANSWER)
            harness_receive(&harness.front, FRAME_ACCOUNT_CALL_REPLY, &sealed, sizeof sealed);
        else
            usleep(moments_us[i]);
        bool answered = moments_us[i] == WAIT_FOR_ANSWER || !harness_silent(&harness.front);
        evil_kill(*state);
        changed = password_is(&harness, "sato", next);
        assert_true(changed || password_is(&harness, "sato", password));
        assert_true(changed || !answered);
    }
    assert_true(changed);
    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "sato", next, &session);
    evil_drain(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f100_no_call_without_the_sessions_own_key),
        cmocka_unit_test(calls_are_done_once_and_in_order),
        cmocka_unit_test(the_front_does_not_choose_what_is_done),
        cmocka_unit_test(f101_a_role_is_no_wider_than_its_duties),
        cmocka_unit_test(f099_a_fresh_session_uses_no_number),
        cmocka_unit_test(frames_that_are_not_the_fronts),
        cmocka_unit_test(inv13_everything_is_in_the_records),
        cmocka_unit_test(a_password_is_changed_or_not),
    };
    return cmocka_run_group_tests_name("account calls past an evil front", tests, evil_setup_auth, evil_teardown);
}
