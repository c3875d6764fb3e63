/* What a bench leaves: results.json and the plots in the build folder, and what --record writes to the tree. */
#ifndef SEKISHO_BENCH_OUTPUT_H
#define SEKISHO_BENCH_OUTPUT_H

#include <jansson.h>

#include "driver/options.h"

/* Names the plots in `results`, too. A bench that is not `whole`, because a side failed, is not recorded, which is a
 * failure when it was asked for. 0, or -1 with a line. */
int output_write(const struct options *options, json_t *results, bool whole);

#endif
