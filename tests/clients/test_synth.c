/* Invented people: every number valid and used once, the same seed gives the same people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/individual_number.h"
#include "support/fixture.h"
#include "synth/synth.h"

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

static bool has_gaiji(const char *name)
{
    struct text_key key;

    assert_true(name_key(name, 200, &key));
    return key.flags & TEXT_HAS_GAIJI;
}

static void check_person(const struct person *person, unsigned prefecture)
{
    struct text_key key;
    struct address_key address;
    struct civil_date read, today = {2026, 4, 1};

    assert_true(name_key(person->name, 200, &key));
    assert_true(kana_key(person->kana, 200, &key));
    assert_true(strstr(person->name, "\u3000") || strchr(person->name, ' '));
    assert_true(date_valid(person->birth));
    assert_int_equal(date_parse(person->birth_text, today, &read), DATE_OK);
    assert_int_equal(date_number(read), date_number(person->birth));
    assert_true(address_key(person->address, &address));
    assert_memory_equal(address.municipality, prefecture_name(prefecture), strlen(prefecture_name(prefecture)));
    assert_true(address.town[0] && address.number[0]);
    assert_int_equal(strlen(person->municipality), 5);
    assert_true((person->honseki != 0) != (strlen(person->nationality) == 3));
    assert_in_range(person->sex, 1, 2);
}

static void test_people_of_every_prefecture(void **state)
{
    struct synth synth;
    struct person person;

    (void)state;
    for (unsigned prefecture = 1; prefecture <= 47; prefecture++) {
        synth_start(&synth, 3, prefecture);
        for (uint64_t i = 0; i < 200; i++) {
            synth_person(&synth, i, &person);
            check_person(&person, prefecture);
            assert_int_equal(atoi((const char[]){person.municipality[0], person.municipality[1], 0}), prefecture);
        }
    }
}

/* What an office meets: of each there must be some, and of none too many. */
static void test_population_is_like_a_register(void **state)
{
    struct synth synth;
    struct registration row;
    unsigned gaiji = 0, former = 0, foreign = 0, common = 0, unknown_day = 0, unknown_month = 0, folded = 0, noted = 0;
    unsigned states[4] = {0};
    static const char *const names[] = {"REGISTERED", "SUSPENDED", "CANCELLED", "ERASED"};

    (void)state;
    synth_start(&synth, 1, 11);
    for (uint64_t i = 0; i < PEOPLE; i++) {
        struct registration_number number;
        struct text_key key;
        char plain[256];

        synth_registration(&synth, i, &row);
        check_person(&row.person, 11);
        assert_true(registration_number_parse(row.number, &number));
        assert_int_equal(number.serial, i + 1);
        assert_true(date_valid(row.registered) && date_valid(row.qualified));
        assert_true(date_number(row.registered) >= date_number(row.qualified));
        assert_true(row.registered.year - row.person.birth.year >= 18);
        assert_true((row.suspended_until.year != 0) == (strcmp(row.state, "SUSPENDED") == 0));
        gaiji += has_gaiji(row.person.name);
        former += row.person.former_surname[0] != '\0';
        foreign += row.person.nationality[0] != '\0';
        common += row.person.common_name[0] != '\0';
        unknown_day += row.person.birth.day == 0;
        unknown_month += row.person.birth.month == 0;
        noted += row.annotations[0] != '\0';
        assert_true(name_key(row.person.name, 200, &key));
        snprintf(plain, sizeof plain, "%s", row.person.name);
        folded += !strstr(key.bytes, strtok(plain, "\u3000 "));
        for (size_t j = 0; j < 4; j++)
            states[j] += strcmp(row.state, names[j]) == 0;
    }
    assert_in_range(gaiji, 10, PEOPLE / 10);
    assert_in_range(former, PEOPLE / 100, PEOPLE / 5);
    assert_in_range(foreign, PEOPLE / 200, PEOPLE / 20);
    assert_in_range(common, 10, foreign - 1);
    assert_in_range(unknown_day, 5, PEOPLE / 100);
    assert_in_range(unknown_month, 1, unknown_day - 1);
    assert_in_range(folded, PEOPLE / 200, PEOPLE / 2);
    assert_in_range(noted, PEOPLE / 50, PEOPLE / 2);
    assert_int_equal(states[0] + states[1] + states[2] + states[3], PEOPLE);
    assert_true(states[0] > PEOPLE / 10 * 9 && states[1] > 10 && states[2] > 10 && states[3] > 10);
}

static void test_registrations_are_deterministic(void **state)
{
    struct synth one, two;
    struct registration a, b;

    (void)state;
    synth_start(&one, 7, 11);
    synth_start(&two, 7, 11);
    for (uint64_t i = 0; i < 1000; i++) {
        synth_registration(&one, i, &a);
        synth_registration(&two, i, &b);
        assert_memory_equal(&a, &b, sizeof a);
        synth_person(&one, i, &b.person);
        assert_memory_equal(&a.person, &b.person, sizeof a.person); /* the file with the numbers has the same people */
    }
}

static void test_applications_of_all_kinds_and_states(void **state)
{
    static const char *const kinds[] = {"NEW",
                                        "REWRITE",
                                        "REISSUE",
                                        "DELETE",
                                        "FOUND_CARD",
                                        "DEATH",
                                        "DISQUALIFIED_CONDITION",
                                        "DISQUALIFIED_SENTENCE",
                                        "EMPLOYER_REPORT",
                                        "PREFECTURE_NOTICE"};
    static const char *const states[] = {"DRAFT",        "SUBMITTED", "SIGNATURE_PENDING", "REJECTED_SIGNATURE",
                                         "RECEIVED",     "ACCEPTED",  "CORRECTION_WAIT",   "CHECKING",
                                         "MANUAL_CHECK", "IN_REVIEW", "REVIEWED",          "WAIT_PAYMENT",
                                         "COMPLETED",    "RETURNED",  "WITHDRAWN",         "CANCELLED"};
    unsigned of_kind[10] = {0}, of_state[16] = {0};
    struct synth synth;
    struct application row;

    (void)state;
    synth_start(&synth, 1, 11);
    for (uint64_t i = 0; i < 1000; i++) {
        synth_application(&synth, i, &row);
        check_person(&row.person, 11);
        for (size_t j = 0; j < 10; j++)
            of_kind[j] += strcmp(row.kind, kinds[j]) == 0;
        for (size_t j = 0; j < 16; j++)
            of_state[j] += strcmp(row.state, states[j]) == 0;
        bool carries = !strcmp(row.kind, "NEW") || !strcmp(row.kind, "REWRITE") || !strcmp(row.kind, "DELETE");
        assert_true((row.person.number[0] != '\0') == carries); /* a reissue has none */
        assert_true((row.registration[0] == '\0') == !strcmp(row.kind, "NEW"));
        if (i < 10)
            assert_string_equal(row.kind, kinds[i]);
    }
    for (size_t j = 0; j < 10; j++)
        assert_true(of_kind[j] > 0);
    for (size_t j = 0; j < 16; j++)
        assert_true(of_state[j] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_and_unique),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_people_of_every_prefecture),
        cmocka_unit_test(test_population_is_like_a_register),
        cmocka_unit_test(test_registrations_are_deterministic),
        cmocka_unit_test(test_applications_of_all_kinds_and_states),
    };

    return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
