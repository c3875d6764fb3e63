/* An evil front before the real auth: sessions that it would keep. F097, F100, F102. */
#include "evil_auth.h"

#include <unistd.h>

static struct account_reply_plain reply;

static void a_session_that_has_ended_is_nobodys(void **state)
{
    struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session session;
    struct harness harness;
    struct account_call call;

    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    client_seal_call(&session, session.keys.account, 1, &plain, &call);
    evil_log_out(&harness, session.id);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_UNKNOWN_SESSION);
    evil_drain(*state);
    /* nor in another life of auth */
    evil_serve_auth(*state, &harness);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_UNKNOWN_SESSION);
    evil_drain(*state);
}

static void sessions_end_by_their_time(void **state)
{
    struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session session;
    struct evil *evil = *state;
    struct harness harness;
    struct account_call call;

    evil->ttl_s = 2;
    evil_serve_auth(evil, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &session);
    evil_expect_ended(&harness, session.id);
    client_seal_call(&session, session.keys.account, 1, &plain, &call);
    assert_int_equal(client_send_call(&harness, &session, &call, &reply), ACCOUNT_CALL_UNKNOWN_SESSION);
    evil_drain(evil);
    evil->ttl_s = 600;
}

/* Number calls and account calls count when vault and auth have opened them. */
static void idle_sessions_end_and_forged_calls_keep_none(void **state)
{
    struct client_session used, unused;
    struct evil *evil = *state;
    struct session_used in_use;
    struct harness harness;
    struct account_call call = {0};

    evil->rules.idle_s = 3;
    evil_serve_auth(evil, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &used);
    client_session_open(&harness, "sato", HARNESS_PASSWORD, &unused);
    memcpy(in_use.session, used.id, SESSION_ID_LEN);
    memcpy(call.session, unused.id, SESSION_ID_LEN);
    for (int i = 0; i < 2; i++) {
        usleep(1000000);
        call.call_seq++;
        assert_int_equal(client_send_call(&harness, &unused, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
        harness_send(&harness.vault, FRAME_SESSION_USED, 0, &in_use, sizeof in_use);
    }
    evil_expect_ended(&harness, unused.id);
    const struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    assert_int_equal(client_call(&harness, &used, &plain, &reply), ACCOUNT_DONE);
    evil_drain(evil);
    evil->rules = harness_rules;
}

static void works(struct harness *harness, const uint8_t id[SESSION_ID_LEN], int seconds)
{
    struct session_used used;

    memcpy(used.session, id, SESSION_ID_LEN);
    for (int i = 0; i < seconds; i++) {
        usleep(1000000);
        harness_send(&harness->front, FRAME_SESSION_WORKED, 0, &used, sizeof used);
    }
}

/* Calls of the register are the front's word: it keeps the session that it names, until the expiry, and has nothing of
 * it. */
static void the_front_keeps_a_session_to_its_expiry_at_most(void **state)
{
    const struct account_call_plain plain = evil_account_call(ACCOUNT_SHOW_OWN, "");
    struct client_session kept, unused;
    struct account_call call = {.call_seq = 1};
    struct evil *evil = *state;
    struct harness harness;

    evil->rules.idle_s = 3;
    evil->ttl_s = 9;
    evil_serve_auth(evil, &harness);
    client_session_open(&harness, "tanaka", HARNESS_PASSWORD, &kept);
    client_session_open(&harness, "sato", HARNESS_PASSWORD, &unused);
    works(&harness, kept.id, 5);
    evil_expect_ended(&harness, unused.id);
    memcpy(call.session, kept.id, SESSION_ID_LEN);
    assert_int_equal(client_send_call(&harness, &kept, &call, &reply), ACCOUNT_CALL_BAD_SEAL);
    assert_int_equal(client_call(&harness, &kept, &plain, &reply), ACCOUNT_DONE);
    works(&harness, kept.id, 6);
    evil_expect_ended(&harness, kept.id);
    works(&harness, kept.id, 1);
    client_seal_call(&kept, kept.keys.account, ++kept.call_seq, &plain, &call);
    assert_int_equal(client_send_call(&harness, &kept, &call, &reply), ACCOUNT_CALL_UNKNOWN_SESSION);
    evil_drain(evil);
    evil->rules = harness_rules;
    evil->ttl_s = 600;
}

static void a_locked_accounts_sessions_end_in_the_vault_first(void **state)
{
    struct account_call_plain lock = evil_account_call(ACCOUNT_LOCK, "suzuki");
    struct client_session owner, locked;
    struct harness harness;
    struct client client;

    memcpy(lock.note, "left", 4);
    evil_serve_auth(*state, &harness);
    client_session_open(&harness, "owner", HARNESS_PASSWORD, &owner);
    client_session_open(&harness, "suzuki", HARNESS_PASSWORD, &locked);
    assert_int_equal(client_call(&harness, &owner, &lock, &reply), ACCOUNT_DONE);
    assert_true(harness_silent(&harness.front));
    evil_expect_ended(&harness, locked.id);
    client_init(&client, &harness, "suzuki", HARNESS_PASSWORD);
    client_seal(&client, &harness);
    assert_int_equal(client_refused(&client, &harness), LOGIN_REFUSED);
    evil_drain(*state);
}

/* F097: what the front says of the connection must be in the seal, and a terminal of the list. */
static void f097_logins_come_from_terminals(void **state)
{
    struct harness harness;
    struct client client;

    evil_serve_auth(*state, &harness);
    client_init(&client, &harness, "tanaka", HARNESS_PASSWORD);
    memset(client.plain.certificate, 0xc1, CERT_HASH_LEN);
    memset(client.request.connection_cert, 0xc1, CERT_HASH_LEN);
    client_seal(&client, &harness);
    assert_int_equal(client_refused(&client, &harness), LOGIN_REFUSED);
    client_init(&client, &harness, "tanaka", HARNESS_PASSWORD);
    memset(client.plain.certificate, 0xc1, CERT_HASH_LEN);
    client_seal(&client, &harness);
    assert_int_equal(client_refused(&client, &harness), LOGIN_WRONG_CERTIFICATE);
    evil_drain(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_has_ended_is_nobodys),
        cmocka_unit_test(sessions_end_by_their_time),
        cmocka_unit_test(idle_sessions_end_and_forged_calls_keep_none),
        cmocka_unit_test(the_front_keeps_a_session_to_its_expiry_at_most),
        cmocka_unit_test(a_locked_accounts_sessions_end_in_the_vault_first),
        cmocka_unit_test(f097_logins_come_from_terminals),
    };
    return cmocka_run_group_tests_name("sessions past an evil front", tests, evil_setup_auth, evil_teardown);
}
