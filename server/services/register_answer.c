#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "server/register/operation.h"
#include "server/services/register_pending.h"

struct pending *pending_of_job(struct reg_job *job)
{
    return (struct pending *)((char *)job - offsetof(struct pending, job));
}

struct pending *pending_of_call(struct register_call *call)
{
    return (struct pending *)((char *)call - offsetof(struct pending, call));
}

bool pending_refuse(struct pending *pending, enum register_error error, const char *field, const char *detail)
{
    (void)register_fail(&pending->call, error, field, detail);
    return false;
}

void pending_finish(struct pending *pending)
{
    if (pending->answer.data)
        rpc_call_reply_packed(pending->call.rpc, pending->answer.data, pending->answer.len);
    else
        rpc_call_finish(pending->call.rpc, &pending->call.error);
    call_arena_free(&pending->memory);
    free(pending);
}

bool pending_pack(struct pending *pending, const ProtobufCMessage *response)
{
    size_t length = protobuf_c_message_get_packed_size(response);
    uint8_t *packed = register_alloc(&pending->call, length + 1); /* an empty answer is one */

    if (!packed)
        return pending_refuse(pending, REGISTER_FULL, NULL, NULL);
    protobuf_c_message_pack(response, packed);
    pending->answer = (ProtobufCBinaryData){.data = packed, .len = length};
    return true;
}

int pending_record(struct pending *pending, MDB_txn *txn, int64_t now_us)
{
    struct register_call *call = &pending->call;
    Sekisho__Stored__StoredOperation operation = SEKISHO__STORED__STORED_OPERATION__INIT;
    char account[ACCOUNT_LEN + 1] = {0};

    memcpy(account, call->caller.account, ACCOUNT_LEN);
    operation.time_us = now_us;
    operation.account = account;
    operation.role = call->caller.role;
    operation.method = pending->mark.method;
    operation.object = call->object;
    operation.session = (ProtobufCBinaryData){.data = call->caller.session, .len = SESSION_ID_LEN};
    if (call->error.reason)
        operation.refusal = (char *)(uintptr_t)call->error.reason;
    return operation_add(call->reg, txn, &operation);
}

static int record_job(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    return pending_record(pending_of_job(job), txn, now_us);
}

static void recorded(struct reg_job *job, int rc)
{
    struct pending *pending = pending_of_job(job);

    if (rc != 0) {
        pending->answer.data = NULL;
        (void)register_fail_store(&pending->call, rc);
    }
    pending_finish(pending);
}

/* What is not recorded is not answered. */
void pending_record_and_finish(struct pending *pending)
{
    pending->job = (struct reg_job){.run = record_job, .done = recorded, .plain = true};
    pending_give(pending);
}

void pending_give(struct pending *pending)
{
    if (reg_write(pending->call.reg, &pending->job))
        return;
    pending->answer.data = NULL;
    pending_refuse(pending, REGISTER_BUSY, NULL, NULL);
    pending_finish(pending);
}
