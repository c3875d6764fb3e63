/* F108: rotation of record key, index key and root key, stopped and taken up again at every place. */
#include <errno.h>

#include "fixture.h"
#include "vault/rotation.h"

#define PEOPLE 600 /* more than two slices */

static struct answer answer;
static uint8_t references[PEOPLE][REFERENCE_LEN];

static struct tenant *tenant_a(struct fixture *fixture)
{
    return store_tenant(&fixture->store, TENANT_A);
}

static enum rotation_phase phase(struct fixture *fixture)
{
    return (enum rotation_phase)tenant_a(fixture)->committed.rotation.phase;
}

static enum detail rotate(struct fixture *fixture, uint16_t levels)
{
    struct call_item_rotate item = {.levels = levels};

    call(fixture, SESSION_ALL, OPERATION_ROTATE_KEYS, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    return answer.details[0].detail;
}

static int slice(struct fixture *fixture, bool crash)
{
    assert_int_equal(store_begin(&fixture->store), 0);
    int rc = rotation_slice(&fixture->store, tenant_a(fixture));
    if (rc == 0 && !crash)
        return store_commit(&fixture->store);
    store_abort(&fixture->store);
    return rc;
}

static void pass_a_day(struct fixture *fixture)
{
    fixture->store.clock_base_ms += BUDGET_DAY_MS + 120000;
}

static void enroll_people(struct fixture *fixture)
{
    static struct call_item items[PEOPLE];

    for (unsigned i = 0; i < PEOPLE; i++) {
        items[i] = (struct call_item){.request_id = {1, (uint8_t)i, (uint8_t)(i >> 8)}};
        test_number(i, items[i].number);
    }
    call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, items, PEOPLE, &answer);
    for (unsigned i = 0; i < PEOPLE; i++) {
        assert_int_equal(answer.details[i].detail, DETAIL_DONE);
        memcpy(references[i], answer.results[i].reference, REFERENCE_LEN);
    }
}

/* Person i has number i, except: every 7th got number PEOPLE + i, every 11th of the others is erased. */
static void change_people(struct fixture *fixture, unsigned from, unsigned until)
{
    char number[NUMBER_LEN];

    for (unsigned i = from; i < until; i++) {
        if (i % 7 == 0) {
            test_number(PEOPLE + i, number);
            assert_int_equal(replace(fixture, SESSION_ALL, references[i], number, 9), DETAIL_DONE);
        } else if (i % 11 == 0) {
            assert_int_equal(erase(fixture, SESSION_ALL, references[i], 9), DETAIL_DONE);
        }
    }
}

static void expect_person(struct fixture *fixture, unsigned i)
{
    uint8_t found[REFERENCE_LEN];
    char number[NUMBER_LEN], replaced[NUMBER_LEN];
    bool has_other = i % 7 == 0, erased = !has_other && i % 11 == 0;

    test_number(i, number);
    test_number(PEOPLE + i, replaced);
    assert_int_equal(lookup(fixture, SESSION_ALL, number, found), erased      ? DETAIL_NOT_FOUND
                                                                  : has_other ? DETAIL_FOUND_FORMER
                                                                              : DETAIL_FOUND);
    if (!erased)
        assert_memory_equal(found, references[i], REFERENCE_LEN);
    assert_int_equal(match(fixture, SESSION_ALL, references[i], has_other ? replaced : number),
                     erased ? DETAIL_ERASED : DETAIL_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, references[i], has_other ? number : replaced),
                     erased ? DETAIL_ERASED : DETAIL_NOT_MATCHED);
    if (!erased)
        assert_int_equal(enroll(fixture, SESSION_ALL, number, 77, found), DETAIL_DUPLICATE);
}

/* Misses are charged: the limits are the test's own. */
static void expect_people(struct fixture *fixture, unsigned step)
{
    for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
        fixture->limits[purpose] = (struct guess_limits){1u << 20, 1u << 20, 1u << 20, 1u << 20, 1u << 20, 1u << 20};
    for (unsigned i = 0; i < PEOPLE; i += step)
        expect_person(fixture, i);
}

