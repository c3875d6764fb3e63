/* What one run of one load gave, as one line of JSON on standard output: the only thing the driver reads. */
#ifndef SEKISHO_BENCH_REPORT_H
#define SEKISHO_BENCH_REPORT_H

#include <stdio.h>

#include "core/cpu.h"
#include "core/histogram.h"

struct run_result {
    const char *load;
    unsigned in_flight;
    unsigned items_per_call; /* 1, or the size of a batch */
    double offered_per_s;    /* calls that were to be started a second; 0: a closed loop */
    uint64_t calls, failed;  /* within the measured time; failed ones are not in the histogram */
    int first_failure;       /* grpc_status_code of the first failed call */
    uint64_t elapsed_ns;
    uint64_t client_cpu_ns;          /* of the load generator itself; 0 where load and work are one process */
    uint64_t unanswered;             /* open loop: calls due within the measured time that ended after it */
    uint64_t sealed_live;            /* calls that had to be sealed inside the measured time */
    const struct histogram *latency; /* NULL for loops without a latency */
    const struct watched *watched;
    int watched_count;
};

/* 0, or -1 when the output fails. */
int report_write(const struct run_result *result, FILE *out);

#endif
