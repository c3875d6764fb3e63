/* Enrols synthetic people that are not enrolled yet, batch by batch with two in flight. */
#ifndef SEKISHO_BENCH_ENROLL_H
#define SEKISHO_BENCH_ENROLL_H

#include "load/options.h"

/* Writes the report, with the latency of batches, to standard output. 0, or -1 with a line on standard error. */
int enroll_run(const struct options *options);

#endif
