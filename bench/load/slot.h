/* One unary call in flight. Its memory is used again by the next one. */
#ifndef SEKISHO_BENCH_SLOT_H
#define SEKISHO_BENCH_SLOT_H

#include "load/load.h"

#define METHODS_MAX 4

struct slot {
    grpc_call *call;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *reply;
    grpc_slice details;
    grpc_status_code status;
    uint64_t token;
    uint64_t started_ns; /* in an open loop when the call was due, however late it was started */
    struct slot *next;   /* of those that are free, in an open loop */
};

struct caller {
    struct connection *connection;
    struct workload *workload;
    void *methods[METHODS_MAX]; /* registered with the channel: no path to be copied per call */
    unsigned active;
};

void caller_init(struct caller *caller, struct connection *connection, struct workload *workload);
/* Starts the workload's next call; false when it has none. */
bool slot_start(struct caller *caller, struct slot *slot, uint64_t started_ns);
/* The call has ended: 0 when it was answered rightly, else the status to count it under. */
int slot_finish(struct caller *caller, struct slot *slot);

#endif
