/*
 * A pipeline over one NumberService.MatchStream: the framing of a unary call (headers, trailers) is paid once. The
 * server answers in order and reads on while it answers, so one send and one receive are posted at a time; what is
 * submitted meanwhile waits in its slot.
 */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#define METHOD "/sekisho.v1.NumberService/MatchStream"

struct match_stream {
    grpc_call *call;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *sending, *received;
    grpc_status_code code;
    grpc_slice status_text;
    uint64_t submitted, sent, answered; /* order numbers: sent <= submitted, answered < sent */
    bool send_posted, receive_posted, ended;
};

/* Tags of the queue: addresses of these, never read. */
static char tag_start, tag_send, tag_receive, tag_status;

static enum sekisho_status post(struct match_stream *stream, const grpc_op *ops, size_t count, void *tag,
                                struct sekisho_error *error)
{
    if (grpc_call_start_batch(stream->call, ops, count, tag, NULL) == GRPC_CALL_OK)
        return SEKISHO_OK;
    return error_set(error, SEKISHO_ERROR_LOCAL, "CALL_FAILED", "gRPC refused to go on with the stream",
                     "gRPCのストリームを続行できません");
}

static enum sekisho_status stream_open(struct sekisho_pipeline *pipeline, struct sekisho_error *error)
{
    struct match_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return error_memory(error);
    pipeline->stream = stream;
    grpc_metadata_array_init(&stream->initial);
    grpc_metadata_array_init(&stream->trailing);
    stream->status_text = grpc_empty_slice();
    /* No deadline: a stream may last as long as its session. Each answer has one, see step(). */
    stream->call = grpc_channel_create_call(pipeline->session->client->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                            pipeline->queue, grpc_slice_from_static_string(METHOD), NULL,
                                            gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    const grpc_op start[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &stream->initial},
    };
    const grpc_op end[] = {
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &stream->trailing,
                                        .status = &stream->code,
                                        .status_details = &stream->status_text}},
    };
    enum sekisho_status status = post(stream, end, 1, &tag_status, error);
    return status == SEKISHO_OK ? post(stream, start, 2, &tag_start, error) : status;
}

static struct slot *slot_of(struct sekisho_pipeline *pipeline, uint64_t order)
{
    for (unsigned i = 0; i < pipeline->depth; i++)
        if (pipeline->slots[i].busy && pipeline->slots[i].order == order)
            return &pipeline->slots[i];
    return NULL;
}

static grpc_byte_buffer *pack_call(const struct sekisho_session *session, const struct sealed_call *call)
{
    char name[SESSION_NAME_LEN];
    Sekisho__V1__SealedCall message = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchStreamRequest request = SEKISHO__V1__MATCH_STREAM_REQUEST__INIT;

    session_name(session->state, name);
    message.session = name;
    message.sequence = call->sequence;
    message.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &message;
    return message_pack(&request.base);
}

static void post_send(struct sekisho_pipeline *pipeline, const struct slot *slot)
{
    struct match_stream *stream = pipeline->stream;

    stream->sending = pack_call(pipeline->session, &slot->call);
    const grpc_op send = {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = stream->sending};
    stream->send_posted = post(stream, &send, 1, &tag_send, NULL) == SEKISHO_OK;
    stream->sent = slot->order;
}

static void post_receive(struct match_stream *stream)
{
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &stream->received};

    stream->receive_posted = post(stream, &receive, 1, &tag_receive, NULL) == SEKISHO_OK;
}

static enum sekisho_status stream_send(struct sekisho_pipeline *pipeline, struct slot *slot,
                                       enum sekisho_operation operation, struct sekisho_error *error)
{
    struct match_stream *stream = pipeline->stream;

