/* Request messages: read from core, checked, unpacked into the server's arena, given to the handler. */
#include <grpc/byte_buffer_reader.h>

#include "server/rpc/fruitless.h"
#include "server/rpc/internal.h"
#include "server/rpc/validate.h"

static void refuse_fault(struct rpc_call *call, const struct rpc_fault *fault)
{
    switch (fault->kind) {
    case RPC_FAULT_UNKNOWN_FIELD:
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_INVALID_ARGUMENT, .reason = "UNKNOWN_FIELD",
                                        .message = "the request has a field that this server does not know",
                                        .message_ja = "リクエストに、このサーバーが知らない項目があります。",
                                        .field = fault->path, .field_description = "unknown field"));
        break;
    case RPC_FAULT_BAD_TEXT:
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_INVALID_ARGUMENT, .reason = "INVALID_TEXT",
                                        .message = "a string of the request is not UTF-8 or has a NUL in it",
                                        .message_ja = "リクエストの文字列がUTF-8でないか、NUL文字を含んでいます。",
                                        .field = fault->path, .field_description = "must be UTF-8 without NUL"));
        break;
    default:
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_INVALID_ARGUMENT, .reason = "MALFORMED_MESSAGE",
                                        .message = "the request is not a protobuf message of this method",
                                        .message_ja = "リクエストの形式が正しくありません。"));
    }
}

static void refuse_unpacking(struct rpc_call *call)
{
    if (call->server->arena.exhausted)
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_RESOURCE_EXHAUSTED, .reason = "MESSAGE_TOO_COMPLEX",
                                        .message = "the request needs too much memory when unpacked",
                                        .message_ja = "リクエストの項目が多すぎます。"));
    else
        refuse_fault(call, &(struct rpc_fault){.kind = RPC_FAULT_MALFORMED});
}

static void deliver_bytes(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    const ProtobufCMessageDescriptor *descriptor = call->entry->descriptor->input;
    struct rpc_arena *arena = &call->server->arena;
    struct rpc_fault fault;
    ProtobufCMessage *message;

    if (!rpc_validate(descriptor, bytes, length, &fault)) {
        refuse_fault(call, &fault);
        return;
    }
    message = protobuf_c_message_unpack(descriptor, &arena->allocator, length, bytes);
    if (message) {
        call->begun = true;
        call->entry->method->on_message(call, message);
    } else {
        refuse_unpacking(call);
    }
    rpc_arena_reset(arena);
}

/* All bytes of a buffer; one slice, the usual case, without a copy. */
static grpc_slice contiguous(grpc_byte_buffer *buffer)
{
    grpc_byte_buffer_reader reader;
    grpc_slice slice = grpc_empty_slice();

    grpc_byte_buffer_reader_init(&reader, buffer);
    grpc_byte_buffer_reader_next(&reader, &slice);
    grpc_byte_buffer_reader_destroy(&reader);
    if (GRPC_SLICE_LENGTH(slice) == grpc_byte_buffer_length(buffer))
        return slice;
    grpc_slice_unref(slice);
    grpc_byte_buffer_reader_init(&reader, buffer);
    slice = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    return slice;
}

void rpc_receive_deliver(struct rpc_call *call)
{
    grpc_byte_buffer *incoming = call->incoming;
    grpc_slice bytes;

    call->incoming = NULL;
    if (!incoming) {
        refuse_fault(call, &(struct rpc_fault){.kind = RPC_FAULT_MALFORMED});
        return;
    }
    bytes = contiguous(incoming);
    deliver_bytes(call, GRPC_SLICE_START_PTR(bytes), GRPC_SLICE_LENGTH(bytes));
    grpc_slice_unref(bytes);
    grpc_byte_buffer_destroy(incoming);
}

void rpc_receive_start(struct rpc_call *call)
{
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE};

    if (call->reading || call->read_all || call->finished || call->cancelled)
        return;
    op.data.recv_message.recv_message = &call->incoming;
    call->reading = true;
    rpc_call_start_batch(call, &op, 1, &call->received);
}

void rpc_receive_event(void *owner, bool ok)
{
    struct rpc_call *call = owner;
    /* A cancelled call ends its reads like a half-close does; a handler must never take one for the other. */
    bool failed = !ok || grpc_call_failed_before_recv_message(call->core);
    bool live;

    pthread_mutex_lock(&call->lock);
    call->reading = false;
    call->read_all = failed || !call->incoming;
    live = !call->finished && !call->cancelled && !failed;
    pthread_mutex_unlock(&call->lock);
    if (live && call->incoming) {
        fruitless_message(call->connection);
        rpc_receive_deliver(call);
    } else if (live) {
        call->begun = true;
        call->entry->method->on_half_close(call);
    }
    rpc_call_settle(call);
}

void rpc_call_next(struct rpc_call *call)
{
    bool streaming = call->entry->method->kind == RPC_CLIENT_STREAM || call->entry->method->kind == RPC_BIDI_STREAM;

    pthread_mutex_lock(&call->lock);
    if (streaming)
        rpc_receive_start(call);
    pthread_mutex_unlock(&call->lock);
}
