/* The memory of current pairs beside the store: MATCH answers from it, and it never says yes to what is over. */
#include "fixture.h"
#include "vault/number_index.h"
#include "vault/rotation.h"

#define PEOPLE 48
#define STEPS  250

static struct tenant *tenant_a(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static struct number_tags tags_of(struct fixture *fixture, unsigned n)
{
    struct number_tags tags;
    char number[NUMBER_LEN];

    test_number(n, number);
    assert_int_equal(number_tags(tenant_a(fixture), number, &tags), 0);
    return tags;
}

static bool known(struct fixture *fixture, unsigned n, const uint8_t reference[REFERENCE_LEN])
{
    struct number_tags tags = tags_of(fixture, n);

    return index_knows(tenant_a(fixture), &tags, reference);
}

static enum detail ask(struct fixture *fixture, unsigned n, const uint8_t reference[REFERENCE_LEN])
{
    char number[NUMBER_LEN];

    test_number(n, number);
    return match(fixture, SESSION_ALL, reference, number);
}

static void enrolled(struct fixture *fixture, unsigned n, uint8_t reference[REFERENCE_LEN])
{
    char number[NUMBER_LEN];

    test_number(n, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 1, reference), DETAIL_DONE);
}

static void replaced(struct fixture *fixture, const uint8_t reference[REFERENCE_LEN], unsigned n, uint8_t request)
{
    char number[NUMBER_LEN];

    test_number(n, number);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, request), DETAIL_DONE);
}

static void set_limits(struct fixture *fixture, uint32_t limit)
{
    for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
        fixture->limits[purpose] = (struct guess_limits){limit, limit, limit, limit, limit, limit};
}

/* The index row goes, behind the vault's back. */
static void drop_row(struct fixture *fixture, unsigned n)
{
    struct number_tags tags = tags_of(fixture, n);
    MDB_val key = {NUMBER_TAG_LEN, tags.under[KEY_CURRENT].index};

    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(store_del(&fixture->store, tenant_a(fixture)->index, &key), 0);
    assert_int_equal(store_commit(&fixture->store), 0);
}

static void a_hit_does_not_ask_the_index_database(void **state)
{
    struct fixture *fixture = *state;
    uint8_t a[REFERENCE_LEN], b[REFERENCE_LEN];

    enrolled(fixture, 1, a);
    enrolled(fixture, 2, b);
    assert_true(known(fixture, 1, a));
    assert_false(known(fixture, 1, b));
    assert_false(known(fixture, 2, a));
    assert_false(known(fixture, 3, a));
    drop_row(fixture, 1);
    assert_int_equal(ask(fixture, 1, a), DETAIL_MATCHED);
    fixture_reopen(fixture);
    assert_int_equal(ask(fixture, 1, a), DETAIL_NOT_MATCHED);
    assert_int_equal(ask(fixture, 2, b), DETAIL_MATCHED);
    drop_row(fixture, 2);
    assert_int_equal(ask(fixture, 2, b), DETAIL_MATCHED);
}

/* A made-up reference that begins and ends like a real one is no way around its budget. */
static void a_likeness_of_a_reference_is_another_one(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], likeness[REFERENCE_LEN];

    enrolled(fixture, 1, reference);
    for (unsigned byte = 0; byte < REFERENCE_LEN; byte++) {
        memcpy(likeness, reference, sizeof likeness);
        likeness[byte] ^= 1;
        assert_int_equal(ask(fixture, 1, likeness), DETAIL_UNKNOWN_REFERENCE);
    }
}

static void a_spent_budget_stays_a_miss(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];

    enrolled(fixture, 1, reference);
    set_limits(fixture, 2);
    assert_int_equal(ask(fixture, 2, reference), DETAIL_NOT_MATCHED);
    assert_int_equal(ask(fixture, 1, reference), DETAIL_MATCHED);
    assert_int_equal(ask(fixture, 3, reference), DETAIL_NOT_MATCHED);
    assert_true(known(fixture, 1, reference));
    assert_int_equal(ask(fixture, 1, reference), DETAIL_BUDGET_SPENT);
}

static void an_erased_pair_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];

    enrolled(fixture, 1, reference);
    replaced(fixture, reference, 2, 5);
    assert_int_equal(erase(fixture, SESSION_ALL, reference, 6), DETAIL_DONE);
    assert_false(known(fixture, 1, reference));
    assert_false(known(fixture, 2, reference));
    assert_int_equal(ask(fixture, 1, reference), DETAIL_ERASED);
    assert_int_equal(ask(fixture, 2, reference), DETAIL_ERASED);
    /* The number is free again. */
    enrolled(fixture, 2, reference);
    assert_true(known(fixture, 2, reference));
}

static void a_replaced_number_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];

    enrolled(fixture, 1, reference);
    replaced(fixture, reference, 2, 5);
    assert_false(known(fixture, 1, reference));
    assert_true(known(fixture, 2, reference));
    assert_int_equal(ask(fixture, 1, reference), DETAIL_NOT_MATCHED);
    assert_int_equal(ask(fixture, 2, reference), DETAIL_MATCHED);
    fixture_reopen(fixture);
    assert_false(known(fixture, 1, reference));
    assert_true(known(fixture, 2, reference));
}

static void put_pair(struct fixture *fixture, unsigned n, const uint8_t reference[REFERENCE_LEN])
{
    struct number_tags tags = tags_of(fixture, n);

    assert_int_equal(index_put(&fixture->store, tenant_a(fixture), &tags, reference, INDEX_CURRENT), 0);
}

