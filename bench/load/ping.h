/* Workload: a unary method with the same bytes in every request; the reply is not looked into. */
#ifndef SEKISHO_BENCH_PING_H
#define SEKISHO_BENCH_PING_H

#include <stddef.h>

#include "load/load.h"

/* `payload_bytes` of ballast as field 1 of the request; 0 makes the request empty. */
struct workload *ping_open(const char *method, size_t payload_bytes);
void ping_close(struct workload *workload);

#endif
