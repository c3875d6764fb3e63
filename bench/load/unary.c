#include <stdlib.h>

#include <grpc/byte_buffer.h>

#include "load/load.h"

/* One call in flight; its memory is used again by the next one. */
struct slot {
    grpc_call *call;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *reply;
    grpc_slice details;
    grpc_status_code status;
    uint64_t token, started_ns;
};

struct unary_loop {
    struct connection *connection;
    struct workload *workload;
    void *method; /* registered with the channel: no path to be copied per call */
    unsigned active;
};

static bool slot_start(struct unary_loop *loop, struct slot *slot, uint64_t now_ns)
{
    slot->request = loop->workload->request(loop->workload, &slot->token);
    if (slot->request == NULL) {
        return false;
    }
    slot->started_ns = now_ns;
    slot->reply = NULL;
    slot->details = grpc_empty_slice();
    grpc_metadata_array_init(&slot->initial);
    grpc_metadata_array_init(&slot->trailing);
    slot->call = grpc_channel_create_registered_call(loop->connection->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                                     loop->connection->queue, loop->method,
                                                     gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = slot->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &slot->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &slot->reply},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &slot->trailing,
                                        .status = &slot->status,
                                        .status_details = &slot->details}},
    };
    grpc_call_start_batch(slot->call, ops, sizeof(ops) / sizeof(ops[0]), slot, NULL);
    loop->active++;
    return true;
}

static void slot_finish(struct unary_loop *loop, struct slot *slot, struct measurement *measurement, uint64_t now_ns)
{
    loop->active--;
    if (slot->status != GRPC_STATUS_OK) {
        measurement_fail(measurement, (int)slot->status);
    } else if (!loop->workload->reply(loop->workload, slot->token, slot->reply)) {
        measurement_fail(measurement, GRPC_STATUS_DATA_LOSS);
    } else {
        measurement_record(measurement, slot->started_ns, now_ns);
    }
    grpc_byte_buffer_destroy(slot->request);
    grpc_byte_buffer_destroy(slot->reply);
    grpc_slice_unref(slot->details);
    grpc_metadata_array_destroy(&slot->initial);
    grpc_metadata_array_destroy(&slot->trailing);
    grpc_call_unref(slot->call);
}

int unary_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
              struct measurement *measurement)
{
    struct slot *slots = calloc(plan->in_flight, sizeof(*slots));
    struct unary_loop loop = {
        .connection = connection,
        .workload = workload,
        .method = grpc_channel_register_call(connection->channel, workload->method, NULL, NULL),
    };
    if (slots == NULL) {
        return -1;
    }
    int result = 0;
    measurement_start(measurement, plan);
    for (unsigned i = 0; i < plan->in_flight && result == 0; i++) {
        result = slot_start(&loop, &slots[i], clock_ns()) ? 0 : -1;
    }
    while (loop.active > 0) {
        grpc_event event = grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        uint64_t now_ns = clock_ns();
        slot_finish(&loop, event.tag, measurement, now_ns);
        bool go_on = measurement_tick(measurement, now_ns) && result == 0 && measurement->failed == 0;
        if (go_on && !slot_start(&loop, event.tag, now_ns)) {
            result = -1;
        }
    }
    free(slots);
    return result;
}
