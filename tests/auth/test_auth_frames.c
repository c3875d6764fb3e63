/* What a peer may not send: each ends auth with EXIT_PROTOCOL, never with an answer. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "wire/exit_codes.h"

static void expect_violation(struct harness *harness)
{
    assert_int_equal(harness_exit_code(harness), EXIT_PROTOCOL);
}

static void login_with_reserved_field(void **state)
{
    struct harness *harness = *state;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client.request.zero2 = 1;
    client_send(&client, harness);
    expect_violation(harness);
}

static void login_of_no_tenant(void **state)
{
    struct login_request request = {.tenant = TENANTS_MAX + 1};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_LOGIN, 0, &request, sizeof request);
    expect_violation(harness);
}

static void challenge_with_reserved_field(void **state)
{
    const struct challenge_request request = {.tenant = 11, .zero = 1};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_CHALLENGE, 0, &request, sizeof request);
    expect_violation(harness);
}

static void challenge_of_unserved_tenant_is_answered(void **state)
{
    const struct challenge_request request = {.tenant = 47};
    struct challenge_reply reply, nothing = {0};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_CHALLENGE, 0, &request, sizeof request);
    harness_receive(&harness->front, FRAME_CHALLENGE_REPLY, &reply, sizeof reply);
    assert_memory_equal(&reply, &nothing, sizeof reply);
}

static void short_body(void **state)
{
    struct login_request request = {.tenant = 11};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_LOGIN, 0, &request, sizeof request - 1);
    expect_violation(harness);
}

/* It may have ended while the frame was under way. */
static void work_of_an_unknown_session_is_nothing(void **state)
{
    const struct session_used unknown = {.session = {0x77}};
    struct harness *harness = *state;
    uint8_t challenge[CHALLENGE_LEN];

    harness_send(&harness->front, FRAME_SESSION_WORKED, 0, &unknown, sizeof unknown);
    harness_challenge(harness, HARNESS_TENANT, challenge);
    assert_true(harness_silent(&harness->front));
    assert_true(harness_silent(&harness->vault));
}

static void work_with_a_short_body(void **state)
{
    const struct session_used used = {{0}};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_SESSION_WORKED, 0, &used, sizeof used - 1);
    expect_violation(harness);
}

static void vault_reports_work(void **state)
{
    const struct session_used used = {{0}};
    struct harness *harness = *state;

    harness_send(&harness->vault, FRAME_SESSION_WORKED, 0, &used, sizeof used);
    expect_violation(harness);
}

static void front_opens_a_session(void **state)
{
    struct session_open open = {.tenant = 11, .ttl_ms = 1000};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_SESSION_OPEN, 0, &open, sizeof open);
    expect_violation(harness);
}

static void front_answers_for_the_vault(void **state)
{
    const struct session_open_reply opened = {.opened = 1};
    struct harness *harness = *state;
    struct session_open open;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_send(&client, harness);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, &open, sizeof open);
    harness_send(&harness->front, FRAME_SESSION_OPEN_REPLY, asked.seq, &opened, sizeof opened);
    expect_violation(harness);
}

static void vault_answers_what_was_not_asked(void **state)
{
    const struct session_open_reply opened = {.opened = 1};
    struct harness *harness = *state;

    harness_send(&harness->vault, FRAME_SESSION_OPEN_REPLY, 1, &opened, sizeof opened);
    expect_violation(harness);
}

static void vault_answers_an_opening_as_a_closing(void **state)
{
    const struct session_close_reply closed = {.closed = 1};
    struct harness *harness = *state;
    struct session_open open;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_send(&client, harness);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, &open, sizeof open);
    harness_send(&harness->vault, FRAME_SESSION_CLOSE_REPLY, asked.seq, &closed, sizeof closed);
    expect_violation(harness);
}

static void frame_sent_twice(void **state)
{
    const struct challenge_request request = {.tenant = 11};
    struct harness *harness = *state;

    harness_send(&harness->front, FRAME_CHALLENGE, 0, &request, sizeof request);
    harness->front.sent--;
    harness_send(&harness->front, FRAME_CHALLENGE, 0, &request, sizeof request);
    expect_violation(harness);
}

static void warden_starts_twice(void **state)
{
    struct harness *harness = *state;

    harness_send(&harness->control, FRAME_START, 0, NULL, 0);
    expect_violation(harness);
}

static void peers_that_go_end_it(void **state)
{
    struct harness *harness = *state;

    shutdown(harness->front.fd, SHUT_RDWR);
    assert_int_equal(harness_exit_code(harness), EXIT_PEER_GONE);
}

static void drained_after_what_is_in_flight(void **state)
{
    const struct session_open_reply opened = {.opened = 1};
    struct harness *harness = *state;
    struct session_open open;
    struct login_reply reply;
    struct client client;

    client_init(&client, harness, "tanaka", HARNESS_PASSWORD);
    client_seal(&client, harness);
    client_send(&client, harness);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, &open, sizeof open);
    harness_send(&harness->control, FRAME_DRAIN, 0, NULL, 0);
    assert_true(harness_silent(&harness->front));
    harness_send(&harness->vault, FRAME_SESSION_OPEN_REPLY, asked.seq, &opened, sizeof opened);
    harness_receive(&harness->front, FRAME_LOGIN_REPLY, &reply, sizeof reply);
    assert_int_equal(reply.status, LOGIN_OK);
    assert_int_equal(harness_exit_code(harness), EXIT_DRAINED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_set_up, harness_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(login_with_reserved_field),
        TEST(login_of_no_tenant),
        TEST(challenge_with_reserved_field),
        TEST(challenge_of_unserved_tenant_is_answered),
        TEST(short_body),
        TEST(work_of_an_unknown_session_is_nothing),
        TEST(work_with_a_short_body),
        TEST(vault_reports_work),
        TEST(front_opens_a_session),
        TEST(front_answers_for_the_vault),
        TEST(vault_answers_what_was_not_asked),
        TEST(vault_answers_an_opening_as_a_closing),
        TEST(frame_sent_twice),
        TEST(warden_starts_twice),
        TEST(peers_that_go_end_it),
        TEST(drained_after_what_is_in_flight),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
