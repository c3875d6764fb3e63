/* The histogram's quantiles against an exact sort, and its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/histogram.h"

#define SAMPLES 100000

static struct histogram histogram;
static uint64_t samples[SAMPLES];

/* xorshift64: the same samples in every run. */
static uint64_t next_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static uint64_t exact_quantile(double quantile)
{
    size_t rank = (size_t)(quantile * SAMPLES);
    rank += (double)rank < quantile * SAMPLES;
    return samples[rank == 0 ? 0 : rank - 1];
}

static void assert_quantiles_hold(void)
{
    static const double quantiles[] = {0.0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0};
    histogram_clear(&histogram);
    for (size_t i = 0; i < SAMPLES; i++) {
        histogram_record(&histogram, samples[i]);
    }
    qsort(samples, SAMPLES, sizeof(samples[0]), compare);
    for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
        uint64_t exact = exact_quantile(quantiles[i]);
        uint64_t told = histogram_quantile(&histogram, quantiles[i]);
        assert_true(told >= exact);
        assert_true(told - exact <= exact >> HISTOGRAM_SUB_BITS);
    }
    assert_int_equal(histogram.min, samples[0]);
    assert_int_equal(histogram.max, samples[SAMPLES - 1]);
}

static void quantiles_of_uniform_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i] = next_random() % 3000000;
    }
    assert_quantiles_hold();
}

static void quantiles_over_all_magnitudes(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i] = next_random() >> (64 - (1 + next_random() % (HISTOGRAM_MAX_BITS - 1)));
    }
    assert_quantiles_hold();
}

static void small_values_are_exact(void **state)
{
    (void)state;
    histogram_clear(&histogram);
    for (uint64_t value = 0; value < 256; value++) {
        histogram_record(&histogram, value);
    }
    for (uint64_t value = 1; value <= 256; value++) {
        assert_int_equal(histogram_quantile(&histogram, (double)value / 256.0), value - 1);
    }
}

static void nothing_recorded_is_zero(void **state)
{
    (void)state;
    histogram_clear(&histogram);
    assert_int_equal(histogram_quantile(&histogram, 0.5), 0);
}

static void values_beyond_the_range_keep_their_maximum(void **state)
{
    (void)state;
    uint64_t huge = (uint64_t)1 << 50;
    histogram_clear(&histogram);
    histogram_record(&histogram, 1000);
    histogram_record(&histogram, huge);
    histogram_record(&histogram, UINT64_MAX >> 1);
    assert_int_equal(histogram_quantile(&histogram, 1.0), UINT64_MAX >> 1);
    assert_true(histogram_quantile(&histogram, 0.3) < 1010);
    assert_int_equal(histogram.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_uniform_values),
        cmocka_unit_test(quantiles_over_all_magnitudes),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(nothing_recorded_is_zero),
        cmocka_unit_test(values_beyond_the_range_keep_their_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
