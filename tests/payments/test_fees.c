/* The fee table: amounts by kind and day of reception, zero only by a row. */
#include "store_fixture.h"

#include "server/payments/gate.h"

#define KIND(name) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##name

static int64_t yen_of(Sekisho__V1__ApplicationKind kind, uint32_t day)
{
    struct fee fee;

    return fee_on(11, kind, day, &fee) ? fee.yen : -1;
}

/* 地方公共団体の手数料の標準に関する政令 七の二 */
static void test_F012_amounts_of_the_standard_ordinance(void **state)
{
    (void)state;
    assert_int_equal(yen_of(KIND(NEW), 20260401), 4200);
    assert_int_equal(yen_of(KIND(REWRITE), 20260401), 1600);
    assert_int_equal(yen_of(KIND(REISSUE), 20260401), 1100);
}

static void test_F012_notifications_cost_nothing_by_rule(void **state)
{
    (void)state;
    for (int kind = KIND(DELETE); kind <= KIND(PREFECTURE_NOTICE); kind++)
        assert_int_equal(yen_of((Sekisho__V1__ApplicationKind)kind, 20260401), 0);
}

/* A day before the first row, or a kind without rows, has no fee: not even zero. */
static void test_INV_01_no_row_is_no_fee(void **state)
{
    (void)state;
    assert_int_equal(yen_of(KIND(NEW), 20031128), -1);
    assert_int_equal(yen_of(KIND(NEW), 20031129), 4200);
    assert_int_equal(yen_of(KIND(DEATH), 20031128), -1);
    assert_int_equal(yen_of(KIND(UNSPECIFIED), 20260401), -1);
    assert_int_equal(yen_of((Sekisho__V1__ApplicationKind)99, 20260401), -1);
}

/* The day of reception is a day in Japan: it begins at 15:00 UTC. */
static void test_F012_the_day_is_japans(void **state)
{
    const int64_t midnight = INT64_C(1774969200) * 1000000; /* 2026-03-31T15:00:00Z */

    (void)state;
    assert_int_equal(fee_day(midnight - 1), 20260331);
    assert_int_equal(fee_day(midnight), 20260401);
    assert_int_equal(fee_day(0), 19700101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F012_amounts_of_the_standard_ordinance),
        cmocka_unit_test(test_F012_notifications_cost_nothing_by_rule),
        cmocka_unit_test(test_INV_01_no_row_is_no_fee),
        cmocka_unit_test(test_F012_the_day_is_japans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