static uint64_t entries(struct fixture *fixture, MDB_dbi dbi)
{
    MDB_stat stat;

    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_stat(fixture->store.txn, dbi, &stat), 0);
    store_abort(&fixture->store);
    return stat.ms_entries;
}

/* Every number is sealed under the current record key, and every index row but those of the store is under the current
 * index key: without former keys nothing else could be read. */
static void expect_done(struct fixture *fixture, uint16_t record_id, uint16_t index_id)
{
    const struct tenant *tenant = tenant_a(fixture);
    struct stored_record record;

    assert_int_equal(phase(fixture), ROTATION_NONE);
    assert_int_equal(tenant->keys->data.record_id, record_id);
    assert_int_equal(tenant->keys->data.index_id, index_id);
    assert_null(tenant->keys->data.record[KEY_FORMER]);
    assert_null(tenant->keys->data.index[KEY_FORMER]);
    assert_int_equal(store_begin(&fixture->store), 0);
    for (unsigned i = 0; i < PEOPLE; i++) {
        assert_int_equal(record_get(&fixture->store, tenant_a(fixture), references[i], &record), 0);
        if (record.state == RECORD_ACTIVE)
            assert_int_equal(record.key_id, record_id);
    }
    store_abort(&fixture->store);
    assert_int_equal(entries(fixture, tenant->index), tenant->committed.subjects + entries(fixture, tenant->former));
}

static void rotates_both_keys_through_a_crash_at_every_slice(void **state)
{
    struct fixture *fixture = *state;
    unsigned slices = 0;

    enroll_people(fixture);
    change_people(fixture, 0, PEOPLE / 2);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_DONE);
    assert_int_equal(tenant_a(fixture)->keys->data.record_id, 2);
    for (; phase(fixture) != ROTATION_BUDGETS; slices++) {
        struct stored_rotation before = tenant_a(fixture)->committed.rotation;
        /* Killed before the commit: nothing of the slice is there. Killed after it: all of it. */
        assert_int_equal(slice(fixture, true), 0);
        fixture_reopen(fixture);
        assert_memory_equal(&tenant_a(fixture)->committed.rotation, &before, sizeof before);
        assert_int_equal(slice(fixture, false), 0);
        fixture_reopen(fixture);
        if (slices == 0)
            change_people(fixture, PEOPLE / 2, PEOPLE);
        if (slices > 0)
            expect_people(fixture, 13);
        assert_true(slices < 20);
    }
    assert_true(slices >= 4);
    assert_null(tenant_a(fixture)->keys->data.record[KEY_FORMER]);
    pass_a_day(fixture);
    assert_int_equal(slice(fixture, false), 0);
    fixture_reopen(fixture);
    expect_done(fixture, 2, 2);
    expect_people(fixture, 1);
}

static void rotates_one_level_alone_and_again(void **state)
{
    struct fixture *fixture = *state;
    bool waits;

    enroll_people(fixture);
    change_people(fixture, 0, PEOPLE);
    for (uint16_t id = 2; id < 4; id++) {
        assert_int_equal(rotate(fixture, ROTATE_RECORD_KEY), DETAIL_DONE);
        while (phase(fixture) != ROTATION_NONE)
            assert_int_equal(slice(fixture, false), 0);
        expect_done(fixture, id, (uint16_t)(id - 1));
        expect_people(fixture, 29);
        assert_int_equal(rotate(fixture, ROTATE_INDEX_KEY), DETAIL_DONE);
        while (phase(fixture) != ROTATION_BUDGETS)
            assert_int_equal(slice(fixture, false), 0);
        assert_null(rotation_next(&fixture->store, &waits));
        assert_true(waits);
        assert_int_equal(rotation_status(tenant_a(fixture)), ROTATION_STATUS_WAITS);
        pass_a_day(fixture);
        assert_ptr_equal(rotation_next(&fixture->store, &waits), tenant_a(fixture));
        assert_int_equal(slice(fixture, false), 0);
        expect_done(fixture, id, id);
        expect_people(fixture, 29);
    }
}

