/*
 * Every type of frame on every channel of the vault, before and after START, against the list of what may come that
 * frame.h's words make: accepted there, and everywhere else the end of the vault with EXIT_PROTOCOL and a store as it
 * was. The list is written down here a second time: a row too many in the vault's own table shows.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "evil.h"
#include "wire/ledger_messages.h"

static _Alignas(8) uint8_t record[FRAME_MAX];

enum { CONTROL, AUTH, FRONT, CHANNELS };
static const char *const channel_names[CHANNELS] = {"control", "auth", "front"};

static const struct {
    uint16_t type;
    size_t body;
    int taken_on; /* while serving; -1: nowhere */
} types[] = {
    {FRAME_CONFIGURE, sizeof(struct launch_config), -1},
    {FRAME_START, 0, -1}, /* once, before: see start_is_the_only_way */
    {FRAME_DRAIN, 0, CONTROL},
    {FRAME_ATTEST, sizeof(struct attest_report), -1},
    {FRAME_EVENT, sizeof(struct event_record), -1},
    {FRAME_READY, sizeof(struct ready_report), -1},
    {FRAME_ATTESTATION, 0, -1},
    {FRAME_ATTESTATION_REPLY, sizeof(struct attestation_reply), -1},
    {FRAME_SESSION_CALL, sizeof(struct session_call) + 80 + SEAL_TAG_LEN, FRONT},
    {FRAME_SESSION_CALL_REPLY, sizeof(struct session_call_reply), -1},
    {FRAME_CITIZEN_KEY, sizeof(struct citizen_key_request), FRONT},
    {FRAME_CITIZEN_KEY_REPLY, sizeof(struct citizen_key_reply), -1},
    {FRAME_VAULT_STATUS, 0, FRONT},
    {FRAME_VAULT_STATUS_REPLY, sizeof(struct vault_status_reply), -1},
    {FRAME_LEDGER_HEAD, sizeof(struct ledger_head_request), FRONT},
    {FRAME_LEDGER_HEAD_REPLY, sizeof(struct ledger_head_reply), -1},
    {FRAME_LEDGER_PROOF, sizeof(struct ledger_proof_request), -1}, /* zeros name no proof */
    {FRAME_LEDGER_PROOF_REPLY, sizeof(struct ledger_hashes_reply), -1},
    {FRAME_LEDGER_HASHES, sizeof(struct ledger_hashes_request), -1}, /* zeros ask for no hash */
    {FRAME_LEDGER_HASHES_REPLY, sizeof(struct ledger_hashes_reply), -1},
    {FRAME_CHALLENGE, sizeof(struct challenge_request), -1},
    {FRAME_CHALLENGE_REPLY, sizeof(struct challenge_reply), -1},
    {FRAME_LOGIN, sizeof(struct login_request), -1},
    {FRAME_LOGIN_REPLY, sizeof(struct login_reply), -1},
    {FRAME_LOGOUT, sizeof(struct logout_request), -1},
    {FRAME_LOGOUT_REPLY, sizeof(struct logout_reply), -1},
    {FRAME_SESSION_OPEN, sizeof(struct session_open), AUTH},
    {FRAME_SESSION_OPEN_REPLY, sizeof(struct session_open_reply), -1},
    {FRAME_SESSION_CLOSE, sizeof(struct session_close), AUTH},
    {FRAME_SESSION_CLOSE_REPLY, sizeof(struct session_close_reply), -1},
};
#define TYPES (sizeof types / sizeof types[0])

static struct channel *channel_of(struct evil *evil, int which)
{
    return which == CONTROL ? &evil->control : which == AUTH ? &evil->auth : &evil->front;
}

/* A body of zeros is well-formed for most; SESSION_OPEN needs a lifetime and an account, a call its own length. */
static size_t make_body(size_t which, uint8_t *body)
{
    memset(body, 0, types[which].body);
    if (types[which].type == FRAME_SESSION_OPEN) {
        struct session_open open = evil_session(0x55, TENANT_A);
        memcpy(body, &open, sizeof open);
    }
    if (types[which].type == FRAME_SESSION_CALL) {
        struct session_call call = {.call_seq = 1, .operation = OPERATION_MATCH, .sealed_length = 80 + SEAL_TAG_LEN};
        memcpy(body, &call, sizeof call);
    }
    return types[which].body;
}

static void send_type(struct evil *evil, int which, size_t type)
{
    static uint8_t body[4096];
    struct channel *channel = channel_of(evil, which);

    assert_true(types[type].body <= sizeof body);
    size_t length = evil_frame(channel, types[type].type, body, make_body(type, body), record);
    assert_int_equal(evil_send_raw(channel->fd, record, length, 0), length);
}

static void expect_refused(struct evil *evil, int which, size_t type, const uint8_t before[32])
{
    uint8_t after[32];
    int code = evil_wait(evil);

    if (code != EXIT_PROTOCOL)
        fail_msg("type %#x on %s: the vault ended with %d", types[type].type, channel_names[which], code);
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);
}

static void expect_taken(struct evil *evil, int which, size_t type, const uint8_t before[32])
{
    struct frame_header header;
    static uint8_t body[FRAME_MAX];

    if (types[type].type == FRAME_DRAIN) {
        assert_int_equal(evil_wait(evil), EXIT_DRAINED);
        return;
    }
    assert_true(evil_receive(channel_of(evil, which), &header, body, sizeof body) > 0);
    assert_int_equal(header.type, types[type].type + 1);
    evil_expect_unchanged(evil, before);
    evil_drain(evil);
}

static void every_type_on_every_channel_while_serving(void **state)
{
    struct evil *evil = *state;
    uint8_t before[32];

    for (int which = 0; which < CHANNELS; which++) {
        for (size_t type = 0; type < TYPES; type++) {
            evil_start(evil);
            evil_serve(evil);
            evil_store_digest(evil, before);
            send_type(evil, which, type);
            if (types[type].taken_on == which)
                expect_taken(evil, which, type, before);
            else
                expect_refused(evil, which, type, before);
        }
    }
}

/* Before START the warden's channel takes START only; the other two are not read, whatever is in them. */
static void start_is_the_only_way(void **state)
{
    struct evil *evil = *state;
    uint8_t before[32];

    for (size_t type = 0; type < TYPES; type++) {
        evil_start(evil);
        evil_store_digest(evil, before);
        for (int which = AUTH; which < CHANNELS; which++)
            send_type(evil, which, type);
        usleep(2000);
        evil_expect_unchanged(evil, before);
        send_type(evil, CONTROL, type);
        if (types[type].type == FRAME_START)
            expect_refused(evil, FRONT, type, before); /* START, and then what auth or front had sent */
        else
            expect_refused(evil, CONTROL, type, before);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, evil_setup, evil_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_type_on_every_channel_while_serving), TEST(start_is_the_only_way)};

    return cmocka_run_group_tests_name("frames and phases", tests, NULL, NULL);
}
