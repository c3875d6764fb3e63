/* Many connections at once, each of its own, with one call on each: what they cost the server in memory. */
#ifndef SEKISHO_BENCH_CONNECTIONS_H
#define SEKISHO_BENCH_CONNECTIONS_H

#include "load/options.h"

/* Opens options->count connections, calls options->method on each, holds all of them open and writes the report with
 * the memory of the watched processes. The latency is of a connection: handshake and call. 0, or -1 with a line. */
int connections_run(const struct options *options);

#endif
