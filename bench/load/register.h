/* Workloads of the register's officers: one entry read or found in many ways, or the first page of a search. */
#ifndef SEKISHO_BENCH_LOAD_REGISTER_H
#define SEKISHO_BENCH_LOAD_REGISTER_H

#include "load/options.h"

/* register-get, -number, -reference, -name, -prefix: as options->account, over options->count registrants. 0 or -1. */
int register_run(const struct options *options, int (*run)(const struct options *options, struct workload *workload));

#endif
