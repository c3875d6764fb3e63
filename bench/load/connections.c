#include "load/connections.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "load/ping.h"
#include "load/slot.h"

#define DESCRIPTORS_BESIDE 64

static struct histogram latency;

static void allow_descriptors(uint64_t count)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < count + DESCRIPTORS_BESIDE) {
        limit.rlim_cur = limit.rlim_max < count + DESCRIPTORS_BESIDE ? limit.rlim_max : count + DESCRIPTORS_BESIDE;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int call_once(struct connection *connection, struct workload *workload)
{
    struct caller caller;
    struct slot slot = {0};
    caller_init(&caller, connection, workload);
    if (!slot_start(&caller, &slot, clock_ns())) {
        return -1;
    }
    grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    int status = slot_finish(&caller, &slot);
    if (status != 0) {
        fprintf(stderr, "bench-load: a call on a new connection failed with status %d\n", status);
    }
    return status == 0 ? 0 : -1;
}

static int open_one(const struct options *options, struct workload *workload, struct connection *connection)
{
    uint64_t begin_ns = clock_ns();
    if (connection_open(&options->endpoint, connection) != 0) {
        return -1;
    }
    if (call_once(connection, workload) != 0) {
        connection_close(connection);
        return -1;
    }
    histogram_record(&latency, clock_ns() - begin_ns);
    return 0;
}

static int measure(const struct options *options, struct workload *workload, struct connection *connections)
{
    struct run_result result = {.load = "connections",
                                .in_flight = (unsigned)options->count,
                                .items_per_call = 1,
                                .latency = &latency,
                                .watched = options->plan.watched,
                                .watched_count = options->plan.watched_count};
    uint64_t opened = 0;
    watched_begin(options->plan.watched, options->plan.watched_count);
    uint64_t cpu_ns = cpu_of_self_ns();
    uint64_t begin_ns = clock_ns();
    while (opened < options->count && open_one(options, workload, &connections[opened]) == 0) {
        opened++;
    }
    result.elapsed_ns = clock_ns() - begin_ns;
    result.client_cpu_ns = cpu_of_self_ns() - cpu_ns;
    result.calls = opened;
    int lost = watched_end(options->plan.watched, options->plan.watched_count);
    for (uint64_t i = 0; i < opened; i++) {
        connection_close(&connections[i]);
    }
    return opened == options->count && lost == 0 ? report_write(&result, stdout) : -1;
}

int connections_run(const struct options *options)
{
    struct workload *workload = ping_open(options->method, 0);
    struct connection *connections = calloc(options->count, sizeof(*connections));
    int result = -1;
    allow_descriptors(options->count);
    if (workload != NULL && connections != NULL) {
        result = measure(options, workload, connections);
    }
    if (workload != NULL) {
        ping_close(workload);
    }
    free(connections);
    return result;
}
