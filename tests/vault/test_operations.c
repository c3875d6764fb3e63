/* ENROLL, MATCH, LOOKUP, REPLACE, ERASE as a client sees them, and what stays in the store. */
#include <errno.h>

#include "fixture.h"

static void f047_enrol_match_look_up(void **state)
{
    struct fixture *fixture = *state;
    char number[NUMBER_LEN], other[NUMBER_LEN];
    uint8_t reference[REFERENCE_LEN], found[REFERENCE_LEN], zero[REFERENCE_LEN] = {0};

    test_number(1, number);
    test_number(2, other);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, reference), DETAIL_DONE);
    assert_memory_not_equal(reference, zero, REFERENCE_LEN);
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, reference, other), DETAIL_NOT_MATCHED);
    assert_int_equal(lookup(fixture, SESSION_ALL, number, found), DETAIL_FOUND);
    assert_memory_equal(found, reference, REFERENCE_LEN);
    assert_int_equal(lookup(fixture, SESSION_ALL, other, found), DETAIL_NOT_FOUND);
    assert_memory_equal(found, zero, REFERENCE_LEN);
}

static void a_number_matches_its_own_reference_only(void **state)
{
    struct fixture *fixture = *state;
    uint8_t a[REFERENCE_LEN], b[REFERENCE_LEN], none[REFERENCE_LEN] = {0};
    char number_a[NUMBER_LEN], number_b[NUMBER_LEN], nobodys[NUMBER_LEN];

    test_number(1, number_a);
    test_number(2, number_b);
    test_number(3, nobodys);
    enroll(fixture, SESSION_ALL, number_a, 1, a);
    enroll(fixture, SESSION_ALL, number_b, 2, b);
    assert_int_equal(match(fixture, SESSION_ALL, a, number_a), DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, a, number_b), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, b, number_a), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, none, number_a), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(match(fixture, SESSION_ALL, none, nobodys), DETAIL_UNKNOWN_REFERENCE);
}

static void wrong_numbers_are_refused(void **state)
{
    static const char *const bad[] = {"123456789010", "000000000000", "12345678901X", "           1", "12345678901\0"};
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN];

    test_number(1, number);
    enroll(fixture, SESSION_ALL, number, 1, reference);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(enroll(fixture, SESSION_ALL, bad[i], 2, NULL), DETAIL_INVALID_NUMBER);
        assert_int_equal(match(fixture, SESSION_ALL, reference, bad[i]), DETAIL_INVALID_NUMBER);
        assert_int_equal(lookup(fixture, SESSION_ALL, bad[i], NULL), DETAIL_INVALID_NUMBER);
        assert_int_equal(replace(fixture, SESSION_ALL, reference, bad[i], 3), DETAIL_INVALID_NUMBER);
    }
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
}

static void enrolment_is_idempotent_by_request_id(void **state)
{
    struct fixture *fixture = *state;
    uint8_t first[REFERENCE_LEN], again[REFERENCE_LEN];
    char number[NUMBER_LEN];

    test_number(1, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, first), DETAIL_DONE);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, again), DETAIL_REPEATED);
    assert_memory_equal(first, again, REFERENCE_LEN);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 2, NULL), DETAIL_DUPLICATE);
    fixture_reopen(fixture);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, again), DETAIL_REPEATED);
    assert_memory_equal(first, again, REFERENCE_LEN);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
}

/* Who may not look numbers up does not learn whom a duplicate duplicates. */
static void duplicate_names_its_reference_only_to_who_may_look_up(void **state)
{
    static struct answer answer;
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], zero[REFERENCE_LEN] = {0};
    struct call_item item = {.request_id = {9}};

    test_number(1, item.number);
    enroll(fixture, SESSION_ALL, item.number, 1, reference);
    call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, &item, 1, &answer);
    assert_int_equal(answer.details[0].detail, DETAIL_DUPLICATE);
    assert_memory_equal(answer.details[0].reference, reference, REFERENCE_LEN);
    assert_memory_equal(answer.results[0].reference, zero, REFERENCE_LEN);
    call(fixture, SESSION_ENROLL, OPERATION_ENROLL, PURPOSE_REGISTER, &item, 1, &answer);
    assert_int_equal(answer.details[0].detail, DETAIL_DUPLICATE);
    assert_memory_equal(answer.details[0].reference, zero, REFERENCE_LEN);
}

