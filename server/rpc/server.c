/* A server from its start to the end of its drain. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <grpc/support/alloc.h>
#include <grpc/support/time.h>

#include "server/rpc/executor.h"
#include "server/rpc/gate.h"
#include "server/rpc/health.h"
#include "server/rpc/internal.h"
#include "server/rpc/listen.h"
#include "server/rpc/log.h"
#include "server/rpc/peer.h"
#include "server/rpc/table.h"

const struct rpc_limits rpc_default_limits = {
    .max_request_bytes = 128 * 1024, /* a full sealed batch is 98,352 bytes */
    .max_metadata_bytes = 8 * 1024,
    .max_concurrent_streams = 256,
    .arena_bytes = 1024 * 1024,
    .max_calls = 4096,
    .max_connections = 8000,
    .max_connections_from_one = 2000,
};

/* health, and reflection under two names */
enum { OWN_SERVICES = 3 };

static bool fail(char error[256], const char *text)
{
    snprintf(error, 256, "%s", text);
    return false;
}

static bool limits_are_sane(const struct rpc_limits *limits)
{
    return limits->max_request_bytes > 0 && limits->max_metadata_bytes > 0 && limits->max_concurrent_streams > 0 &&
           limits->arena_bytes > 0 && limits->max_calls > 0 && limits->max_connections > 0 &&
           limits->max_connections_from_one > 0 && limits->max_connection_age_ms >= 0;
}

static void core_is_down_event(void *owner, bool ok)
{
    struct rpc_server *server = owner;
    (void)ok;
    server->core_down = true;
}

static bool add_services(struct rpc_server *server, const struct rpc_config *config, char error[256])
{
    server->services = calloc(config->service_count + OWN_SERVICES, sizeof *server->services);
    server->health = rpc_health_new(config->services, config->service_count);
    if (!server->services || !server->health)
        return fail(error, "out of memory");
    for (size_t i = 0; i < config->service_count; i++)
        server->services[server->service_count++] = config->services[i];
    server->services[server->service_count++] = rpc_health_service(server->health);
    if (config->reflection) {
        server->services[server->service_count++] = rpc_reflection_v1(&server->reflection);
        server->services[server->service_count++] = rpc_reflection_v1alpha(&server->reflection);
    }
    server->reflection = (struct rpc_reflection){server->descriptors, server->services, server->service_count};
    for (size_t i = 0; i < server->service_count; i++) {
        if (!rpc_table_check(&server->services[i], server->descriptors, error))
            return false;
        server->entry_count += server->services[i].method_count;
    }
    return true;
}

static bool prepare(struct rpc_server *server, const struct rpc_config *config, char error[256])
{
    if (!limits_are_sane(&config->limits))
        return fail(error, "a limit is zero or negative");
    if (config->listen_count == 0)
        return fail(error, "no listener");
    server->descriptors = rpc_descriptors_parse(config->descriptor_set, config->descriptor_set_length);
    if (!server->descriptors)
        return fail(error, "the descriptor set cannot be read");
    if (!add_services(server, config, error))
        return false;
    server->entries = calloc(server->entry_count, sizeof *server->entries);
    server->gate = rpc_gate_new(config->limits.max_connections, config->limits.max_connections_from_one);
    server->peers = rpc_peer_cache_new(server->gate);
    if (!server->gate)
        return fail(error, "too few descriptors, or out of memory");
    if (!server->entries || !server->peers || !rpc_arena_init(&server->arena, config->limits.arena_bytes))
        return fail(error, "out of memory");
    return true;
}

static bool register_method(struct rpc_server *server, struct rpc_entry *entry, const struct rpc_service *service,
                            const struct rpc_method *method)
{
    bool one_request = method->kind == RPC_UNARY || method->kind == RPC_SERVER_STREAM;
    char path[256];

    *entry = (struct rpc_entry){server, service, method, rpc_table_method(service, method->name), NULL};
    snprintf(path, sizeof path, "/%s/%s", service->descriptor->name, method->name);
    entry->registration = grpc_server_register_method(
        server->core, path, NULL, one_request ? GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER : GRPC_SRM_PAYLOAD_NONE, 0);
    return entry->registration != NULL;
}

static bool register_methods(struct rpc_server *server)
{
    size_t next = 0;

    for (size_t i = 0; i < server->service_count; i++)
        for (size_t j = 0; j < server->services[i].method_count; j++)
            if (!register_method(server, &server->entries[next++], &server->services[i],
                                 &server->services[i].methods[j]))
                return false;
    return true;
}

static bool open_core(struct rpc_server *server, const struct rpc_config *config, char error[256])
{
    int door = 0;

    server->core = rpc_listen_create_server(&config->limits, server->gate);
    server->queue = grpc_completion_queue_create_for_next(NULL);
    grpc_server_register_completion_queue(server->core, server->queue, NULL);
    if (!register_methods(server))
        return fail(error, "a method is registered twice");
    for (size_t i = 0; i < config->listen_count; i++) {
        uint16_t port = 0;
        if (!rpc_listen_add(server->core, server->gate, &door, &config->listen[i], &port, error))
            return false;
        if (server->port == 0)
            server->port = port;
    }
    grpc_server_start(server->core);
    rpc_accept_start(server);
    return rpc_gate_start(server->gate) || fail(error, "no thread");
}

