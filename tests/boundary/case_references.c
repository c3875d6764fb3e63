/* What an evil front, with a client's help, can find out by asking: dead, foreign and locked references look alike, and
 * no kill, new start or step of the clock gives a guess back. */
#include <stdio.h>

#include "crypto/hash.h"
#include "evil.h"

#define TWO_DAYS (2 * 24 * 3600)

static void serve(struct evil *evil)
{
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
}

/* What an attacker hopes to get budgets back by: each time the clock that the vault reads is two days further on. */
static void kill_and_start(struct evil *evil)
{
    evil_kill(evil);
    evil->boot_offset_s += TWO_DAYS;
    serve(evil);
}

static enum outcome match_number(struct evil *evil, uint8_t reference[REFERENCE_LEN], unsigned number)
{
    return evil_item(evil, OPERATION_MATCH, reference, number);
}

/* ---- references that are not one's own ---- */

struct strangers {
    uint8_t live[REFERENCE_LEN], never[REFERENCE_LEN], erased[REFERENCE_LEN], foreign[REFERENCE_LEN],
        locked[REFERENCE_LEN];
};

static void make_strangers(struct evil *evil, struct strangers *strangers)
{
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, strangers->live, 1), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, strangers->erased, 2), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_ERASE, strangers->erased, 0), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, strangers->locked, 3), OUTCOME_DONE);
    for (unsigned guess = 0; guess < evil->limits.reference_day; guess++)
        assert_int_equal(match_number(evil, strangers->locked, 100 + guess), OUTCOME_NOT_MATCHED);
    crypto_random(strangers->never, REFERENCE_LEN);
    evil_open_session_of(evil, SESSION_OTHER, TENANT_B);
    evil->session = SESSION_OTHER;
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, strangers->foreign, 4), OUTCOME_DONE);
    evil->session = SESSION_ALL;
}

static struct evil_answer ask(struct evil *evil, uint16_t operation, uint16_t purpose,
                              const uint8_t reference[REFERENCE_LEN], unsigned number)
{
    struct call_item item = {0};
    struct evil_answer answer;

    memcpy(item.reference, reference, REFERENCE_LEN);
    if (operation != OPERATION_ERASE)
        test_number(number, item.number);
    if (operation != OPERATION_MATCH)
        memset(item.request_id, 0x77, sizeof item.request_id);
    evil_call(evil, operation, purpose, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    return answer;
}

/* The right number of each, where it has one. */
static void misses_look_alike(void **state)
{
    static const uint8_t none[REFERENCE_LEN];
    struct evil *evil = *state;
    struct strangers strangers;

    serve(evil);
    make_strangers(evil, &strangers);
    const struct {
        const uint8_t *reference;
        unsigned number;
    } misses[] = {
        {strangers.live, 50},   {strangers.never, 51}, {strangers.erased, 2},
        {strangers.foreign, 4}, {strangers.locked, 3}, {strangers.locked, 52},
    };
    struct evil_answer first = ask(evil, OPERATION_MATCH, PURPOSE_CHANGE, misses[0].reference, misses[0].number);
    for (size_t i = 0; i < sizeof misses / sizeof misses[0]; i++) {
        struct evil_answer answer = ask(evil, OPERATION_MATCH, PURPOSE_CHANGE, misses[i].reference, misses[i].number);
        assert_int_equal(answer.outcome[0], OUTCOME_NOT_MATCHED);
        assert_int_equal(answer.length, first.length);
        assert_memory_equal(answer.reference[0], none, sizeof none);
    }
    evil_expect_unchanged(evil, NULL);
    evil_drain(evil);
}

/* Nothing can be done to what is not there, and not to another tenant's. */
static void strangers_cannot_be_changed(void **state)
{
    struct evil *evil = *state;
    struct strangers strangers;

    serve(evil);
    make_strangers(evil, &strangers);
    const uint8_t *const references[] = {strangers.never, strangers.erased, strangers.foreign};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        struct evil_answer answer = ask(evil, OPERATION_REPLACE, PURPOSE_CHANGE, references[i], 60);
        assert_int_equal(answer.outcome[0], OUTCOME_REFUSED);
        answer = ask(evil, OPERATION_ERASE, PURPOSE_DELETE, references[i], 0);
        assert_int_equal(answer.outcome[0], OUTCOME_REFUSED);
    }
    evil->session = SESSION_OTHER;
    assert_int_equal(match_number(evil, strangers.foreign, 4), OUTCOME_MATCHED);
    evil->session = SESSION_ALL;
    evil_drain(evil);
}

/* A reference is never given twice, and an erased one does not come back with the number. */
static void references_are_not_reused(void **state)
{
    struct evil *evil = *state;
    uint8_t first[REFERENCE_LEN], second[REFERENCE_LEN];

    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, first, 1), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_ERASE, first, 0), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, second, 1), OUTCOME_DONE);
    assert_memory_not_equal(first, second, REFERENCE_LEN);
    assert_int_equal(match_number(evil, first, 1), OUTCOME_NOT_MATCHED);
    kill_and_start(evil);
    assert_int_equal(match_number(evil, second, 1), OUTCOME_MATCHED);
    evil_drain(evil);
}