/* 番号法7条2項: a number can be changed; the former one still leads to its person and can not be given to another. */
static void replaced_number_keeps_its_history(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], found[REFERENCE_LEN];
    char old[NUMBER_LEN], new[NUMBER_LEN], third[NUMBER_LEN];

    test_number(1, old);
    test_number(2, new);
    test_number(3, third);
    enroll(fixture, SESSION_ALL, old, 1, reference);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, old, 2), DETAIL_SAME_NUMBER);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, new, 3), DETAIL_DONE);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, new, 3), DETAIL_REPEATED);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, third, 3), DETAIL_REQUEST_CONFLICT);
    assert_int_equal(match(fixture, SESSION_ALL, reference, new), DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, reference, old), DETAIL_NOT_MATCHED);
    assert_int_equal(lookup(fixture, SESSION_ALL, old, found), DETAIL_FOUND_FORMER);
    assert_memory_equal(found, reference, REFERENCE_LEN);
    assert_int_equal(enroll(fixture, SESSION_ALL, old, 4, NULL), DETAIL_DUPLICATE);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
    fixture_reopen(fixture);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
}

static void replace_by_anothers_number_is_refused(void **state)
{
    struct fixture *fixture = *state;
    uint8_t a[REFERENCE_LEN], b[REFERENCE_LEN];
    char first[NUMBER_LEN], second[NUMBER_LEN];

    test_number(1, first);
    test_number(2, second);
    enroll(fixture, SESSION_ALL, first, 1, a);
    enroll(fixture, SESSION_ALL, second, 2, b);
    assert_int_equal(replace(fixture, SESSION_ALL, a, second, 3), DETAIL_DUPLICATE);
    assert_int_equal(match(fixture, SESSION_ALL, a, first), DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, b, second), DETAIL_MATCHED);
}

static void erased_number_is_gone_with_its_history(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], again[REFERENCE_LEN];
    char old[NUMBER_LEN], new[NUMBER_LEN];

    test_number(1, old);
    test_number(2, new);
    enroll(fixture, SESSION_ALL, old, 1, reference);
    replace(fixture, SESSION_ALL, reference, new, 2);
    assert_int_equal(erase(fixture, SESSION_ALL, reference, 3), DETAIL_DONE);
    assert_int_equal(erase(fixture, SESSION_ALL, reference, 3), DETAIL_REPEATED);
    assert_int_equal(erase(fixture, SESSION_ALL, reference, 4), DETAIL_ERASED);
    assert_int_equal(lookup(fixture, SESSION_ALL, old, NULL), DETAIL_NOT_FOUND);
    assert_int_equal(lookup(fixture, SESSION_ALL, new, NULL), DETAIL_NOT_FOUND);
    assert_int_equal(match(fixture, SESSION_ALL, reference, new), DETAIL_ERASED);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, old, 5), DETAIL_ERASED);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 0);
    assert_int_equal(enroll(fixture, SESSION_ALL, new, 6, again), DETAIL_DONE);
    assert_memory_not_equal(again, reference, REFERENCE_LEN);
}

static void read_record(struct fixture *fixture, const uint8_t reference[REFERENCE_LEN], struct stored_record *record)
{
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(record_get(&fixture->store, &fixture->store.tenant[0], reference, record), 0);
    store_abort(&fixture->store);
}

/* Without its salt a record has no key: nobody opens a copy of the sealed number, not even the vault. */
static void an_erased_records_key_is_destroyed(void **state)
{
    struct fixture *fixture = *state;
    struct tenant *tenant = &fixture->store.tenant[0];
    const struct stored_record nothing = {0};
    struct stored_record before, after, replaced;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], opened[NUMBER_LEN];

    test_number(1, number);
    enroll(fixture, SESSION_ALL, number, 1, reference);
    read_record(fixture, reference, &before);
    assert_int_equal(record_open(tenant, reference, &before, opened), 0);
    assert_memory_equal(opened, number, NUMBER_LEN);
    test_number(2, number);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, 2), DETAIL_DONE);
    read_record(fixture, reference, &replaced);
    assert_memory_not_equal(replaced.key_salt, before.key_salt, RECORD_SALT_LEN);

    assert_int_equal(erase(fixture, SESSION_ALL, reference, 3), DETAIL_DONE);
    read_record(fixture, reference, &after);
    assert_memory_equal(after.key_salt, nothing.key_salt, sizeof after.key_salt);
    assert_memory_equal(after.sealed, nothing.sealed, sizeof after.sealed);
    memcpy(before.key_salt, after.key_salt, sizeof before.key_salt);
    assert_int_equal(record_open(tenant, reference, &before, opened), EACCES);
}

