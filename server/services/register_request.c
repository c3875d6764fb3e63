#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/services/errors.h"
#include "server/services/hex_id.h"
#include "server/services/register_pending.h"
#include "server/services/resource_name.h"

static const char *text_field(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    if (!field || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    return *(char *const *)((const char *)message + field->offset);
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

static bool check_prefecture(struct pending *pending)
{
    struct register_call *call = &pending->call;
    const struct front *front = rpc_call_context(pending->call.rpc);
    char where[80] = "name";
    const char *name = name_in(call->request, where, sizeof where);
    uint16_t tenant;

    if (!name || !name_prefecture(name, &tenant))
        return pending_refuse(pending, REGISTER_BAD_RESOURCE_NAME, where, "must begin with prefectures/{01..47}");
    if (tenant != call->caller.tenant)
        return pending_refuse(pending, REGISTER_NOT_FOUND, NULL, NULL);
    call->reg = front->regs[tenant];
    if (!call->reg) {
        call->error = *error_of_front(FRONT_UNKNOWN_PREFECTURE);
        return false;
    }
    snprintf(call->object, sizeof call->object, "%s", name);
    return true;
}

bool pending_request_id(struct pending *pending)
{
    const char *id = text_field(pending->call.request, "request_id");

    if (!id || id[0] == '\0')
        return true;
    if (!hex_id_parse(id, pending->key.id))
        return pending_refuse(pending, REGISTER_BAD_FIELD, "request_id", "must be 32 lower-case hex digits or empty");
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
        return pending_refuse(pending, REGISTER_FULL, NULL, NULL);
    protobuf_c_message_pack(request, packed);
    pending->call.request = protobuf_c_message_unpack(request->descriptor, &pending->call.arena, length, packed);
    if (!pending->call.request || sha256(packed, length, pending->mark.sha256) != 0)
        return pending_refuse(pending, REGISTER_FULL, NULL, NULL);
    return true;
}

struct pending *pending_new(struct rpc_call *rpc, register_handler *handler)
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

bool pending_admit(struct pending *pending, const ProtobufCMessage *request)
{
    struct register_call *call = &pending->call;

    call->request = request;
    return caller_of(call->rpc, &call->caller, &call->error) && check_prefecture(pending);
}

bool pending_admit_copy(struct pending *pending, const ProtobufCMessage *request)
{
    struct register_call *call = &pending->call;

    return caller_of(call->rpc, &call->caller, &call->error) && copy_request(pending, request) &&
           check_prefecture(pending);
}