/* ---- guessing, with a kill after each guess ---- */

static void one_reference_many_numbers(void **state)
{
    struct evil *evil = *state;
    uint8_t reference[REFERENCE_LEN];

    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 1), OUTCOME_DONE);
    for (unsigned guess = 1; guess <= evil->limits.reference_day; guess++) {
        assert_int_equal(match_number(evil, reference, 1), OUTCOME_MATCHED);
        assert_int_equal(match_number(evil, reference, 100 + guess), OUTCOME_NOT_MATCHED);
        kill_and_start(evil);
    }
    assert_int_equal(match_number(evil, reference, 1), OUTCOME_NOT_MATCHED);
    kill_and_start(evil);
    assert_int_equal(match_number(evil, reference, 1), OUTCOME_NOT_MATCHED);
    evil_drain(evil);
}

/* A batch is no way around: behind a spent budget nothing is compared any more, however much is asked at once. */
static void one_reference_very_many_numbers(void **state)
{
    struct evil *evil = *state;
    struct call_item items[64] = {0};
    struct evil_answer answer;
    uint8_t reference[REFERENCE_LEN];

    evil->limits = (struct guess_limits){5, 10, 3, 1u << 20, 1u << 20, 1u << 20};
    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 1), OUTCOME_DONE);
    for (unsigned guess = 0; guess < 20000; guess += 64) {
        for (unsigned i = 0; i < 64; i++) {
            memcpy(items[i].reference, reference, REFERENCE_LEN);
            test_number(guess % 6400 == 0 && i == 63 ? 1 : 100 + guess + i, items[i].number);
        }
        evil_call(evil, OPERATION_MATCH, PURPOSE_CHANGE, items, 64, &answer);
        assert_int_equal(answer.status, CALL_OK);
        for (unsigned i = 0; i < 64; i++)
            assert_int_equal(answer.outcome[i], OUTCOME_NOT_MATCHED);
    }
    evil_expect_unchanged(evil, NULL);
    evil_drain(evil);
}

static void one_number_many_references(void **state)
{
    struct evil *evil = *state;
    uint8_t owner[REFERENCE_LEN], others[8][REFERENCE_LEN];

    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, owner, 1), OUTCOME_DONE);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(evil_item(evil, OPERATION_ENROLL, others[i], 10 + i), OUTCOME_DONE);
    for (unsigned i = 0; i < evil->limits.candidate_day; i++) {
        assert_int_equal(match_number(evil, others[i], 1), OUTCOME_NOT_MATCHED);
        kill_and_start(evil);
    }
    /* The number itself is locked now: the spray does not find its owner. */
    assert_int_equal(match_number(evil, owner, 1), OUTCOME_NOT_MATCHED);
    assert_int_equal(evil_item(evil, OPERATION_LOOKUP, NULL, 1), OUTCOME_NOT_FOUND);
    assert_int_equal(match_number(evil, others[7], 17), OUTCOME_MATCHED);
    evil_drain(evil);
}

/* "Already there" and "not found" answer whether a number is known: the account pays for each. */
static void membership(struct evil *evil, uint16_t operation, unsigned first, enum outcome refusal)
{
    unsigned spent = 0;

    for (unsigned life = 0; life < 4; life++) {
        for (unsigned i = 0; i < evil->limits.session && spent < evil->limits.account_day; i++, spent++)
            assert_int_equal(evil_item(evil, operation, NULL, first + (operation == OPERATION_ENROLL ? 0 : spent)),
                             refusal);
        kill_and_start(evil);
    }
    assert_int_equal(spent, evil->limits.account_day);
}

static void is_a_number_known_by_look_up(void **state)
{
    struct evil *evil = *state;
    uint8_t reference[REFERENCE_LEN];

    evil->limits = (struct guess_limits){5, 10, 3, 6, 18, 2000};
    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 1), OUTCOME_DONE);
    assert_int_equal(evil_item(evil, OPERATION_LOOKUP, NULL, 1), OUTCOME_FOUND);
    membership(evil, OPERATION_LOOKUP, 100, OUTCOME_NOT_FOUND);
    assert_int_equal(evil_item(evil, OPERATION_LOOKUP, NULL, 1), OUTCOME_NOT_FOUND);
    evil_drain(evil);
}

static void is_a_number_known_by_enrolment(void **state)
{
    struct evil *evil = *state;
    uint8_t reference[REFERENCE_LEN];

    evil->limits = (struct guess_limits){5, 10, 3, 6, 18, 2000};
    serve(evil);
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 1), OUTCOME_DONE);
    membership(evil, OPERATION_ENROLL, 1, OUTCOME_REFUSED);
    /* Nor does it show any longer who is new. */
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, 200), OUTCOME_REFUSED);
    evil_drain(evil);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, evil_setup, evil_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(misses_look_alike),
        TEST(strangers_cannot_be_changed),
        TEST(references_are_not_reused),
        TEST(one_reference_many_numbers),
        TEST(one_reference_very_many_numbers),
        TEST(one_number_many_references),
        TEST(is_a_number_known_by_look_up),
        TEST(is_a_number_known_by_enrolment),
    };
    return cmocka_run_group_tests_name("an evil front: guessing", tests, NULL, NULL);
}
