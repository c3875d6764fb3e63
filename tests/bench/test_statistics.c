/* Medians, ratios within a round, the order of rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>

#include "core/statistics.h"

static void assert_spread(struct spread spread, double median, double low, double high)
{
    assert_float_equal(spread.median, median, 1e-9);
    assert_float_equal(spread.low, low, 1e-9);
    assert_float_equal(spread.high, high, 1e-9);
}

static void median_of_odd_and_even_counts(void **state)
{
    (void)state;
    struct spread spread;
    assert_int_equal(spread_of((const double[]){5, 1, 9}, 3, &spread), 0);
    assert_spread(spread, 5, 1, 9);
    assert_int_equal(spread_of((const double[]){4, 1, 9, 2}, 4, &spread), 0);
    assert_spread(spread, 3, 1, 9);
    assert_int_equal(spread_of((const double[]){7}, 1, &spread), 0);
    assert_spread(spread, 7, 7, 7);
}

static void what_is_no_series_has_no_median(void **state)
{
    (void)state;
    struct spread spread;
    double many[ROUNDS_MAX + 1] = {0};
    assert_int_equal(spread_of(many, 0, &spread), -1);
    assert_int_equal(spread_of(many, ROUNDS_MAX + 1, &spread), -1);
    assert_int_equal(spread_of((const double[]){1, NAN}, 2, &spread), -1);
    assert_int_equal(spread_of((const double[]){1, INFINITY}, 2, &spread), -1);
}

static void drift_that_hits_both_sides_cancels(void **state)
{
    (void)state;
    struct spread spread;
    /* The machine halves its speed in the second round: each round says 0.5. */
    assert_int_equal(spread_of_ratios((const double[]){50, 25, 100}, (const double[]){100, 50, 200}, 3, &spread), 0);
    assert_spread(spread, 0.5, 0.5, 0.5);
}

static void the_median_is_of_the_ratios(void **state)
{
    (void)state;
    struct spread spread;
    assert_int_equal(spread_of_ratios((const double[]){10, 20, 90}, (const double[]){10, 40, 100}, 3, &spread), 0);
    assert_spread(spread, 0.9, 0.5, 1.0);
}

static void a_rate_of_nothing_is_refused(void **state)
{
    (void)state;
    struct spread spread;
    assert_int_equal(spread_of_ratios((const double[]){1, 1}, (const double[]){1, 0}, 2, &spread), -1);
    assert_int_equal(spread_of_ratios((const double[]){1, 1}, (const double[]){1, NAN}, 2, &spread), -1);
    assert_int_equal(spread_of_ratios((const double[]){1, 1}, (const double[]){1, -1}, 2, &spread), -1);
}

static void each_round_has_every_side_once(void **state)
{
    (void)state;
    for (size_t round = 0; round < 14; round++) {
        size_t order[7];
        bool seen[7] = {false};
        round_order(round, order, 7);
        for (size_t i = 0; i < 7; i++) {
            assert_true(order[i] < 7);
            assert_false(seen[order[i]]);
            seen[order[i]] = true;
        }
    }
}

static void rounds_alternate_in_direction_and_rotate(void **state)
{
    (void)state;
    static const size_t expected[3][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    for (size_t round = 0; round < 3; round++) {
        size_t order[3];
        round_order(round, order, 3);
        assert_memory_equal(order, expected[round], sizeof(order));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_of_odd_and_even_counts),
        cmocka_unit_test(what_is_no_series_has_no_median),
        cmocka_unit_test(drift_that_hits_both_sides_cancels),
        cmocka_unit_test(the_median_is_of_the_ratios),
        cmocka_unit_test(a_rate_of_nothing_is_refused),
        cmocka_unit_test(each_round_has_every_side_once),
        cmocka_unit_test(rounds_alternate_in_direction_and_rotate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
