/*
 * Time as an answer. The front sees in clear whether an item matched; it must not learn from the time of a miss why it
 * is one: whether the number is in the store at all, whether there is such a reference, whether a budget is spent.
 *
 * Each pair of questions is put in random order to a vault whose store lies in memory, so that no disk's noise hides a
 * difference: SAMPLES of each, one call at a time, timed around the socket. They are compared by their ranks
 * (Mann-Whitney), because times have a long tail of interrupts and other processes that means nothing and that would
 * make a test of means blind. The threshold is |z| >= 4.5, the one that TVLA and dudect (Reparaz, Balasch, Verbauwhede
 * 2017) take for t: by chance it is passed once in 10^5. A machine whose speed drifts or that others use may pass it
 * all the same; a real difference does every time: a pair has failed when all ATTEMPTS, each with fresh samples, pass
 * it. The medians must also differ by RESOLUTION_NS: caches alone make a part of that, and through a front's own
 * scheduling nobody measures less.
 *
 * A hit against a miss, which the front may know, shows that the method finds what there is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/hash.h"
#include "evil.h"

#ifdef SEKISHO_SANITIZED
#define SAMPLES 1000 /* of each of the two; a sanitizer's own time hides the vault's: that it runs is all there is */
#else
#define SAMPLES 6000 /* of each of the two */
#endif
#define PEOPLE        400  /* references that are asked about */
#define SPENT         128  /* others, whose budget is spent; and numbers of each kind that are asked with */
#define LIFE          512  /* wrong numbers in a reference's life: more than one of `references` is ever asked */
#define CANDIDATE     1024 /* misses of one number: more than one that is not spent ever has */
#define WARM_UP       300
#define ATTEMPTS      4
#define THRESHOLD     4.5
#define RESOLUTION_NS 500.0

static uint8_t references[PEOPLE][REFERENCE_LEN], spent[SPENT][REFERENCE_LEN];

struct question {
    uint8_t reference[REFERENCE_LEN];
    unsigned number; /* of test_number */
    uint16_t operation;
};

struct pair {
    const char *what;
    void (*ask[2])(struct question *question);
};

static uint32_t random_below(uint32_t bound)
{
    uint32_t value;

    crypto_random(&value, sizeof value);
    return value % bound;
}

/* ---- questions ---- */

/* Numbers of test_number, by what has become of them. */
enum {
    ENROLLED,
    ENROLLED_TOO = ENROLLED + PEOPLE,
    SPENT_KNOWN = ENROLLED_TOO + SPENT,
    UNKNOWN = 10 * PEOPLE,
    SPENT_UNKNOWN = 20 * PEOPLE,
    NOBODYS = 100 * PEOPLE
};

static void somebody(struct question *question)
{
    question->operation = OPERATION_MATCH;
    memcpy(question->reference, references[random_below(PEOPLE)], REFERENCE_LEN);
}

static void unknown_number(struct question *question)
{
    somebody(question);
    question->number = UNKNOWN + random_below(SPENT);
}

static void known_number(struct question *question)
{
    somebody(question);
    question->number = ENROLLED_TOO + random_below(SPENT);
}

static void absent_reference(struct question *question)
{
    unknown_number(question);
    crypto_random(question->reference, REFERENCE_LEN);
}

static void spent_budget(struct question *question)
{
    unknown_number(question);
    memcpy(question->reference, spent[random_below(SPENT)], REFERENCE_LEN);
}

/* The right number of a reference whose budget is spent. */
static void spent_and_right(struct question *question)
{
    uint32_t person = random_below(SPENT);

    question->operation = OPERATION_MATCH;
    memcpy(question->reference, spent[person], REFERENCE_LEN);
    question->number = ENROLLED_TOO + person;
}

static void right_number(struct question *question)
{
    uint32_t person = random_below(PEOPLE);

    question->operation = OPERATION_MATCH;
    memcpy(question->reference, references[person], REFERENCE_LEN);
    question->number = ENROLLED + person;
}

static void look_up(struct question *question, unsigned first)
{
    question->operation = OPERATION_LOOKUP;
    question->number = first + random_below(SPENT);
}

static void look_up_unknown(struct question *question)
{
    look_up(question, UNKNOWN);
}

static void look_up_spent_unknown(struct question *question)
{
    look_up(question, SPENT_UNKNOWN);
}

static void look_up_spent_known(struct question *question)
{
    look_up(question, SPENT_KNOWN);
}

static const struct pair pairs[] = {
    {"a number that is in the store, one that is not", {known_number, unknown_number}},
    {"an absent reference, a wrong number", {absent_reference, unknown_number}},
    {"a spent budget, a wrong number", {spent_budget, unknown_number}},
    {"a spent budget's right number, a wrong number", {spent_and_right, unknown_number}},
    {"look-up: a spent budget, an unknown number", {look_up_spent_unknown, look_up_unknown}},
    {"look-up: a spent budget, known and unknown", {look_up_spent_known, look_up_spent_unknown}},
};
static const struct pair control = {"a hit, a miss", {right_number, unknown_number}};

/* ---- one sample ---- */

static double elapsed_ns(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) * 1e9 + (double)(to->tv_nsec - from->tv_nsec);
}

