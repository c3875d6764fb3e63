/* From runs to figures: medians with their range, ratios taken within a round before they are summed up. */
#ifndef SEKISHO_BENCH_STATISTICS_H
#define SEKISHO_BENCH_STATISTICS_H

#include <stddef.h>

#define ROUNDS_MAX 100

/* A median and the range it comes from. */
struct spread {
    double median, low, high;
};

/* 0, or -1: no value, more than ROUNDS_MAX, or one that is not finite. The median of an even count is the mean of the
 * two middle values. */
int spread_of(const double *values, size_t count, struct spread *spread);

/*
 * Spread of above[i] / below[i], values of the same round. A machine drifts over minutes by more than the differences
 * looked for; within a round both sides meet the same machine. -1 as above, or when a value below is not positive.
 */
int spread_of_ratios(const double *above, const double *below, size_t count, struct spread *spread);

/* The order in which `count` sides run in a round: rotated, and every other round backwards, so that none always
 * follows the same neighbour. */
void round_order(size_t round, size_t *order, size_t count);

#endif