static void new_data_of_a_rotation_stays_readable(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[2][REFERENCE_LEN];
    char number[2][NUMBER_LEN];

    enroll_people(fixture);
    test_number(5000, number[0]);
    test_number(5001, number[1]);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_DONE);
    assert_int_equal(slice(fixture, false), 0);
    assert_int_equal(enroll(fixture, SESSION_ALL, number[0], 1, reference[0]), DETAIL_DONE);
    while (phase(fixture) == ROTATION_RECORDS)
        assert_int_equal(slice(fixture, false), 0);
    assert_int_equal(replace(fixture, SESSION_ALL, reference[0], number[1], 2), DETAIL_DONE);
    while (phase(fixture) != ROTATION_BUDGETS)
        assert_int_equal(slice(fixture, false), 0);
    pass_a_day(fixture);
    assert_int_equal(slice(fixture, false), 0);
    assert_int_equal(match(fixture, SESSION_ALL, reference[0], number[1]), DETAIL_MATCHED);
    assert_int_equal(lookup(fixture, SESSION_ALL, number[0], reference[1]), DETAIL_FOUND_FORMER);
    assert_memory_equal(reference[0], reference[1], REFERENCE_LEN);
    assert_int_equal(erase(fixture, SESSION_ALL, reference[0], 3), DETAIL_DONE);
    assert_int_equal(lookup(fixture, SESSION_ALL, number[0], reference[1]), DETAIL_NOT_FOUND);
    expect_done(fixture, 2, 2);
}

static void no_rotation_gives_guesses_back(void **state)
{
    struct fixture *fixture = *state;
    char wrong[NUMBER_LEN];

    enroll_people(fixture);
    test_number(9000, wrong);
    fixture->limits[PURPOSE_CHANGE].candidate_day = 3;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(match(fixture, SESSION_ALL, references[i], wrong), DETAIL_NOT_MATCHED);
    assert_int_equal(rotate(fixture, ROTATE_INDEX_KEY), DETAIL_DONE);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], wrong), DETAIL_NOT_MATCHED);
    assert_int_equal(match(fixture, SESSION_ALL, references[3], wrong), DETAIL_BUDGET_SPENT);
    while (phase(fixture) != ROTATION_BUDGETS)
        assert_int_equal(slice(fixture, false), 0);
    fixture_reopen(fixture);
    assert_int_equal(match(fixture, SESSION_ALL, references[4], wrong), DETAIL_BUDGET_SPENT);
    pass_a_day(fixture);
    assert_int_equal(slice(fixture, false), 0);
    assert_int_equal(match(fixture, SESSION_ALL, references[5], wrong), DETAIL_NOT_MATCHED);
}

/* A candidate that was spent before and never tried again until the keys change once more. */
static void spent_candidates_are_found_under_the_former_key(void **state)
{
    struct fixture *fixture = *state;
    char wrong[NUMBER_LEN];

    enroll_people(fixture);
    test_number(9000, wrong);
    fixture->limits[PURPOSE_CHANGE].candidate_day = 2;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(match(fixture, SESSION_ALL, references[i], wrong), DETAIL_NOT_MATCHED);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_DONE);
    while (phase(fixture) != ROTATION_BUDGETS)
        assert_int_equal(slice(fixture, false), 0);
    assert_int_equal(match(fixture, SESSION_ALL, references[2], wrong), DETAIL_BUDGET_SPENT);
    assert_int_equal(rotate(fixture, ROTATE_INDEX_KEY), DETAIL_ROTATING);
}

