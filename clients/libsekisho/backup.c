/* One BackupService.TakeBackup: the sealed answer first, then the file, each message checked before it is passed on. */
#include "sekisho_backup.h"

#include <stdlib.h>
#include <string.h>

#include "backup_check.h"
#include "crypto/checkpoint_text.h"
#include "internal.h"
#include "sekisho/v1/backup_service.pb-c.h"

#define METHOD "/sekisho.v1.BackupService/TakeBackup"

struct backup_stream {
    struct sekisho_session *session;
    grpc_completion_queue *queue;
    grpc_call *call;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *received;
    grpc_status_code code;
    grpc_slice status_text;
    bool ended; /* the status is here */
    struct backup_check check;
};

/* Tags of the queue: addresses of these, never read. */
static char tag_start, tag_receive, tag_status;

static enum sekisho_status forged(struct sekisho_error *error)
{
    return error_forged(error, "what came is not the backup that the vault made",
                        "受信した内容は、金庫プロセス(vault)が作成したバックアップではありません");
}

static enum sekisho_status post(struct backup_stream *stream, const grpc_op *ops, size_t count, void *tag,
                                struct sekisho_error *error)
{
    if (grpc_call_start_batch(stream->call, ops, count, tag, NULL) == GRPC_CALL_OK)
        return SEKISHO_OK;
    return error_set(error, SEKISHO_ERROR_LOCAL, "CALL_FAILED", "gRPC refused to go on with the call",
                     "gRPCの呼び出しを続行できません");
}

static enum sekisho_status start(struct backup_stream *stream, const struct sealed_call *call,
                                 struct sekisho_error *error)
{
    Sekisho__V1__SealedCall message = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__TakeBackupRequest request = SEKISHO__V1__TAKE_BACKUP_REQUEST__INIT;
    char name[SESSION_NAME_LEN];

    session_name(stream->session->state, name);
    message.session = name;
    message.sequence = call->sequence;
    message.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &message;
    stream->request = message_pack(&request.base);
    /* No deadline: a backup takes as long as it takes. Each message has one, see wait_for(). */
    stream->call = grpc_channel_create_call(stream->session->client->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                            stream->queue, grpc_slice_from_static_string(METHOD), NULL,
                                            gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    const grpc_op begin[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = stream->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA, .data.recv_initial_metadata.recv_initial_metadata = &stream->initial},
    };
    const grpc_op end[] = {
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &stream->trailing,
                                        .status = &stream->code,
                                        .status_details = &stream->status_text}},
    };
    enum sekisho_status status = post(stream, end, 1, &tag_status, error);
    return status == SEKISHO_OK ? post(stream, begin, 4, &tag_start, error) : status;
}

/* Waits for one event of the queue; a server that is silent for too long has its call ended. */
static void step(struct backup_stream *stream, bool *received)
{
    grpc_event event = grpc_completion_queue_next(stream->queue, client_deadline(stream->session->client), NULL);

    if (event.type == GRPC_QUEUE_TIMEOUT)
        grpc_call_cancel_with_status(stream->call, GRPC_STATUS_DEADLINE_EXCEEDED, "no answer in time", NULL);
    else if (event.tag == &tag_status)
        stream->ended = true;
    else if (event.tag == &tag_receive)
        *received = true;
}

/* The next message; NULL with SEKISHO_OK at the end of the stream. Free with protobuf_c_message_free_unpacked. */
static enum sekisho_status next_message(struct backup_stream *stream, Sekisho__V1__TakeBackupResponse **message,
                                        struct sekisho_error *error)
{
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &stream->received};
    bool received = false;
    enum sekisho_status status = post(stream, &receive, 1, &tag_receive, error);

    *message = NULL;
    while (status == SEKISHO_OK && !received)
        step(stream, &received);
    if (status == SEKISHO_OK && stream->received) {
        *message = (void *)message_unpack(stream->received, &sekisho__v1__take_backup_response__descriptor);
        grpc_byte_buffer_destroy(stream->received);
        stream->received = NULL;
        return *message ? SEKISHO_OK : forged(error);
    }
    while (status == SEKISHO_OK && !stream->ended)
        step(stream, &received);
    if (status == SEKISHO_OK && stream->code != GRPC_STATUS_OK)
        status = status_error(stream->code, stream->status_text, &stream->trailing, error);
    return status;
}

static enum sekisho_status take_reply(struct backup_stream *stream, const struct sealed_call *call,
                                      struct sekisho_result *result, struct sekisho_receipt *receipt,
                                      struct sekisho_error *error)
{
    Sekisho__V1__TakeBackupResponse *message;
    enum sekisho_status status = next_message(stream, &message, error);

