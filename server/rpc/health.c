#include "server/rpc/health.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/grpc.h>

#include "grpc/health/v1/health.pb-c.h"

typedef Grpc__Health__V1__HealthCheckRequest check_request;
typedef Grpc__Health__V1__HealthCheckResponse check_response;
typedef Grpc__Health__V1__HealthCheckResponse__ServingStatus serving_status;

#define SERVING         GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
#define NOT_SERVING     GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING
#define SERVICE_UNKNOWN GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN

struct state {
    const char *service;
    serving_status status;
};

/* A Watch stream. It leaves the list before its call is finished, so that nobody sends to a call that is gone. */
struct watcher {
    struct watcher *next, **link;
    struct rpc_call *call;
    const struct state *state; /* NULL: no such service */
};

struct rpc_health {
    pthread_mutex_t lock; /* taken before a call's own lock, never after */
    struct state *states; /* [0] is "" */
    size_t count;
    struct watcher *watchers;
    bool draining;
};

struct rpc_health *rpc_health_new(const struct rpc_service *services, size_t count)
{
    struct rpc_health *health = calloc(1, sizeof *health);
    struct state *states = calloc(count + 1, sizeof *states);

    if (!health || !states) {
        free(health);
        free(states);
        return NULL;
    }
    pthread_mutex_init(&health->lock, NULL);
    states[0] = (struct state){"", NOT_SERVING};
    for (size_t i = 0; i < count; i++)
        states[i + 1] = (struct state){services[i].descriptor->name, NOT_SERVING};
    health->states = states;
    health->count = count + 1;
    return health;
}

void rpc_health_free(struct rpc_health *health)
{
    if (!health)
        return;
    pthread_mutex_destroy(&health->lock);
    free(health->states);
    free(health);
}

static struct state *find(struct rpc_health *health, const char *service)
{
    for (size_t i = 0; i < health->count; i++)
        if (strcmp(health->states[i].service, service) == 0)
            return &health->states[i];
    return NULL;
}

static void send_state(struct rpc_call *call, const struct state *state)
{
    check_response response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    response.status = state ? state->status : SERVICE_UNKNOWN;
    rpc_call_send(call, &response.base);
}

static void set_locked(struct rpc_health *health, struct state *state, serving_status status)
{
    if (state->status == status)
        return;
    state->status = status;
    for (struct watcher *watcher = health->watchers; watcher; watcher = watcher->next)
        if (watcher->state == state)
            send_state(watcher->call, state);
}

static void set_all_locked(struct rpc_health *health, serving_status status)
{
    for (size_t i = 0; i < health->count; i++)
        set_locked(health, &health->states[i], status);
}

void rpc_health_set(struct rpc_health *health, const char *service, bool serving)
{
    struct state *state = service ? find(health, service) : NULL;

    pthread_mutex_lock(&health->lock);
    if (!health->draining && !service)
        set_all_locked(health, serving ? SERVING : NOT_SERVING);
    else if (!health->draining && state)
        set_locked(health, state, serving ? SERVING : NOT_SERVING);
    pthread_mutex_unlock(&health->lock);
}

/* False when it has left the list before. */
static bool unlink_watcher(struct watcher *watcher)
{
    if (!watcher->link)
        return false;
    *watcher->link = watcher->next;
    if (watcher->next)
        watcher->next->link = watcher->link;
    watcher->link = NULL;
    return true;
}

static void finish_draining(struct rpc_call *call)
{
    rpc_call_finish(call,
                    RPC_ERROR(.code = GRPC_STATUS_UNAVAILABLE, .reason = "DRAINING",
                              .message = "the server is shutting down", .message_ja = "サーバーは停止処理中です。"));
}

void rpc_health_drain(struct rpc_health *health)
{
    pthread_mutex_lock(&health->lock);
    set_all_locked(health, NOT_SERVING);
    health->draining = true;
    while (health->watchers) {
        struct watcher *watcher = health->watchers;
        unlink_watcher(watcher);
        finish_draining(watcher->call);
    }
    pthread_mutex_unlock(&health->lock);
}

