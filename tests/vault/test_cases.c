/* Numbers that come with an application: provisional until it is decided, one number a request, found by the request.
 */
#include "fixture.h"

#include "crypto/hpke.h"

static struct answer answer;

static enum detail ask(struct fixture *fixture, uint16_t operation, const void *item, uint8_t case_ref,
                       uint8_t reference[REFERENCE_LEN])
{
    fixture->case_ref = case_ref;
    call(fixture, SESSION_ALL, operation, operation == OPERATION_MATCH_CITIZEN ? PURPOSE_CHANGE : PURPOSE_REGISTER,
         item, 1, &answer);
    fixture->case_ref = 0;
    assert_int_equal(answer.status, CALL_OK);
    if (reference)
        memcpy(reference, answer.results[0].reference, REFERENCE_LEN);
    return answer.details[0].detail;
}

/* The application's id is the request's, too. */
static enum detail enroll_case(struct fixture *fixture, unsigned n, uint8_t application,
                               uint8_t reference[REFERENCE_LEN])
{
    struct call_item item = {0};

    test_number(n, item.number);
    memset(item.request_id, application, sizeof item.request_id);
    return ask(fixture, OPERATION_ENROLL, &item, application, reference);
}

static enum detail decide(struct fixture *fixture, uint16_t operation, const uint8_t *reference, uint8_t application)
{
    struct call_item item = {0};

    if (reference)
        memcpy(item.reference, reference, REFERENCE_LEN);
    memset(item.request_id, application, sizeof item.request_id);
    return ask(fixture, operation, &item, application, NULL);
}

static bool has_number(struct fixture *fixture, const uint8_t reference[REFERENCE_LEN], unsigned n)
{
    char number[NUMBER_LEN];

    test_number(n, number);
    return match(fixture, SESSION_ALL, reference, number) == DETAIL_MATCHED;
}

/* F001: the number is kept when the review is finished, not before. */
static void a_confirmed_number_stays(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], again[REFERENCE_LEN];

    assert_int_equal(enroll_case(fixture, 1, 0x11, reference), DETAIL_DONE);
    assert_int_equal(enroll_case(fixture, 1, 0x11, again), DETAIL_REPEATED); /* the answer had been lost */
    assert_memory_equal(reference, again, REFERENCE_LEN);
    assert_true(has_number(fixture, reference, 1)); /* while it is being decided, too */
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, reference, 0x11), DETAIL_DONE);
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, NULL, 0x11), DETAIL_REPEATED);
    fixture_reopen(fixture);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, reference, 0x11), DETAIL_CONFIRMED);
    assert_int_equal(answer.results[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, NULL, 0x11), DETAIL_CONFIRMED);
    assert_true(has_number(fixture, reference, 1));
}

static void a_released_number_is_erased(void **state)
{
    struct fixture *fixture = *state;
    struct stored_record record;
    static const uint8_t none[sizeof record.sealed];
    uint8_t reference[REFERENCE_LEN], next[REFERENCE_LEN];

    assert_int_equal(enroll_case(fixture, 1, 0x21, reference), DETAIL_DONE);
    /* a front that has crashed does not know the reference */
    assert_int_equal(decide(fixture, OPERATION_RELEASE, NULL, 0x21), DETAIL_DONE);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 0);
    assert_int_equal(fixture->store.tenant[0].now.erased, 1); /* in the journal: no backup brings it back */
    assert_int_equal(decide(fixture, OPERATION_RELEASE, reference, 0x21), DETAIL_REPEATED);
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, reference, 0x21), DETAIL_ERASED);
    assert_false(has_number(fixture, reference, 1));
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(record_get(&fixture->store, &fixture->store.tenant[0], reference, &record), 0);
    store_abort(&fixture->store);
    assert_int_equal(record.state, RECORD_ERASED);
    assert_memory_equal(record.sealed, none, sizeof none);
    /* a corrected number, by the same application; and the first one by anybody */
    assert_int_equal(enroll_case(fixture, 2, 0x21, next), DETAIL_DONE);
    assert_memory_not_equal(reference, next, REFERENCE_LEN);
    assert_int_equal(enroll_case(fixture, 1, 0x22, NULL), DETAIL_DONE);
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, NULL, 0x21), DETAIL_DONE);
    assert_true(has_number(fixture, next, 2));
}

