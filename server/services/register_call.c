#include "server/services/register_call.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/register/operation.h"
#include "server/services/call_arena.h"
#include "server/services/errors.h"
#include "server/services/hex_id.h"
#include "server/services/request_record.h"
#include "server/services/resource_name.h"

/* A call while it waits for the writer. */
struct pending {
    struct reg_job job;
    struct register_call call;
    register_handler *handler;
    register_then *then; /* NULL: the answer follows */
    struct call_arena memory;
    struct request_key key;
    struct request_mark mark;
    bool has_request_id;
    ProtobufCBinaryData answer; /* packed; data NULL: call.error */
};

static struct pending *of_job(struct reg_job *job)
{
    return (struct pending *)((char *)job - offsetof(struct pending, job));
}

static struct pending *of_call(struct register_call *call)
{
    return (struct pending *)((char *)call - offsetof(struct pending, call));
}

/* ---- memory and texts ---- */

void *register_alloc(struct register_call *call, size_t size)
{
    return call_arena_alloc(call->arena.allocator_data, size);
}

void *register_new(struct register_call *call, size_t size, const void *init)
{
    void *memory = register_alloc(call, size);

    if (memory)
        memcpy(memory, init, size);
    return memory;
}

char *register_strdup(struct register_call *call, const char *text)
{
    return register_new(call, strlen(text) + 1, text);
}

char *register_printf(struct register_call *call, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : register_alloc(call, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

/* ---- the request ---- */

static const char *text_field(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    if (!field || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    return *(char *const *)((const char *)message + field->offset);
}

static bool true_field(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    return field && field->type == PROTOBUF_C_TYPE_BOOL &&
           *(const protobuf_c_boolean *)((const char *)message + field->offset);
}

/* AIP-122, 133, 134: what is asked for or changed. *where is the field's path. */
static const char *name_in(const ProtobufCMessage *request, char where[], size_t size)
{
    static const char *const names[] = {"parent", "name"};
    const ProtobufCMessageDescriptor *type = request->descriptor;

    for (size_t i = 0; i < 2; i++) {
        const char *text = text_field(request, names[i]);
        snprintf(where, size, "%s", names[i]);
        if (text)
            return text;
    }
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED ||
            !protobuf_c_message_descriptor_get_field_by_name(field->descriptor, "name"))
            continue;
        const ProtobufCMessage *inner = *(ProtobufCMessage *const *)((const char *)request + field->offset);
        snprintf(where, size, "%s.name", field->name);
        return inner ? text_field(inner, "name") : NULL;
    }
    return NULL;
}

static bool refuse(struct pending *pending, enum register_error error, const char *field, const char *detail)
{
    (void)register_fail(&pending->call, error, field, detail);
    return false;
}

static bool check_prefecture(struct pending *pending)
{
    struct register_call *call = &pending->call;
    const struct front *front = rpc_call_context(pending->call.rpc);
    char where[80] = "name";
    const char *name = name_in(call->request, where, sizeof where);
    uint16_t tenant;

    if (!name || !name_prefecture(name, &tenant))
        return refuse(pending, REGISTER_BAD_RESOURCE_NAME, where, "must begin with prefectures/{01..47}");
    if (tenant != call->caller.tenant)
        return refuse(pending, REGISTER_NOT_FOUND, NULL, NULL);
    call->reg = front->regs[tenant];
    if (!call->reg) {
        call->error = *error_of_front(FRONT_UNKNOWN_PREFECTURE);
        return false;
    }
    snprintf(call->object, sizeof call->object, "%s", name);
    return true;
}

static bool read_request_id(struct pending *pending)
{
    const char *id = text_field(pending->call.request, "request_id");

    if (!id || id[0] == '\0')
        return true;
    if (!hex_id_parse(id, pending->key.id))
        return refuse(pending, REGISTER_BAD_FIELD, "request_id", "must be 32 lower-case hex digits or empty");
    memcpy(pending->key.account, pending->call.caller.account, ACCOUNT_LEN);
    pending->has_request_id = true;
    return true;
}

/* The runtime's request lives until its callback returns: a write needs one of its own. */
static bool copy_request(struct pending *pending, const ProtobufCMessage *request)
{
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *packed = register_alloc(&pending->call, length);

    if (!packed)
        return refuse(pending, REGISTER_FULL, NULL, NULL);
    protobuf_c_message_pack(request, packed);
    pending->call.request = protobuf_c_message_unpack(request->descriptor, &pending->call.arena, length, packed);
    if (!pending->call.request || sha256(packed, length, pending->mark.sha256) != 0)
        return refuse(pending, REGISTER_FULL, NULL, NULL);
    return true;
}

static bool admit(struct pending *pending, const ProtobufCMessage *request)
{
    struct register_call *call = &pending->call;

    return caller_of(call->rpc, &call->caller, &call->error) && copy_request(pending, request) &&
           check_prefecture(pending);
}

static struct pending *pending_new(struct rpc_call *rpc, register_handler *handler)
{
    struct pending *pending = calloc(1, sizeof *pending);

    if (!pending) {
        rpc_call_finish(rpc, error_of_front(FRONT_BUSY));
        return NULL;
    }
    pending->call.rpc = rpc;
    pending->handler = handler;
    pending->mark.method = rpc_call_method(rpc)->number;
    pending->call.arena = call_arena_allocator(&pending->memory);
    return pending;
}

/* ---- the end ---- */

static void finish(struct pending *pending)
{
    if (pending->answer.data)
        rpc_call_reply_packed(pending->call.rpc, pending->answer.data, pending->answer.len);
    else
        rpc_call_finish(pending->call.rpc, &pending->call.error);
    call_arena_free(&pending->memory);
    free(pending);
}

static bool pack_answer(struct pending *pending, const ProtobufCMessage *response)
{
    size_t length = protobuf_c_message_get_packed_size(response);
    uint8_t *packed = register_alloc(&pending->call, length + 1); /* an empty answer is one */

    if (!packed)
        return refuse(pending, REGISTER_FULL, NULL, NULL);
    protobuf_c_message_pack(response, packed);
    pending->answer = (ProtobufCBinaryData){.data = packed, .len = length};
    return true;
}

static int record(struct pending *pending, MDB_txn *txn, int64_t now_us)
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
    return record(of_job(job), txn, now_us);
}