struct rpc_server *rpc_server_start(const struct rpc_config *config, char error[256])
{
    struct rpc_server *server = calloc(1, sizeof *server);
    sigset_t all, before;
    bool started;

    if (!server) {
        fail(error, "out of memory");
        return NULL;
    }
    server->limits = config->limits;
    server->unknown.server = server;
    server->core_is_down = (struct rpc_tag){core_is_down_event, server};
    /* Core's threads inherit the mask: a signal must reach the thread that the process has for it, not one of them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rpc_log_install();
    grpc_init();
    rpc_executor_threads(false);
    started = prepare(server, config, error) && open_core(server, config, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        return server;
    rpc_server_free(server);
    return NULL;
}

uint16_t rpc_server_port(const struct rpc_server *server)
{
    return server->port;
}

void rpc_server_set_serving(struct rpc_server *server, bool serving)
{
    rpc_health_set(server->health, NULL, serving);
}

void rpc_server_set_service_serving(struct rpc_server *server, const char *service, bool serving)
{
    rpc_health_set(server->health, service, serving);
}

void rpc_server_drain(struct rpc_server *server, int grace_ms)
{
    gpr_timespec grace = gpr_time_from_millis(grace_ms, GPR_TIMESPAN);

    if (atomic_exchange(&server->drain_begun, true))
        return;
    server->drain_deadline = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), grace);
    rpc_health_drain(server->health);
    atomic_store(&server->draining, true);
    rpc_gate_close(server->gate);
    /* Gives back all posted calls, which wakes the completion queue's thread to see the deadline. */
    grpc_server_shutdown_and_notify(server->core, server->queue, &server->core_is_down);
}

static gpr_timespec wake_up_time(const struct rpc_server *server)
{
    bool waiting = atomic_load(&server->draining) && !server->cancelled_all;
    return waiting ? server->drain_deadline : gpr_inf_future(GPR_CLOCK_MONOTONIC);
}

static void advance_drain(struct rpc_server *server)
{
    if (!server->cancelled_all && gpr_time_cmp(gpr_now(GPR_CLOCK_MONOTONIC), server->drain_deadline) >= 0) {
        server->cancelled_all = true;
        grpc_server_cancel_all_calls(server->core);
    }
    /* Handlers may still hold calls that core has let go; nothing may be posted to the queue once it is shut. */
    if (server->core_down && server->calls_in_use == 0 && !server->queue_shut) {
        server->queue_shut = true;
        grpc_completion_queue_shutdown(server->queue);
    }
}

/* While the peer's answer is awaited the network is looked at this often. */
#define SOURCE_WAIT_MS 1

void rpc_server_set_source(struct rpc_server *server, const struct rpc_source *source)
{
    server->source = *source;
}

static gpr_timespec in_us(int us)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(us, GPR_TIMESPAN));
}

/* The next event. All that is there already comes first; then the peer has its turn if it owes an answer. */
static grpc_event next_event(struct rpc_server *server)
{
    const struct rpc_source *source = &server->source;
    grpc_event event;

    while (source->waiting && source->waiting(source->context)) {
        event = grpc_completion_queue_next(server->queue, gpr_inf_past(GPR_CLOCK_MONOTONIC), NULL);
        int gather_us = event.type == GRPC_QUEUE_TIMEOUT ? source->gather_us(source->context) : 0;
        if (gather_us > 0)
            event = grpc_completion_queue_next(server->queue, in_us(gather_us), NULL);
        if (event.type != GRPC_QUEUE_TIMEOUT)
            return event;
        source->serve(source->context, SOURCE_WAIT_MS);
        if (atomic_load(&server->draining))
            advance_drain(server);
    }
    return grpc_completion_queue_next(server->queue, wake_up_time(server), NULL);
}

void rpc_server_run(struct rpc_server *server)
{
    for (;;) {
        grpc_event event = next_event(server);
        if (event.type == GRPC_QUEUE_SHUTDOWN)
            return;
        if (event.type == GRPC_OP_COMPLETE) {
            struct rpc_tag *tag = event.tag;
            tag->on_event(tag->owner, event.success != 0);
        }
        if (atomic_load(&server->draining))
            advance_drain(server);
    }
}

static void close_core(struct rpc_server *server)
{
    rpc_server_drain(server, 0);
    if (!server->queue_shut)
        rpc_server_run(server);
    grpc_server_destroy(server->core);
    grpc_completion_queue_destroy(server->queue);
}

void rpc_server_free(struct rpc_server *server)
{
    if (!server)
        return;
    if (server->core)
        close_core(server);
    while (server->free_calls) {
        struct rpc_call *call = server->free_calls;
        server->free_calls = call->next_free;
        gpr_free(call);
    }
    rpc_peer_cache_free(server->peers);
    rpc_gate_free(server->gate);
    grpc_shutdown();
    rpc_arena_free(&server->arena);
    rpc_health_free(server->health);
    rpc_descriptors_free(server->descriptors);
    free(server->entries);
    free(server->services);
    free(server);
}
