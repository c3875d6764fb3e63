/* Several calls in flight. What is common to both kinds of pipeline is here; how a call travels is a row of functions.
 */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

enum sekisho_status sekisho_pipeline_open(struct sekisho_session *session, enum sekisho_pipeline_kind kind,
                                          unsigned depth, struct sekisho_pipeline **pipeline,
                                          struct sekisho_error *error)
{
    if (depth < 1 || depth > SEKISHO_PIPELINE_MAX ||
        (kind != SEKISHO_PIPELINE_CALLS && kind != SEKISHO_PIPELINE_STREAM))
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_DEPTH", "a pipeline has 1 to 64 calls in flight",
                         "同時に送信できる呼び出しは1~64件です");
    struct sekisho_pipeline *made = calloc(1, sizeof *made + depth * sizeof made->slots[0]);
    if (!made)
        return error_memory(error);
    made->session = session;
    made->transport = kind == SEKISHO_PIPELINE_STREAM ? &stream_transport : &calls_transport;
    made->depth = depth;
    made->queue = grpc_completion_queue_create_for_next(NULL);
    enum sekisho_status status = made->transport->open(made, error);
    if (status != SEKISHO_OK)
        sekisho_pipeline_close(made);
    else
        *pipeline = made;
    return status;
}

bool sekisho_pipeline_full(const struct sekisho_pipeline *pipeline)
{
    return pipeline->in_flight == pipeline->depth;
}

static struct slot *free_slot(struct sekisho_pipeline *pipeline)
{
    for (unsigned i = 0; i < pipeline->depth; i++)
        if (!pipeline->slots[i].busy)
            return &pipeline->slots[i];
    return NULL;
}

enum sekisho_status sekisho_pipeline_submit(struct sekisho_pipeline *pipeline, const struct sekisho_request *request,
                                            void *tag, struct sekisho_error *error)
{
    struct slot *slot = free_slot(pipeline);

    if (!slot)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "PIPELINE_FULL", "too many calls in flight",
                         "送信中の呼び出しが多すぎます");
    enum sekisho_status status = session_seal(pipeline->session, request, &slot->call, error);
    if (status != SEKISHO_OK)
        return status;
    slot->tag = tag;
    status = pipeline->transport->send(pipeline, slot, request->operation, error);
    if (status != SEKISHO_OK) {
        sealed_call_free(&slot->call);
        return status;
    }
    slot->busy = true;
    pipeline->in_flight++;
    return SEKISHO_OK;
}

bool sekisho_pipeline_next(struct sekisho_pipeline *pipeline, struct sekisho_completion *completion)
{
    if (pipeline->in_flight == 0)
        return false;
    memset(completion, 0, sizeof *completion);
    completion->error.retry_ms = -1;
    struct slot *slot =
        pipeline->transport->next(pipeline, &completion->receipt, &completion->status, &completion->error);
    completion->tag = slot->tag;
    if (completion->status == SEKISHO_OK) {
        completion->results = pipeline->results;
        completion->count = slot->call.count;
    }
    sealed_call_free(&slot->call);
    slot->busy = false;
    pipeline->in_flight--;
    return true;
}

void sekisho_pipeline_close(struct sekisho_pipeline *pipeline)
{
    if (!pipeline)
        return;
    pipeline->transport->cancel(pipeline);
    queue_free(pipeline->queue);
    pipeline->transport->release(pipeline);
    for (unsigned i = 0; i < pipeline->depth; i++)
        sealed_call_free(&pipeline->slots[i].call);
    free(pipeline);
}