/* Within a transaction memory knows less than the store, never more; after an abort, too. */
static void a_group_that_fails(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t never[REFERENCE_LEN] = {7};
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN];

    enrolled(fixture, 1, reference);
    test_number(1, number);
    assert_int_equal(store_begin(&fixture->store), 0);
    put_pair(fixture, 2, never);
    assert_false(known(fixture, 2, never));
    assert_int_equal(index_delete_number(&fixture->store, tenant_a(fixture), number), 0);
    assert_false(known(fixture, 1, reference));
    store_abort(&fixture->store);
    assert_false(known(fixture, 1, reference));
    assert_false(known(fixture, 2, never));
    assert_int_equal(ask(fixture, 1, reference), DETAIL_MATCHED);
    assert_int_equal(ask(fixture, 2, never), DETAIL_UNKNOWN_REFERENCE);
    fixture_reopen(fixture);
    assert_true(known(fixture, 1, reference));
    assert_false(known(fixture, 2, never));
}

static void one_group_enrols_and_erases(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t reference[REFERENCE_LEN] = {7}, later[REFERENCE_LEN] = {8};
    char number[NUMBER_LEN];

    test_number(1, number);
    assert_int_equal(store_begin(&fixture->store), 0);
    put_pair(fixture, 1, reference);
    assert_int_equal(index_delete_number(&fixture->store, tenant_a(fixture), number), 0);
    put_pair(fixture, 2, reference);
    put_pair(fixture, 2, later);
    assert_int_equal(store_commit(&fixture->store), 0);
    assert_false(known(fixture, 1, reference));
    assert_false(known(fixture, 2, reference));
    assert_true(known(fixture, 2, later));
}

static void tenants_know_their_own(void **state)
{
    struct fixture *fixture = *state;
    struct tenant *other = store_tenant(&fixture->store, TENANT_B);
    uint8_t reference[REFERENCE_LEN];
    struct number_tags tags;
    char number[NUMBER_LEN];

    enrolled(fixture, 1, reference);
    tags = tags_of(fixture, 1);
    assert_false(index_knows(other, &tags, reference));
    test_number(1, number);
    assert_int_equal(number_tags(other, number, &tags), 0);
    assert_false(index_knows(other, &tags, reference));
    assert_int_equal(match(fixture, SESSION_OTHER, reference, number), DETAIL_UNKNOWN_REFERENCE);
}

/* ---- everything at random, rotation, crashes and restarts included ---- */

static struct model {
    uint8_t reference[REFERENCE_LEN];
    unsigned number; /* 0: none */
} people[PEOPLE];
static unsigned next_number;

static uint32_t random_below(uint32_t bound)
{
    uint32_t value;

    crypto_random(&value, sizeof value);
    return value % bound;
}

/* Whatever memory says yes to is so; and `all` that is so it says yes to. */
static void expect_truth(struct fixture *fixture, bool all)
{
    for (unsigned n = 1; n <= next_number; n++) {
        struct number_tags tags = tags_of(fixture, n);
        for (unsigned i = 0; i < PEOPLE; i++) {
            bool yes = index_knows(tenant_a(fixture), &tags, people[i].reference), so = people[i].number == n;
            assert_true(so || !yes);
            assert_true(yes || !so || !all);
        }
    }
}

static void change_one(struct fixture *fixture, unsigned step)
{
    struct model *person = &people[random_below(PEOPLE)];

    if (person->number == 0) {
        enrolled(fixture, person->number = ++next_number, person->reference);
    } else if (random_below(2) == 0) {
        replaced(fixture, person->reference, person->number = ++next_number, (uint8_t)(1 + step));
    } else {
        assert_int_equal(erase(fixture, SESSION_ALL, person->reference, 1), DETAIL_DONE);
        person->number = 0;
    }
}

static void rotate_some(struct fixture *fixture, bool crash)
{
    struct tenant *tenant = tenant_a(fixture);

    if (tenant->committed.rotation.phase == ROTATION_BUDGETS)
        fixture->store.clock_base_ms += BUDGET_DAY_MS + 120000;
    assert_int_equal(store_begin(&fixture->store), 0);
    if (tenant->committed.rotation.phase == ROTATION_NONE)
        assert_int_equal(rotation_begin(&fixture->store, tenant, ROTATE_ALL), 0);
    else
        assert_int_equal(rotation_slice(&fixture->store, tenant), 0);
    if (crash)
        store_abort(&fixture->store);
    else
        assert_int_equal(store_commit(&fixture->store), 0);
}

static void never_a_yes_to_what_is_over(void **state)
{
    struct fixture *fixture = *state;
    bool whole = true; /* nothing has been aborted since the start */

    set_limits(fixture, 1u << 20);
    memset(people, 0, sizeof people);
    next_number = 0;
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t what = random_below(16);
        if (what == 0) {
            fixture_reopen(fixture);
            whole = true;
        } else if (what <= 3) {
            bool crash = what == 3;
            rotate_some(fixture, crash);
            whole = whole && !crash;
        } else {
            change_one(fixture, step);
        }
        expect_truth(fixture, whole);
    }
    for (unsigned i = 0; i < PEOPLE; i++)
        if (people[i].number)
            assert_int_equal(ask(fixture, people[i].number, people[i].reference), DETAIL_MATCHED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hit_does_not_ask_the_index_database), TEST(a_likeness_of_a_reference_is_another_one),
        TEST(a_spent_budget_stays_a_miss),           TEST(an_erased_pair_is_forgotten),
        TEST(a_replaced_number_is_forgotten),        TEST(a_group_that_fails),
        TEST(one_group_enrols_and_erases),           TEST(tenants_know_their_own),
        TEST(never_a_yes_to_what_is_over),
    };

    return cmocka_run_group_tests_name("memory of current pairs", tests, NULL, NULL);
}
