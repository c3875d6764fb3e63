/* Invented people: every number valid and used once, the same seed gives the same people. */
#include <stdlib.h>
#include <string.h>

#include "number/individual_number.h"
#include "support/fixture.h"
#include "synth.h"

#define PEOPLE 50000

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, 12);
}

static void test_valid_and_unique(void **state)
{
    struct synth synth;
    struct person person;
    char(*numbers)[12] = malloc(PEOPLE * sizeof *numbers);

    (void)state;
    synth_start(&synth, 1, 11);
    for (uint64_t i = 0; i < PEOPLE; i++) {
        synth_person(&synth, i, &person);
        assert_true(individual_number_valid(person.number));
        memcpy(numbers[i], person.number, 12);
    }
    qsort(numbers, PEOPLE, sizeof *numbers, compare);
    for (size_t i = 1; i < PEOPLE; i++)
        assert_memory_not_equal(numbers[i - 1], numbers[i], 12);
    free(numbers);
}

static void test_deterministic(void **state)
{
    struct synth one, two, other_seed, other_prefecture;
    struct person a, b;
    unsigned same = 0;

    (void)state;
    synth_start(&one, 7, 11);
    synth_start(&two, 7, 11);
    synth_start(&other_seed, 8, 11);
    synth_start(&other_prefecture, 7, 13);
    for (uint64_t i = 0; i < 1000; i++) {
        synth_person(&one, i, &a);
        synth_person(&two, i, &b);
        assert_memory_equal(&a, &b, sizeof a);
        synth_person(&other_seed, i, &b);
        same += strcmp(a.number, b.number) == 0;
        synth_person(&other_prefecture, i, &b);
        same += strcmp(a.number, b.number) == 0;
    }
    assert_true(same < 5);
}

static void test_fields(void **state)
{
    struct synth synth;
    struct person person;

    (void)state;
    for (unsigned prefecture = 1; prefecture <= 47; prefecture++) {
        synth_start(&synth, 3, prefecture);
        for (uint64_t i = 0; i < 200; i++) {
            synth_person(&synth, i, &person);
            assert_non_null(strchr(person.name, ' '));
            assert_non_null(strchr(person.kana, ' '));
            assert_int_equal(strlen(person.birth_date), 10);
            assert_true(strlen(person.address) > 20 && !strpbrk(person.address, ",\"\r\n"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_and_unique),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_fields),
    };

    return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
