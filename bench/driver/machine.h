/* What the figures were taken on: enough to judge them, nothing that names the machine or its user. */
#ifndef SEKISHO_BENCH_MACHINE_H
#define SEKISHO_BENCH_MACHINE_H

#include <jansson.h>

#include "driver/bench.h"

/* A new object: cpu, cores, virtual, memory_gib, kernel, system, compiler, governor, commit, versions (object: the
 * libraries and the peers that were started). Unknown values are "unknown". */
json_t *machine_describe(const struct bench *bench);

/* Share of all CPUs that others use during `seconds`. A machine that is not idle halves a rate without a trace in it.
 */
double machine_busy(double seconds);

#endif
