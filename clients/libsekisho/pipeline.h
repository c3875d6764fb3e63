/* Inside libsekisho: what pipeline.c shares with its two transports. */
#ifndef SEKISHO_CLIENT_PIPELINE_H
#define SEKISHO_CLIENT_PIPELINE_H

#include "internal.h"

/* A call in flight. */
struct slot {
    bool busy;
    void *tag;
    struct sealed_call call;
    struct exchange exchange; /* calls transport */
    uint64_t order;           /* stream transport: answers come in this order */
};

struct transport {
    enum sekisho_status (*open)(struct sekisho_pipeline *pipeline, struct sekisho_error *error);
    enum sekisho_status (*send)(struct sekisho_pipeline *pipeline, struct slot *slot, enum sekisho_operation operation,
                                struct sekisho_error *error);
    /* Waits for the next call that ended; fills pipeline->results, or *status and *error. Called with calls in flight.
     */
    struct slot *(*next)(struct sekisho_pipeline *pipeline, struct sekisho_receipt *receipt,
                         enum sekisho_status *status, struct sekisho_error *error);
    /* Ends everything in flight; release comes when the queue is empty. */
    void (*cancel)(struct sekisho_pipeline *pipeline);
    void (*release)(struct sekisho_pipeline *pipeline);
};
extern const struct transport calls_transport, stream_transport;

struct sekisho_pipeline {
    struct sekisho_session *session;
    const struct transport *transport;
    grpc_completion_queue *queue;
    unsigned depth, in_flight;
    struct match_stream *stream; /* stream transport */
    struct sekisho_result results[SEKISHO_BATCH_MAX];
    struct slot slots[];
};

#endif
