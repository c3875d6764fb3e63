/* A whole bench as one JSON value, and the tables out of it. */
#ifndef SEKISHO_BENCH_RESULTS_H
#define SEKISHO_BENCH_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "driver/run.h"

/* One entry a side: medians and ranges of its rate and latency, CPU time and memory of each process. */
json_t *results_summary(const json_t *rounds);

/* Tables: of the demands, and of the sides. `markdown`: for a page, else for a terminal. */
void demands_table(const json_t *results, bool markdown, FILE *out);
void sides_table(const json_t *results, bool markdown, FILE *out);

/* bench/RESULTS.md. 0, or -1 with a line. */
int page_write(const json_t *results, const char *path);

#endif
