/* What a reader must know to believe the figures. */
#ifndef SEKISHO_BENCH_NOTES_H
#define SEKISHO_BENCH_NOTES_H

#include <jansson.h>
#include <stdio.h>

#include "driver/bench.h"

/* `busy`: share of the CPUs that others used before the bench. A machine that was not idle is told first. */
void notes_add(json_t *notes, const struct bench *bench, double busy);
/* Notes and failed sides, a line each. */
void notes_print(const json_t *results, FILE *out);
/* The command that gives the same bench: a new string. */
json_t *notes_command(const struct options *options);

#endif
