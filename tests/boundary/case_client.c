/* An evil client: a session of its own and good seals, and inside them what no client sends. It ends nobody but its own
 * call, and changes nothing. */
#include <stdio.h>

#include "evil.h"

static _Alignas(8) uint8_t body[FRAME_MAX], reply[FRAME_MAX];

struct content {
    struct call_head head;
    uint16_t method;
    struct call_item item[3];
    size_t items_length;
};

static enum call_status send_content(struct evil *evil, const struct content *content)
{
    struct session_call_reply answer;
    struct frame_header header;
    size_t length = seal_call(SESSION_ALL, ++evil->call_seq, content->method, &content->head, content->item,
                              content->items_length, body);

    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    ssize_t got = evil_receive(&evil->front, &header, reply, sizeof reply);
    assert_true(got >= (ssize_t)sizeof answer);
    memcpy(&answer, reply, sizeof answer);
    if (answer.status != CALL_OK)
        assert_int_equal(got, sizeof answer);
    return answer.status;
}

static struct content good_match(void)
{
    struct content content = {
        .head = {.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1},
        .method = OPERATION_MATCH,
        .item = {{.reference = {1}}},
        .items_length = sizeof(struct call_item),
    };

    test_number(1, content.item[0].number);
    return content;
}

/* ---- each a way to bend a good MATCH ---- */

static void version_0(struct content *content)
{
    content->head.version = 0;
}

static void version_2(struct content *content)
{
    content->head.version = 2;
}

static void reserved_in_the_head(struct content *content)
{
    content->head.zero = 1;
}

static void more_reserved_in_the_head(struct content *content)
{
    content->head.zero2 = 0x80000000;
}

static void no_items(struct content *content)
{
    content->head.count = 0;
    content->items_length = 0;
}

static void more_items_than_there_are(struct content *content)
{
    content->head.count = 2;
}

static void fewer_items_than_there_are(struct content *content)
{
    content->items_length *= 3;
    content->head.count = 2;
}

static void more_items_than_allowed(struct content *content)
{
    content->head.count = CALL_ITEMS_MAX + 1;
}

static void items_that_overflow(struct content *content)
{
    content->head.count = UINT32_MAX / sizeof(struct call_item) + 2;
}

static void a_byte_too_many(struct content *content)
{
    content->items_length++;
}

static void a_byte_too_few(struct content *content)
{
    content->items_length--;
}

static void no_purpose(struct content *content)
{
    content->head.purpose = PURPOSE_NONE;
}

static void unknown_purpose(struct content *content)
{
    content->head.purpose = PURPOSE_COUNT;
}

static void purpose_beyond_a_shift(struct content *content)
{
    content->head.purpose = UINT16_MAX;
}

static void no_operation(struct content *content)
{
    content->head.operation = content->method = OPERATION_NONE;
}

static void unknown_operation(struct content *content)
{
    content->head.operation = content->method = OPERATION_COUNT;
}

static void operation_far_beyond(struct content *content)
{
    content->head.operation = content->method = UINT16_MAX;
}

static void the_ledger_as_a_call(struct content *content)
{
    content->head.operation = content->method = OPERATION_READ_LEDGER;
}

static void reserved_in_the_item(struct content *content)
{
    content->item[0].zero = 1;
}

static void a_request_id_for_match(struct content *content)
{
    content->item[0].request_id[15] = 1;
}

static void a_reference_for_look_up(struct content *content)
{
    content->head.operation = content->method = OPERATION_LOOKUP;
}

static void an_enrolment_without_request_id(struct content *content)
{
    content->head.operation = content->method = OPERATION_ENROLL;
    content->head.purpose = PURPOSE_REGISTER;
    memset(content->item[0].reference, 0, REFERENCE_LEN);
}

static void an_erasure_with_a_number(struct content *content)
{
    content->head.operation = content->method = OPERATION_ERASE;
    content->head.purpose = PURPOSE_DELETE;
    content->item[0].request_id[0] = 1;
}

static void an_unlock_of_nobody(struct content *content)
{
    content->head.operation = content->method = OPERATION_UNLOCK;
    memset(&content->item[0], 0, sizeof content->item[0]);
}

static void an_unlock_of_two(struct content *content)
{
    content->head.operation = content->method = OPERATION_UNLOCK;
    memset(&content->item[0], 'a', sizeof content->item[0]);
}

static void a_rotation_of_unknown_keys(struct content *content)
{
    content->head.operation = content->method = OPERATION_ROTATE_KEYS;
    memset(&content->item[0], 0, sizeof content->item[0]);
    content->item[0].reference[0] = 4;
}

static void another_operation_than_the_fronts(struct content *content)
{
    content->method = OPERATION_ENROLL;
}