    if (status != SEKISHO_OK)
        return status;
    status =
        message ? session_open_reply(stream->session, call, message->reply, result, receipt, error) : forged(error);
    if (message)
        protobuf_c_message_free_unpacked(&message->base, NULL);
    return status;
}

/* The head's place in the answer that the vault sealed: another backup's file does not pass for this one. */
static bool is_the_one_allowed(const struct backup_stream *stream, const struct sekisho_result *result)
{
    const struct backup_head *head = &stream->check.head;

    return stream->check.part == BACKUP_PART_HEAD || (memcmp(head->id, result->reference, sizeof head->id) == 0 &&
                                                      head->tenant == stream->session->state->tenant);
}

/* The key that has signed the file has signed the tree head that came under the session's reply key: it is the vault's.
 */
static bool signed_by_the_vault(const struct backup_check *check, uint16_t tenant,
                                const struct sekisho_receipt *receipt)
{
    char text[CHECKPOINT_TEXT_MAX];
    size_t length = checkpoint_text(LEDGER_OF_NUMBERS, tenant, receipt->tree_size, receipt->tree_root, text);

    return backup_check_complete(check) && ed25519_verify(check->end.ledger_key, text, length, receipt->tree_signature);
}

static enum sekisho_status take_file(struct backup_stream *stream, const struct sekisho_result *result,
                                     sekisho_backup_sink *sink, void *context, struct sekisho_error *error)
{
    for (;;) {
        Sekisho__V1__TakeBackupResponse *message;
        enum sekisho_status status = next_message(stream, &message, error);
        if (status != SEKISHO_OK || !message)
            return status;
        bool good = message->data.len > 0 && backup_check_take(&stream->check, message->data.data, message->data.len) &&
                    is_the_one_allowed(stream, result);
        bool written = good && sink(context, message->data.data, message->data.len);
        protobuf_c_message_free_unpacked(&message->base, NULL);
        if (!good)
            return forged(error);
        if (!written)
            return error_set(error, SEKISHO_ERROR_LOCAL, "BACKUP_NOT_WRITTEN", "the backup could not be written",
                             "バックアップを書き込めません");
    }
}

static void describe(const struct backup_check *check, struct sekisho_backup *backup)
{
    memcpy(backup->id, check->head.id, sizeof backup->id);
    memcpy(backup->key, check->head.recipient, sizeof backup->key);
    backup->taken_us = check->head.taken_at_us;
    backup->bytes = check->bytes;
    backup->chunks = check->chunks;
}

static enum sekisho_status take(struct backup_stream *stream, sekisho_backup_sink *sink, void *context,
                                struct sekisho_backup *backup, struct sekisho_result *result,
                                struct sekisho_error *error)
{
    struct sealed_call call;
    enum sekisho_status status = session_seal_backup(stream->session, &call, error);

    if (status != SEKISHO_OK)
        return status;
    status = start(stream, &call, error);
    if (status == SEKISHO_OK)
        status = take_reply(stream, &call, result, &backup->receipt, error);
    sealed_call_free(&call);
    if (status != SEKISHO_OK || result->outcome != SEKISHO_OUTCOME_DONE)
        return status;
    status = take_file(stream, result, sink, context, error);
    if (status == SEKISHO_OK && !signed_by_the_vault(&stream->check, stream->session->state->tenant, &backup->receipt))
        status = forged(error);
    if (status == SEKISHO_OK)
        describe(&stream->check, backup);
    return status;
}

static void release(struct backup_stream *stream)
{
    if (stream->call)
        grpc_call_cancel(stream->call, NULL);
    queue_free(stream->queue);
    grpc_byte_buffer_destroy(stream->request);
    grpc_byte_buffer_destroy(stream->received);
    grpc_metadata_array_destroy(&stream->initial);
    grpc_metadata_array_destroy(&stream->trailing);
    grpc_slice_unref(stream->status_text);
    if (stream->call)
        grpc_call_unref(stream->call);
    free(stream);
}

enum sekisho_status sekisho_take_backup(struct sekisho_session *session, sekisho_backup_sink *sink, void *context,
                                        struct sekisho_backup *backup, struct sekisho_result *result,
                                        struct sekisho_error *error)
{
    struct backup_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return error_memory(error);
    stream->session = session;
    stream->queue = grpc_completion_queue_create_for_next(NULL);
    grpc_metadata_array_init(&stream->initial);
    grpc_metadata_array_init(&stream->trailing);
    stream->status_text = grpc_empty_slice();
    backup_check_begin(&stream->check);
    memset(backup, 0, sizeof *backup);
    memset(result, 0, sizeof *result);
    enum sekisho_status status = take(stream, sink, context, backup, result, error);
    release(stream);
    return status;
}
