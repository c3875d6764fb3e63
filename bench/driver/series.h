/* Values of the sides, round by round, out of the JSON of all runs. */
#ifndef SEKISHO_BENCH_SERIES_H
#define SEKISHO_BENCH_SERIES_H

#include <jansson.h>

#include "core/statistics.h"

/* Values of one quantity of one side; count is 0 when a round has none. */
struct series {
    double value[ROUNDS_MAX];
    size_t count;
};

/* `path` names the quantity, as "items_per_s" or "latency_us.p50". A side that was run once has one value. */
struct series series_of(const json_t *rounds, const char *side, const char *path);

/* Spread of series_of; -1 when there is none. */
int series_spread(const json_t *rounds, const char *side, const char *path, struct spread *spread);

#endif
