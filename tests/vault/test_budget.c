/* Guess budgets: each counter stops its attack, durably, and looks like a miss from outside. */
#include "fixture.h"

#include "number/individual_number.h"

static struct answer answer;

/* A fixture whose budgets are all generous but the one under test. */
static struct guess_limits *only(struct fixture *fixture)
{
    return &fixture->limits[PURPOSE_CHANGE];
}

static void enrolled(struct fixture *fixture, unsigned n, uint8_t reference[REFERENCE_LEN], char number[NUMBER_LEN])
{
    test_number(n, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, (uint8_t)(n + 1), reference), DETAIL_DONE);
}

static void wrong_numbers_lock_a_reference(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];

    only(fixture)->reference_day = 5;
    enrolled(fixture, 0, reference, number);
    for (unsigned i = 1; i <= 5; i++) {
        test_number(100 + i, guess);
        assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED); /* costs nothing */
        assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    }
    /* the right number is not answered any more: a locked reference tells nothing */
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_BUDGET_SPENT);
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, number), DETAIL_BUDGET_SPENT);
    assert_int_equal(operation_outcome(OPERATION_MATCH, DETAIL_BUDGET_SPENT), OUTCOME_NOT_MATCHED);
    /* another purpose draws on the same counter */
    struct call_item item = {0};
    memcpy(item.reference, reference, REFERENCE_LEN);
    memcpy(item.number, number, NUMBER_LEN);
    fixture->limits[PURPOSE_DELETE].reference_day = 5;
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_DELETE, &item, 1, &answer);
    assert_int_equal(answer.details[0].detail, DETAIL_BUDGET_SPENT);
}

static void a_days_budget_comes_back_a_lifes_does_not(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];

    only(fixture)->reference_day = 2;
    only(fixture)->reference_life = 3;
    enrolled(fixture, 0, reference, number);
    test_number(101, guess);
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_BUDGET_SPENT);
    fixture->store.clock_base_ms += BUDGET_DAY_MS - 10000;
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_BUDGET_SPENT);
    fixture->store.clock_base_ms += 10000;
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    fixture->store.clock_base_ms += 10 * BUDGET_DAY_MS;
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_BUDGET_SPENT);
}

/* One leaked number tried on everybody. */
static void a_spray_locks_the_candidate(void **state)
{
    struct fixture *fixture = *state;
    uint8_t references[5][REFERENCE_LEN];
    char number[NUMBER_LEN], leaked[NUMBER_LEN];

    only(fixture)->candidate_day = 3;
    for (unsigned i = 0; i < 5; i++)
        enrolled(fixture, i, references[i], number);
    memcpy(leaked, number, NUMBER_LEN); /* of the fifth */
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(match(fixture, SESSION_ALL, references[i], leaked), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, references[3], leaked), DETAIL_BUDGET_SPENT);
    assert_int_equal(match(fixture, SESSION_ALL, references[4], leaked), DETAIL_BUDGET_SPENT); /* its own */
    assert_int_equal(lookup(fixture, SESSION_ALL, leaked, NULL), DETAIL_BUDGET_SPENT);
    test_number(0, number);
    assert_int_equal(match(fixture, SESSION_ALL, references[0], number), DETAIL_MATCHED);
}

static void sessions_accounts_and_tenants_are_bounded(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], other[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    assert_int_equal(enroll(fixture, SESSION_OTHER, number, 1, other), DETAIL_DONE);
    only(fixture)->session = 2;
    only(fixture)->account_day = 4;
    for (unsigned i = 0; i < 2; i++) {
        test_number(100 + i, guess);
        assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    }
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_BUDGET_SPENT);
    /* the same account in another session goes on until the account's budget is spent */
    for (unsigned i = 0; i < 2; i++) {
        test_number(110 + i, guess);
        assert_int_equal(match(fixture, SESSION_LOOKUP, reference, guess), DETAIL_NOT_MATCHED);
    }
    only(fixture)->session = 100;
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, number), DETAIL_BUDGET_SPENT);
    /* another tenant has budgets of its own */
    assert_int_equal(match(fixture, SESSION_OTHER, other, number), DETAIL_MATCHED);
    only(fixture)->account_day = 1000;
    only(fixture)->tenant_day = 4;
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, number), DETAIL_BUDGET_SPENT);
    assert_int_equal(match(fixture, SESSION_OTHER, other, number), DETAIL_MATCHED);
}

