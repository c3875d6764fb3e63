#include "service.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <grpc/grpc.h>

#include "interop/v1/interop.pb-c.h"

typedef Interop__V1__EchoRequest echo_request;
typedef Interop__V1__EchoResponse echo_response;

static atomic_ullong cancelled_calls, half_closed_streams, done_streams;

static void ping(struct rpc_call *call, const ProtobufCMessage *message)
{
    Interop__V1__PingResponse response = INTEROP__V1__PING_RESPONSE__INIT;
    (void)message;
    rpc_call_reply(call, &response.base);
}

static echo_response echo_of(const echo_request *request)
{
    echo_response response = INTEROP__V1__ECHO_RESPONSE__INIT;
    response.text = request->text;
    response.payload = request->payload;
    return response;
}

static void echo(struct rpc_call *call, const ProtobufCMessage *message)
{
    echo_response response = echo_of((const echo_request *)message);
    rpc_call_reply(call, &response.base);
}

static void finish_cancelled(struct rpc_call *call)
{
    atomic_fetch_add(&cancelled_calls, 1);
    rpc_call_finish(call, RPC_ERROR(.code = GRPC_STATUS_CANCELLED, .message = "cancelled"));
}

static void free_user(struct rpc_call *call)
{
    atomic_fetch_add(&done_streams, 1);
    free(rpc_call_user(call));
}

/* ---- Join ---- */

static void join_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    const char *before = rpc_call_user(call), *text = ((const echo_request *)message)->text;
    size_t length = (before ? strlen(before) : 0) + strlen(text) + 1;
    char *joined = malloc(length);

    if (!joined)
        abort();
    strcpy(joined, before ? before : "");
    strcat(joined, text);
    free(rpc_call_user(call));
    rpc_call_set_user(call, joined);
    rpc_call_next(call);
}

static void join_half_close(struct rpc_call *call)
{
    echo_response response = INTEROP__V1__ECHO_RESPONSE__INIT;
    atomic_fetch_add(&half_closed_streams, 1);
    response.text = rpc_call_user(call) ? rpc_call_user(call) : (char *)"";
    rpc_call_reply(call, &response.base);
}

/* ---- Repeat: sends when the transport has taken what came before ---- */

struct repeat {
    uint32_t left;
    char text[64];
};

static void repeat_step(struct rpc_call *call)
{
    struct repeat *repeat = rpc_call_user(call);
    echo_response response = INTEROP__V1__ECHO_RESPONSE__INIT;

    if (repeat->left == 0) {
        rpc_call_finish(call, NULL);
        return;
    }
    repeat->left--;
    response.text = repeat->text;
    if (!rpc_call_send(call, &response.base))
        repeat->left = 0;
}

static void repeat_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    const echo_request *request = (const echo_request *)message;
    struct repeat *repeat = calloc(1, sizeof *repeat);

    if (!repeat)
        abort();
    repeat->left = request->count;
    strncpy(repeat->text, request->text, sizeof repeat->text - 1);
    rpc_call_set_user(call, repeat);
    repeat_step(call);
}

/* ---- Chat ---- */

static void chat_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    echo_response response = echo_of((const echo_request *)message);
    rpc_call_send(call, &response.base);
    rpc_call_next(call);
}

static void chat_half_close(struct rpc_call *call)
{
    atomic_fetch_add(&half_closed_streams, 1);
    rpc_call_finish(call, NULL);
}

/* ---- Fail ---- */

static const char *unless_empty(const char *text)
{
    return *text ? text : NULL;
}

static void fail(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Interop__V1__FailRequest *request = (const Interop__V1__FailRequest *)message;
    struct rpc_error error = {
        .code = request->code,
        .reason = unless_empty(request->reason),
        .message = request->message,
        .message_ja = unless_empty(request->message_ja),
        .field = unless_empty(request->field),
        .field_description = request->field_description,
        .retry_ms = request->retry_ms ? request->retry_ms : -1,
    };
    rpc_call_finish(call, &error);
}

/* ---- Slow: answered from a thread of its own, as the register's writer does; after an odd delay handed back to the
 * server's thread first, as what the vault is asked from there is ---- */