static void nothing_is_there_to_be_decided(void **state)
{
    struct fixture *fixture = *state;
    uint8_t first[REFERENCE_LEN], second[REFERENCE_LEN];
    char number[NUMBER_LEN];

    assert_int_equal(decide(fixture, OPERATION_RELEASE, NULL, 0x31), DETAIL_REPEATED);
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, NULL, 0x31), DETAIL_UNKNOWN_REFERENCE);
    /* what was enrolled outside of a case is nobody's to release */
    test_number(5, number);
    assert_int_equal(enroll(fixture, SESSION_ALL, number, 0x32, first), DETAIL_DONE);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, first, 0x32), DETAIL_REPEATED);
    assert_true(has_number(fixture, first, 5));
    /* another case's reference */
    assert_int_equal(enroll_case(fixture, 1, 0x33, first), DETAIL_DONE);
    assert_int_equal(enroll_case(fixture, 2, 0x34, second), DETAIL_DONE);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, first, 0x34), DETAIL_REQUEST_CONFLICT);
    assert_int_equal(decide(fixture, OPERATION_CONFIRM, second, 0x33), DETAIL_REQUEST_CONFLICT);
    assert_true(has_number(fixture, first, 1) && has_number(fixture, second, 2));
}

/* A second number under the request of a case would be an orphan; that it is refused tells that it is not the first,
 * and costs what a wrong guess costs. */
static void another_number_is_a_conflict_and_a_guess(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];

    fixture->limits[PURPOSE_REGISTER].reference_day = 3;
    assert_int_equal(enroll_case(fixture, 1, 0x41, reference), DETAIL_DONE);
    for (unsigned n = 2; n <= 4; n++) {
        assert_int_equal(enroll_case(fixture, n, 0x41, NULL), DETAIL_REQUEST_CONFLICT);
        assert_int_equal(answer.results[0].outcome, OUTCOME_REFUSED);
    }
    assert_int_equal(enroll_case(fixture, 1, 0x41, NULL), DETAIL_BUDGET_SPENT);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, reference, 0x41), DETAIL_DONE);
    assert_int_equal(enroll_case(fixture, 2, 0x41, NULL), DETAIL_DONE);
}

/* ---- blobs ---- */

static struct call_item_citizen seal_blob(struct fixture *fixture, unsigned n, uint8_t nonce)
{
    struct tenant *tenant = &fixture->store.tenant[0];
    struct call_item_citizen item = {.portal = "portal"};
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];
    struct hpke_context hpke;
    char number[NUMBER_LEN];

    test_number(n, number);
    memset(item.application_nonce, nonce, sizeof item.application_nonce);
    sealed_citizen_info(tenant->id, info);
    sealed_citizen_aad(item.application_nonce, item.portal, aad);
    assert_int_equal(hpke_setup_sender(tenant->keys->citizen_public, info, sizeof info, NULL, 0, item.blob, &hpke), 0);
    assert_int_equal(hpke_seal(&hpke, aad, sizeof aad, number, NUMBER_LEN, item.blob + X25519_LEN), 0);
    return item;
}

static enum detail enroll_blob(struct fixture *fixture, struct call_item_citizen item, uint8_t application)
{
    memset(item.request_id, application, sizeof item.request_id);
    return ask(fixture, OPERATION_ENROLL_CITIZEN, &item, application, NULL);
}

static enum detail match_blob(struct fixture *fixture, struct call_item_citizen item, const uint8_t *reference,
                              uint8_t application)
{
    memcpy(item.reference, reference, sizeof item.reference);
    return ask(fixture, OPERATION_MATCH_CITIZEN, &item, application, NULL);
}

static void a_released_blob_does_not_come_back(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_citizen blob = seal_blob(fixture, 1, 0x51);

    assert_int_equal(enroll_blob(fixture, blob, 0x51), DETAIL_DONE);
    assert_int_equal(enroll_blob(fixture, blob, 0x51), DETAIL_REPEATED);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, NULL, 0x51), DETAIL_DONE);
    assert_int_equal(enroll_blob(fixture, blob, 0x51), DETAIL_ERASED);
    assert_int_equal(answer.results[0].outcome, OUTCOME_REFUSED);
    assert_int_equal(enroll_blob(fixture, seal_blob(fixture, 1, 0x52), 0x51), DETAIL_DONE);
}