static void lookups_and_duplicates_cost_too(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    only(fixture)->session = 2;
    for (unsigned i = 0; i < 2; i++) {
        test_number(100 + i, guess);
        assert_int_equal(lookup(fixture, SESSION_ALL, number, NULL), DETAIL_FOUND);
        assert_int_equal(lookup(fixture, SESSION_ALL, guess, NULL), DETAIL_NOT_FOUND);
    }
    assert_int_equal(lookup(fixture, SESSION_ALL, number, NULL), DETAIL_BUDGET_SPENT);
    fixture->limits[PURPOSE_REGISTER].account_day = 4;
    assert_int_equal(enroll(fixture, SESSION_ENROLL, number, 200, NULL), DETAIL_DUPLICATE);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, number, 201, NULL), DETAIL_DUPLICATE);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, number, 202, NULL), DETAIL_BUDGET_SPENT);
    test_number(150, guess);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, guess, 203, NULL), DETAIL_BUDGET_SPENT);
}

static void a_replacement_is_no_cheaper_guess(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], others[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    enrolled(fixture, 1, reference, others);
    only(fixture)->reference_day = 2;
    assert_int_equal(replace(fixture, SESSION_ALL, reference, others, 50), DETAIL_SAME_NUMBER);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, 51), DETAIL_DUPLICATE);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, 52), DETAIL_BUDGET_SPENT);
}

/* A number that nobody has is taken for the reference, and the one before becomes a former one: to ask for that again
 * would be a guess that no wrong one has been charged for. */
static void replacing_on_and_on_is_no_free_guess(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], other[REFERENCE_LEN];
    char number[NUMBER_LEN], others[NUMBER_LEN], guess[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    enrolled(fixture, 1, other, others);
    only(fixture)->reference_day = 2;
    only(fixture)->account_day = only(fixture)->tenant_day = only(fixture)->session = 1;
    for (uint8_t i = 0; i < 2; i++) {
        test_number(100u + i, guess);
        assert_int_equal(replace(fixture, SESSION_ALL, reference, guess, (uint8_t)(60 + i)), DETAIL_DONE);
        assert_int_equal(replace(fixture, SESSION_ALL, reference, guess, (uint8_t)(60 + i)), DETAIL_REPEATED);
    }
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, 70), DETAIL_BUDGET_SPENT);
    fixture_reopen(fixture);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, number, 70), DETAIL_BUDGET_SPENT);
    /* Many people's numbers can be replaced in one session. */
    test_number(110, guess);
    assert_int_equal(replace(fixture, SESSION_ALL, other, guess, 71), DETAIL_DONE);
    fixture->store.clock_base_ms += BUDGET_DAY_MS + CLOCK_SAVE_MS; /* the clock may have lost so much in the restart */
    test_number(111, guess);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, guess, 72), DETAIL_DONE);
}

/* The id of the request that enrolled somebody is no way to ask for the number that was put in the enrolled one's
 * place.
 */
