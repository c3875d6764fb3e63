/*
 * Latency histogram with log-linear buckets (the idea of HdrHistogram): every power of two is split into 128 equal
 * buckets, so a recorded value is known to 1/128 (0.8 %) over the whole range at constant memory and cost.
 */
#ifndef SEKISHO_BENCH_HISTOGRAM_H
#define SEKISHO_BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_SUB_BITS 7
#define HISTOGRAM_MAX_BITS 40 /* 2^40 ns is 18 minutes; larger values are counted in the last bucket */
#define HISTOGRAM_BUCKETS  ((HISTOGRAM_MAX_BITS - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
    uint64_t count;
    uint64_t min, max, sum; /* exact, not bucketed; ns */
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_clear(struct histogram *histogram);
void histogram_record(struct histogram *histogram, uint64_t ns);

/* The value below or at which a share `quantile` (0..1) of the recorded values lies: the upper end of its bucket, never
 * above the exact maximum. 0 when nothing was recorded. */
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
