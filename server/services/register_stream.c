#include <stdlib.h>

#include "server/services/register_pending.h"

static int record_job(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    return pending_record(pending_of_job(job), txn, now_us);
}

static void opened(struct reg_job *job, int rc)
{
    struct pending *pending = pending_of_job(job);

    if (rc == 0) {
        pending->then(&pending->call);
        return;
    }
    (void)register_fail_store(&pending->call, rc);
    pending_finish(pending);
}

void register_stream(struct rpc_call *rpc, const ProtobufCMessage *first, register_then *ready)
{
    struct pending *pending = pending_new(rpc, NULL);

    if (!pending)
        return;
    pending->then = ready;
    if (!pending_admit_copy(pending, first)) {
        pending_finish(pending);
        return;
    }
    pending->job = (struct reg_job){.run = record_job, .done = opened, .plain = true};
    pending_give(pending);
}

void register_stream_end(struct register_call *call, const ProtobufCMessage *response)
{
    struct pending *pending = pending_of_call(call);

    if (call->error.reason)
        rpc_call_finish(call->rpc, &call->error);
    else if (response)
        rpc_call_reply(call->rpc, response);
    else
        rpc_call_finish(call->rpc, NULL);
    call_arena_free(&pending->memory);
    free(pending);
}