static void an_enrolments_id_is_no_free_guess(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], found[REFERENCE_LEN];
    char number[NUMBER_LEN], next[NUMBER_LEN], last[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    test_number(100, next);
    test_number(101, last);
    fixture->limits[PURPOSE_REGISTER].session = 2;
    assert_int_equal(enroll(fixture, SESSION_ENROLL, number, 1, found), DETAIL_REPEATED);
    assert_memory_equal(found, reference, REFERENCE_LEN);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, next, 60), DETAIL_DONE);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, number, 1, found), DETAIL_REPEATED);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, next, 1, NULL), DETAIL_DUPLICATE);
    assert_int_equal(replace(fixture, SESSION_ALL, reference, last, 61), DETAIL_DONE);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, next, 1, NULL), DETAIL_DUPLICATE);
    assert_int_equal(enroll(fixture, SESSION_ENROLL, last, 1, NULL), DETAIL_BUDGET_SPENT);
}

static void typing_errors_cost_nothing(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN];

    enrolled(fixture, 0, reference, number);
    only(fixture)->session = 1;
    for (int i = 0; i < 5; i++)
        assert_int_equal(match(fixture, SESSION_ALL, reference, "123456789010"), DETAIL_INVALID_NUMBER);
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED);
}

/* A restart gives nothing back, and neither does a clock that is set: the vault's own clock goes on where it stood. */
static void nothing_is_refunded_by_a_restart(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];

    only(fixture)->reference_day = 1;
    enrolled(fixture, 0, reference, number);
    test_number(100, guess);
    assert_int_equal(match(fixture, SESSION_ALL, reference, guess), DETAIL_NOT_MATCHED);
    fixture->store.clock_base_ms += 5000; /* so that the clock is saved */
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_BUDGET_SPENT);
    int64_t before = store_clock_ms(&fixture->store);
    fixture_reopen(fixture);
    assert_true(store_clock_ms(&fixture->store) <= before + 1000);
    assert_true(store_clock_ms(&fixture->store) >= before - CLOCK_SAVE_MS);
    fixture->clock.now_us += 400ll * 24 * 3600 * 1000000; /* the wall clock is set a year ahead */
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_BUDGET_SPENT);
}

/* In one batch the budgets count item by item. */
static void a_batch_is_no_way_round(void **state)
{
    struct fixture *fixture = *state;
    struct call_item items[10] = {0};
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN];

    only(fixture)->reference_day = 3;
    only(fixture)->reference_life = 1000;
    enrolled(fixture, 0, reference, number);
    for (unsigned i = 0; i < 10; i++) {
        memcpy(items[i].reference, reference, REFERENCE_LEN);
        test_number(100 + i, items[i].number);
    }
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, items, 10, &answer);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(answer.details[i].detail, i < 3 ? DETAIL_NOT_MATCHED : DETAIL_BUDGET_SPENT);
        assert_int_equal(answer.results[i].outcome, OUTCOME_NOT_MATCHED);
    }
}

static enum detail unlock(struct fixture *fixture, const uint8_t *reference, const char *account)
{
    struct call_item_unlock item = {0};

    if (reference)
        memcpy(item.reference, reference, REFERENCE_LEN);
    if (account)
        strcpy(item.account, account);
    call(fixture, SESSION_ALL, OPERATION_UNLOCK, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    return answer.details[0].detail;
}

static void unlocked_by_another_account_only(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];
    char number[NUMBER_LEN], guess[NUMBER_LEN];
    struct session *unlocker;
    uint8_t id[SESSION_ID_LEN];

    only(fixture)->reference_life = 1;
    only(fixture)->account_day = 1;
    enrolled(fixture, 0, reference, number);
    assert_int_equal(unlock(fixture, reference, NULL), DETAIL_NOT_LOCKED);
    test_number(100, guess);
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, guess), DETAIL_NOT_MATCHED);
    assert_int_equal(unlock(fixture, reference, NULL), DETAIL_OWN_ACCOUNT); /* both sessions are "tester"'s */
    assert_int_equal(unlock(fixture, NULL, "tester"), DETAIL_OWN_ACCOUNT);

    memset(id, SESSION_ALL, sizeof id);
    unlocker = session_find(&fixture->sessions, id);
    strcpy(unlocker->account, "privacy01");
    uint64_t leaves = fixture->store.tenant[0].now.ledger.size;
    assert_int_equal(unlock(fixture, reference, NULL), DETAIL_DONE);
    assert_int_equal(unlock(fixture, reference, NULL), DETAIL_NOT_LOCKED);
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, number), DETAIL_BUDGET_SPENT); /* the account's */
    assert_int_equal(unlock(fixture, NULL, "tester"), DETAIL_DONE);
    assert_int_equal(match(fixture, SESSION_LOOKUP, reference, number), DETAIL_MATCHED);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, leaves + 5);
}

