/* Calls of the register's services: not sealed, the session in the metadata. */
#include "sekisho_rpc.h"

#include <stdio.h>

#include "internal.h"

enum sekisho_status rpc_method(const ProtobufCServiceDescriptor *service, const char *name,
                               const ProtobufCMethodDescriptor **method, grpc_slice *path, struct sekisho_error *error)
{
    char text[192];

    *method = protobuf_c_service_descriptor_get_method_by_name(service, name);
    if (!*method)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "NO_SUCH_METHOD", "the service has no method of this name",
                         "この名前のメソッドはありません");
    snprintf(text, sizeof text, "/%s/%s", service->name, (*method)->name);
    *path = grpc_slice_from_copied_string(text);
    return SEKISHO_OK;
}

enum sekisho_status rpc_check_request(const ProtobufCMethodDescriptor *method, const ProtobufCMessage *request,
                                      struct sekisho_error *error)
{
    if (request->descriptor == method->input)
        return SEKISHO_OK;
    return error_set(error, SEKISHO_ERROR_ARGUMENT, "WRONG_MESSAGE", "the request is not of the method's type",
                     "要求の型がメソッドと一致しません");
}

enum sekisho_status sekisho_rpc(struct sekisho_session *session, const ProtobufCServiceDescriptor *service,
                                const char *method, const ProtobufCMessage *request, ProtobufCMessage **answer,
                                struct sekisho_error *error)
{
    const ProtobufCMethodDescriptor *found;
    grpc_slice path;
    enum sekisho_status status = rpc_method(service, method, &found, &path, error);

    if (status != SEKISHO_OK)
        return status;
    status = rpc_check_request(found, request, error);
    if (status == SEKISHO_OK)
        status = session_call(session, path, request, found->output, answer, error);
    grpc_slice_unref(path);
    return status;
}

void sekisho_message_free(ProtobufCMessage *message)
{
    if (message)
        protobuf_c_message_free_unpacked(message, NULL);
}

const char *sekisho_printable(char *text)
{
    return make_printable(text);
}
