#include "server/rpc/reflection.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/grpc.h>

#include "grpc/reflection/v1/reflection.pb-c.h"

typedef Grpc__Reflection__V1__ServerReflectionRequest reflection_request;
typedef Grpc__Reflection__V1__ServerReflectionResponse reflection_response;
typedef Grpc__Reflection__V1__FileDescriptorResponse files_response;
typedef Grpc__Reflection__V1__ListServiceResponse list_response;
typedef Grpc__Reflection__V1__ServiceResponse service_response;

#define REQUEST_(name)  GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name
#define RESPONSE_(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name

static reflection_response response_to(const reflection_request *request)
{
    reflection_response response = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__INIT;
    response.valid_host = request->host;
    response.original_request = (reflection_request *)request;
    return response;
}

static void send_error(struct rpc_call *call, const reflection_request *request, grpc_status_code code,
                       const char *text)
{
    Grpc__Reflection__V1__ErrorResponse error = GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT;
    reflection_response response = response_to(request);

    error.error_code = (int32_t)code;
    error.error_message = (char *)text;
    response.message_response_case = RESPONSE_(ERROR_RESPONSE);
    response.error_response = &error;
    rpc_call_send(call, &response.base);
}

static void send_services(struct rpc_call *call, const reflection_request *request)
{
    const struct rpc_reflection *reflection = rpc_call_context(call);
    size_t count = reflection->service_count;
    service_response *services = calloc(count, sizeof *services);
    service_response **pointers = calloc(count, sizeof(service_response *));
    list_response list = GRPC__REFLECTION__V1__LIST_SERVICE_RESPONSE__INIT;
    reflection_response response = response_to(request);

    if (services && pointers) {
        for (size_t i = 0; i < count; i++) {
            grpc__reflection__v1__service_response__init(&services[i]);
            services[i].name = (char *)reflection->services[i].descriptor->name;
            pointers[i] = &services[i];
        }
        list.n_service = count;
        list.service = pointers;
        response.message_response_case = RESPONSE_(LIST_SERVICES_RESPONSE);
        response.list_services_response = &list;
        rpc_call_send(call, &response.base);
    } else {
        send_error(call, request, GRPC_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    }
    free(pointers);
    free(services);
}

/* Appends a file and, after it, what it imports; each once. `files` has room for all files of the set. */
static void collect(const rpc_descriptor_set *set, const rpc_descriptor_file *file, const rpc_descriptor_file **files,
                    size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (files[i] == file)
            return;
    files[(*count)++] = file;
    for (size_t i = 0; i < file->n_dependency; i++) {
        const rpc_descriptor_file *imported = rpc_descriptors_file(set, file->dependency[i]);
        if (imported)
            collect(set, imported, files, count);
    }
}

static bool pack_file(const rpc_descriptor_file *file, ProtobufCBinaryData *packed)
{
    packed->len = protobuf_c_message_get_packed_size(&file->base);
    packed->data = malloc(packed->len);
    if (packed->data)
        protobuf_c_message_pack(&file->base, packed->data);
    return packed->data != NULL;
}

static void send_file(struct rpc_call *call, const reflection_request *request, const rpc_descriptor_file *file)
{
    const struct rpc_reflection *reflection = rpc_call_context(call);
    const rpc_descriptor_file **files = calloc(reflection->set->n_file, sizeof(rpc_descriptor_file *));
    ProtobufCBinaryData *packed = calloc(reflection->set->n_file, sizeof *packed);
    files_response found = GRPC__REFLECTION__V1__FILE_DESCRIPTOR_RESPONSE__INIT;
    reflection_response response = response_to(request);
    bool complete = files && packed;
    size_t count = 0;

    if (complete)
        collect(reflection->set, file, files, &count);
    for (size_t i = 0; complete && i < count; i++)
        complete = pack_file(files[i], &packed[i]);
    if (complete) {
        found.n_file_descriptor_proto = count;
        found.file_descriptor_proto = packed;
        response.message_response_case = RESPONSE_(FILE_DESCRIPTOR_RESPONSE);
        response.file_descriptor_response = &found;
        rpc_call_send(call, &response.base);
    } else {
        send_error(call, request, GRPC_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    }
    for (size_t i = 0; i < count; i++)
        free(packed[i].data);
    free(packed);
    free(files);
}

static void send_file_or_not_found(struct rpc_call *call, const reflection_request *request,
                                   const rpc_descriptor_file *file)
{
    if (file)
        send_file(call, request, file);
    else
        send_error(call, request, GRPC_STATUS_NOT_FOUND, "no such file or symbol");
}

static void answer(struct rpc_call *call, const ProtobufCMessage *message)
{
    const struct rpc_reflection *reflection = rpc_call_context(call);
    const reflection_request *request = (const reflection_request *)message;

    switch (request->message_request_case) {
    case REQUEST_(LIST_SERVICES):
        send_services(call, request);
        break;
    case REQUEST_(FILE_BY_FILENAME):
        send_file_or_not_found(call, request, rpc_descriptors_file(reflection->set, request->file_by_filename));
        break;
    case REQUEST_(FILE_CONTAINING_SYMBOL):
        send_file_or_not_found(call, request,
                               rpc_descriptors_file_of_symbol(reflection->set, request->file_containing_symbol));
        break;
    default:
        /* The API is proto3: it has no extensions. */
        send_error(call, request, GRPC_STATUS_UNIMPLEMENTED, "this question is not supported");
    }
}

/* One question at a time: a client that does not read its answers gets none read either. */
static void sent(struct rpc_call *call)
{
    rpc_call_next(call);
}

static void half_closed(struct rpc_call *call)
{
    rpc_call_finish(call, NULL);
}

static void cancelled(struct rpc_call *call)
{
    rpc_call_finish(call, RPC_ERROR(.code = GRPC_STATUS_CANCELLED, .message = "cancelled"));
}

static const struct rpc_method methods[] = {
    {.name = "ServerReflectionInfo",
     .kind = RPC_BIDI_STREAM,
     .on_message = answer,
     .on_half_close = half_closed,
     .on_cancel = cancelled,
     .on_sent = sent},
};

struct rpc_service rpc_reflection_v1(struct rpc_reflection *reflection)
{
    return (struct rpc_service){
        .descriptor = &grpc__reflection__v1__server_reflection__descriptor,
        .methods = methods,
        .method_count = sizeof methods / sizeof *methods,
        .context = reflection,
    };
}

struct rpc_service rpc_reflection_v1alpha(struct rpc_reflection *reflection)
{
    static const ProtobufCMethodDescriptor method = {
        .name = "ServerReflectionInfo",
        .input = &grpc__reflection__v1__server_reflection_request__descriptor,
        .output = &grpc__reflection__v1__server_reflection_response__descriptor,
    };
    static const ProtobufCServiceDescriptor descriptor = {
        .magic = PROTOBUF_C__SERVICE_DESCRIPTOR_MAGIC,
        .name = "grpc.reflection.v1alpha.ServerReflection",
        .short_name = "ServerReflection",
        .package = "grpc.reflection.v1alpha",
        .n_methods = 1,
        .methods = &method,
    };
    struct rpc_service service = rpc_reflection_v1(reflection);
    service.descriptor = &descriptor;
    return service;
}
