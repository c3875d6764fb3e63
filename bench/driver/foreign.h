/* What h2load, redis-benchmark and pgbench say, as the JSON that this bench's own programs write (core/report.h). */
#ifndef SEKISHO_BENCH_FOREIGN_H
#define SEKISHO_BENCH_FOREIGN_H

#include <jansson.h>

/* Each gives a new object with calls, calls_per_s, items_per_s, latency_us (what the tool tells of it); NULL when the
 * output is not what it should be, or tells of a failed call. */
json_t *foreign_h2load(const char *output);
json_t *foreign_redis_benchmark(const char *output);
json_t *foreign_pgbench(const char *output);

#endif
