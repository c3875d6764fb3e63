#include <errno.h>

#include "server/services/register_pending.h"

/* ---- reads ---- */

static void look(struct pending *pending)
{
    struct register_call *call = &pending->call;
    int rc;

    call->txn = reg_read_begin(call->reg, &rc);
    if (!call->txn) {
        (void)register_fail_store(call, rc);
        return;
    }
    const ProtobufCMessage *response = pending->handler(call);
    if (response)
        (void)pending_pack(pending, response);
    reg_read_end(call->reg, call->txn);
}

void register_read(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler)
{
    struct pending *pending = pending_new(rpc, handler);

    if (!pending)
        return;
    if (!pending_admit(pending, request)) {
        pending_finish(pending);
        return;
    }
    pending->call.now_us = reg_now_us();
    look(pending);
    pending_record_and_finish(pending);
}

/* ---- writes ---- */

static bool true_field(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    return field && field->type == PROTOBUF_C_TYPE_BOOL &&
           *(const protobuf_c_boolean *)((const char *)message + field->offset);
}

/* A code that takes back what was written, and means that answer or error stand already. */
#define TAKEN_BACK ECANCELED

static int first_time(struct pending *pending)
{
    struct register_call *call = &pending->call;
    const ProtobufCMessage *response = pending->handler(call);

    if (!response || !pending_pack(pending, response))
        return TAKEN_BACK;
    if (call->validate_only)
        return TAKEN_BACK;
    if (pending->then || !pending->has_request_id)
        return 0;
    return request_keep(call->reg, call->txn, &pending->key, &pending->mark, call->now_us, pending->answer);
}

/* A call that was answered before gets that answer. */
static int again(struct pending *pending)
{
    struct register_call *call = &pending->call;
    int rc = request_find(call->reg, call->txn, &pending->key, &pending->mark, &call->arena, &pending->answer);

    if (rc == EEXIST) {
        pending_refuse(pending, REGISTER_REQUEST_REUSED, "request_id", NULL);
        return TAKEN_BACK;
    }
    if (rc == 0) {
        pending->then = NULL;
        if (!pending->answer.data) /* an empty answer is one */
            pending->answer.data = register_alloc(call, 1);
    }
    return rc;
}

static int change(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct pending *pending = pending_of_job(job);
    struct register_call *call = &pending->call;
    int rc = MDB_NOTFOUND;

    call->txn = txn;
    call->now_us = now_us;
    if (pending->has_request_id && !call->validate_only)
        rc = again(pending);
    if (rc == MDB_NOTFOUND)
        rc = first_time(pending);
    return rc == 0 && !pending->then ? pending_record(pending, txn, now_us) : rc;
}

static void changed(struct reg_job *job, int rc)
{
    struct pending *pending = pending_of_job(job);

    pending->call.txn = NULL;
    if (rc == 0 && pending->then) {
        pending->answer.data = NULL;
        pending->then(&pending->call);
        return;
    }
    if (rc != 0 && rc != TAKEN_BACK) {
        pending->answer.data = NULL;
        (void)register_fail_store(&pending->call, rc);
    }
    /* Refusals and rehearsals are operations, too. */
    if (rc == TAKEN_BACK)
        pending_record_and_finish(pending);
    else
        pending_finish(pending);
}

void register_write_then(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler,
                         register_then *then)
{
    struct pending *pending = pending_new(rpc, handler);

    if (!pending)
        return;
    pending->then = then;
    pending->job = (struct reg_job){.run = change, .done = changed};
    pending->call.validate_only = true_field(request, "validate_only");
    if (pending_admit_copy(pending, request) && pending_request_id(pending))
        pending_give(pending);
    else
        pending_finish(pending);
}

void register_write(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler)
{
    register_write_then(rpc, request, handler, NULL);
}

static int change_further(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct pending *pending = pending_of_job(job);

    pending->call.txn = txn;
    pending->call.now_us = now_us;
    int rc = first_time(pending);
    return rc == 0 ? pending_record(pending, txn, now_us) : rc;
}

void register_continue(struct register_call *call, register_handler *handler)
{
    struct pending *pending = pending_of_call(call);

    pending->handler = handler;
    pending->then = NULL;
    pending->job = (struct reg_job){.run = change_further, .done = changed};
    pending_give(pending);
}

void register_answer_error(struct register_call *call)
{
    pending_record_and_finish(pending_of_call(call));
}
