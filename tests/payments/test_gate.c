/* The payment gate and the receipts that open it. */
#include "store_fixture.h"

#include <errno.h>
#include <string.h>

#include "server/payments/gate.h"
#include "server/payments/receipts.h"

#define KIND(name) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##name
#define RECEIVED   (INT64_C(1790000000) * 1000000) /* September 2026 */

static const uint8_t first[REGISTER_ID_LEN] = {1}, second[REGISTER_ID_LEN] = {1, 2};

static bool settled(struct store_fixture *fixture, const uint8_t *application, Sekisho__V1__ApplicationKind kind)
{
    int rc = -1;
    bool answer = payment_settled(&fixture->reg, fixture->txn, application, kind, RECEIVED, &rc);

    assert_int_equal(rc, 0);
    return answer;
}

static int add(struct store_fixture *fixture, const uint8_t *application, const char *slip, int64_t yen,
               struct receipt_key *key)
{
    Sekisho__V1__Receipt receipt = SEKISHO__V1__RECEIPT__INIT;
    Sekisho__V1__Date day = SEKISHO__V1__DATE__INIT;

    day.year = 2026, day.month = 9, day.day = 21;
    receipt.method = SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_POSTAL_TRANSFER;
    receipt.slip_number = (char *)(uintptr_t)slip;
    receipt.amount_yen = yen;
    receipt.received_on = &day;
    memcpy(key->application, application, REGISTER_ID_LEN);
    return receipt_add(&fixture->reg, fixture->txn, key, &receipt);
}

static void take_back(struct store_fixture *fixture, const struct receipt_key *key)
{
    Sekisho__V1__Receipt *receipt;

    assert_int_equal(receipt_get(&fixture->reg, fixture->txn, key, NULL, &receipt), 0);
    receipt->voided = true;
    assert_int_equal(receipt_void(&fixture->reg, fixture->txn, key, receipt), 0);
    sekisho__v1__receipt__free_unpacked(receipt, NULL);
}

static void test_INV_01_only_the_whole_fee_settles(void **state)
{
    struct receipt_key key;

    assert_false(settled(*state, first, KIND(REISSUE)));
    assert_int_equal(add(*state, first, "A-1", 1100, &key), 0);
    assert_int_equal(key.number, 1);
    assert_true(settled(*state, first, KIND(REISSUE)));
    assert_false(settled(*state, first, KIND(NEW)));      /* another fee */
    assert_false(settled(*state, second, KIND(REISSUE))); /* another application's money */
}

static void test_INV_01_zero_by_rule_settles_and_no_rule_never(void **state)
{
    struct store_fixture *fixture = *state;
    int rc;

    assert_true(settled(fixture, first, KIND(DEATH)));
    assert_false(payment_settled(&fixture->reg, fixture->txn, first, KIND(UNSPECIFIED), RECEIVED, &rc));
    assert_int_equal(rc, MDB_NOTFOUND);
    assert_false(payment_settled(&fixture->reg, fixture->txn, first, KIND(DEATH), 0, &rc)); /* 1970 */
    assert_int_equal(rc, MDB_NOTFOUND);
}

static void test_INV_01_a_store_that_fails_settles_nothing(void **state)
{
    struct store_fixture *fixture = *state;
    struct receipt_key key;
    int rc;

    assert_int_equal(add(fixture, first, "A-1", 1100, &key), 0);
    fixture->reg.table[TABLE_receipt] = 9999;
    assert_false(payment_settled(&fixture->reg, fixture->txn, first, KIND(REISSUE), RECEIVED, &rc));
    assert_int_equal(rc, EINVAL);
}

/* A voided receipt stays readable, settles nothing, and lets its slip be recorded where it belongs. */
static void test_F011_a_voided_receipt_stays(void **state)
{
    struct store_fixture *fixture = *state;
    struct receipt_key wrong, right;
    Sekisho__V1__Receipt *receipt;

    assert_int_equal(add(fixture, first, "A-1", 1100, &wrong), 0);
    take_back(fixture, &wrong);
    assert_false(settled(fixture, first, KIND(REISSUE)));
    assert_int_equal(receipt_get(&fixture->reg, fixture->txn, &wrong, NULL, &receipt), 0);
    assert_true(receipt->voided);
    assert_string_equal(receipt->slip_number, "A-1");
    sekisho__v1__receipt__free_unpacked(receipt, NULL);
    assert_int_equal(add(fixture, second, "A-1", 1100, &right), 0);
    assert_true(settled(fixture, second, KIND(REISSUE)));
    assert_int_equal(add(fixture, first, "A-2", 1100, &right), 0);
    assert_int_equal(right.number, 2);
    assert_true(settled(fixture, first, KIND(REISSUE)));
}

static void test_F011_one_slip_pays_once(void **state)
{
    struct receipt_key key;

    assert_int_equal(add(*state, first, "A-1", 1100, &key), 0);
    assert_int_equal(add(*state, second, "A-1", 1100, &key), MDB_KEYEXIST);
    assert_int_equal(add(*state, second, "A-12", 1100, &key), 0);
}

static void test_F011_a_slip_has_one_spelling(void **state)
{
    char slip[SLIP_MAX + 2];

    (void)state;
    assert_true(slip_valid("0010-7-123456"));
    assert_false(slip_valid(""));
    assert_false(slip_valid("a-1"));
    assert_false(slip_valid("A 1"));
    assert_false(slip_valid("Ａ－１"));
    memset(slip, 'A', sizeof slip);
    slip[SLIP_MAX] = '\0';
    assert_true(slip_valid(slip));
    slip[SLIP_MAX] = 'A';
    slip[SLIP_MAX + 1] = '\0';
    assert_false(slip_valid(slip));
}

/* Both orders of the desk's lists, and their ends. */
static void test_F012_receipts_in_order(void **state)
{
    struct store_fixture *fixture = *state;
    struct receipt_key key;
    uint32_t day = 0;

    assert_int_equal(add(fixture, second, "B-1", 1100, &key), 0);
    assert_int_equal(add(fixture, first, "A-1", 1100, &key), 0);
    take_back(fixture, &key);
    assert_int_equal(add(fixture, first, "A-2", 1100, &key), 0);

    memcpy(key.application, first, REGISTER_ID_LEN);
    for (uint32_t number = 1; number <= 2; number++) {
        key.number = number;
        assert_int_equal(receipt_next(&fixture->reg, fixture->txn, NULL, &key), 0);
        assert_int_equal(key.number, number);
    }
    key.number++;
    assert_int_equal(receipt_next(&fixture->reg, fixture->txn, NULL, &key), MDB_NOTFOUND);

    memset(&key, 0, sizeof key);
    for (int i = 0; i < 3; i++, key.number++) {
        assert_int_equal(receipt_next(&fixture->reg, fixture->txn, &day, &key), 0);
        assert_int_equal(day, 20260921);
        assert_memory_equal(key.application, i < 2 ? first : second, REGISTER_ID_LEN);
    }
    assert_int_equal(receipt_next(&fixture->reg, fixture->txn, &day, &key), MDB_NOTFOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_INV_01_only_the_whole_fee_settles),
        TEST(test_INV_01_zero_by_rule_settles_and_no_rule_never),
        TEST(test_INV_01_a_store_that_fails_settles_nothing),
        TEST(test_F011_a_voided_receipt_stays),
        TEST(test_F011_one_slip_pays_once),
        TEST(test_F011_a_slip_has_one_spelling),
        TEST(test_F012_receipts_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
