/*
 * A call with any number of requests and answers. At most one request and one receive are posted at a time. While a
 * request waits to be sent, answers are taken and kept: a server that answers before it reads on would otherwise wait
 * for the client, and the client for the server.
 */
#include "sekisho_rpc.h"

#include <stdlib.h>

#include "internal.h"

struct sekisho_stream {
    const struct sekisho_client *client;
    const ProtobufCMethodDescriptor *method;
    grpc_completion_queue *queue;
    grpc_call *call;
    struct session_metadata session;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *sending, *received;
    grpc_byte_buffer *kept[SEKISHO_STREAM_KEPT_MAX]; /* a ring of answers not asked for yet */
    size_t kept_first, kept_count;
    bool send_posted, sent, receive_posted; /* `sent`: how the last send came out */
    bool answers_ended, ended;              /* no more answers; the status is here */
    grpc_status_code code;
    grpc_slice status_text;
};

/* Tags of the queue: addresses of these, never read. */
static char tag_start, tag_send, tag_finish, tag_receive, tag_status;

static enum sekisho_status post(struct sekisho_stream *stream, const grpc_op *ops, size_t count, void *tag,
                                struct sekisho_error *error)
{
    if (grpc_call_start_batch(stream->call, ops, count, tag, NULL) == GRPC_CALL_OK)
        return SEKISHO_OK;
    return error_set(error, SEKISHO_ERROR_LOCAL, "CALL_FAILED", "gRPC refused to go on with the stream",
                     "gRPCのストリームを続行できません");
}

static enum sekisho_status post_receive(struct sekisho_stream *stream, struct sekisho_error *error)
{
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &stream->received};

    if (stream->receive_posted || stream->answers_ended || stream->kept_count == SEKISHO_STREAM_KEPT_MAX)
        return SEKISHO_OK;
    enum sekisho_status status = post(stream, &receive, 1, &tag_receive, error);
    stream->receive_posted = status == SEKISHO_OK;
    return status;
}

static void take_answer(struct sekisho_stream *stream)
{
    stream->receive_posted = false;
    if (!stream->received) {
        stream->answers_ended = true;
        return;
    }
    stream->kept[(stream->kept_first + stream->kept_count++) % SEKISHO_STREAM_KEPT_MAX] = stream->received;
    stream->received = NULL;
}

/* Waits for one event; a server that is silent for too long has its call ended, which is an event too. */
static void step(struct sekisho_stream *stream)
{
    grpc_event event = grpc_completion_queue_next(stream->queue, client_deadline(stream->client), NULL);

    if (event.type == GRPC_QUEUE_TIMEOUT) {
        grpc_call_cancel_with_status(stream->call, GRPC_STATUS_DEADLINE_EXCEEDED, "no answer in time", NULL);
    } else if (event.tag == &tag_send) {
        grpc_byte_buffer_destroy(stream->sending);
        stream->sending = NULL;
        stream->send_posted = false;
        stream->sent = event.success != 0;
    } else if (event.tag == &tag_receive) {
        take_answer(stream);
    } else if (event.tag == &tag_status) {
        stream->ended = true;
    }
}

static grpc_byte_buffer *next_kept(struct sekisho_stream *stream)
{
    if (stream->kept_count == 0)
        return NULL;
    grpc_byte_buffer *answer = stream->kept[stream->kept_first];
    stream->kept_first = (stream->kept_first + 1) % SEKISHO_STREAM_KEPT_MAX;
    stream->kept_count--;
    return answer;
}

/* gRPC has the status for us only when every answer before it has been taken. */
static enum sekisho_status wait_for_end(struct sekisho_stream *stream, struct sekisho_error *error)
{
    enum sekisho_status status = SEKISHO_OK;

    while (status == SEKISHO_OK && !stream->ended) {
        grpc_byte_buffer_destroy(next_kept(stream));
        if ((status = post_receive(stream, error)) == SEKISHO_OK)
            step(stream);
    }
    return status;
}

/* Why the server has ended the call, for whoever wanted to go on. */
static enum sekisho_status end_error(struct sekisho_stream *stream, struct sekisho_error *error)
{
    enum sekisho_status status = wait_for_end(stream, error);

    if (status != SEKISHO_OK)
        return status;
    if (stream->code != GRPC_STATUS_OK)
        return status_error(stream->code, stream->status_text, &stream->trailing, error);
    return error_set(error, SEKISHO_ERROR_REFUSED, "STREAM_ENDED", "the server has ended the stream",
                     "サーバーがストリームを終了しました");
}

