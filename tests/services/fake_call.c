#include "fake_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *rpc_call_context(const struct rpc_call *call)
{
    return call->context;
}

void *rpc_call_user(const struct rpc_call *call)
{
    return call->user;
}

void rpc_call_set_user(struct rpc_call *call, void *user)
{
    call->user = user;
}

const struct rpc_method *rpc_call_method(const struct rpc_call *call)
{
    return call->method;
}

const char *rpc_call_metadata(const struct rpc_call *call, const char *key, size_t *length)
{
    if (!call->session || strcmp(key, "sekisho-session") != 0)
        return NULL;
    *length = strlen(call->session);
    return call->session;
}

const uint8_t *rpc_call_certificate(const struct rpc_call *call)
{
    return call->certificate;
}

void rpc_call_defer(struct rpc_call *call, void (*work)(struct rpc_call *call))
{
    work(call);
}

bool rpc_call_cancelled(const struct rpc_call *call)
{
    return call->over;
}

void rpc_call_next(struct rpc_call *call)
{
    call->next_asked++;
}

size_t rpc_call_queued_bytes(const struct rpc_call *call)
{
    return call->queued_bytes;
}

int64_t rpc_call_time_left_ms(const struct rpc_call *call)
{
    return call->time_left_ms;
}

static void record(struct rpc_call *call, const ProtobufCMessage *response)
{
    call->length = protobuf_c_message_get_packed_size(response);
    if (call->length > sizeof call->packed)
        abort();
    protobuf_c_message_pack(response, call->packed);
}

bool rpc_call_send(struct rpc_call *call, const ProtobufCMessage *response)
{
    record(call, response);
    call->sent++;
    return !call->over;
}

void rpc_call_reply(struct rpc_call *call, const ProtobufCMessage *response)
{
    record(call, response);
    call->replied++;
    call->finished++;
}

void rpc_call_reply_packed(struct rpc_call *call, const void *bytes, size_t length)
{
    if (length > sizeof call->packed)
        abort();
    call->length = length;
    memcpy(call->packed, bytes, length);
    call->replied++;
    call->finished++;
}

void rpc_call_finish(struct rpc_call *call, const struct rpc_error *error)
{
    call->finished++;
    call->failed = error != NULL;
    if (!error)
        return;
    call->error = *error;
    if (error->field) {
        snprintf(call->field, sizeof call->field, "%s", error->field);
        call->error.field = call->field;
    }
}