struct slow {
    struct rpc_call *call;
    struct timespec delay;
    bool defer;
    pthread_t server; /* the thread that the deferred work must run on */
};

static void answer_slow(struct rpc_call *call)
{
    struct slow *slow = rpc_call_user(call);
    Interop__V1__SlowResponse response = INTEROP__V1__SLOW_RESPONSE__INIT;

    if (!pthread_equal(pthread_self(), slow->server))
        abort();
    free(slow);
    rpc_call_reply(call, &response.base);
}

static void *slow_thread(void *argument)
{
    struct slow *slow = argument;
    Interop__V1__SlowResponse response = INTEROP__V1__SLOW_RESPONSE__INIT;

    nanosleep(&slow->delay, NULL);
    if (slow->defer) {
        rpc_call_defer(slow->call, answer_slow);
        return NULL;
    }
    rpc_call_reply(slow->call, &response.base);
    free(slow);
    return NULL;
}

static void slow(struct rpc_call *call, const ProtobufCMessage *message)
{
    uint32_t delay_ms = ((const Interop__V1__SlowRequest *)message)->delay_ms;
    struct slow *slow = malloc(sizeof *slow);
    pthread_t thread;

    if (!slow)
        abort();
    *slow = (struct slow){.call = call,
                          .delay = {delay_ms / 1000, (long)(delay_ms % 1000) * 1000000},
                          .defer = delay_ms % 2 == 1,
                          .server = pthread_self()};
    rpc_call_set_user(call, slow);
    if (pthread_create(&thread, NULL, slow_thread, slow) != 0)
        abort();
    pthread_detach(thread);
}

static void count_cancelled(struct rpc_call *call)
{
    (void)call;
    atomic_fetch_add(&cancelled_calls, 1);
}

/* ---- Inspect ---- */

static void copy_metadata(struct rpc_call *call, const char *key, char out[128])
{
    size_t length = 0;
    const char *value = rpc_call_metadata(call, key, &length);

    memset(out, 0, 128);
    if (value && length < 128)
        memcpy(out, value, length);
}

static void inspect(struct rpc_call *call, const ProtobufCMessage *message)
{
    Interop__V1__InspectResponse response = INTEROP__V1__INSPECT_RESPONSE__INIT;
    int64_t left = rpc_call_time_left_ms(call);
    char metadata[128], session[128];

    (void)message;
    copy_metadata(call, "x-interop", metadata);
    copy_metadata(call, "sekisho-session", session);
    response.cancelled = atomic_load(&cancelled_calls);
    response.half_closed = atomic_load(&half_closed_streams);
    response.done = atomic_load(&done_streams);
    response.certificate = (ProtobufCBinaryData){32, (uint8_t *)rpc_call_certificate(call)};
    response.metadata = metadata;
    response.session = session;
    response.time_left_ms = left == INT64_MAX ? -1 : left;
    rpc_call_reply(call, &response.base);
}

static const struct rpc_method methods[] = {
    {.name = "Ping", .kind = RPC_UNARY, .on_message = ping},
    {.name = "Echo", .kind = RPC_UNARY, .on_message = echo},
    {.name = "Join",
     .kind = RPC_CLIENT_STREAM,
     .on_message = join_message,
     .on_half_close = join_half_close,
     .on_cancel = finish_cancelled,
     .on_done = free_user},
    {.name = "Repeat",
     .kind = RPC_SERVER_STREAM,
     .on_message = repeat_message,
     .on_cancel = finish_cancelled,
     .on_sent = repeat_step,
     .on_done = free_user},
    {.name = "Chat",
     .kind = RPC_BIDI_STREAM,
     .on_message = chat_message,
     .on_half_close = chat_half_close,
     .on_cancel = finish_cancelled,
     .on_done = free_user},
    {.name = "Fail", .kind = RPC_UNARY, .on_message = fail},
    {.name = "Slow", .kind = RPC_UNARY, .on_message = slow, .on_cancel = count_cancelled},
    {.name = "Inspect", .kind = RPC_UNARY, .on_message = inspect},
};

struct rpc_service interop_service(void)
{
    return (struct rpc_service){
        .descriptor = &interop__v1__interop_service__descriptor,
        .methods = methods,
        .method_count = sizeof methods / sizeof *methods,
    };
}
