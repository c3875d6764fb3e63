/*
 * Time as an answer. The front sees in clear whether an item matched; it must not learn from the time of a miss why it
 * is one: whether the number is in the store at all, whether there is such a reference, whether a budget is spent.
 *
 * Each pair of questions is put in random order to a vault whose store lies in memory, so that no disk's noise hides a
 * difference: SAMPLES of each, one call at a time, timed around the socket. The slowest tenth of both together is left
 * out (interrupts, other processes), then Welch's t is taken. The threshold is |t| < 4.5, the one of the TVLA and
 * dudect (Reparaz, Balasch, Verbauwhede 2017): by chance it is passed once in 10^5. A machine whose speed drifts or
 * that others use may pass it once; a real difference does every time: a pair has failed when all ATTEMPTS, each with
 * fresh samples, pass it. What shows must also be larger than RESOLUTION_NS: through a network and a front nobody
 * measures less, and caches alone make as much.
 *
 * A hit against a miss, which the front may know, shows that the method finds what there is.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/hash.h"
#include "evil.h"

#define PEOPLE        400  /* references that are asked about */
#define SPENT         128  /* others, whose budget is spent; and numbers of each kind that are asked with */
#define LIFE          1024 /* wrong numbers in a reference's life: more than PEOPLE are ever asked */
#define SAMPLES       3000 /* of each of the two */
#define WARM_UP       300
#define ATTEMPTS      4
#define THRESHOLD     4.5
#define KEPT_PERCENT  90
#define RESOLUTION_NS 150.0

static uint8_t references[PEOPLE][REFERENCE_LEN], spent[SPENT][REFERENCE_LEN];

struct question {
    uint8_t reference[REFERENCE_LEN];
    unsigned number; /* of test_number */
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

static void somebody(struct question *question)
{
    memcpy(question->reference, references[random_below(PEOPLE)], REFERENCE_LEN);
}

/* Numbers 0..PEOPLE-1 are those of `references`, the next SPENT those of `spent`. */
static void unknown_number(struct question *question)
{
    somebody(question);
    question->number = 10 * PEOPLE + random_below(SPENT);
}

static void known_number(struct question *question)
{
    somebody(question);
    question->number = PEOPLE + random_below(SPENT);
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

    memcpy(question->reference, spent[person], REFERENCE_LEN);
    question->number = PEOPLE + person;
}

static void right_number(struct question *question)
{
    uint32_t person = random_below(PEOPLE);

    memcpy(question->reference, references[person], REFERENCE_LEN);
    question->number = person;
}

static const struct pair pairs[] = {
    {"a number that is in the store, one that is not", {known_number, unknown_number}},
    {"an absent reference, a wrong number", {absent_reference, unknown_number}},
    {"a spent budget, a wrong number", {spent_budget, unknown_number}},
    {"a spent budget's right number, a wrong number", {spent_and_right, unknown_number}},
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
    struct call_head head = {.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1};
    struct call_item item = {0};
    struct session_call_reply answer;
    struct timespec from, to;
    struct frame_header header;

    memcpy(item.reference, question->reference, REFERENCE_LEN);
    test_number(question->number, item.number);
    size_t length = seal_call(SESSION_ALL, ++evil->call_seq, OPERATION_MATCH, &head, &item, sizeof item, body);
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

struct welch {
    double mean[2], t;
};

static int by_time(const void *a, const void *b)
{
    double left = ((const struct sample *)a)->ns, right = ((const struct sample *)b)->ns;

    return left < right ? -1 : left > right;
}

static struct welch compare(struct sample *samples, size_t count)
{
    double sum[2] = {0}, squares[2] = {0}, n[2] = {0}, error = 0;
    struct welch result;

    qsort(samples, count, sizeof samples[0], by_time);
    count = count * KEPT_PERCENT / 100;
    for (size_t i = 0; i < count; i++) {
        sum[samples[i].which] += samples[i].ns;
        n[samples[i].which]++;
    }
    for (int which = 0; which < 2; which++)
        result.mean[which] = sum[which] / n[which];
    for (size_t i = 0; i < count; i++) {
        double off = samples[i].ns - result.mean[samples[i].which];
        squares[samples[i].which] += off * off;
    }
    for (int which = 0; which < 2; which++)
        error += squares[which] / (n[which] - 1) / n[which];
    result.t = (result.mean[0] - result.mean[1]) / sqrt(error);
    return result;
}

static struct welch measure(struct evil *evil, const struct pair *pair)
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
    struct welch result = compare(samples, 2 * SAMPLES);
    print_message("%-48s %8.0f %8.0f ns, difference %6.0f, t %6.1f\n", pair->what, result.mean[0], result.mean[1],
                  result.mean[0] - result.mean[1], result.t);
    return result;
}

static bool told_apart(const struct welch *result)
{
    return fabs(result->t) >= THRESHOLD && fabs(result->mean[0] - result->mean[1]) >= RESOLUTION_NS;
}

/* ---- the vault ---- */

static void enroll_one(struct evil *evil, unsigned number, uint8_t reference[REFERENCE_LEN])
{
    assert_int_equal(evil_item(evil, OPERATION_ENROLL, reference, number), OUTCOME_DONE);
}

static void spend(struct evil *evil, const uint8_t reference[REFERENCE_LEN])
{
    struct call_item items[64] = {0};
    struct evil_answer answer;

    for (uint32_t spent_so_far = 0; spent_so_far < LIFE; spent_so_far += 64) {
        for (uint32_t i = 0; i < 64; i++) {
            memcpy(items[i].reference, reference, REFERENCE_LEN);
            test_number(100 * PEOPLE + spent_so_far + i, items[i].number);
        }
        evil_call(evil, OPERATION_MATCH, PURPOSE_CHANGE, items, 64, &answer);
        assert_int_equal(answer.status, CALL_OK);
    }
}

static void start(struct evil *evil)
{
    evil->limits = (struct guess_limits){LIFE, LIFE, 1u << 30, 1u << 30, 1u << 30, 1u << 30};
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    for (unsigned i = 0; i < PEOPLE; i++)
        enroll_one(evil, i, references[i]);
    for (unsigned i = 0; i < SPENT; i++) {
        enroll_one(evil, PEOPLE + i, spent[i]);
        spend(evil, spent[i]);
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
            struct welch result = measure(evil, &pairs[i]);
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
        struct welch result = measure(evil, &control);
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
