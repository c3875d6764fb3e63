/* A pipeline of independent unary calls: any operation, answers in any order. */
#include "pipeline.h"

static enum sekisho_status calls_open(struct sekisho_pipeline *pipeline, struct sekisho_error *error)
{
    (void)pipeline, (void)error;
    return SEKISHO_OK;
}

static enum sekisho_status calls_send(struct sekisho_pipeline *pipeline, struct slot *slot,
                                      enum sekisho_operation operation, struct sekisho_error *error)
{
    return sealed_start(pipeline->session, number_method(operation), &slot->call, pipeline->queue, &slot->exchange,
                        slot, error);
}

static struct slot *calls_next(struct sekisho_pipeline *pipeline, struct sekisho_receipt *receipt,
                               enum sekisho_status *status, struct sekisho_error *error)
{
    /* Each call's own deadline bounds this wait. */
    grpc_event event = grpc_completion_queue_next(pipeline->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    struct slot *slot = event.tag;

    *status = sealed_finish(pipeline->session, &slot->call, &slot->exchange, pipeline->results, receipt, error);
    exchange_free(&slot->exchange);
    return slot;
}

static void calls_cancel(struct sekisho_pipeline *pipeline)
{
    for (unsigned i = 0; i < pipeline->depth; i++)
        if (pipeline->slots[i].busy)
            grpc_call_cancel(pipeline->slots[i].exchange.call, NULL);
}

static void calls_release(struct sekisho_pipeline *pipeline)
{
    for (unsigned i = 0; i < pipeline->depth; i++)
        if (pipeline->slots[i].busy)
            exchange_free(&pipeline->slots[i].exchange);
}

const struct transport calls_transport = {calls_open, calls_send, calls_next, calls_cancel, calls_release};
