#include "load/slot.h"

#include <grpc/byte_buffer.h>

void caller_init(struct caller *caller, struct connection *connection, struct workload *workload)
{
    *caller = (struct caller){.connection = connection, .workload = workload};
    for (size_t i = 0; i < METHODS_MAX && workload->methods[i] != NULL; i++) {
        caller->methods[i] = grpc_channel_register_call(connection->channel, workload->methods[i], NULL, NULL);
    }
}

bool slot_start(struct caller *caller, struct slot *slot, uint64_t started_ns)
{
    unsigned method = 0;
    slot->request = caller->workload->request(caller->workload, &slot->token, &method);
    if (slot->request == NULL) {
        return false;
    }
    slot->started_ns = started_ns;
    slot->reply = NULL;
    slot->details = grpc_empty_slice();
    grpc_metadata_array_init(&slot->initial);
    grpc_metadata_array_init(&slot->trailing);
    slot->call = grpc_channel_create_registered_call(caller->connection->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                                     caller->connection->queue, caller->methods[method],
                                                     gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = caller->workload->metadata_count,
                                        .metadata = caller->workload->metadata}},
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
    caller->active++;
    return true;
}

int slot_finish(struct caller *caller, struct slot *slot)
{
    int status = (int)slot->status;
    caller->active--;
    if (status == GRPC_STATUS_OK && !caller->workload->reply(caller->workload, slot->token, slot->reply)) {
        status = GRPC_STATUS_DATA_LOSS;
    }
    grpc_byte_buffer_destroy(slot->request);
    grpc_byte_buffer_destroy(slot->reply);
    grpc_slice_unref(slot->details);
    grpc_metadata_array_destroy(&slot->initial);
    grpc_metadata_array_destroy(&slot->trailing);
    grpc_call_unref(slot->call);
    return status;
}