static void a_rotation_is_permitted_one_at_a_time_and_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_rotate item = {.levels = ROTATE_ALL}, bad[] = {{.levels = 0},
                                                                    {.levels = ROTATE_ALL + 1},
                                                                    {.levels = ROTATE_RECORD_KEY, .zero = {[45] = 1}}};
    uint64_t leaves = tenant_a(fixture)->committed.ledger.size;

    call(fixture, SESSION_LOOKUP, OPERATION_ROTATE_KEYS, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        call(fixture, SESSION_ALL, OPERATION_ROTATE_KEYS, PURPOSE_CHANGE, &bad[i], 1, &answer);
        assert_int_equal(answer.status, CALL_MALFORMED);
    }
    assert_int_equal(phase(fixture), ROTATION_NONE);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_DONE);
    assert_int_equal(answer.results[0].outcome, OUTCOME_DONE);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_ROTATING);
    assert_int_equal(answer.results[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(tenant_a(fixture)->committed.ledger.size, leaves + 3);
    assert_int_equal(store_tenant(&fixture->store, TENANT_B)->committed.rotation.phase, ROTATION_NONE);
}

static void a_beginning_that_is_not_committed_is_none(void **state)
{
    struct fixture *fixture = *state;

    enroll_people(fixture);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(rotation_begin(&fixture->store, tenant_a(fixture), ROTATE_ALL), 0);
    store_abort(&fixture->store);
    assert_int_equal(phase(fixture), ROTATION_NONE);
    assert_int_equal(tenant_a(fixture)->keys->data.record_id, 1);
    assert_null(tenant_a(fixture)->next_keys.record[KEY_CURRENT]);
    fixture_reopen(fixture);
    change_people(fixture, 0, PEOPLE);
    expect_people(fixture, 29);
    expect_done(fixture, 1, 1);
}

static void what_does_not_open_halts_the_rotation_only(void **state)
{
    struct fixture *fixture = *state;
    struct stored_record record;

    enroll_people(fixture);
    change_people(fixture, 0, PEOPLE);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(record_get(&fixture->store, tenant_a(fixture), references[1], &record), 0);
    record.sealed[0] ^= 1;
    assert_int_equal(record_put(&fixture->store, tenant_a(fixture), references[1], &record), 0);
    assert_int_equal(store_commit(&fixture->store), 0);
    assert_int_equal(rotate(fixture, ROTATE_ALL), DETAIL_DONE);
    int rc = 0;
    while (rc == 0 && phase(fixture) == ROTATION_RECORDS)
        rc = slice(fixture, false);
    assert_int_equal(rc, EACCES);
    expect_person(fixture, 0);
    expect_person(fixture, 2);
}

/* ---- root key ---- */

static int rewrap(struct fixture *fixture, const uint8_t from[32], const uint8_t to[32])
{
    assert_int_equal(store_begin(&fixture->store), 0);
    for (size_t i = 0; i < fixture->store.tenant_count; i++) {
        const struct tenant *tenant = &fixture->store.tenant[i];
        int rc = tenant_keys_rewrap(fixture->store.txn, tenant->meta, tenant->id, from, to);
        if (rc != 0) {
            store_abort(&fixture->store);
            return rc;
        }
    }
    return store_commit(&fixture->store);
}

static int try_key(struct fixture *fixture, const uint8_t root_key[32])
{
    struct tenant_keys *keys;

    assert_int_equal(store_begin(&fixture->store), 0);
    int rc = tenant_keys_load(fixture->store.txn, tenant_a(fixture)->meta, TENANT_A, root_key, &keys);
    store_abort(&fixture->store);
    tenant_keys_free(keys);
    return rc;
}

static void keys_come_under_another_root_key(void **state)
{
    struct fixture *fixture = *state;
    uint8_t next[32], wrong[32];

    memset(next, 0x17, sizeof next);
    memset(wrong, 0x18, sizeof wrong);
    enroll_people(fixture);
    change_people(fixture, 0, PEOPLE);
    assert_int_equal(rewrap(fixture, wrong, next), EACCES);
    assert_int_equal(try_key(fixture, fixture->root_key), 0);
    assert_int_equal(rewrap(fixture, fixture->root_key, next), 0);
    assert_int_equal(try_key(fixture, fixture->root_key), EACCES);
    memcpy(fixture->root_key, next, sizeof next);
    fixture_reopen(fixture);
    expect_people(fixture, 29);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rotates_both_keys_through_a_crash_at_every_slice),
        TEST(rotates_one_level_alone_and_again),
        TEST(new_data_of_a_rotation_stays_readable),
        TEST(no_rotation_gives_guesses_back),
        TEST(spent_candidates_are_found_under_the_former_key),
        TEST(a_rotation_is_permitted_one_at_a_time_and_recorded),
        TEST(a_beginning_that_is_not_committed_is_none),
        TEST(what_does_not_open_halts_the_rotation_only),
        TEST(keys_come_under_another_root_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