static void malformed_contents_change_nothing(void **state)
{
    static const struct {
        const char *what;
        void (*bend)(struct content *content);
        enum call_status status;
    } bends[] = {
#define BEND(function, status) {#function, function, status}
        BEND(version_0, CALL_MALFORMED),
        BEND(version_2, CALL_MALFORMED),
        BEND(reserved_in_the_head, CALL_MALFORMED),
        BEND(more_reserved_in_the_head, CALL_MALFORMED),
        BEND(no_items, CALL_MALFORMED),
        BEND(more_items_than_there_are, CALL_MALFORMED),
        BEND(fewer_items_than_there_are, CALL_MALFORMED),
        BEND(more_items_than_allowed, CALL_MALFORMED),
        BEND(items_that_overflow, CALL_MALFORMED),
        BEND(a_byte_too_many, CALL_MALFORMED),
        BEND(a_byte_too_few, CALL_MALFORMED),
        BEND(no_purpose, CALL_MALFORMED),
        BEND(unknown_purpose, CALL_MALFORMED),
        BEND(purpose_beyond_a_shift, CALL_MALFORMED),
        BEND(no_operation, CALL_MALFORMED),
        BEND(unknown_operation, CALL_MALFORMED),
        BEND(operation_far_beyond, CALL_MALFORMED),
        BEND(the_ledger_as_a_call, CALL_MALFORMED),
        BEND(reserved_in_the_item, CALL_MALFORMED),
        BEND(a_request_id_for_match, CALL_MALFORMED),
        BEND(a_reference_for_look_up, CALL_MALFORMED),
        BEND(an_enrolment_without_request_id, CALL_MALFORMED),
        BEND(an_erasure_with_a_number, CALL_MALFORMED),
        BEND(an_unlock_of_nobody, CALL_MALFORMED),
        BEND(an_unlock_of_two, CALL_MALFORMED),
        BEND(a_rotation_of_unknown_keys, CALL_MALFORMED),
        BEND(another_operation_than_the_fronts, CALL_WRONG_METHOD),
#undef BEND
    };
    struct evil *evil = *state;
    uint8_t before[32];

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    evil_store_digest(evil, before);
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        struct content content = good_match();
        bends[i].bend(&content);
        enum call_status status = send_content(evil, &content);
        if (status != bends[i].status)
            fail_msg("%s: status %d", bends[i].what, (int)status);
        evil_expect_unchanged(evil, before);
    }
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_drain(evil);
}

/* What is not a number never reaches the store, and costs no budget that a right one needs. */
static void numbers_that_are_none(void **state)
{
    static const char wrong[][NUMBER_LEN + 1] = {"000000000000",  "123456789010",
                                                 "12345678901\n", "            ",
                                                 "99999999999a",  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};
    struct evil *evil = *state;
    uint8_t reference[REFERENCE_LEN];
    struct evil_answer answer;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 1), OUTCOME_DONE);
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            struct call_item item = {.request_id = {(uint8_t)(i + 1)}};
            memcpy(item.number, wrong[i], NUMBER_LEN);
            evil_call(evil, OPERATION_ENROLL, PURPOSE_REGISTER, &item, 1, &answer);
            assert_int_equal(answer.outcome[0], OUTCOME_REFUSED);
            item.request_id[0] = 0;
            memcpy(item.reference, reference, REFERENCE_LEN);
            evil_call(evil, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
            assert_int_equal(answer.outcome[0], OUTCOME_NOT_MATCHED);
        }
    }
    assert_int_equal(evil_item(evil, OPERATION_MATCH, reference, 1), OUTCOME_MATCHED);
    evil_drain(evil);
}

/* One request id, other content: neither done again nor answered as if it were. */
static void a_request_id_used_twice(void **state)
{
    struct evil *evil = *state;
    struct call_item item = {.request_id = {9}};
    struct evil_answer first, again;

    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    test_number(1, item.number);
    evil_call(evil, OPERATION_ENROLL, PURPOSE_REGISTER, &item, 1, &first);
    assert_int_equal(first.outcome[0], OUTCOME_DONE);
    evil_call(evil, OPERATION_ENROLL, PURPOSE_REGISTER, &item, 1, &again);
    assert_int_equal(again.outcome[0], OUTCOME_DONE);
    assert_memory_equal(first.reference[0], again.reference[0], REFERENCE_LEN);
    evil_drain(evil);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, evil_setup, evil_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(malformed_contents_change_nothing),
        TEST(numbers_that_are_none),
        TEST(a_request_id_used_twice),
    };
    return cmocka_run_group_tests_name("an evil client", tests, NULL, NULL);
}
