/*
 * Loops of calls by one thread over one connection. Closed (unary_run, stream_run): a fixed number in flight, each
 * answer starts the next call. Open (open_run): calls start at a fixed rate. What is called is a workload; how calls
 * are made does not know what is inside.
 */
#ifndef SEKISHO_BENCH_LOAD_H
#define SEKISHO_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <grpc/grpc.h>

#include "core/cpu.h"
#include "core/histogram.h"
#include "core/report.h"
#include "load/connection.h"

#define IN_FLIGHT_MAX 1024

struct workload {
    const char *name;       /* in the report */
    const char *methods[5]; /* "/package.Service/Method", ended by NULL */
    unsigned items_per_call;
    /* The next request, the caller's to destroy; `token` comes back with its reply, `method` (0 when left alone) says
     * which method it is for. NULL ends the run as failed. */
    grpc_byte_buffer *(*request)(struct workload *workload, uint64_t *token, unsigned *method);
    /* Whether the reply (which stays the caller's) is right. */
    bool (*reply)(struct workload *workload, uint64_t token, grpc_byte_buffer *reply);
    uint64_t sealed_live;           /* see struct run_result */
    struct grpc_metadata *metadata; /* of every request */
    size_t metadata_count;
};

struct load_plan {
    unsigned in_flight; /* 1..IN_FLIGHT_MAX; of an open loop: at most */
    double rate;        /* calls due a second; 0: a closed loop */
    bool beside;        /* until it is told to end (beside.h), however long */
    uint64_t warm_up_ns, measure_ns;
    struct watched *watched;
    int watched_count;
};

/* The clock of a run, shared by both kinds of loop: nothing counts during warm-up and after the end. */
struct measurement {
    const struct load_plan *plan;
    uint64_t begin_ns, end_ns;
    uint64_t client_cpu_ns;
    bool begun, ended, watched_lost;
    uint64_t calls, failed;
    uint64_t late; /* open loop: calls due within the measured time that ended after it */
    int first_failure;
    struct histogram latency;
};

void measurement_start(struct measurement *measurement, const struct load_plan *plan);
/* Tells the time; true while calls are to be started. */
bool measurement_tick(struct measurement *measurement, uint64_t now_ns);
void measurement_record(struct measurement *measurement, uint64_t started_ns, uint64_t now_ns);
/* Open loop: a call that was due within the measured time, whenever it ended. */
void measurement_record_due(struct measurement *measurement, uint64_t due_ns, uint64_t now_ns);
void measurement_fail(struct measurement *measurement, int status);
/* 0, or -1 when the run is worth nothing: failed calls, none at all, or a watched process ended. */
int measurement_result(const struct measurement *measurement, const struct workload *workload,
                       struct run_result *result);

/* Each returns when all its calls have ended. 0, or -1 when the connection or the workload failed. */
int unary_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
              struct measurement *measurement);
int open_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
             struct measurement *measurement);
int stream_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
               struct measurement *measurement);

#endif
