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

/* auth ends sessions that nobody uses: what it hears of use is no front's word, is once in ten seconds whatever a
 * client does, and is nothing of what the front has made up. */
static void use_is_what_opens_under_the_sessions_key(void **state)
{
    struct evil *evil = *state;
    struct session_call forged = {.call_seq = 1000, .operation = OPERATION_MATCH, .sealed_length = 128};
    struct session_call_reply reply;
    struct frame_header header;
    uint8_t body[sizeof forged + 128] = {0}, id[SESSION_ID_LEN], expected[SESSION_ID_LEN];

    serve(evil);
    evil_open_session(evil);
    memset(forged.session, SESSION_ALL, sizeof forged.session);
    memcpy(body, &forged, sizeof forged);
    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, sizeof body), CHANNEL_OK);
    assert_true(evil_receive(&evil->front, &header, &reply, sizeof reply) > 0);
    assert_int_equal(reply.status, CALL_BAD_SEAL);
    assert_int_equal(evil_uses(evil, id), 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(evil_match(evil), CALL_OK);
    memset(expected, SESSION_ALL, sizeof expected);
    assert_int_equal(evil_uses(evil, id), 1);
    assert_memory_equal(id, expected, sizeof id);
    evil_drain(evil);
}

/* Sessions that no auth opens: each is a lie, and ends the vault. */
static void sessions_that_make_no_sense(void **state)
{
    struct evil *evil = *state;
    uint8_t before[32], after[32];

    for (int lie = 0; lie < 3; lie++) {
        struct session_open open = plain_open();
        if (lie == 0)
            open.ttl_ms = 0;
        else if (lie == 1)
            memset(open.account, 0, sizeof open.account);
        else
            memset(open.permit, 0xff, sizeof open.permit);
        serve(evil);
        evil_store_digest(evil, before);
        assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, &open, sizeof open), CHANNEL_OK);
        assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
        evil_store_digest(evil, after);
        assert_memory_equal(before, after, sizeof after);
    }
}

static uint16_t open_session_as(struct evil *evil, const struct session_open *open)
{
    struct session_open_reply reply;
    struct frame_header header;

    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, open, sizeof *open), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->auth, &header, &reply, sizeof reply), sizeof reply);
    return reply.opened;
}

/* Neither under a living session's name with keys of its own, nor by filling the table. */
static void sessions_of_others_stay_theirs(void **state)
{
    struct evil *evil = *state;
    struct session_open stolen = evil_session(SESSION_ALL, TENANT_A), more = evil_session(0x40, TENANT_A);
    unsigned opened = 0;

    serve(evil);
    evil_open_session(evil);
    memset(stolen.call_key, 0x99, sizeof stolen.call_key);
    memset(stolen.reply_key, 0x99, sizeof stolen.reply_key);
    assert_int_equal(open_session_as(evil, &stolen), 0);
    for (; opened < 1000 && open_session_as(evil, &more); opened++)
        more.session[0]++;
    assert_true(opened < 1000);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_expect_unchanged(evil, NULL);
    evil_drain(evil);
}

/* auth has one request out at a time: one that does not read its answers is broken, and the vault does not wait. */
static void a_flood_of_sessions_without_reading(void **state)
{
    struct evil *evil = *state;
    struct session_open open = evil_session(0x41, TENANT_A);

    serve(evil);
    for (int i = 0; i < 100000; i++) {
        open.session[0] = (uint8_t)i;
        if (channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, &open, sizeof open) == CHANNEL_CLOSED)
            break;
    }
    assert_int_equal(evil_wait(evil), EXIT_PEER_GONE);
}

/* What auth may do goes to the ledger as an officer's act would, under the account that it names. */
static void invented_sessions_are_in_the_ledger(void **state)
{
    struct evil *evil = *state;
    struct session_open open = evil_session(SESSION_ALL, TENANT_A);
    struct vault_status_reply before, after;
    struct frame_header header;
    uint8_t reference[REFERENCE_LEN];

    serve(evil);
    assert_int_equal(open_session_as(evil, &open), 1);
    assert_int_equal(channel_send(&evil->front, FRAME_VAULT_STATUS, 0, NULL, 0), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->front, &header, &before, sizeof before), sizeof before);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 300), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_MATCH, reference, 300), OUTCOME_MATCHED);
    assert_int_equal(channel_send(&evil->front, FRAME_VAULT_STATUS, 0, NULL, 0), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->front, &header, &after, sizeof after), sizeof after);
    assert_int_equal(after.tenant[0].ledger_leaves, before.tenant[0].ledger_leaves + 2);
    evil_drain(evil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(use_is_what_opens_under_the_sessions_key),
        cmocka_unit_test(sessions_that_make_no_sense),
        cmocka_unit_test(sessions_of_others_stay_theirs),
        cmocka_unit_test(a_flood_of_sessions_without_reading),
        cmocka_unit_test(invented_sessions_are_in_the_ledger),
        cmocka_unit_test(permits_wider_than_the_law),
        cmocka_unit_test(sessions_of_foreign_tenants),
        cmocka_unit_test(auth_cannot_use_numbers),
        cmocka_unit_test(a_closed_session_is_closed),
    };
    return cmocka_run_group_tests_name("an evil auth", tests, evil_setup, evil_teardown);
}
