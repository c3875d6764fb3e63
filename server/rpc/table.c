#include "server/rpc/table.h"

#include <stdio.h>
#include <string.h>

typedef Google__Protobuf__MethodDescriptorProto method_type;

const ProtobufCMethodDescriptor *rpc_table_method(const struct rpc_service *service, const char *name)
{
    for (unsigned i = 0; i < service->descriptor->n_methods; i++)
        if (strcmp(service->descriptor->methods[i].name, name) == 0)
            return &service->descriptor->methods[i];
    return NULL;
}

static const struct rpc_method *only_row(const struct rpc_service *service, const char *name)
{
    const struct rpc_method *found = NULL;

    for (size_t i = 0; i < service->method_count; i++) {
        if (strcmp(service->methods[i].name, name) != 0)
            continue;
        if (found)
            return NULL;
        found = &service->methods[i];
    }
    return found;
}

static enum rpc_kind declared_kind(const method_type *method)
{
    if (method->client_streaming)
        return method->server_streaming ? RPC_BIDI_STREAM : RPC_CLIENT_STREAM;
    return method->server_streaming ? RPC_SERVER_STREAM : RPC_UNARY;
}

static bool streams_requests(enum rpc_kind kind)
{
    return kind == RPC_CLIENT_STREAM || kind == RPC_BIDI_STREAM;
}

static const char *find_fault(const struct rpc_service *service, const method_type *declared)
{
    const struct rpc_method *row = only_row(service, declared->name);

    if (!row)
        return "must have exactly one row";
    if (!rpc_table_method(service, declared->name))
        return "is not in the generated code";
    if (row->kind != declared_kind(declared))
        return "is of another kind in the .proto file";
    if (!row->on_message)
        return "has no on_message";
    if (streams_requests(row->kind) && (!row->on_half_close || !row->on_cancel))
        return "needs on_half_close and on_cancel";
    if (row->on_start && !row->on_cancel)
        return "has on_start and needs on_cancel";
    return NULL;
}

bool rpc_table_check(const struct rpc_service *service, const rpc_descriptor_set *set, char error[256])
{
    const char *name = service->descriptor->name;
    const rpc_descriptor_service *declared = rpc_descriptors_service(set, name);

    if (!declared) {
        snprintf(error, 256, "%.120s is not in the descriptor set", name);
        return false;
    }
    for (size_t i = 0; i < declared->n_method; i++) {
        const char *fault = find_fault(service, declared->method[i]);
        if (fault) {
            snprintf(error, 256, "%.100s/%.60s %s", name, declared->method[i]->name, fault);
            return false;
        }
    }
    /* All declared methods have their own row: more rows are rows of no method. */
    if (service->method_count != declared->n_method) {
        snprintf(error, 256, "%.120s has rows for methods that do not exist", name);
        return false;
    }
    return true;
}
