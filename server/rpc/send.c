/*
 * What goes to the client. One batch of core is in flight at a time; it takes all that is ready: initial metadata, the
 * next message, and with the last message also the status and the wait for the close. So a unary call is one batch, one
 * event.
 */
#include <grpc/support/alloc.h>

#include "server/rpc/internal.h"

/* Takes the slice. */
static struct rpc_outgoing *outgoing_of(grpc_slice slice)
{
    struct rpc_outgoing *outgoing = gpr_malloc(sizeof *outgoing);

    *outgoing =
        (struct rpc_outgoing){.buffer = grpc_raw_byte_buffer_create(&slice, 1), .length = GRPC_SLICE_LENGTH(slice)};
    grpc_slice_unref(slice);
    return outgoing;
}

static struct rpc_outgoing *pack(const ProtobufCMessage *message)
{
    /* A small slice holds its bytes in itself: the pointer must come from this variable, not from a copy. */
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));

    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    return outgoing_of(slice);
}

static void outgoing_free(struct rpc_outgoing *outgoing)
{
    grpc_byte_buffer_destroy(outgoing->buffer);
    gpr_free(outgoing);
}

static bool queue(struct rpc_call *call, struct rpc_outgoing *outgoing)
{
    if (call->finished || call->cancelled || call->send_failed) {
        outgoing_free(outgoing);
        return false;
    }
    if (call->last)
        call->last->next = outgoing;
    else
        call->first = outgoing;
    call->last = outgoing;
    call->queued_bytes += outgoing->length;
    return true;
}

static void pop(struct rpc_call *call)
{
    struct rpc_outgoing *outgoing = call->first;
    call->first = outgoing->next;
    if (!call->first)
        call->last = NULL;
    call->queued_bytes -= outgoing->length;
    outgoing_free(outgoing);
}

void rpc_send_drop(struct rpc_call *call)
{
    struct rpc_outgoing *in_batch = call->message_in_batch ? call->first : NULL;
    struct rpc_outgoing *rest = in_batch ? in_batch->next : call->first;

    /* The message that core holds stays until its event. */
    call->first = call->last = in_batch;
    call->queued_bytes = in_batch ? in_batch->length : 0;
    if (in_batch)
        in_batch->next = NULL;
    while (rest) {
        struct rpc_outgoing *next = rest->next;
        outgoing_free(rest);
        rest = next;
    }
}

static size_t add_status(struct rpc_call *call, grpc_op *ops)
{
    size_t count = 0;
    grpc_op *op = &ops[count++];

    op->op = GRPC_OP_SEND_STATUS_FROM_SERVER;
    op->data.send_status_from_server.status = call->status.code;
    op->data.send_status_from_server.status_details = &call->status.message;
    if (call->status.has_details) {
        call->trailer.key = grpc_slice_from_static_string("grpc-status-details-bin");
        call->trailer.value = call->status.details;
        op->data.send_status_from_server.trailing_metadata = &call->trailer;
        op->data.send_status_from_server.trailing_metadata_count = 1;
    }
    call->status_in_batch = true;
    if (!call->close_awaited) {
        op = &ops[count++];
        op->op = GRPC_OP_RECV_CLOSE_ON_SERVER;
        op->data.recv_close_on_server.cancelled = &call->core_cancelled;
    }
    return count;
}

void rpc_send_flush(struct rpc_call *call)
{
    grpc_op ops[4] = {0};
    size_t count = 0;

    if (call->sending || !(call->first || call->finished))
        return;
    if (!call->metadata_sent)
        ops[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
    call->metadata_sent = true;
    if (call->first) {
        grpc_op *op = &ops[count++];
        op->op = GRPC_OP_SEND_MESSAGE;
        /* More follows: core may put several messages into one write. */
        op->flags = call->first->next ? GRPC_WRITE_BUFFER_HINT : 0;
        op->data.send_message.send_message = call->first->buffer;
        call->message_in_batch = true;
    }
    if (call->finished && call->first == call->last)
        count += add_status(call, &ops[count]);
    call->sending = true;
    rpc_call_start_batch(call, ops, count, &call->sent);
}

void rpc_send_event(void *owner, bool ok)
{
    struct rpc_call *call = owner;
    bool all_sent;

    pthread_mutex_lock(&call->lock);
    call->sending = false;
    if (call->message_in_batch)
        pop(call);
    call->message_in_batch = false;
    if (!ok) {
        call->send_failed = true;
        rpc_send_drop(call);
    }
    if (call->status_in_batch) {
        call->status_in_batch = false;
        call->status_done = true;
        if (!call->close_awaited)
            call->close_done = true;
    } else {
        rpc_send_flush(call);
    }
    all_sent = !call->sending && !call->finished && !call->cancelled && !call->send_failed;
    pthread_mutex_unlock(&call->lock);
    if (all_sent && call->entry->method->on_sent)
        call->entry->method->on_sent(call);
    rpc_call_settle(call);
}

bool rpc_call_send(struct rpc_call *call, const ProtobufCMessage *response)
{
    struct rpc_outgoing *outgoing = pack(response);
    bool queued;

    pthread_mutex_lock(&call->lock);
    queued = queue(call, outgoing);
    if (queued)
        rpc_send_flush(call);
    pthread_mutex_unlock(&call->lock);
    return queued;
}

static void reply(struct rpc_call *call, struct rpc_outgoing *outgoing)
{
    pthread_mutex_lock(&call->lock);
    queue(call, outgoing);
    rpc_send_finish(call, NULL);
    pthread_mutex_unlock(&call->lock);
}

void rpc_call_reply(struct rpc_call *call, const ProtobufCMessage *response)
{
    reply(call, pack(response));
}

void rpc_call_reply_packed(struct rpc_call *call, const void *bytes, size_t length)
{
    reply(call, outgoing_of(grpc_slice_from_copied_buffer(bytes, length)));
}

void rpc_send_finish(struct rpc_call *call, const struct rpc_error *error)
{
    if (call->finished)
        return;
    call->finished = true;
    if (!call->refused)
        rpc_status_set(&call->status, error);
    rpc_send_flush(call);
}

void rpc_call_finish(struct rpc_call *call, const struct rpc_error *error)
{
    pthread_mutex_lock(&call->lock);
    rpc_send_finish(call, error);
    pthread_mutex_unlock(&call->lock);
}

size_t rpc_call_queued_bytes(const struct rpc_call *call)
{
    struct rpc_call *locked = (struct rpc_call *)call; /* the lock alone changes */
    size_t bytes;

    pthread_mutex_lock(&locked->lock);
    bytes = locked->queued_bytes;
    pthread_mutex_unlock(&locked->lock);
    return bytes;
}