/* F003, F005: the number comes sealed from the applicant's side, and is compared for that application alone. */
static void a_blob_is_compared_for_one_case(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_citizen right = seal_blob(fixture, 1, 0x61), wrong = seal_blob(fixture, 2, 0x62), other = right;
    uint8_t reference[REFERENCE_LEN];

    assert_int_equal(enroll_case(fixture, 1, 0x60, reference), DETAIL_DONE);
    assert_int_equal(match_blob(fixture, right, reference, 0x63), DETAIL_MATCHED);
    assert_int_equal(match_blob(fixture, right, reference, 0x63), DETAIL_MATCHED);
    assert_int_equal(match_blob(fixture, wrong, reference, 0x63), DETAIL_NOT_MATCHED);
    /* in another case it would prove who somebody else was */
    assert_int_equal(match_blob(fixture, right, reference, 0x64), DETAIL_BLOB_USED);
    assert_int_equal(answer.results[0].outcome, OUTCOME_NOT_MATCHED);
    assert_int_equal(enroll_blob(fixture, wrong, 0x63), DETAIL_BLOB_USED);
    other.portal[0] = 'P';
    assert_int_equal(match_blob(fixture, other, reference, 0x63), DETAIL_BLOB_INVALID);
    other = seal_blob(fixture, 1, 0x61); /* another blob under the same nonce */
    assert_int_equal(match_blob(fixture, other, reference, 0x63), DETAIL_BLOB_USED);
}

static void comparing_blobs_is_guessing(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN];

    fixture->limits[PURPOSE_CHANGE].reference_day = 2;
    assert_int_equal(enroll_case(fixture, 1, 0x71, reference), DETAIL_DONE);
    for (uint8_t n = 2; n < 4; n++)
        assert_int_equal(match_blob(fixture, seal_blob(fixture, n, n), reference, 0x72), DETAIL_NOT_MATCHED);
    assert_int_equal(match_blob(fixture, seal_blob(fixture, 1, 9), reference, 0x72), DETAIL_BUDGET_SPENT);
    assert_int_equal(answer.results[0].outcome, OUTCOME_NOT_MATCHED);
}

/* Another tenant's cases do not exist (INV-12). */
static void inv12_cases_are_a_tenants(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = {0};

    assert_int_equal(enroll_case(fixture, 1, 0x81, NULL), DETAIL_DONE);
    memset(item.request_id, 0x81, sizeof item.request_id);
    call(fixture, SESSION_OTHER, OPERATION_CONFIRM, PURPOSE_REGISTER, &item, 1, &answer);
    assert_int_equal(answer.details[0].detail, DETAIL_UNKNOWN_REFERENCE);
    call(fixture, SESSION_OTHER, OPERATION_RELEASE, PURPOSE_REGISTER, &item, 1, &answer);
    assert_int_equal(answer.details[0].detail, DETAIL_REPEATED);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
}

/* Each decision is a leaf that names the number's reference and the case. */
static void decisions_are_in_the_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_item recorded;
    struct ledger_entry entry;
    uint8_t reference[REFERENCE_LEN];
    uint64_t index = 1;
    MDB_val key = {sizeof index, &index}, value;

    assert_int_equal(enroll_case(fixture, 1, 0x91, reference), DETAIL_DONE);
    assert_int_equal(decide(fixture, OPERATION_RELEASE, NULL, 0x91), DETAIL_DONE);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_int_equal(mdb_get(fixture->store.txn, fixture->store.tenant[0].entry, &key, &value), 0);
    assert_int_equal(value.mv_size, sizeof entry + sizeof recorded);
    memcpy(&entry, value.mv_data, sizeof entry);
    memcpy(&recorded, (const uint8_t *)value.mv_data + sizeof entry, sizeof recorded);
    store_abort(&fixture->store);
    assert_int_equal(entry.operation, OPERATION_RELEASE);
    assert_int_equal(entry.purpose, PURPOSE_REGISTER);
    assert_int_equal(entry.legal_basis, 6);
    assert_int_equal(entry.case_ref[15], 0x91);
    assert_memory_equal(recorded.reference, reference, REFERENCE_LEN);
    assert_int_equal(recorded.detail, DETAIL_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_confirmed_number_stays),           TEST(a_released_number_is_erased),
        TEST(nothing_is_there_to_be_decided),     TEST(another_number_is_a_conflict_and_a_guess),
        TEST(a_released_blob_does_not_come_back), TEST(a_blob_is_compared_for_one_case),
        TEST(comparing_blobs_is_guessing),        TEST(inv12_cases_are_a_tenants),
        TEST(decisions_are_in_the_ledger),
    };
    return cmocka_run_group_tests_name("vault: cases", tests, NULL, NULL);
}