static enum sekisho_status start(struct sekisho_stream *stream, struct sekisho_error *error)
{
    const grpc_op end = {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
                         .data.recv_status_on_client = {.trailing_metadata = &stream->trailing,
                                                        .status = &stream->code,
                                                        .status_details = &stream->status_text}};
    const grpc_op begin[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = stream->session.count, .metadata = &stream->session.metadata}},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &stream->initial},
    };
    enum sekisho_status status = post(stream, &end, 1, &tag_status, error);

    return status == SEKISHO_OK ? post(stream, begin, 2, &tag_start, error) : status;
}

enum sekisho_status sekisho_stream_open(struct sekisho_session *session, const ProtobufCServiceDescriptor *service,
                                        const char *method, struct sekisho_stream **stream, struct sekisho_error *error)
{
    const ProtobufCMethodDescriptor *found;
    grpc_slice path;
    enum sekisho_status status = rpc_method(service, method, &found, &path, error);

    if (status != SEKISHO_OK)
        return status;
    struct sekisho_stream *made = calloc(1, sizeof *made);
    if (!made) {
        grpc_slice_unref(path);
        return error_memory(error);
    }
    made->client = session->client;
    made->method = found;
    made->queue = grpc_completion_queue_create_for_next(NULL);
    made->status_text = grpc_empty_slice();
    grpc_metadata_array_init(&made->initial);
    grpc_metadata_array_init(&made->trailing);
    session_metadata_make(&made->session, session);
    /* No deadline: a stream takes as long as it takes. Each event has one, see step(). */
    made->call = grpc_channel_create_call(made->client->channel, NULL, GRPC_PROPAGATE_DEFAULTS, made->queue, path, NULL,
                                          gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_slice_unref(path);
    status = start(made, error);
    if (status == SEKISHO_OK)
        *stream = made;
    else
        sekisho_stream_close(made);
    return status;
}

enum sekisho_status sekisho_stream_send(struct sekisho_stream *stream, const ProtobufCMessage *request,
                                        struct sekisho_error *error)
{
    enum sekisho_status status = rpc_check_request(stream->method, request, error);

    if (status != SEKISHO_OK)
        return status;
    if (stream->ended)
        return end_error(stream, error);
    stream->sending = message_pack(request);
    const grpc_op send = {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = stream->sending};
    status = post(stream, &send, 1, &tag_send, error);
    stream->send_posted = status == SEKISHO_OK;
    while (status == SEKISHO_OK && stream->send_posted) {
        if ((status = post_receive(stream, error)) == SEKISHO_OK)
            step(stream);
    }
    return status == SEKISHO_OK && !stream->sent ? end_error(stream, error) : status;
}

enum sekisho_status sekisho_stream_finish(struct sekisho_stream *stream, struct sekisho_error *error)
{
    const grpc_op finish = {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT};

    return post(stream, &finish, 1, &tag_finish, error);
}

enum sekisho_status sekisho_stream_receive(struct sekisho_stream *stream, ProtobufCMessage **answer,
                                           struct sekisho_error *error)
{
    enum sekisho_status status = SEKISHO_OK;

    *answer = NULL;
    while (status == SEKISHO_OK && stream->kept_count == 0 && !stream->answers_ended) {
        if ((status = post_receive(stream, error)) == SEKISHO_OK)
            step(stream);
    }
    if (status != SEKISHO_OK)
        return status;
    grpc_byte_buffer *bytes = next_kept(stream);
    if (!bytes) {
        status = wait_for_end(stream, error);
        return status == SEKISHO_OK && stream->code != GRPC_STATUS_OK ? end_error(stream, error) : status;
    }
    *answer = message_unpack(bytes, stream->method->output);
    grpc_byte_buffer_destroy(bytes);
    return *answer ? SEKISHO_OK
                   : error_forged(error, "the answer is not a message of this API",
                                  "応答がこのAPIのメッセージではありません");
}

void sekisho_stream_close(struct sekisho_stream *stream)
{
    if (!stream)
        return;
    if (stream->call)
        grpc_call_cancel(stream->call, NULL);
    queue_free(stream->queue);
    while (stream->kept_count > 0)
        grpc_byte_buffer_destroy(next_kept(stream));
    grpc_byte_buffer_destroy(stream->sending);
    grpc_byte_buffer_destroy(stream->received);
    grpc_metadata_array_destroy(&stream->initial);
    grpc_metadata_array_destroy(&stream->trailing);
    grpc_slice_unref(stream->status_text);
    session_metadata_free(&stream->session);
    if (stream->call)
        grpc_call_unref(stream->call);
    free(stream);
}