static void unlock_names_one_thing(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_unlock item = {.reference = {1}, .account = "both"};

    call(fixture, SESSION_ALL, OPERATION_UNLOCK, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_MALFORMED);
    item = (struct call_item_unlock){0};
    call(fixture, SESSION_ALL, OPERATION_UNLOCK, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_MALFORMED);
}

/* Nobody makes rows for references that do not exist, not even when a budget is spent. */
static void absent_references_have_no_rows(void **state)
{
    struct fixture *fixture = *state;
    uint8_t absent[REFERENCE_LEN] = {0xee};
    char guess[NUMBER_LEN];
    MDB_stat before, after;

    only(fixture)->session = 1;
    test_number(100, guess);
    assert_int_equal(match(fixture, SESSION_ALL, absent, guess), DETAIL_UNKNOWN_REFERENCE);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_stat(fixture->store.txn, fixture->store.tenant[0].budget, &before), 0);
    store_abort(&fixture->store);
    for (uint8_t i = 0; i < 20; i++) {
        absent[1] = i;
        assert_int_equal(match(fixture, SESSION_ALL, absent, guess), DETAIL_BUDGET_SPENT);
    }
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_stat(fixture->store.txn, fixture->store.tenant[0].budget, &after), 0);
    store_abort(&fixture->store);
    assert_int_equal(after.ms_entries, before.ms_entries);
}

/* The candidates' table does not grow for ever. */
static void old_candidates_are_swept(void **state)
{
    struct fixture *fixture = *state;
    MDB_stat status;
    char guess[NUMBER_LEN];
    size_t most = 0;

    for (unsigned day = 0; day < 30; day++) {
        for (unsigned i = 0; i < 40; i++) {
            test_number(1000 + day * 40 + i, guess);
            assert_int_equal(lookup(fixture, SESSION_ALL, guess, NULL), DETAIL_NOT_FOUND);
        }
        fixture->store.clock_base_ms += BUDGET_DAY_MS;
        struct session *session = &fixture->sessions.slot[0];
        session->misses = 0;
        assert_int_equal(store_begin(&fixture->store), 0);
        assert_int_equal(mdb_stat(fixture->store.txn, fixture->store.tenant[0].budget, &status), 0);
        store_abort(&fixture->store);
        if (status.ms_entries > most)
            most = status.ms_entries;
    }
    assert_true(most < 400); /* of 1,200 numbers guessed */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_numbers_lock_a_reference),
        TEST(a_days_budget_comes_back_a_lifes_does_not),
        TEST(a_spray_locks_the_candidate),
        TEST(sessions_accounts_and_tenants_are_bounded),
        TEST(lookups_and_duplicates_cost_too),
        TEST(a_replacement_is_no_cheaper_guess),
        TEST(replacing_on_and_on_is_no_free_guess),
        TEST(an_enrolments_id_is_no_free_guess),
        TEST(typing_errors_cost_nothing),
        TEST(nothing_is_refunded_by_a_restart),
        TEST(a_batch_is_no_way_round),
        TEST(unlocked_by_another_account_only),
        TEST(unlock_names_one_thing),
        TEST(old_candidates_are_swept),
        TEST(absent_references_have_no_rows),
    };
    return cmocka_run_group_tests_name("guess budgets", tests, NULL, NULL);
}
