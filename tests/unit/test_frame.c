/* frame_check: every verdict, and every type on every channel in every phase against a table. */
#include "support/test.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wire/frame.h"

#define CALL_MIN 32u
#define CALL_MAX 200u
#define LAST_SEQ 41u

static const struct frame_rule rules[] = {
    {FRAME_SESSION_CALL, PEER_FRONT, IN(PHASE_SERVING) | IN(PHASE_DRAINING), CALL_MIN, CALL_MAX},
    {FRAME_VAULT_STATUS, PEER_FRONT, IN(PHASE_SERVING), 0, 0},
    {FRAME_SESSION_OPEN, PEER_AUTH, IN(PHASE_SERVING), 136, 136},
    {FRAME_START, PEER_WARDEN, IN(PHASE_SEALED), 0, 0},
    {FRAME_LOGIN_REPLY, PEER_AUTH, IN(PHASE_SERVING), 8, 8},
};
#define RULES (sizeof rules / sizeof *rules)

/* A record in a block of its own size, so that a sanitizer sees every byte read behind it. */
struct record {
    uint8_t *bytes;
    size_t length;
};

static struct record make(uint16_t type, uint32_t body)
{
    struct record record = {.length = sizeof(struct frame_header) + body};
    struct frame_header header;

    record.bytes = calloc(1, record.length);
    assert_non_null(record.bytes);
    frame_fill(&header, type, body, LAST_SEQ + 1, 0);
    memcpy(record.bytes, &header, sizeof header);
    return record;
}

static enum frame_verdict check_as(struct record record, enum peer from, enum phase phase)
{
    const struct frame_rule *rule = NULL;
    enum frame_verdict verdict = frame_check(record.bytes, record.length, LAST_SEQ, from, phase, rules, RULES, &rule);

    assert_true((verdict == FRAME_OK) == (rule != NULL));
    return verdict;
}

static enum frame_verdict check(struct record record)
{
    return check_as(record, PEER_FRONT, PHASE_SERVING);
}

/* The verdict on a good call with one field of its header overwritten. */
static enum frame_verdict check_with(size_t offset, const void *value, size_t length)
{
    struct record record = make(FRAME_SESSION_CALL, CALL_MIN);

    memcpy(record.bytes + offset, value, length);
    enum frame_verdict verdict = check(record);
    free(record.bytes);
    return verdict;
}
#define CHECK_WITH(field, type, value) check_with(offsetof(struct frame_header, field), &(type){value}, sizeof(type))

static enum frame_verdict check_body(uint16_t type, uint32_t body)
{
    struct record record = make(type, body);
    enum frame_verdict verdict = check(record);

    free(record.bytes);
    return verdict;
}

static void test_good(void **state)
{
    struct record record = make(FRAME_SESSION_CALL, CALL_MIN);
    const struct frame_rule *rule = NULL;

    (void)state;
    assert_int_equal(frame_check(record.bytes, record.length, LAST_SEQ, PEER_FRONT, PHASE_SERVING, rules, RULES, &rule),
                     FRAME_OK);
    assert_ptr_equal(rule, &rules[0]);
    free(record.bytes);
}

static void test_short(void **state)
{
    struct record whole = make(FRAME_VAULT_STATUS, 0);

    (void)state;
    for (size_t length = 0; length < whole.length; length++) {
        struct record cut = {.bytes = malloc(length ? length : 1), .length = length};
        assert_non_null(cut.bytes);
        memcpy(cut.bytes, whole.bytes, length);
        assert_int_equal(check(cut), FRAME_SHORT);
        free(cut.bytes);
    }
    free(whole.bytes);
}

static void test_magic_version_build(void **state)
{
    (void)state;
    assert_int_equal(CHECK_WITH(magic, uint32_t, FRAME_MAGIC ^ 1u), FRAME_BAD_MAGIC);
    assert_int_equal(CHECK_WITH(version, uint16_t, FRAME_VERSION + 1), FRAME_BAD_VERSION);
    for (size_t i = 0; i < FRAME_BUILD_LEN; i++) {
        uint8_t build[FRAME_BUILD_LEN];
        memcpy(build, frame_build_id, sizeof build);
        build[i] ^= 0x80;
        assert_int_equal(check_with(offsetof(struct frame_header, build), build, sizeof build), FRAME_BAD_BUILD);
    }
}

static void test_length(void **state)
{
    const uint32_t right = sizeof(struct frame_header) + CALL_MIN;

    (void)state;
    assert_int_equal(CHECK_WITH(length, uint32_t, right - 1), FRAME_BAD_LENGTH);
    assert_int_equal(CHECK_WITH(length, uint32_t, right + 1), FRAME_BAD_LENGTH);
    assert_int_equal(CHECK_WITH(length, uint32_t, 0), FRAME_BAD_LENGTH);
    assert_int_equal(CHECK_WITH(length, uint32_t, UINT32_MAX), FRAME_BAD_LENGTH);
}

