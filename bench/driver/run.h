/* Runs of sides, one after the other. */
#ifndef SEKISHO_BENCH_RUN_H
#define SEKISHO_BENCH_RUN_H

#include <jansson.h>

#include "driver/sides.h"

struct chosen {
    size_t side[256]; /* indexes into sides, ascending */
    size_t count;
};

/* One run of a side: a new object as core/report.h writes it, or NULL with lines. */
json_t *side_run(struct bench *bench, const struct side *side);

/* Finds the capacities that the chosen open loops need. 0, or -1 with lines. */
int find_capacities(struct bench *bench, const struct chosen *chosen);

/*
 * Every chosen side once a round, in another order each round. A side that fails is not run again, and its name goes
 * into `failed`. Gives the array of the rounds, each an object of results by side; NULL when the bench was told to end.
 */
json_t *run_rounds(struct bench *bench, const struct chosen *chosen, json_t *failed);

#endif
