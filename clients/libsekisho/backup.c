/* One BackupService.TakeBackup: the sealed answer first, then the file, each message checked before it is passed on. */
#include "sekisho_backup.h"

#include <stdlib.h>
#include <string.h>

#include "backup_check.h"
#include "crypto/checkpoint_text.h"
#include "internal.h"
#include "sekisho/v1/backup_service.pb-c.h"
#include "sekisho_rpc.h"

struct backup_stream {
    struct sekisho_session *session;
    struct sekisho_stream *stream;
    struct backup_check check;
};

static enum sekisho_status forged(struct sekisho_error *error)
{
    return error_forged(error, "what came is not the backup that the vault made",
                        "受信した内容は、金庫プロセス(vault)が作成したバックアップではありません");
}

static enum sekisho_status start(struct backup_stream *stream, const struct sealed_call *call,
                                 struct sekisho_error *error)
{
    Sekisho__V1__SealedCall message = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__TakeBackupRequest request = SEKISHO__V1__TAKE_BACKUP_REQUEST__INIT;
    char name[SESSION_NAME_LEN];
    enum sekisho_status status = sekisho_stream_open(stream->session, &sekisho__v1__backup_service__descriptor,
                                                     "TakeBackup", &stream->stream, error);

    if (status != SEKISHO_OK)
        return status;
    session_name(stream->session->state, name);
    message.session = name;
    message.sequence = call->sequence;
    message.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &message;
    status = sekisho_stream_send(stream->stream, &request.base, error);
    return status == SEKISHO_OK ? sekisho_stream_finish(stream->stream, error) : status;
}

/* The next message; NULL with SEKISHO_OK at the end of the stream. */
static enum sekisho_status next_message(struct backup_stream *stream, Sekisho__V1__TakeBackupResponse **message,
                                        struct sekisho_error *error)
{
    ProtobufCMessage *answer;
    enum sekisho_status status = sekisho_stream_receive(stream->stream, &answer, error);

    *message = (Sekisho__V1__TakeBackupResponse *)answer;
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
    sekisho_message_free((ProtobufCMessage *)message);
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
        sekisho_message_free(&message->base);
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

enum sekisho_status sekisho_take_backup(struct sekisho_session *session, sekisho_backup_sink *sink, void *context,
                                        struct sekisho_backup *backup, struct sekisho_result *result,
                                        struct sekisho_error *error)
{
    struct backup_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return error_memory(error);
    stream->session = session;
    backup_check_begin(&stream->check);
    memset(backup, 0, sizeof *backup);
    memset(result, 0, sizeof *result);
    enum sekisho_status status = take(stream, sink, context, backup, result, error);
    sekisho_stream_close(stream->stream);
    free(stream);
    return status;
}