    if (operation != SEKISHO_MATCH)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "STREAM_IS_FOR_MATCH", "the stream carries MATCH only",
                         "ストリームで送信できるのはMATCHだけです");
    if (stream->ended)
        return status_error(stream->code, stream->status_text, &stream->trailing, error);
    slot->order = ++stream->submitted;
    if (!stream->send_posted)
        post_send(pipeline, slot);
    if (!stream->receive_posted)
        post_receive(stream);
    return SEKISHO_OK;
}

static void send_ended(struct sekisho_pipeline *pipeline, bool success)
{
    struct match_stream *stream = pipeline->stream;

    grpc_byte_buffer_destroy(stream->sending);
    stream->sending = NULL;
    stream->send_posted = false;
    struct slot *following = slot_of(pipeline, stream->sent + 1);
    if (success && following)
        post_send(pipeline, following);
}

/* The answer to the oldest call. */
static enum sekisho_status take_answer(struct sekisho_pipeline *pipeline, const struct slot *slot,
                                       struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    struct match_stream *stream = pipeline->stream;
    ProtobufCMessage *answer = message_unpack(stream->received, &sekisho__v1__match_stream_response__descriptor);

    grpc_byte_buffer_destroy(stream->received);
    stream->received = NULL;
    if (!answer)
        return error_forged(error, "the answer is not a message of this API",
                            "応答がこのAPIのメッセージではありません");
    enum sekisho_status status =
        session_open_reply(pipeline->session, &slot->call, ((const Sekisho__V1__MatchStreamResponse *)answer)->reply,
                           pipeline->results, receipt, error);
    protobuf_c_message_free_unpacked(answer, NULL);
    return status;
}

/* Handles one event of the queue. True when an answer has been received. */
static bool step(struct sekisho_pipeline *pipeline)
{
    struct match_stream *stream = pipeline->stream;
    grpc_event event = grpc_completion_queue_next(pipeline->queue, client_deadline(pipeline->session->client), NULL);

    if (event.type == GRPC_QUEUE_TIMEOUT)
        grpc_call_cancel_with_status(stream->call, GRPC_STATUS_DEADLINE_EXCEEDED, "no answer in time", NULL);
    else if (event.tag == &tag_send)
        send_ended(pipeline, event.success != 0);
    else if (event.tag == &tag_status)
        stream->ended = true;
    else if (event.tag == &tag_receive)
        stream->receive_posted = false;
    return event.tag == &tag_receive && stream->received;
}

static struct slot *stream_next(struct sekisho_pipeline *pipeline, struct sekisho_receipt *receipt,
                                enum sekisho_status *status, struct sekisho_error *error)
{
    struct match_stream *stream = pipeline->stream;
    struct slot *slot = slot_of(pipeline, stream->answered + 1);
    bool answered = false;

    while (!answered && !(stream->ended && !stream->receive_posted))
        answered = step(pipeline);
    stream->answered++;
    if (!answered) {
        *status = stream->code == GRPC_STATUS_OK
                      ? error_forged(error, "the stream ended before its answers", "応答の前にストリームが終了しました")
                      : status_error(stream->code, stream->status_text, &stream->trailing, error);
        return slot;
    }
    *status = take_answer(pipeline, slot, receipt, error);
    if (pipeline->in_flight > 1)
        post_receive(stream);
    return slot;
}

static void stream_cancel(struct sekisho_pipeline *pipeline)
{
    if (pipeline->stream && pipeline->stream->call)
        grpc_call_cancel(pipeline->stream->call, NULL);
}

static void stream_release(struct sekisho_pipeline *pipeline)
{
    struct match_stream *stream = pipeline->stream;

    if (!stream)
        return;
    grpc_byte_buffer_destroy(stream->sending);
    grpc_byte_buffer_destroy(stream->received);
    grpc_metadata_array_destroy(&stream->initial);
    grpc_metadata_array_destroy(&stream->trailing);
    grpc_slice_unref(stream->status_text);
    if (stream->call)
        grpc_call_unref(stream->call);
    free(stream);
}

const struct transport stream_transport = {stream_open, stream_send, stream_next, stream_cancel, stream_release};