static double time_question(struct evil *evil, const struct question *question)
{
    static _Alignas(8) uint8_t body[512], reply[512];
    struct call_head head = {.version = 1, .operation = question->operation, .purpose = PURPOSE_CHANGE, .count = 1};
    struct call_item item = {0};
    struct session_call_reply answer;
    struct timespec from, to;
    struct frame_header header;

    memcpy(item.reference, question->reference, REFERENCE_LEN);
    test_number(question->number, item.number);
    size_t length = seal_call(SESSION_ALL, ++evil->call_seq, question->operation, &head, &item, sizeof item, body);
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    assert_true(evil_receive(&evil->front, &header, reply, sizeof reply) >= (ssize_t)sizeof answer);
    clock_gettime(CLOCK_MONOTONIC, &to);
    memcpy(&answer, reply, sizeof answer);
    assert_int_equal(answer.status, CALL_OK);
    return elapsed_ns(&from, &to);
}

/* ---- statistics ---- */

struct sample {
    double ns;
    int which;
};

struct comparison {
    double median[2], z;
};

static int by_time(const void *a, const void *b)
{
    double left = ((const struct sample *)a)->ns, right = ((const struct sample *)b)->ns;

    return left < right ? -1 : left > right;
}

/* Mann-Whitney: the sum of the ranks of the first kind, in standard deviations from what chance makes of it. */
static struct comparison compare(struct sample *samples, size_t count)
{
    double ranks = 0, n[2] = {0}, seen[2] = {0};
    struct comparison result = {0};

    qsort(samples, count, sizeof samples[0], by_time);
    for (size_t i = 0; i < count; i++) {
        n[samples[i].which]++;
        ranks += samples[i].which == 0 ? (double)i + 1 : 0;
    }
    for (size_t i = 0; i < count; i++)
        if (++seen[samples[i].which] <= n[samples[i].which] / 2)
            result.median[samples[i].which] = samples[i].ns;
    double expected = n[0] * (n[0] + n[1] + 1) / 2, deviation = sqrt(n[0] * n[1] * (n[0] + n[1] + 1) / 12);
    result.z = (ranks - expected) / deviation;
    return result;
}

static struct comparison measure(struct evil *evil, const struct pair *pair)
{
    static struct sample samples[2 * SAMPLES];

    for (int i = -WARM_UP; i < 2 * SAMPLES; i++) {
        struct sample sample = {.which = (int)random_below(2)};
        struct question question = {0};
        pair->ask[sample.which](&question);
        sample.ns = time_question(evil, &question);
        if (i >= 0)
            samples[i] = sample;
    }
    struct comparison result = compare(samples, 2 * SAMPLES);
    print_message("%-48s %8.0f %8.0f ns, difference %6.0f, z %6.1f\n", pair->what, result.median[0], result.median[1],
                  result.median[0] - result.median[1], result.z);
    return result;
}

static bool told_apart(const struct comparison *result)
{
    return fabs(result->z) >= THRESHOLD && fabs(result->median[0] - result->median[1]) >= RESOLUTION_NS;
}

/* ---- the vault ---- */

static void enroll_one(struct evil *evil, unsigned number, uint8_t reference[REFERENCE_LEN])
{
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, number), OUTCOME_DONE);
}

/* Wrong numbers on one reference: its own budget, whatever the numbers are; or one number on many references. */
static void miss(struct evil *evil, const uint8_t reference[REFERENCE_LEN], unsigned number, unsigned step,
                 unsigned count)
{
    struct call_item items[64] = {0};
    struct evil_answer answer;

    for (unsigned done = 0; done < count; done += 64) {
        for (unsigned i = 0; i < 64; i++) {
            memcpy(items[i].reference, reference, REFERENCE_LEN);
            test_number(number + step * (done + i), items[i].number);
        }
        evil_call(evil, OPERATION_MATCH, PURPOSE_CHANGE, items, 64, &answer);
        assert_int_equal(answer.status, CALL_OK);
    }
}

static void start(struct evil *evil)
{
    uint8_t nobody[REFERENCE_LEN] = {1}, reference[REFERENCE_LEN];

    evil->limits = (struct guess_limits){LIFE, LIFE, CANDIDATE, 1u << 30, 1u << 30, 1u << 30};
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    for (unsigned i = 0; i < PEOPLE; i++)
        enroll_one(evil, ENROLLED + i, references[i]);
    for (unsigned i = 0; i < SPENT; i++) {
        enroll_one(evil, ENROLLED_TOO + i, spent[i]);
        miss(evil, spent[i], NOBODYS, 1, LIFE);
        enroll_one(evil, SPENT_KNOWN + i, reference);
        miss(evil, nobody, SPENT_KNOWN + i, 0, CANDIDATE);
        miss(evil, nobody, SPENT_UNKNOWN + i, 0, CANDIDATE);
    }
}

static void misses_take_the_same_time(void **state)
{
    struct evil *evil = *state;
    unsigned told = 0;

    start(evil);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool apart = true;
        for (int attempt = 0; apart && attempt < ATTEMPTS; attempt++) {
            struct comparison result = measure(evil, &pairs[i]);
            apart = told_apart(&result);
        }
        told += apart;
    }
    assert_int_equal(told, 0);
    evil_drain(evil);
}

/* What the front sees anyway: it shows here, as it must if the method is worth anything. */
static void a_hit_is_told_from_a_miss(void **state)
{
    struct evil *evil = *state;
    bool apart = false;

    start(evil);
    for (int attempt = 0; !apart && attempt < ATTEMPTS; attempt++) {
        struct comparison result = measure(evil, &control);
        apart = told_apart(&result);
    }
    assert_true(apart);
    evil_drain(evil);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, evil_setup_in_memory, evil_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(misses_take_the_same_time), TEST(a_hit_is_told_from_a_miss)};

    return cmocka_run_group_tests_name("an evil front: time", tests, NULL, NULL);
}