/* The bound of all frames holds even where a row would let a larger body pass. */
static void test_oversize(void **state)
{
    static const struct frame_rule open[] = {
        {FRAME_SESSION_CALL, PEER_FRONT, IN(PHASE_SERVING), 0, UINT32_MAX},
    };
    const uint32_t largest = FRAME_MAX - (uint32_t)sizeof(struct frame_header);
    const struct frame_rule *rule;

    (void)state;
    for (uint32_t extra = 0; extra <= 1; extra++) {
        struct record record = make(FRAME_SESSION_CALL, largest + extra);
        assert_int_equal(frame_check(record.bytes, record.length, LAST_SEQ, PEER_FRONT, PHASE_SERVING, open, 1, &rule),
                         extra ? FRAME_BAD_LENGTH : FRAME_OK);
        free(record.bytes);
    }
}

static void test_sequence(void **state)
{
    (void)state;
    assert_int_equal(CHECK_WITH(seq, uint64_t, LAST_SEQ), FRAME_BAD_SEQ);
    assert_int_equal(CHECK_WITH(seq, uint64_t, LAST_SEQ + 2), FRAME_BAD_SEQ);
    assert_int_equal(CHECK_WITH(seq, uint64_t, 0), FRAME_BAD_SEQ);
    assert_int_equal(CHECK_WITH(seq, uint64_t, UINT64_MAX), FRAME_BAD_SEQ);
}

static void test_reserved(void **state)
{
    (void)state;
    for (int bit = 0; bit < 32; bit++)
        assert_int_equal(CHECK_WITH(zero, uint32_t, 1u << bit), FRAME_RESERVED_SET);
    assert_int_equal(CHECK_WITH(reply_to, uint64_t, 1), FRAME_RESERVED_SET); /* a request answers nothing */
}

static void test_body_bounds(void **state)
{
    (void)state;
    assert_int_equal(check_body(FRAME_SESSION_CALL, CALL_MIN - 1), FRAME_BAD_BODY);
    assert_int_equal(check_body(FRAME_SESSION_CALL, CALL_MIN), FRAME_OK);
    assert_int_equal(check_body(FRAME_SESSION_CALL, CALL_MAX), FRAME_OK);
    assert_int_equal(check_body(FRAME_SESSION_CALL, CALL_MAX + 1), FRAME_BAD_BODY);
    assert_int_equal(check_body(FRAME_VAULT_STATUS, 1), FRAME_BAD_BODY);
}

static bool permitted(uint16_t type, unsigned from, unsigned phase)
{
    switch (type) {
    case FRAME_SESSION_CALL:
        return from == PEER_FRONT && (phase == PHASE_SERVING || phase == PHASE_DRAINING);
    case FRAME_VAULT_STATUS:
        return from == PEER_FRONT && phase == PHASE_SERVING;
    case FRAME_SESSION_OPEN:
    case FRAME_LOGIN_REPLY:
        return from == PEER_AUTH && phase == PHASE_SERVING;
    case FRAME_START:
        return from == PEER_WARDEN && phase == PHASE_SEALED;
    default:
        return false;
    }
}

static uint32_t body_of(uint16_t type)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].type == type)
            return rules[i].min_body;
    return 0;
}

/* All types that exist, and all numbers between and around them, from every peer in every phase. */
static void test_type_by_channel_by_phase(void **state)
{
    unsigned accepted = 0;

    (void)state;
    for (uint16_t type = 0; type < 0x0500; type++) {
        struct record record = make(type, body_of(type));
        for (unsigned from = 0; from < PEER_COUNT; from++) {
            for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
                bool may = permitted(type, from, phase);
                assert_int_equal(check_as(record, from, phase), may ? FRAME_OK : FRAME_NOT_PERMITTED);
                accepted += may;
            }
        }
        free(record.bytes);
    }
    assert_int_equal(accepted, 6);
}

static void test_every_verdict_has_a_name(void **state)
{
    (void)state;
    for (int verdict = FRAME_OK; verdict <= FRAME_BAD_BODY; verdict++)
        assert_string_not_equal(frame_verdict_name(verdict), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_magic_version_build),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_oversize),
        cmocka_unit_test(test_sequence),
        cmocka_unit_test(test_reserved),
        cmocka_unit_test(test_body_bounds),
        cmocka_unit_test(test_type_by_channel_by_phase),
        cmocka_unit_test(test_every_verdict_has_a_name),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
