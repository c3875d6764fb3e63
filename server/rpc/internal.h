/*
 * What the parts of the runtime share. The life of a call:
 *
 *   posted (accept.c) -> arrived -> request decoded (receive.c) -> handler -> batches sent (send.c) -> settled (call.c)
 *
 * A `struct rpc_call` is posted to core before a client asks for it, and goes back to the server's pool afterwards.
 * Everything but the fields below `lock` is written by the completion queue's thread only, before the handler sees the
 * call.
 */
#ifndef SEKISHO_RPC_INTERNAL_H
#define SEKISHO_RPC_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <grpc/grpc.h>

#include "server/rpc/arena.h"
#include "server/rpc/descriptors.h"
#include "server/rpc/reflection.h"
#include "server/rpc/rpc.h"
#include "server/rpc/status.h"

/* What an event of the completion queue does; `ok` as core says it. */
struct rpc_tag {
    void (*on_event)(void *owner, bool ok);
    void *owner;
};

/* A method that core knows; the entry without a method catches all paths that nobody serves. */
struct rpc_entry {
    struct rpc_server *server;
    const struct rpc_service *service;
    const struct rpc_method *method;
    const ProtobufCMethodDescriptor *descriptor;
    void *registration;
};

/* A packed response that waits to be sent. */
struct rpc_outgoing {
    struct rpc_outgoing *next;
    grpc_byte_buffer *buffer;
    size_t length;
};

struct rpc_call {
    struct rpc_entry *entry;
    struct rpc_server *server;
    struct rpc_call *next_free;

    grpc_call *core;
    gpr_timespec deadline;
    grpc_metadata_array metadata;
    grpc_call_details details; /* of calls that the catch-all got */
    grpc_byte_buffer *incoming;
    uint8_t certificate[32];
    const void *connection; /* its context, as a name only */
    bool counted;           /* in live_calls */
    bool begun;             /* the handler has had a callback */
    int core_cancelled;
    struct rpc_tag arrived, received, sent, closed, deferred;
    void (*deferred_work)(struct rpc_call *call);
    void *user;

    pthread_mutex_t lock;
    bool reading, read_all;
    bool sending, metadata_sent, message_in_batch, status_in_batch, send_failed;
    bool close_awaited, close_done, status_done;
    bool finished;  /* by the handler, or by the runtime for a call that no handler saw */
    bool cancelled; /* over before it was finished */
    bool refused;   /* `status` is the runtime's, whatever the handler says */
    struct rpc_outgoing *first, *last;
    size_t queued_bytes;
    struct rpc_status status;
    grpc_metadata trailer;
};

struct rpc_server {
    grpc_server *core;
    grpc_completion_queue *queue;
    struct rpc_limits limits;
    struct rpc_service *services;
    size_t service_count;
    struct rpc_entry *entries;
    size_t entry_count;
    struct rpc_entry unknown;
    struct rpc_arena arena;
    rpc_descriptor_set *descriptors;
    struct rpc_health *health;
    struct rpc_reflection reflection;
    struct rpc_peer_cache *peers;
    struct rpc_gate *gate;
    uint16_t port;
    struct rpc_source source; /* waiting is NULL when there is none */

    /* Of the thread of the completion queue. */
    struct rpc_call *free_calls;
    size_t calls_in_use; /* posted or running */
    int live_calls;
    bool core_down, cancelled_all, queue_shut;
    struct rpc_tag core_is_down;

    atomic_bool drain_begun, draining;
    gpr_timespec drain_deadline; /* written before `draining` */
};

/* accept.c */
void rpc_accept_post(struct rpc_entry *entry);
void rpc_accept_start(struct rpc_server *server);

/* receive.c */
void rpc_receive_deliver(struct rpc_call *call);
void rpc_receive_start(struct rpc_call *call); /* call->lock held */
void rpc_receive_event(void *owner, bool ok);

/* send.c */
void rpc_send_flush(struct rpc_call *call); /* call->lock held */
void rpc_send_event(void *owner, bool ok);
void rpc_send_finish(struct rpc_call *call, const struct rpc_error *error); /* call->lock held */
void rpc_send_drop(struct rpc_call *call);                                  /* call->lock held */

/* call.c */
struct rpc_call *rpc_call_take(struct rpc_entry *entry);
void rpc_call_release(struct rpc_call *call);
/* Gives the call back when nothing of it is left to happen. Only on the completion queue's thread, as the last use. */
void rpc_call_settle(struct rpc_call *call);
void rpc_call_await_close(struct rpc_call *call); /* call->lock held */
void rpc_call_closed_event(void *owner, bool ok);
/* Ends a call by the runtime's own decision: at once when the handler has not seen it, else with the handler's finish.
 */
void rpc_call_refuse(struct rpc_call *call, const struct rpc_error *error);
/* Hands a batch to core; it only refuses what would be a fault in this runtime, so a refusal ends the process. */
void rpc_call_start_batch(struct rpc_call *call, const grpc_op *ops, size_t count, struct rpc_tag *tag);

#endif
