/* Logins that succeed, what vault, front and client get of them, and their end. */
#include <string.h>

#include "crypto/aead.h"
#include "harness.h"

static void client_and_vault_share_the_keys(void **state)
{
    static const uint16_t reviewer[PERMIT_LEN] = {
        [OPERATION_MATCH] = PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE),
        [OPERATION_LOOKUP] = PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE),
        [OPERATION_MATCH_CITIZEN] = PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE),
        [OPERATION_RELEASE] = PURPOSE_BIT(PURPOSE_REGISTER)};
    struct harness *harness = *state;
    struct client client;
    struct session_open open;
    struct login_reply reply;
    struct session_keys keys;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    client_derive(&client, &reply, &keys);
    assert_memory_equal(open.call_key, keys.call, SESSION_KEY_LEN);
    assert_memory_equal(open.reply_key, keys.reply, SESSION_KEY_LEN);
    assert_memory_equal(open.session, reply.session, SESSION_ID_LEN);
    assert_memory_equal(open.permit, reviewer, sizeof reviewer);
    assert_string_equal(open.account, "tanaka");
    assert_int_equal(open.tenant, HARNESS_TENANT);
    assert_int_equal(open.role, ROLE_REV);
    assert_int_equal(open.ttl_ms, HARNESS_TTL_S * 1000);
    assert_string_equal(reply.account, "tanaka");
    assert_int_equal(reply.role, ROLE_REV);
    assert_int_equal(reply.ttl_ms, open.ttl_ms);
}

static void welcome_opens_for_the_client_and_tells_the_permit(void **state)
{
    static const uint8_t nonce[AEAD_NONCE_LEN];
    struct harness *harness = *state;
    struct client client;
    struct session_open open;
    struct login_reply reply;
    struct session_keys keys;
    struct welcome_plain welcome;

    client_init(&client, harness, "approver", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    client_derive(&client, &reply, &keys);
    struct aead *aead = aead_new(keys.welcome);
    assert_int_equal(aead_open(aead, nonce, keys.salt, sizeof keys.salt, reply.welcome, sizeof reply.welcome, &welcome),
                     0);
    aead_free(aead);
    assert_int_equal(welcome.version, 1);
    assert_int_equal(welcome.tenant, HARNESS_TENANT);
    assert_int_equal(welcome.role, ROLE_APR);
    assert_int_equal(welcome.ttl_ms, HARNESS_TTL_S * 1000);
    assert_string_equal(welcome.account, "approver");
    assert_memory_equal(welcome.permit, open.permit, sizeof open.permit);
}

/* The account's former session ends in the vault before the next one begins there; then the front hears of it. */
static void displaces(const struct client *client, struct harness *harness, const uint8_t former[SESSION_ID_LEN],
                      struct session_open *open, struct login_reply *reply)
{
    const struct session_open_reply opened = {.opened = 1};
    struct session_ended ended;

    client_send(client, harness);
    harness_closes(harness, former);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, open, sizeof *open);
    harness_receive(&harness->front, FRAME_SESSION_ENDED, &ended, sizeof ended);
    assert_memory_equal(ended.session, former, SESSION_ID_LEN);
    harness_send(&harness->vault, FRAME_SESSION_OPEN_REPLY, asked.seq, &opened, sizeof opened);
    harness_receive(&harness->front, FRAME_LOGIN_REPLY, reply, sizeof *reply);
    assert_int_equal(reply->status, LOGIN_OK);
}

/* F102: and one account is in once. */
static void two_sessions_share_nothing(void **state)
{
    struct harness *harness = *state;
    struct client client;
    struct session_open first, second;
    struct login_reply reply_first, reply_second;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &first, &reply_first);
    /* The same plaintext, ephemeral key included, under a fresh challenge. */
    harness_challenge(harness, HARNESS_TENANT, client.request.challenge);
    client_seal(&client, harness);
    displaces(&client, harness, reply_first.session, &second, &reply_second);
    assert_memory_not_equal(first.session, second.session, SESSION_ID_LEN);
    assert_memory_not_equal(first.call_key, second.call_key, SESSION_KEY_LEN);
    assert_memory_not_equal(first.reply_key, second.reply_key, SESSION_KEY_LEN);
    assert_memory_not_equal(first.call_key, first.reply_key, SESSION_KEY_LEN);
    assert_memory_not_equal(reply_first.server_ephemeral, reply_second.server_ephemeral, X25519_LEN);
}

