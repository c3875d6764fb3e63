/* What a hostile front can do with calls: forge, replay, bend, re-label. It learns a status; nothing changes. */
#include "evil.h"

static _Alignas(8) uint8_t body[FRAME_MAX];

static enum call_status send_call(struct evil *evil, size_t length)
{
    struct session_call_reply reply;
    struct frame_header header;

    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    ssize_t got = evil_receive(&evil->front, &header, &reply, sizeof reply);
    assert_true(got >= (ssize_t)sizeof reply);
    assert_int_equal(header.reply_to, evil->front.sent);
    if (reply.status != CALL_OK)
        assert_int_equal(got, sizeof reply);
    return reply.status;
}

static size_t good_call(struct evil *evil)
{
    struct call_head head = {.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1};
    struct call_item item = {.reference = {1}};

    test_number(1, item.number);
    return seal_call(SESSION_ALL, ++evil->call_seq, OPERATION_MATCH, &head, &item, sizeof item, body);
}

static void forged_replayed_and_relabelled(void **state)
{
    struct evil *evil = *state;
    struct session_call request;
    uint8_t before[32], after[32];

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    evil_store_digest(evil, before);

    size_t length = good_call(evil);
    body[sizeof request + 3] ^= 1;
    assert_int_equal(send_call(evil, length), CALL_BAD_SEAL);
    body[sizeof request + 3] ^= 1;
    memcpy(&request, body, sizeof request);
    request.operation = OPERATION_LOOKUP;
    memcpy(body, &request, sizeof request);
    assert_int_equal(send_call(evil, length), CALL_WRONG_METHOD);
    assert_int_equal(send_call(evil, length), CALL_REPLAYED); /* the relabelled call was the client's only one */
    request.session[0] ^= 1;
    memcpy(body, &request, sizeof request);
    assert_int_equal(send_call(evil, length), CALL_UNKNOWN_SESSION);
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);

    length = good_call(evil);
    assert_int_equal(send_call(evil, length), CALL_OK);
    assert_int_equal(send_call(evil, length), CALL_REPLAYED);
    evil_drain(evil);
}

/* A front cannot make a session: a million blobs of its own do not open. (A sample of them.) */
static void guesses_without_a_key(void **state)
{
    struct evil *evil = *state;
    struct session_call request;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    size_t length = good_call(evil);
    for (unsigned guess = 0; guess < 2000; guess++) {
        memcpy(&request, body, sizeof request);
        request.call_seq = guess + 1;
        memcpy(body, &request, sizeof request);
        memcpy(body + sizeof request, &guess, sizeof guess);
        assert_int_equal(send_call(evil, length), CALL_BAD_SEAL);
    }
    evil_drain(evil);
}

static size_t read_call(struct evil *evil)
{
    const struct call_head head = {
        .version = 1, .operation = OPERATION_READ_LEDGER, .purpose = PURPOSE_CHANGE, .count = 1};
    const struct call_item_read item = {.count = 100};

    return seal_call(SESSION_ALL, ++evil->call_seq, OPERATION_READ_LEDGER, &head, &item, sizeof item, body);
}

/* The front knows the ids of all sessions, also an auditor's: without the key it can neither ask nor read the answer,
 * nor ask again what the auditor asked, nor make a question out of another call. */
static void lists_with_a_stolen_session_id(void **state)
{
    struct evil *evil = *state;
    static uint8_t reply[FRAME_MAX];
    struct session_call request;
    struct frame_header header;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    assert_int_equal(evil_match(evil), CALL_OK);
    size_t length = read_call(evil);
    memset(body + sizeof request, 0, length - sizeof request);
    assert_int_equal(send_call(evil, length), CALL_BAD_SEAL);

    length = read_call(evil);
    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    ssize_t got = evil_receive(&evil->front, &header, reply, sizeof reply);
    assert_true(got > (ssize_t)LEDGER_PAGE_LEN);
    assert_null(memmem(reply, (size_t)got, "evil\0\0\0\0", 8)); /* the account of the entry */
    assert_int_equal(send_call(evil, length), CALL_REPLAYED);

    length = good_call(evil);
    memcpy(&request, body, sizeof request);
    request.operation = OPERATION_READ_LEDGER;
    memcpy(body, &request, sizeof request);
    assert_int_equal(send_call(evil, length), CALL_WRONG_METHOD);
    evil_drain(evil);
}

static void sessions_do_not_outlive_the_vault(void **state)
{
    struct evil *evil = *state;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_drain(evil);
    evil_start(evil);
    evil_serve(evil);
    size_t length = good_call(evil);
    assert_int_equal(send_call(evil, length), CALL_UNKNOWN_SESSION);
    evil_drain(evil);
}

