/* The life of a call: taken from the pool, closed, cancelled or refused, given back; and what handlers may ask of it.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include "server/rpc/fruitless.h"
#include "server/rpc/internal.h"

static void deferred_event(void *owner, bool ok)
{
    struct rpc_call *call = owner;

    (void)ok; /* it carries nothing that could fail */
    call->deferred_work(call);
}

struct rpc_call *rpc_call_take(struct rpc_entry *entry)
{
    struct rpc_server *server = entry->server;
    struct rpc_call *call = server->free_calls;

    if (call)
        server->free_calls = call->next_free;
    else
        call = gpr_malloc(sizeof *call);
    *call = (struct rpc_call){.entry = entry, .server = server};
    pthread_mutex_init(&call->lock, NULL);
    grpc_metadata_array_init(&call->metadata);
    if (!entry->method)
        grpc_call_details_init(&call->details);
    call->closed = (struct rpc_tag){rpc_call_closed_event, call};
    call->received = (struct rpc_tag){rpc_receive_event, call};
    call->sent = (struct rpc_tag){rpc_send_event, call};
    call->deferred = (struct rpc_tag){deferred_event, call};
    server->calls_in_use++;
    return call;
}

void rpc_call_release(struct rpc_call *call)
{
    struct rpc_server *server = call->server;

    if (call->counted)
        server->live_calls--;
    if (call->connection && !call->core_cancelled)
        fruitless_ended(call->connection);
    if (call->incoming)
        grpc_byte_buffer_destroy(call->incoming);
    if (call->status_done)
        rpc_status_clear(&call->status);
    grpc_metadata_array_destroy(&call->metadata);
    if (!call->entry->method)
        grpc_call_details_destroy(&call->details);
    if (call->core)
        grpc_call_unref(call->core);
    pthread_mutex_destroy(&call->lock);
    call->next_free = server->free_calls;
    server->free_calls = call;
    server->calls_in_use--;
}

void rpc_call_settle(struct rpc_call *call)
{
    bool over;

    pthread_mutex_lock(&call->lock);
    over = call->status_done && call->close_done && !call->reading && !call->sending;
    pthread_mutex_unlock(&call->lock);
    if (!over)
        return;
    if (call->begun && call->entry->method->on_done)
        call->entry->method->on_done(call);
    rpc_call_release(call);
}

void rpc_call_start_batch(struct rpc_call *call, const grpc_op *ops, size_t count, struct rpc_tag *tag)
{
    grpc_call_error error = grpc_call_start_batch(call->core, ops, count, tag, NULL);
    if (error != GRPC_CALL_OK) {
        fprintf(stderr, "rpc: core refused a batch: %s\n", grpc_call_error_to_string(error));
        abort();
    }
}

void rpc_call_await_close(struct rpc_call *call)
{
    grpc_op op = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER};
    op.data.recv_close_on_server.cancelled = &call->core_cancelled;
    call->close_awaited = true;
    rpc_call_start_batch(call, &op, 1, &call->closed);
}

/* The call ends without its handler's will. True when the handler must be told, which happens once. */
static bool cancel_locked(struct rpc_call *call)
{
    bool first = !call->cancelled && !call->finished;
    call->cancelled = true;
    rpc_send_drop(call);
    return first && call->begun && call->entry->method->on_cancel;
}

void rpc_call_closed_event(void *owner, bool ok)
{
    struct rpc_call *call = owner;
    bool tell;

    (void)ok; /* receiving the close always succeeds */
    pthread_mutex_lock(&call->lock);
    call->close_done = true;
    tell = cancel_locked(call);
    if (!call->begun)
        rpc_send_finish(call, RPC_ERROR(.code = GRPC_STATUS_CANCELLED, .message = "the client has gone"));
    pthread_mutex_unlock(&call->lock);
    if (tell)
        call->entry->method->on_cancel(call);
    rpc_call_settle(call);
}

void rpc_call_refuse(struct rpc_call *call, const struct rpc_error *error)
{
    bool tell = false;

    pthread_mutex_lock(&call->lock);
    if (!call->begun) {
        rpc_send_finish(call, error);
    } else if (!call->finished && !call->cancelled) {
        rpc_status_set(&call->status, error);
        call->refused = true;
        tell = cancel_locked(call);
    }
    pthread_mutex_unlock(&call->lock);
    if (tell)
        call->entry->method->on_cancel(call);
}

void *rpc_call_context(const struct rpc_call *call)
{
    return call->entry->service->context;
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
    return call->entry->method;
}

const uint8_t *rpc_call_certificate(const struct rpc_call *call)
{
    return call->certificate;
}

const char *rpc_call_metadata(const struct rpc_call *call, const char *key, size_t *length)
{
    for (size_t i = 0; i < call->metadata.count; i++) {
        /* Small slices hold their bytes in themselves: take pointers into the array only. */
        const grpc_metadata *entry = &call->metadata.metadata[i];
        if (grpc_slice_str_cmp(entry->key, key) == 0) {
            *length = GRPC_SLICE_LENGTH(entry->value);
            return (const char *)GRPC_SLICE_START_PTR(entry->value);
        }
    }
    return NULL;
}

int64_t rpc_call_time_left_ms(const struct rpc_call *call)
{
    gpr_timespec left;

    if (gpr_time_cmp(call->deadline, gpr_inf_future(call->deadline.clock_type)) == 0)
        return INT64_MAX;
    left = gpr_time_sub(call->deadline, gpr_now(call->deadline.clock_type));
    if (left.tv_sec < 0)
        return 0;
    return left.tv_sec * 1000 + left.tv_nsec / 1000000;
}

bool rpc_call_cancelled(const struct rpc_call *call)
{
    struct rpc_call *locked = (struct rpc_call *)call; /* the lock alone changes */
    bool cancelled;

    pthread_mutex_lock(&locked->lock);
    cancelled = locked->cancelled || locked->send_failed;
    pthread_mutex_unlock(&locked->lock);
    return cancelled || rpc_call_time_left_ms(call) == 0;
}

/* A batch of nothing is done at once, and its tag comes out of the completion queue. */
void rpc_call_defer(struct rpc_call *call, void (*work)(struct rpc_call *call))
{
    call->deferred_work = work;
    rpc_call_start_batch(call, NULL, 0, &call->deferred);
}