static void tag_of(struct harness *harness, const char *account, uint8_t tag[PERSON_TAG_LEN])
{
    struct client client;
    struct session_open open;
    struct login_reply reply;

    client_init(&client, harness, account, HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    memcpy(tag, reply.person, PERSON_TAG_LEN);
}

/* By it the front tells a reviewer from an approver: two accounts are one person's, or not; and nothing else. */
static void f022_two_accounts_of_a_person_have_one_tag(void **state)
{
    static const uint8_t none[PERSON_TAG_LEN];
    struct harness *harness = *state;
    uint8_t approver[PERSON_TAG_LEN], suzuki[PERSON_TAG_LEN], sato[PERSON_TAG_LEN];

    tag_of(harness, "approver", approver);
    tag_of(harness, "suzuki", suzuki);
    tag_of(harness, "sato", sato);
    assert_memory_equal(approver, suzuki, sizeof suzuki);
    assert_memory_not_equal(sato, suzuki, sizeof suzuki);
    assert_memory_not_equal(sato, none, sizeof none);
}

static uint16_t log_out(struct harness *harness, const uint8_t id[SESSION_ID_LEN], bool known)
{
    const struct session_close_reply closed = {.closed = 1};
    struct logout_request request;
    struct logout_reply reply;
    struct session_close close;

    memcpy(request.session, id, SESSION_ID_LEN);
    uint64_t seq = harness_send(&harness->front, FRAME_LOGOUT, 0, &request, sizeof request);
    if (known) {
        struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_CLOSE, &close, sizeof close);
        assert_memory_equal(close.session, id, SESSION_ID_LEN);
        assert_true(harness_silent(&harness->front));
        harness_send(&harness->vault, FRAME_SESSION_CLOSE_REPLY, asked.seq, &closed, sizeof closed);
    }
    struct frame_header answer = harness_receive(&harness->front, FRAME_LOGOUT_REPLY, &reply, sizeof reply);
    assert_int_equal(answer.reply_to, seq);
    return reply.ended;
}

static void logout_ends_the_session_in_the_vault_once(void **state)
{
    static const uint8_t unknown[SESSION_ID_LEN] = {1};
    struct harness *harness = *state;
    struct client client;
    struct session_open open;
    struct login_reply reply;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    assert_int_equal(log_out(harness, unknown, false), 0);
    assert_int_equal(log_out(harness, reply.session, true), 1);
    assert_int_equal(log_out(harness, reply.session, false), 0);
    assert_true(harness_silent(&harness->vault));
}

static void sessions_are_bounded_and_a_busy_challenge_is_not_used_up(void **state)
{
    struct harness *harness = *state;
    struct client client;
    struct session_open open;
    struct login_reply reply;

    for (int i = 0; i < 4; i++) {
        client_init(&client, harness, (const char *[]){"owner", "sato", "suzuki", "tanaka"}[i], HARNESS_PASSWORD);
        client_seal(&client, harness);
        client_logs_in(&client, harness, &open, &reply);
    }
    client_init(&client, harness, "approver", HARNESS_PASSWORD);
    client_seal(&client, harness);
    assert_int_equal(client_refused(&client, harness), LOGIN_BUSY);
    assert_int_equal(log_out(harness, reply.session, true), 1);
    client_logs_in(&client, harness, &open, &reply);
}

static void vault_that_refuses_makes_no_session(void **state)
{
    const struct session_open_reply refused = {.opened = 0};
    struct harness *harness = *state;
    struct login_reply reply, nothing = {.status = LOGIN_BUSY};
    struct session_open open;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_send(&client, harness);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, &open, sizeof open);
    harness_send(&harness->vault, FRAME_SESSION_OPEN_REPLY, asked.seq, &refused, sizeof refused);
    harness_receive(&harness->front, FRAME_LOGIN_REPLY, &reply, sizeof reply);
    assert_memory_equal(&reply, &nothing, sizeof reply);
    assert_int_equal(log_out(harness, open.session, false), 0);
}

/* INV-13: every login and logout makes an event; it has numbers only, so no account name can be in it. */
static void inv13_events_of_login_and_logout(void **state)
{
    struct harness *harness = *state;
    struct event_record event;
    struct session_open open;
    struct login_reply reply;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    harness_receive(&harness->control, FRAME_EVENT, &event, sizeof event);
    assert_int_equal(event.event, EVENT_LOGIN_OK);
    assert_int_equal(event.arg[0], HARNESS_TENANT);
    assert_int_equal(event.arg[1], ROLE_REV);
    client_init(&client, harness, "tanaka", "wrong");
    client_seal(&client, harness);
    assert_int_equal(client_refused(&client, harness), LOGIN_REFUSED);
    harness_receive(&harness->control, FRAME_EVENT, &event, sizeof event);
    assert_int_equal(event.event, EVENT_LOGIN_REFUSED);
    assert_int_equal(event.arg[0], HARNESS_TENANT);
    assert_int_equal(event.arg[1], LOGIN_REFUSED);
    assert_int_equal(log_out(harness, reply.session, true), 1);
    harness_receive(&harness->control, FRAME_EVENT, &event, sizeof event);
    assert_int_equal(event.event, EVENT_SESSION_ENDED);
    assert_int_equal(event.arg[0], HARNESS_TENANT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_set_up, harness_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(client_and_vault_share_the_keys),
        TEST(welcome_opens_for_the_client_and_tells_the_permit),
        TEST(two_sessions_share_nothing),
        TEST(f022_two_accounts_of_a_person_have_one_tag),
        TEST(logout_ends_the_session_in_the_vault_once),
        TEST(sessions_are_bounded_and_a_busy_challenge_is_not_used_up),
        TEST(vault_that_refuses_makes_no_session),
        TEST(inv13_events_of_login_and_logout),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