static void check(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct rpc_health *health = rpc_call_context(call);
    const struct state *state = find(health, ((const check_request *)message)->service);
    check_response response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

    if (!state) {
        rpc_call_finish(call, RPC_ERROR(.code = GRPC_STATUS_NOT_FOUND, .reason = "UNKNOWN_SERVICE",
                                        .message = "no such service", .message_ja = "このサービスはありません。",
                                        .field = "service", .field_description = "not a service of this server"));
        return;
    }
    pthread_mutex_lock(&health->lock);
    response.status = state->status;
    pthread_mutex_unlock(&health->lock);
    rpc_call_reply(call, &response.base);
}

static void list(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct rpc_health *health = rpc_call_context(call);
    size_t count = health->count;
    check_response *values = calloc(count, sizeof *values);
    Grpc__Health__V1__HealthListResponse__StatusesEntry *entries = calloc(count, sizeof *entries);
    Grpc__Health__V1__HealthListResponse__StatusesEntry **pointers =
        calloc(count, sizeof(Grpc__Health__V1__HealthListResponse__StatusesEntry *));
    Grpc__Health__V1__HealthListResponse response = GRPC__HEALTH__V1__HEALTH_LIST_RESPONSE__INIT;

    (void)message;
    if (values && entries && pointers) {
        pthread_mutex_lock(&health->lock);
        for (size_t i = 0; i < count; i++) {
            grpc__health__v1__health_check_response__init(&values[i]);
            values[i].status = health->states[i].status;
            grpc__health__v1__health_list_response__statuses_entry__init(&entries[i]);
            entries[i].key = (char *)health->states[i].service;
            entries[i].value = &values[i];
            pointers[i] = &entries[i];
        }
        pthread_mutex_unlock(&health->lock);
        response.n_statuses = count;
        response.statuses = pointers;
        rpc_call_reply(call, &response.base);
    } else {
        rpc_call_finish(call, RPC_ERROR(.code = GRPC_STATUS_RESOURCE_EXHAUSTED, .message = "out of memory"));
    }
    free(values);
    free(entries);
    free(pointers);
}

static void watch(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct rpc_health *health = rpc_call_context(call);
    struct watcher *watcher = calloc(1, sizeof *watcher);
    bool refuse = !watcher;

    rpc_call_set_user(call, watcher);
    pthread_mutex_lock(&health->lock);
    refuse = refuse || health->draining;
    if (!refuse) {
        *watcher = (struct watcher){.next = health->watchers, .link = &health->watchers, .call = call};
        watcher->state = find(health, ((const check_request *)message)->service);
        if (watcher->next)
            watcher->next->link = &watcher->next;
        health->watchers = watcher;
        send_state(call, watcher->state);
    }
    pthread_mutex_unlock(&health->lock);
    if (refuse)
        finish_draining(call);
}

static void watch_cancelled(struct rpc_call *call)
{
    struct rpc_health *health = rpc_call_context(call);
    struct watcher *watcher = rpc_call_user(call);
    bool finish;

    pthread_mutex_lock(&health->lock);
    finish = unlink_watcher(watcher); /* else the drain has finished it */
    pthread_mutex_unlock(&health->lock);
    if (finish)
        rpc_call_finish(call, RPC_ERROR(.code = GRPC_STATUS_CANCELLED, .message = "cancelled"));
}

static void watch_done(struct rpc_call *call)
{
    free(rpc_call_user(call));
}

static const struct rpc_method methods[] = {
    {.name = "Check", .kind = RPC_UNARY, .on_message = check},
    {.name = "List", .kind = RPC_UNARY, .on_message = list},
    {.name = "Watch",
     .kind = RPC_SERVER_STREAM,
     .on_message = watch,
     .on_cancel = watch_cancelled,
     .on_done = watch_done},
};

struct rpc_service rpc_health_service(struct rpc_health *health)
{
    return (struct rpc_service){
        .descriptor = &grpc__health__v1__health__descriptor,
        .methods = methods,
        .method_count = sizeof methods / sizeof *methods,
        .context = health,
    };
}
