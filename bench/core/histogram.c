#include "core/histogram.h"

#include <math.h>
#include <string.h>

#define SUB_BUCKETS (1u << HISTOGRAM_SUB_BITS)

/* Values below 2 * SUB_BUCKETS have a bucket each; above, the top HISTOGRAM_SUB_BITS + 1 bits select it. */
static size_t bucket_of(uint64_t value)
{
    if (value < SUB_BUCKETS) {
        return (size_t)value;
    }
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
    size_t bucket = ((size_t)shift << HISTOGRAM_SUB_BITS) + (size_t)(value >> shift);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static uint64_t bucket_upper_end(size_t bucket)
{
    if (bucket < 2 * SUB_BUCKETS) {
        return bucket;
    }
    unsigned shift = (unsigned)(bucket >> HISTOGRAM_SUB_BITS) - 1;
    uint64_t top = SUB_BUCKETS + (bucket & (SUB_BUCKETS - 1));
    return ((top + 1) << shift) - 1;
}

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
}

void histogram_record(struct histogram *histogram, uint64_t ns)
{
    if (histogram->count == 0 || ns < histogram->min) {
        histogram->min = ns;
    }
    if (ns > histogram->max) {
        histogram->max = ns;
    }
    histogram->count++;
    histogram->sum += ns;
    histogram->buckets[bucket_of(ns)]++;
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
    if (histogram->count == 0) {
        return 0;
    }
    uint64_t rank = (uint64_t)ceil(quantile * (double)histogram->count);
    rank = rank == 0 ? 1 : rank;
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen >= rank) {
            uint64_t end = bucket_upper_end(bucket);
            /* The last bucket also holds what lies beyond the range: only the exact maximum is known of it. */
            return bucket == HISTOGRAM_BUCKETS - 1 || end > histogram->max ? histogram->max : end;
        }
    }
    return histogram->max;
}
