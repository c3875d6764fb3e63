/* A register kept before, taken over: batches of rows by one stream, two under way, the next sent for each answered. */
#ifndef SEKISHO_BENCH_LOAD_REGISTER_IMPORT_H
#define SEKISHO_BENCH_LOAD_REGISTER_IMPORT_H

#include "load/options.h"

/* Registrants options->first to options->first + options->count - 1, options->batch a request, which the register does
 * not have. 0, or -1 with a line. */
int register_import_run(const struct options *options);

#endif