static void unknown_references_look_like_misses(void **state)
{
    struct fixture *fixture = *state;
    uint8_t unknown[REFERENCE_LEN] = {0xee};
    char number[NUMBER_LEN];

    test_number(1, number);
    assert_int_equal(match(fixture, SESSION_ALL, unknown, number), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(operation_outcome(OPERATION_MATCH, DETAIL_UNKNOWN_REFERENCE), OUTCOME_NOT_MATCHED);
    assert_int_equal(operation_outcome(OPERATION_MATCH, DETAIL_ERASED), OUTCOME_NOT_MATCHED);
    assert_int_equal(replace(fixture, SESSION_ALL, unknown, number, 1), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(erase(fixture, SESSION_ALL, unknown, 1), DETAIL_UNKNOWN_REFERENCE);
}

static void inv12_tenants_share_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct number_tags tags_a, tags_b;
    uint8_t a[REFERENCE_LEN], b[REFERENCE_LEN];
    char number[NUMBER_LEN];

    test_number(1, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, a), DETAIL_DONE);
    assert_int_equal(lookup(fixture, SESSION_OTHER, number, NULL), DETAIL_NOT_FOUND);
    assert_int_equal(match(fixture, SESSION_OTHER, a, number), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(enroll(fixture, SESSION_OTHER, number, 1, b), DETAIL_DONE);
    assert_memory_not_equal(a, b, REFERENCE_LEN);
    assert_int_equal(erase(fixture, SESSION_OTHER, a, 2), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(number_tags(&fixture->store.tenant[0], number, &tags_a), 0);
    assert_int_equal(number_tags(&fixture->store.tenant[1], number, &tags_b), 0);
    assert_memory_not_equal(tags_a.under[KEY_CURRENT].index, tags_b.under[KEY_CURRENT].index, NUMBER_TAG_LEN);
    assert_memory_not_equal(tags_a.under[KEY_CURRENT].candidate, tags_b.under[KEY_CURRENT].candidate, NUMBER_TAG_LEN);
    assert_memory_not_equal(fixture->store.tenant[0].keys->citizen_public,
                            fixture->store.tenant[1].keys->citizen_public, X25519_LEN);
}

static void inv05_no_number_in_the_files(void **state)
{
    struct fixture *fixture = *state;
    static const char number[NUMBER_LEN + 1] = "983205673214";
    const uint64_t integer = 983205673214u;
    const uint8_t packed[6] = {0x98, 0x32, 0x05, 0x67, 0x32, 0x14};
    uint8_t reference[REFERENCE_LEN];

    enroll(fixture, SESSION_ALL, number, 1, reference);
    match(fixture, SESSION_ALL, reference, number);
    lookup(fixture, SESSION_ALL, number, NULL);
    assert_true(store_contains(fixture, reference, REFERENCE_LEN)); /* the search does find what is there */
    assert_false(store_contains(fixture, number, NUMBER_LEN));
    assert_false(store_contains(fixture, &integer, 5));
    assert_false(store_contains(fixture, packed, sizeof packed));
}

static void another_root_key_opens_nothing(void **state)
{
    struct fixture *fixture = *state;
    const uint16_t tenants[] = {TENANT_A, TENANT_B};
    uint8_t wrong[32] = {1};

    store_close(&fixture->store);
    assert_int_not_equal(store_open(&fixture->store, fixture->folder, 64u << 20, tenants, 2, wrong), 0);
    assert_int_equal(store_open(&fixture->store, fixture->folder, 64u << 20, tenants, 2, fixture->root_key), 0);
}

static void aborted_group_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct budget budget;
    struct op_context context = {
        .store = &fixture->store, .tenant = &fixture->store.tenant[0], .now_us = 1, .budget = &budget};
    struct op_result result = {0};
    uint8_t request[REQUEST_ID_LEN] = {1};
    char number[NUMBER_LEN];

    test_number(1, number);
    store_begin(&fixture->store);
    assert_int_equal(budget_open(&budget, &fixture->store, &fixture->sessions.slot[0], &fixture->limits[1]), 0);
    assert_int_equal(enroll_number(&context, number, request, &result), 0);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
    store_abort(&fixture->store);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 0);
    assert_int_equal(lookup(fixture, SESSION_ALL, number, NULL), DETAIL_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(f047_enrol_match_look_up),
        TEST(a_number_matches_its_own_reference_only),
        TEST(wrong_numbers_are_refused),
        TEST(enrolment_is_idempotent_by_request_id),
        TEST(duplicate_names_its_reference_only_to_who_may_look_up),
        TEST(replaced_number_keeps_its_history),
        TEST(replace_by_anothers_number_is_refused),
        TEST(erased_number_is_gone_with_its_history),
        TEST(an_erased_records_key_is_destroyed),
        TEST(unknown_references_look_like_misses),
        TEST(inv12_tenants_share_nothing),
        TEST(inv05_no_number_in_the_files),
        TEST(another_root_key_opens_nothing),
        TEST(aborted_group_leaves_nothing),
    };
    return cmocka_run_group_tests_name("vault operations", tests, NULL, NULL);
}
