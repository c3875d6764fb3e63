/* The table of current pairs by itself: against a plain list, at its edges, and with transactions that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/hash.h"
#include "vault/pairs.h"

#define PEOPLE 3000 /* of the smallest table's 4096 slots */

struct person {
    uint8_t tag[PAIRS_TAG_LEN], reference[REFERENCE_LEN];
    bool there;
};

static struct pairs pairs;
static struct pairs_changes changes;
static struct person people[20000];

static struct person person_at(uint32_t place)
{
    struct person person = {
        .tag = {(uint8_t)(place >> 24), (uint8_t)(place >> 16), (uint8_t)(place >> 8), (uint8_t)place}};

    crypto_random(person.tag + 4, sizeof person.tag - 4);
    crypto_random(person.reference, sizeof person.reference);
    return person;
}

static uint32_t random_below(uint32_t bound)
{
    uint32_t value;

    crypto_random(&value, sizeof value);
    return value % bound;
}

static bool contains(const struct person *person)
{
    return pairs_contain(&pairs, person->tag, person->reference);
}

static void put(const struct person *person)
{
    pairs_put(&pairs, &changes, person->tag, person->reference);
}

static void take(const struct person *person)
{
    pairs_remove(&pairs, &changes, person->tag);
}

static void expect(const struct person *list, size_t count)
{
    uint32_t there = 0;

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(contains(&list[i]), list[i].there);
        there += list[i].there;
    }
    assert_int_equal(pairs.used, there);
}

static int setup(void **state)
{
    (void)state;
    if (crypto_init() != 0)
        return -1;
    pairs_open(&pairs, 0);
    return pairs.slots ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pairs_settle(&changes, false);
    pairs_close(&pairs);
    return 0;
}