static void lengths_that_lie(void **state)
{
    struct evil *evil = *state;

    for (int delta = -1; delta <= 1; delta += 2) {
        struct session_call request;
        evil_start(evil);
        evil_serve(evil);
        evil_open_session(evil);
        size_t length = good_call(evil);
        memcpy(&request, body, sizeof request);
        request.sealed_length += (uint32_t)delta;
        memcpy(body, &request, sizeof request);
        assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
        assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
    }
}

/* No answer, whatever was asked, holds the number that was asked about. */
static void no_reply_holds_a_number(void **state)
{
    struct evil *evil = *state;
    struct call_head head = {.version = 1, .operation = OPERATION_ENROLL, .purpose = PURPOSE_REGISTER, .count = 1};
    struct call_item item = {.request_id = {1}};
    static uint8_t reply[FRAME_MAX];
    struct frame_header header;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    test_number(77, item.number);
    for (uint16_t operation = OPERATION_ENROLL; operation <= OPERATION_LOOKUP; operation++) {
        head.operation = operation;
        head.purpose = operation == OPERATION_ENROLL ? PURPOSE_REGISTER : PURPOSE_CHANGE;
        if (operation != OPERATION_ENROLL)
            memset(item.request_id, 0, sizeof item.request_id);
        size_t length = seal_call(SESSION_ALL, ++evil->call_seq, operation, &head, &item, sizeof item, body);
        assert_null(memmem(body, length, item.number, NUMBER_LEN));
        assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
        ssize_t got = evil_receive(&evil->front, &header, reply, sizeof reply);
        assert_true(got > 0);
        assert_null(memmem(reply, (size_t)got, item.number, NUMBER_LEN));
    }
    evil_drain(evil);
}

#define APPLICATION 0x61 /* every byte of its id, which the front knows: it keeps the application */

static size_t case_call(struct evil *evil, uint16_t operation, unsigned number)
{
    struct call_head head = {.version = 1, .operation = operation, .purpose = PURPOSE_REGISTER, .count = 1};
    struct call_item item = {0};

    memset(head.case_ref, APPLICATION, sizeof head.case_ref);
    memset(item.request_id, APPLICATION, sizeof item.request_id);
    if (operation == OPERATION_ENROLL)
        test_number(number, item.number);
    return seal_call(SESSION_ALL, ++evil->call_seq, operation, &head, &item, sizeof item, body);
}

static void relabel(uint16_t operation)
{
    struct session_call request;

    memcpy(&request, body, sizeof request);
    request.operation = operation;
    memcpy(body, &request, sizeof request);
}

/* The front knows id and reference of an application's number, carries the officers' calls, and says what they are.
 * What becomes of the number is decided by the calls that an officer has sealed, each once. */
static void decisions_about_a_number_are_the_officers(void **state)
{
    static const uint16_t decisions[] = {OPERATION_CONFIRM, OPERATION_RELEASE, OPERATION_ENROLL};
    struct evil *evil = *state;
    static uint8_t kept[512];
    struct session_call request;
    uint8_t before[32], after[32];

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    assert_int_equal(send_call(evil, case_call(evil, OPERATION_ENROLL, 60)), CALL_OK);
    evil_store_digest(evil, before);
    for (size_t sealed = 0; sealed < 3; sealed++)
        for (size_t said = 0; said < 3; said++) {
            size_t length = case_call(evil, decisions[sealed], 61);
            if (sealed == said)
                memset(body + sizeof request, 0x5a, length - sizeof request); /* one of its own making */
            relabel(decisions[said]);
            assert_int_equal(send_call(evil, length), sealed == said ? CALL_BAD_SEAL : CALL_WRONG_METHOD);
        }
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);

    size_t length = case_call(evil, OPERATION_RELEASE, 0);
    memcpy(kept, body, length);
    assert_int_equal(send_call(evil, length), CALL_OK);
    assert_int_equal(send_call(evil, case_call(evil, OPERATION_ENROLL, 61)), CALL_OK); /* the corrected number */
    evil_store_digest(evil, before);
    memcpy(body, kept, length);
    assert_int_equal(send_call(evil, length), CALL_REPLAYED);
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);
    evil_drain(evil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_replayed_and_relabelled),
        cmocka_unit_test(guesses_without_a_key),
        cmocka_unit_test(sessions_do_not_outlive_the_vault),
        cmocka_unit_test(lengths_that_lie),
        cmocka_unit_test(no_reply_holds_a_number),
        cmocka_unit_test(lists_with_a_stolen_session_id),
        cmocka_unit_test(decisions_about_a_number_are_the_officers),
    };
    return cmocka_run_group_tests_name("an evil front: calls", tests, evil_setup, evil_teardown);
}
