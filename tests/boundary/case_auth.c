/* An evil auth: it can open sessions, but not wider than the law, not for foreign tenants, and it can use no number. */
#include "evil.h"

static void serve(struct evil *evil)
{
    evil_start(evil);
    evil_serve(evil);
}

static struct session_open plain_open(void)
{
    struct session_open open = {.tenant = TENANT_A, .ttl_ms = 1000, .account = "evil"};

    memset(open.session, 0x33, sizeof open.session);
    return open;
}

static void permits_wider_than_the_law(void **state)
{
    struct evil *evil = *state;

    for (uint16_t operation = 0; operation < 8; operation++) {
        struct session_open open = plain_open();
        open.permit[operation] = PURPOSE_BIT(PURPOSE_PERIODIC);
        serve(evil);
        assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, &open, sizeof open), CHANNEL_OK);
        assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
    }
}

static void sessions_of_foreign_tenants(void **state)
{
    struct evil *evil = *state;
    struct session_open open = plain_open();
    struct session_open_reply reply;
    struct frame_header header;

    serve(evil);
    open.tenant = 12;
    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, &open, sizeof open), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->auth, &header, &reply, sizeof reply), sizeof reply);
    assert_int_equal(reply.opened, 0);
    evil_drain(evil);
}

static void auth_cannot_use_numbers(void **state)
{
    struct evil *evil = *state;
    struct call_head head = {.version = 1, .operation = OPERATION_LOOKUP, .purpose = PURPOSE_CHANGE, .count = 1};
    struct call_item item = {0};
    uint8_t body[256];

    serve(evil);
    evil_open_session(evil);
    test_number(1, item.number);
    size_t length = seal_call(SESSION_ALL, 1, OPERATION_LOOKUP, &head, &item, sizeof item, body);
    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
}

static void a_closed_session_is_closed(void **state)
{
    struct evil *evil = *state;
    struct session_close close = {0};
    struct session_close_reply reply;
    struct frame_header header;

    serve(evil);
    evil_open_session(evil);
    assert_int_equal(evil_match(evil), CALL_OK);
    memset(close.session, SESSION_ALL, sizeof close.session);
    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_CLOSE, 0, &close, sizeof close), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->auth, &header, &reply, sizeof reply), sizeof reply);
    assert_int_equal(reply.closed, 1);
    assert_int_equal(evil_match(evil), CALL_UNKNOWN_SESSION); /* the front goes on using it */
    evil_drain(evil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_wider_than_the_law),
        cmocka_unit_test(sessions_of_foreign_tenants),
        cmocka_unit_test(auth_cannot_use_numbers),
        cmocka_unit_test(a_closed_session_is_closed),
    };
    return cmocka_run_group_tests_name("an evil auth", tests, evil_setup, evil_teardown);
}
