/* New calls: what is posted to core, and what is decided before a handler sees anything. */
#include <stdio.h>
#include <stdlib.h>

#include "server/rpc/internal.h"
#include "server/rpc/peer.h"

/* Calls of a method that core can hand over before this thread comes back to it. */
enum { POSTED_PER_METHOD = 8, RETRY_WHEN_FULL_MS = 500 };

static void arrived_event(void *owner, bool ok);

static bool one_request(enum rpc_kind kind)
{
    return kind == RPC_UNARY || kind == RPC_SERVER_STREAM;
}

void rpc_accept_post(struct rpc_entry *entry)
{
    struct rpc_server *server = entry->server;
    struct rpc_call *call = rpc_call_take(entry);
    grpc_call_error error;

    call->arrived = (struct rpc_tag){arrived_event, call};
    if (entry->method)
        error = grpc_server_request_registered_call(
            server->core, entry->registration, &call->core, &call->deadline, &call->metadata,
            one_request(entry->method->kind) ? &call->incoming : NULL, server->queue, server->queue, &call->arrived);
    else
        error = grpc_server_request_call(server->core, &call->core, &call->details, &call->metadata, server->queue,
                                         server->queue, &call->arrived);
    if (error != GRPC_CALL_OK) {
        fprintf(stderr, "rpc: core refused a request for calls: %s\n", grpc_call_error_to_string(error));
        abort();
    }
}

void rpc_accept_start(struct rpc_server *server)
{
    for (int i = 0; i < POSTED_PER_METHOD; i++) {
        for (size_t j = 0; j < server->entry_count; j++)
            rpc_accept_post(&server->entries[j]);
        rpc_accept_post(&server->unknown);
    }
}

/* Reasons to end a call before its handler; false when there was one. */
static bool admit(struct rpc_call *call)
{
    struct rpc_server *server = call->server;

    if (!rpc_peer_certificate(server->peers, call->core, call->certificate, &call->connection)) {
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_UNAUTHENTICATED, .reason = "NO_CERTIFICATE",
                                        .message = "the client certificate cannot be read",
                                        .message_ja = "クライアント証明書を確認できません。"));
        return false;
    }
    if (!call->entry->method) {
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_UNIMPLEMENTED, .reason = "UNKNOWN_METHOD",
                                        .message = "no such method", .message_ja = "このメソッドはありません。"));
        return false;
    }
    if (server->live_calls >= server->limits.max_calls) {
        rpc_call_refuse(call,
                        RPC_ERROR_RETRY(RETRY_WHEN_FULL_MS, .code = GRPC_STATUS_RESOURCE_EXHAUSTED,
                                        .reason = "TOO_MANY_CALLS", .message = "the server is at its limit of calls",
                                        .message_ja = "混み合っています。しばらくしてからやり直してください。"));
        return false;
    }
    if (rpc_call_time_left_ms(call) == 0) {
        rpc_call_refuse(call, RPC_ERROR(.code = GRPC_STATUS_DEADLINE_EXCEEDED, .message = "the deadline has passed"));
        return false;
    }
    server->live_calls++;
    call->counted = true;
    return true;
}

static void await_close(struct rpc_call *call)
{
    pthread_mutex_lock(&call->lock);
    if (!call->finished)
        rpc_call_await_close(call);
    pthread_mutex_unlock(&call->lock);
}

static void begin_stream(struct rpc_call *call)
{
    await_close(call);
    if (call->entry->method->on_start) {
        call->begun = true;
        call->entry->method->on_start(call);
    }
    if (one_request(call->entry->method->kind))
        rpc_receive_deliver(call);
    else
        rpc_call_next(call);
}

static void begin_unary(struct rpc_call *call)
{
    rpc_receive_deliver(call);
    /* Most handlers have answered by now, in one batch with the wait for the close. */
    if (call->entry->method->on_cancel)
        await_close(call);
}

static void arrived_event(void *owner, bool ok)
{
    struct rpc_call *call = owner;

    if (!ok) {
        /* The server drains: nobody will come for this one. */
        rpc_call_release(call);
        return;
    }
    rpc_accept_post(call->entry);
    if (!admit(call))
        return;
    if (call->entry->method->kind == RPC_UNARY)
        begin_unary(call);
    else
        begin_stream(call);
}
