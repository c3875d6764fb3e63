#include <string.h>

#include <grpc/byte_buffer.h>

#include "load/load.h"

/* Operations of the one call; their addresses are the tags. */
struct stream_operation {
    bool busy;
};

struct stream_loop {
    grpc_call *call;
    struct workload *workload;
    struct stream_operation start, send, receive, close, status;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *reply;
    grpc_slice details;
    grpc_status_code status_code;
    /* Messages in flight, answered in order: a ring of their start times and tokens. */
    struct {
        uint64_t token, started_ns;
    } waiting[IN_FLIGHT_MAX];
    uint64_t sent, received;
    bool broken, closing, half_closed;
};

static void begin_operation(struct stream_loop *loop, const grpc_op *op, size_t count,
                            struct stream_operation *operation)
{
    operation->busy = true;
    grpc_call_start_batch(loop->call, op, count, operation, NULL);
}

static void open_stream(struct stream_loop *loop)
{
    grpc_op begin[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &loop->initial},
    };
    begin_operation(loop, begin, 2, &loop->start);
    grpc_op status = {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
                      .data.recv_status_on_client = {.trailing_metadata = &loop->trailing,
                                                     .status = &loop->status_code,
                                                     .status_details = &loop->details}};
    begin_operation(loop, &status, 1, &loop->status);
}

static void receive_next(struct stream_loop *loop)
{
    loop->reply = NULL;
    grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &loop->reply};
    begin_operation(loop, &receive, 1, &loop->receive);
}

/* C core takes one message at a time, so the window fills as sends complete. */
static void send_next(struct stream_loop *loop, unsigned window)
{
    if (loop->send.busy || loop->broken || loop->closing || loop->sent - loop->received >= window) {
        return;
    }
    uint64_t slot = loop->sent % IN_FLIGHT_MAX;
    loop->waiting[slot].started_ns = clock_ns();
    loop->request = loop->workload->request(loop->workload, &loop->waiting[slot].token, &(unsigned){0});
    if (loop->request == NULL) {
        loop->broken = true;
        return;
    }
    loop->sent++;
    grpc_op send = {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = loop->request};
    begin_operation(loop, &send, 1, &loop->send);
}

static void half_close(struct stream_loop *loop)
{
    if (!loop->half_closed && !loop->send.busy) {
        loop->half_closed = true;
        grpc_op close = {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT};
        begin_operation(loop, &close, 1, &loop->close);
    }
}

static void take_reply(struct stream_loop *loop, struct measurement *measurement)
{
    if (loop->reply == NULL) {
        loop->broken = !loop->half_closed; /* the stream has ended; its status says why */
        return;
    }
    uint64_t slot = loop->received++ % IN_FLIGHT_MAX;
    if (loop->workload->reply(loop->workload, loop->waiting[slot].token, loop->reply)) {
        measurement_record(measurement, loop->waiting[slot].started_ns, clock_ns());
    } else {
        measurement_fail(measurement, GRPC_STATUS_DATA_LOSS);
        loop->broken = true;
    }
    grpc_byte_buffer_destroy(loop->reply);
    receive_next(loop);
}

static void operation_done(struct stream_loop *loop, const grpc_event *event, struct measurement *measurement)
{
    struct stream_operation *operation = event->tag;
    operation->busy = false;
    if (operation == &loop->send) {
        grpc_byte_buffer_destroy(loop->request);
        loop->broken = loop->broken || !event->success;
    } else if (operation == &loop->receive) {
        take_reply(loop, measurement);
    }
}

static void run_until_status(struct stream_loop *loop, struct connection *connection, const struct load_plan *plan,
                             struct measurement *measurement)
{
    while (loop->status.busy || loop->receive.busy || loop->send.busy || loop->start.busy || loop->close.busy) {
        grpc_event event = grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        operation_done(loop, &event, measurement);
        loop->closing = !measurement_tick(measurement, clock_ns()) || loop->broken;
        send_next(loop, plan->in_flight);
        if (loop->broken) {
            grpc_call_cancel(loop->call, NULL);
        } else if (loop->closing && loop->sent == loop->received) {
            half_close(loop);
        }
    }
}

int stream_run(struct connection *connection, struct workload *workload, const struct load_plan *plan,
               struct measurement *measurement)
{
    static struct stream_loop loop;
    memset(&loop, 0, sizeof(loop));
    loop.workload = workload;
    loop.details = grpc_empty_slice();
    grpc_metadata_array_init(&loop.initial);
    grpc_metadata_array_init(&loop.trailing);
    grpc_slice path = grpc_slice_from_copied_string(workload->methods[0]);
    loop.call = grpc_channel_create_call(connection->channel, NULL, GRPC_PROPAGATE_DEFAULTS, connection->queue, path,
                                         NULL, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_slice_unref(path);
    measurement_start(measurement, plan);
    open_stream(&loop);
    receive_next(&loop);
    send_next(&loop, plan->in_flight);
    run_until_status(&loop, connection, plan, measurement);
    if (loop.status_code != GRPC_STATUS_OK) {
        measurement_fail(measurement, (int)loop.status_code);
    }
    grpc_slice_unref(loop.details);
    grpc_metadata_array_destroy(&loop.initial);
    grpc_metadata_array_destroy(&loop.trailing);
    grpc_call_unref(loop.call);
    return loop.broken ? -1 : 0;
}
