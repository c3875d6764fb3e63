#include "internal.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <stdlib.h>
#include <string.h>

grpc_byte_buffer *message_pack(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));

    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_byte_buffer *bytes = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    return bytes;
}

ProtobufCMessage *message_unpack(grpc_byte_buffer *bytes, const ProtobufCMessageDescriptor *descriptor)
{
    grpc_byte_buffer_reader reader;

    if (!bytes || !grpc_byte_buffer_reader_init(&reader, bytes))
        return NULL;
    grpc_slice slice = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, NULL, GRPC_SLICE_LENGTH(slice), GRPC_SLICE_START_PTR(slice));
    grpc_slice_unref(slice);
    return message;
}

gpr_timespec client_deadline(const struct sekisho_client *client)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(client->timeout_ms, GPR_TIMESPAN));
}

static grpc_call_error start_batch(struct exchange *exchange, void *tag)
{
    grpc_op ops[6] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = exchange->session.count, .metadata = &exchange->session.metadata}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = exchange->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &exchange->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &exchange->response},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &exchange->trailing,
                                        .status = &exchange->code,
                                        .status_details = &exchange->status_text}},
    };

    return grpc_call_start_batch(exchange->call, ops, sizeof ops / sizeof ops[0], tag, NULL);
}

void session_metadata_make(struct session_metadata *made, const struct sekisho_session *session)
{
    char name[SESSION_NAME_LEN];

    session_name(session->state, name);
    made->metadata.key = grpc_slice_from_static_string("sekisho-session");
    made->metadata.value = grpc_slice_from_copied_string(name);
    made->count = 1;
}

void session_metadata_free(struct session_metadata *made)
{
    if (made->count > 0)
        grpc_slice_unref(made->metadata.value);
    made->count = 0;
}

static enum sekisho_status begin(struct exchange *exchange, const struct sekisho_client *client,
                                 grpc_completion_queue *queue, grpc_slice method, const ProtobufCMessage *request,
                                 void *tag, struct sekisho_error *error)
{
    grpc_metadata_array_init(&exchange->initial);
    grpc_metadata_array_init(&exchange->trailing);
    exchange->status_text = grpc_empty_slice();
    exchange->request = message_pack(request);
    exchange->call = grpc_channel_create_call(client->channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue, method, NULL,
                                              client_deadline(client), NULL);
    if (!exchange->call || start_batch(exchange, tag) != GRPC_CALL_OK) {
        exchange_free(exchange);
        return error_set(error, SEKISHO_ERROR_LOCAL, "CALL_FAILED", "gRPC refused to start the call",
                         "gRPCの呼び出しを開始できません");
    }
    return SEKISHO_OK;
}

enum sekisho_status exchange_start(struct exchange *exchange, const struct sekisho_client *client,
                                   grpc_completion_queue *queue, const char *method, const ProtobufCMessage *request,
                                   void *tag, struct sekisho_error *error)
{
    memset(exchange, 0, sizeof *exchange);
    return begin(exchange, client, queue, grpc_slice_from_static_string(method), request, tag, error);
}

enum sekisho_status status_error(grpc_status_code code, grpc_slice text, const grpc_metadata_array *trailing,
                                 struct sekisho_error *error)
{
    static const char key[] = "grpc-status-details-bin";
    const uint8_t *details = NULL;
    size_t length = 0;

    for (size_t i = 0; i < trailing->count; i++)
        if (grpc_slice_str_cmp(trailing->metadata[i].key, key) == 0) {
            details = GRPC_SLICE_START_PTR(trailing->metadata[i].value);
            length = GRPC_SLICE_LENGTH(trailing->metadata[i].value);
        }
    return error_from_status(error, (int)code, GRPC_SLICE_START_PTR(text), GRPC_SLICE_LENGTH(text), details, length);
}

enum sekisho_status exchange_finish(struct exchange *exchange, const ProtobufCMessageDescriptor *descriptor,
                                    ProtobufCMessage **response, struct sekisho_error *error)
{
    if (exchange->code != GRPC_STATUS_OK)
        return status_error(exchange->code, exchange->status_text, &exchange->trailing, error);
    *response = message_unpack(exchange->response, descriptor);
    return *response ? SEKISHO_OK
                     : error_forged(error, "the answer is not a message of this API",
                                    "応答がこのAPIのメッセージではありません");
}

void exchange_free(struct exchange *exchange)
{
    grpc_byte_buffer_destroy(exchange->request);
    grpc_byte_buffer_destroy(exchange->response);
    grpc_metadata_array_destroy(&exchange->initial);
    grpc_metadata_array_destroy(&exchange->trailing);
    grpc_slice_unref(exchange->status_text);
    session_metadata_free(&exchange->session);
    if (exchange->call)
        grpc_call_unref(exchange->call);
    memset(exchange, 0, sizeof *exchange);
}

void queue_free(grpc_completion_queue *queue)
{
    grpc_completion_queue_shutdown(queue);
    while (grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type != GRPC_QUEUE_SHUTDOWN)
        ;
    grpc_completion_queue_destroy(queue);
}

/* The answer to a started call. The call's own deadline bounds this wait. */
static enum sekisho_status wait_for_answer(struct exchange *exchange, grpc_completion_queue *queue,
                                           const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **response,
                                           struct sekisho_error *error)
{
    grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    enum sekisho_status status = exchange_finish(exchange, descriptor, response, error);
    exchange_free(exchange);
    return status;
}

enum sekisho_status unary_call(const struct sekisho_client *client, const char *method, const ProtobufCMessage *request,
                               const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **response,
                               struct sekisho_error *error)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
    struct exchange exchange;
    enum sekisho_status status = exchange_start(&exchange, client, queue, method, request, &exchange, error);

    if (status == SEKISHO_OK)
        status = wait_for_answer(&exchange, queue, descriptor, response, error);
    queue_free(queue);
    return status;
}

enum sekisho_status session_call(const struct sekisho_session *session, grpc_slice method,
                                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *descriptor,
                                 ProtobufCMessage **response, struct sekisho_error *error)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
    struct exchange exchange = {0};

    session_metadata_make(&exchange.session, session);
    enum sekisho_status status = begin(&exchange, session->client, queue, method, request, &exchange, error);
    if (status == SEKISHO_OK)
        status = wait_for_answer(&exchange, queue, descriptor, response, error);
    queue_free(queue);
    return status;
}