static void a_pair_is_known_by_all_of_its_reference(void **state)
{
    struct person person = person_at(0x12345678), other;

    (void)state;
    pairs_fill(&pairs, person.tag, person.reference);
    assert_true(contains(&person));
    for (unsigned bit = 0; bit < 8 * REFERENCE_LEN; bit++) {
        other = person;
        other.reference[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(contains(&other));
    }
    for (unsigned bit = 0; bit < 8 * PAIRS_TAG_LEN; bit++) {
        other = person;
        other.tag[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(contains(&other));
    }
}

/* Two tables' keys differ: what passes for a reference in one, does not in another. */
static void each_table_hashes_under_its_own_key(void **state)
{
    struct pairs other;

    (void)state;
    pairs_open(&other, 0);
    assert_memory_not_equal(other.key[0], pairs.key[0], sizeof pairs.key[0]);
    assert_memory_not_equal(pairs.key[0], pairs.key[1], sizeof pairs.key[0]);
    pairs_close(&other);
}

static void additions_wait_for_the_commit_and_removals_do_not(void **state)
{
    struct person one = person_at(1000), two = person_at(2000);

    (void)state;
    put(&one);
    assert_false(contains(&one));
    pairs_settle(&changes, true);
    assert_true(contains(&one));
    put(&two);
    take(&one);
    assert_false(contains(&one));
    pairs_settle(&changes, false);
    assert_false(contains(&one));
    assert_false(contains(&two));
    assert_int_equal(pairs.used, 0);
    pairs_settle(&changes, true);
    assert_int_equal(pairs.used, 0);
}

static void the_last_change_of_a_transaction_counts(void **state)
{
    struct person first = person_at(1000), second = first, gone = person_at(2000), back = person_at(3000);

    (void)state;
    second.reference[0] ^= 1;
    put(&first);
    put(&second);
    put(&gone);
    take(&gone);
    put(&back);
    take(&back);
    put(&back);
    pairs_settle(&changes, true);
    assert_false(contains(&first));
    assert_true(contains(&second));
    assert_false(contains(&gone));
    assert_true(contains(&back));
    put(&first);
    assert_false(contains(&second));
    pairs_settle(&changes, true);
    assert_true(contains(&first));
    assert_false(contains(&second));
    assert_int_equal(pairs.used, 2);
}

/* Its removals are made, its additions are left out; the next transaction is like any other. */
static void a_transaction_of_too_many_changes(void **state)
{
    struct person gone = person_at(5), never = person_at(6), last = person_at(7), next = person_at(8);

    (void)state;
    pairs_fill(&pairs, gone.tag, gone.reference);
    put(&never);
    for (uint32_t i = 0; i < PAIRS_CHANGES_MAX - 1; i++)
        put(&last);
    take(&gone);
    assert_false(contains(&gone));
    take(&never);
    put(&last);
    pairs_settle(&changes, true);
    assert_false(contains(&gone));
    assert_false(contains(&never));
    assert_false(contains(&last));
    put(&next);
    pairs_settle(&changes, true);
    assert_true(contains(&next));
    assert_int_equal(pairs.used, 1);
}

static void zeros_are_a_tag_like_any_other(void **state)
{
    struct person person = person_at(0), zero = {.tag = {0}};

    (void)state;
    put(&person);
    pairs_settle(&changes, true);
    assert_true(contains(&person));
    assert_false(contains(&zero));
    take(&person);
    assert_false(contains(&person));
    /* A slot of zeros alone would be an empty one: LMDB answers. */
    memset(pairs.key, 0, sizeof pairs.key);
    put(&person);
    put(&zero);
    pairs_settle(&changes, true);
    assert_false(contains(&zero));
    assert_int_equal(pairs.used, 0);
    crypto_random(person.tag, sizeof person.tag);
    put(&person);
    pairs_settle(&changes, true);
    assert_false(contains(&zero));
    assert_true(contains(&person));
}

/* All of them have the last place: they push one another past the end, and move back when one goes. */
static void the_end_of_the_table(void **state)
{
    enum { CROWD = 100, TOO_MANY = 400 };

    (void)state;
    for (uint32_t i = 0; i < CROWD; i++) {
        people[i] = person_at(0xffffff00 + i);
        people[i].there = true;
        pairs_fill(&pairs, people[i].tag, people[i].reference);
    }
    expect(people, CROWD);
    for (uint32_t left = CROWD; left > 0; left--) {
        uint32_t i = random_below(CROWD);
        while (!people[i].there)
            i = (i + 1) % CROWD;
        take(&people[i]);
        people[i].there = false;
        expect(people, CROWD);
    }
    for (uint32_t i = 0; i < TOO_MANY; i++) {
        people[i] = person_at(0xfffffe00 + i);
        pairs_fill(&pairs, people[i].tag, people[i].reference);
        people[i].there = contains(&people[i]);
    }
    assert_true(people[0].there);
    assert_int_equal(pairs.used, 1 + 128); /* the last place, and what is spare */
    expect(people, TOO_MANY);
}

/* A place's pairs go together: that is how a removal cannot miss. */
static void forget_place(const uint8_t tag[PAIRS_TAG_LEN], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (memcmp(people[i].tag, tag, 4) == 0)
            people[i].there = false;
}

static void random_change(uint32_t place_bits)
{
    uint32_t i = random_below(PEOPLE);

    if (!people[i].there && random_below(8) != 0) {
        people[i] = person_at(random_below(1u << place_bits) << (32 - place_bits));
        forget_place(people[i].tag, PEOPLE);
        put(&people[i]);
        pairs_settle(&changes, true);
        people[i].there = true;
        return;
    }
    forget_place(people[i].tag, PEOPLE);
    take(&people[i]);
}

/* Full to four fifths, with places so few that many share one, and so many that few do. */
static void a_plain_list_says_the_same(void **state)
{
    (void)state;
    for (uint32_t place_bits = 10; place_bits <= 31; place_bits += 7) {
        for (uint32_t i = 0; i < PEOPLE; i++) {
            people[i] = person_at(random_below(1u << place_bits) << (32 - place_bits));
            people[i].there = true;
            pairs_fill(&pairs, people[i].tag, people[i].reference);
        }
        expect(people, PEOPLE);
        for (unsigned round = 0; round < 100; round++) {
            for (unsigned step = 0; step < 100; step++)
                random_change(place_bits);
            expect(people, PEOPLE);
        }
        for (uint32_t i = 0; i < PEOPLE; i++)
            take(&people[i]);
        assert_int_equal(pairs.used, 0);
    }
}

static void it_grows_out_of_its_own_slots(void **state)
{
    const uint32_t count = sizeof people / sizeof people[0];
    uint32_t before = pairs.capacity;

    (void)state;
    for (uint32_t i = 0; i < count; i++) {
        people[i] = person_at(i * (UINT32_MAX / count) + random_below(UINT32_MAX / count));
        people[i].there = true;
        put(&people[i]);
        pairs_settle(&changes, true);
        assert_true((uint64_t)pairs.used * 5 <= (uint64_t)pairs.capacity * 4 + 5);
    }
    assert_true(pairs.capacity >= count / 4 * 5 && pairs.capacity > before);
    expect(people, count);
    for (uint32_t i = 0; i < count; i += 3) {
        take(&people[i]);
        people[i].there = false;
    }
    expect(people, count);
}

static void without_memory_it_stays_as_it_is(void **state)
{
    const uint32_t full = 4096 / 5 * 4 + 1;
    struct pairs others[2], none;

    (void)state;
    /* All that there may be but a little: never touched, so it costs nothing. */
    pairs_open(&others[0], PAIRS_BYTES_MAX / sizeof(struct pairs_slot) / 2);
    pairs_open(&others[1], PAIRS_BYTES_MAX / sizeof(struct pairs_slot) / 4 - 5000);
    assert_non_null(others[0].slots);
    assert_non_null(others[1].slots);
    pairs_open(&none, 100000);
    assert_null(none.slots);
    for (uint32_t i = 0; i < full + 100; i++) {
        people[i] = person_at(i << 20 | random_below(1u << 20));
        put(&people[i]);
        pairs_settle(&changes, true);
        people[i].there = contains(&people[i]);
        pairs_put(&none, &changes, people[i].tag, people[i].reference);
        pairs_settle(&changes, true);
        assert_false(pairs_contain(&none, people[i].tag, people[i].reference));
    }
    assert_int_equal(pairs.capacity, 4096);
    assert_int_equal(pairs.used, full);
    assert_false(people[full].there);
    expect(people, full + 100);
    take(&people[0]);
    put(&people[full]);
    pairs_settle(&changes, true);
    assert_true(contains(&people[full]));
    pairs_prefetch(&none, people[0].tag);
    pairs_remove(&none, &changes, people[0].tag);
    pairs_close(&none);
    pairs_close(&others[0]);
    pairs_close(&others[1]);
    put(&people[full + 1]);
    pairs_settle(&changes, true);
    assert_true(contains(&people[full + 1]));
    assert_true(pairs.capacity > 4096);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pair_is_known_by_all_of_its_reference),
        TEST(each_table_hashes_under_its_own_key),
        TEST(additions_wait_for_the_commit_and_removals_do_not),
        TEST(the_last_change_of_a_transaction_counts),
        TEST(a_transaction_of_too_many_changes),
        TEST(zeros_are_a_tag_like_any_other),
        TEST(the_end_of_the_table),
        TEST(a_plain_list_says_the_same),
        TEST(it_grows_out_of_its_own_slots),
        TEST(without_memory_it_stays_as_it_is),
    };

    return cmocka_run_group_tests_name("current pairs in memory", tests, NULL, NULL);
}
