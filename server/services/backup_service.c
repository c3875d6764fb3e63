/*
 * BackupService: asks the vault for one piece of the backup after the other, as fast as the client reads them, and
 * looks into none. What a client no longer reads is given up at once, so that the vault does not keep its snapshot for
 * nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/sealed.h"
#include "sekisho/v1/backup_service.pb-c.h"
#include "server/channel/vault_backup.h"
#include "server/services/errors.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/sealed_call.h"

/* Bytes that wait for the client: a few pieces, so that the vault and the network work at the same time. */
#define UNREAD_MAX 262144

_Static_assert(BACKUP_PIECE_MAX == 69800, "as documented at TakeBackupResponse.data");

struct backup_stream {
    struct rpc_call *call;
    struct link *vault;
    pthread_mutex_t lock;
    uint64_t sequence;
    struct backup_read_request next;
    bool allowed;  /* there is a backup to be read */
    bool asking;   /* the vault owes an answer */
    bool ending;   /* cancelled, failed or complete */
    bool complete; /* the vault has given all of it */
    bool finished;
    const struct rpc_error *error;
};

static void on_piece(void *user, const struct vault_piece *piece);

static void on_stopped(void *user, const struct vault_piece *piece)
{
    (void)user;
    (void)piece;
}

static void end(struct backup_stream *stream, const struct rpc_error *error)
{
    if (!stream->ending)
        stream->error = error;
    stream->ending = true;
}

/* Asks for the next piece, or ends. Called with the lock, returns without. Finishing comes last and without the lock:
 * the stream may be freed by it. */
static void go_on_and_unlock(struct backup_stream *stream)
{
    if (!stream->ending && !stream->asking && rpc_call_queued_bytes(stream->call) < UNREAD_MAX) {
        enum link_sent sent = vault_backup_read(stream->vault, &stream->next, on_piece, stream);
        stream->asking = sent == LINK_SENT;
        if (!stream->asking)
            end(stream, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
    }
    bool finish = stream->ending && !stream->asking && !stream->finished;
    if (finish && stream->allowed && !stream->complete) {
        stream->next.piece = BACKUP_STOP;
        (void)vault_backup_read(stream->vault, &stream->next, on_stopped, NULL);
    }
    stream->finished = stream->finished || finish;
    struct rpc_call *call = stream->call;
    const struct rpc_error *error = stream->error;
    pthread_mutex_unlock(&stream->lock);
    if (finish)
        rpc_call_finish(call, error);
}

static void on_piece(void *user, const struct vault_piece *piece)
{
    struct backup_stream *stream = user;
    Sekisho__V1__TakeBackupResponse response = SEKISHO__V1__TAKE_BACKUP_RESPONSE__INIT;

    pthread_mutex_lock(&stream->lock);
    stream->asking = false;
    stream->next.piece++;
    if (!piece) {
        end(stream, error_of_front(FRONT_VAULT_UNAVAILABLE));
    } else if (piece->status != BACKUP_OK) {
        stream->allowed = false;
        end(stream, error_of_front(FRONT_BACKUP_GONE));
    } else {
        stream->complete = piece->last;
        response.data = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)piece->bytes, .len = piece->length};
        if (!rpc_call_send(stream->call, &response.base) || piece->last)
            end(stream, NULL);
    }
    go_on_and_unlock(stream);
}

static void send_reply(struct backup_stream *stream, const struct vault_answer *answer)
{
    Sekisho__V1__TakeBackupResponse response = SEKISHO__V1__TAKE_BACKUP_RESPONSE__INIT;
    Sekisho__V1__SealedReply reply = SEKISHO__V1__SEALED_REPLY__INIT;
    struct call_result_item item;

    reply.sequence = stream->sequence;
    reply.results = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)answer->clear, .len = answer->clear_length};
    reply.sealed = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)answer->sealed, .len = answer->sealed_length};
    response.reply = &reply;
    memcpy(&item, answer->clear + sizeof(struct call_result_head), sizeof item);
    memcpy(stream->next.id, item.reference, sizeof stream->next.id);
    stream->allowed = item.outcome == OUTCOME_DONE;
    if (!rpc_call_send(stream->call, &response.base) || !stream->allowed)
        end(stream, NULL);
}

static void on_answer(void *user, const struct vault_answer *answer)
{
    struct backup_stream *stream = user;

    pthread_mutex_lock(&stream->lock);
    stream->asking = false;
    if (!answer)
        end(stream, error_of_front(FRONT_VAULT_UNAVAILABLE));
    else if (answer->status != CALL_OK)
        end(stream, error_of_call(answer->status));
    else
        send_reply(stream, answer);
    go_on_and_unlock(stream);
}

static void take_backup(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__SealedCall *sealed = ((const Sekisho__V1__TakeBackupRequest *)message)->call;
    const struct front *front = rpc_call_context(call);
    struct backup_stream *stream;
    struct session_call head;
    struct rpc_error error;

    if (!sealed_call_check(call, sealed, OPERATION_BACKUP, &head, &error)) {
        rpc_call_finish(call, &error);
        return;
    }
    stream = calloc(1, sizeof *stream);
    if (!stream || pthread_mutex_init(&stream->lock, NULL) != 0) {
        free(stream);
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    stream->call = call;
    stream->vault = front->vault;
    stream->sequence = head.call_seq;
    rpc_call_set_user(call, stream);
    pthread_mutex_lock(&stream->lock);
    /* The answer waits for the lock. */
    enum link_sent sent = vault_call(front->vault, &head, sealed->ciphertext.data, on_answer, stream);
    stream->asking = sent == LINK_SENT;
    if (!stream->asking)
        end(stream, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
    go_on_and_unlock(stream);
}

static void on_cancel(struct rpc_call *call)
{
    struct backup_stream *stream = rpc_call_user(call);

    pthread_mutex_lock(&stream->lock);
    end(stream, NULL);
    go_on_and_unlock(stream);
}

static void on_sent(struct rpc_call *call)
{
    struct backup_stream *stream = rpc_call_user(call);

    pthread_mutex_lock(&stream->lock);
    go_on_and_unlock(stream);
}

static void on_done(struct rpc_call *call)
{
    struct backup_stream *stream = rpc_call_user(call);

    if (!stream)
        return;
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

const struct rpc_method backup_methods[] = {
    {METHOD_ROW(BackupService, TakeBackup), .kind = RPC_SERVER_STREAM, .on_message = take_backup,
     .on_cancel = on_cancel, .on_sent = on_sent, .on_done = on_done},
};
const size_t backup_method_count = sizeof backup_methods / sizeof backup_methods[0];