static void recorded(struct reg_job *job, int rc)
{
    struct pending *pending = of_job(job);

    if (rc != 0) {
        pending->answer.data = NULL;
        (void)register_fail_store(&pending->call, rc);
    }
    finish(pending);
}

/* What is not recorded is not answered. */
static void record_and_finish(struct pending *pending)
{
    pending->job = (struct reg_job){.run = record_job, .done = recorded, .plain = true};
    if (reg_write(pending->call.reg, &pending->job))
        return;
    pending->answer.data = NULL;
    refuse(pending, REGISTER_BUSY, NULL, NULL);
    finish(pending);
}

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
        (void)pack_answer(pending, response);
    reg_read_end(call->reg, call->txn);
}

void register_read(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler)
{
    struct pending *pending = pending_new(rpc, handler);

    if (!pending)
        return;
    struct register_call *call = &pending->call;
    call->request = request;
    if (!caller_of(rpc, &call->caller, &call->error) || !check_prefecture(pending)) {
        finish(pending);
        return;
    }
    call->now_us = reg_now_us();
    look(pending);
    record_and_finish(pending);
}

/* ---- writes ---- */

/* A code that takes back what was written, and means that answer or error stand already. */
#define TAKEN_BACK ECANCELED

static int first_time(struct pending *pending)
{
    struct register_call *call = &pending->call;
    const ProtobufCMessage *response = pending->handler(call);

    if (!response || !pack_answer(pending, response))
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
        refuse(pending, REGISTER_REQUEST_REUSED, "request_id", NULL);
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
    struct pending *pending = of_job(job);
    struct register_call *call = &pending->call;
    int rc = MDB_NOTFOUND;

    call->txn = txn;
    call->now_us = now_us;
    if (pending->has_request_id && !call->validate_only)
        rc = again(pending);
    if (rc == MDB_NOTFOUND)
        rc = first_time(pending);
    return rc == 0 && !pending->then ? record(pending, txn, now_us) : rc;
}

static void changed(struct reg_job *job, int rc)
{
    struct pending *pending = of_job(job);

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
        record_and_finish(pending);
    else
        finish(pending);
}

static void give(struct pending *pending)
{
    pending->job = (struct reg_job){.run = change, .done = changed};
    if (reg_write(pending->call.reg, &pending->job))
        return;
    refuse(pending, REGISTER_BUSY, NULL, NULL);
    finish(pending);
}

void register_write_then(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler,
                         register_then *then)
{
    struct pending *pending = pending_new(rpc, handler);

    if (!pending)
        return;
    pending->then = then;
    pending->call.validate_only = true_field(request, "validate_only");
    if (admit(pending, request) && read_request_id(pending))
        give(pending);
    else
        finish(pending);
}

void register_write(struct rpc_call *rpc, const ProtobufCMessage *request, register_handler *handler)
{
    register_write_then(rpc, request, handler, NULL);
}

static int change_further(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct pending *pending = of_job(job);

    pending->call.txn = txn;
    pending->call.now_us = now_us;
    int rc = first_time(pending);
    return rc == 0 ? record(pending, txn, now_us) : rc;
}

void register_continue(struct register_call *call, register_handler *handler)
{
    struct pending *pending = of_call(call);

    pending->handler = handler;
    pending->then = NULL;
    pending->job = (struct reg_job){.run = change_further, .done = changed};
    if (reg_write(call->reg, &pending->job))
        return;
    refuse(pending, REGISTER_BUSY, NULL, NULL);
    finish(pending);
}

void register_answer_error(struct register_call *call)
{
    record_and_finish(of_call(call));
}

/* ---- streams ---- */

static void opened(struct reg_job *job, int rc)
{
    struct pending *pending = of_job(job);

    if (rc == 0) {
        pending->then(&pending->call);
        return;
    }
    (void)register_fail_store(&pending->call, rc);
    finish(pending);
}

void register_stream(struct rpc_call *rpc, const ProtobufCMessage *first, register_then *ready)
{
    struct pending *pending = pending_new(rpc, NULL);

    if (!pending)
        return;
    pending->then = ready;
    if (!admit(pending, first)) {
        finish(pending);
        return;
    }
    pending->job = (struct reg_job){.run = record_job, .done = opened, .plain = true};
    if (reg_write(pending->call.reg, &pending->job))
        return;
    refuse(pending, REGISTER_BUSY, NULL, NULL);
    finish(pending);
}

void register_stream_end(struct register_call *call, const ProtobufCMessage *response)
{
    struct pending *pending = of_call(call);

    if (call->error.reason)
        rpc_call_finish(call->rpc, &call->error);
    else if (response)
        rpc_call_reply(call->rpc, response);
    else
        rpc_call_finish(call->rpc, NULL);
    call_arena_free(&pending->memory);
    free(pending);
}
