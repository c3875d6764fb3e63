/*
 * AttachmentService.UploadAttachment: one piece at a time. The next message is asked for when the piece is on the disk:
 * the client's flow control is the store's speed, and what is held here is one piece.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/attachment_service.pb-c.h"
#include "server/applications/name.h"
#include "server/services/attachment_streams.h"
#include "server/services/call_arena.h"

struct upload {
    struct reg_job job; /* first: the writer knows the job alone */
    struct rpc_call *rpc;
    struct register_call *call;
    char name[ATTACHMENT_NAME_SIZE];
    int64_t offset; /* of the next piece */
    size_t length;
    uint8_t piece[ATTACHMENT_PIECE];

    pthread_mutex_t lock; /* of what is below: the writer's thread and the server's end the call */
    bool busy;            /* a piece is at the writer */
    bool ended, cancelled;
};

/* True once: the caller is the one to end the call. With `wait_for_writer` not while a piece is at the writer. */
static bool take_end(struct upload *upload, bool wait_for_writer)
{
    pthread_mutex_lock(&upload->lock);
    bool mine = !upload->ended && !(wait_for_writer && upload->busy);
    upload->ended |= mine;
    pthread_mutex_unlock(&upload->lock);
    return mine;
}

static void end_cancelled(struct upload *upload)
{
    (void)register_fail(upload->call, REGISTER_BUSY, NULL, "the upload was cut off: go on at received_bytes");
    register_stream_end(upload->call, NULL);
}

/* ---- a piece at the writer ---- */

static bool append(struct upload *upload)
{
    struct register_call *call = upload->call;
    Sekisho__V1__Attachment *attachment;
    struct opened opened;
    uint32_t number;
    int rc;

    if (!attachment_open(call, upload->name, &opened, &number) || !(attachment = attachment_opened(&opened, number)))
        return false;
    if (!attachments_may_change(opened.application)) {
        (void)register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
        return false;
    }
    MDB_txn *files = reg_files_txn(call->reg, &rc);
    if (!files) {
        (void)register_fail_store(call, rc);
        return false;
    }
    return attachment_settle(&opened, attachment_append(&opened.context, files, opened.application, attachment,
                                                        upload->offset, upload->piece, upload->length));
}

/* In memory of its own: a file has hundreds of pieces, a call's memory is for one answer. */
static int run(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct upload *upload = (struct upload *)job;
    struct register_call *call = upload->call;
    struct call_arena memory = {0};
    ProtobufCAllocator own = call->arena;

    call->arena = call_arena_allocator(&memory);
    call->txn = txn;
    call->now_us = now_us;
    bool good = append(upload);
    call->txn = NULL;
    call->arena = own;
    call_arena_free(&memory);
    return good ? 0 : ECANCELED;
}

static void done(struct reg_job *job, int rc)
{
    struct upload *upload = (struct upload *)job;

    pthread_mutex_lock(&upload->lock);
    upload->busy = false;
    bool end = !upload->ended && (rc != 0 || upload->cancelled);
    upload->ended |= end;
    pthread_mutex_unlock(&upload->lock);
    if (!end) {
        upload->offset += (int64_t)upload->length;
        rpc_call_next(upload->rpc);
        return;
    }
    if (rc == 0) {
        end_cancelled(upload);
        return;
    }
    if (rc != ECANCELED)
        (void)register_fail_store(upload->call, rc);
    register_stream_end(upload->call, NULL);
}

static void give(struct upload *upload, const ProtobufCBinaryData *data)
{
    if (data->len == 0 || data->len > ATTACHMENT_PIECE) {
        (void)register_fail(upload->call, REGISTER_BAD_FIELD, "data", "must have 1 to 65,536 bytes");
    } else {
        memcpy(upload->piece, data->data, data->len);
        upload->length = data->len;
        upload->job = (struct reg_job){.run = run, .done = done};
        pthread_mutex_lock(&upload->lock);
        upload->busy = true;
        pthread_mutex_unlock(&upload->lock);
        if (reg_write(upload->call->reg, &upload->job))
            return;
        (void)register_fail(upload->call, REGISTER_BUSY, NULL, NULL);
    }
    pthread_mutex_lock(&upload->lock);
    upload->busy = false;
    pthread_mutex_unlock(&upload->lock);
    if (take_end(upload, false))
        register_stream_end(upload->call, NULL);
}

/* ---- the stream ---- */

static void ready(struct register_call *call)
{
    const Sekisho__V1__UploadAttachmentRequest *first = (const void *)call->request;
    struct upload *upload = calloc(1, sizeof *upload);

    if (!upload || strlen(first->name) >= sizeof upload->name) {
        free(upload);
        (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", "not the name of a file");
        register_stream_end(call, NULL);
        return;
    }
    memcpy(upload->name, first->name, strlen(first->name));
    upload->offset = first->offset;
    upload->call = call;
    upload->rpc = call->rpc;
    pthread_mutex_init(&upload->lock, NULL);
    rpc_call_set_user(call->rpc, upload);
    if (!rpc_call_cancelled(call->rpc))
        give(upload, &first->data);
    else if (take_end(upload, true))
        end_cancelled(upload);
}

void attachment_upload_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    struct upload *upload = rpc_call_user(call);

    if (upload)
        give(upload, &((const Sekisho__V1__UploadAttachmentRequest *)request)->data);
    else
        register_stream(call, request, ready);
}

/* What has arrived, as GetAttachment says it. NULL after register_fail. */
static const ProtobufCMessage *summary(struct upload *upload)
{
    struct register_call *call = upload->call;
    Sekisho__V1__UploadAttachmentResponse *response =
        REGISTER_NEW(call, Sekisho__V1__UploadAttachmentResponse, SEKISHO__V1__UPLOAD_ATTACHMENT_RESPONSE__INIT);
    struct opened opened;
    uint32_t number;

    if (!response)
        return NULL;
    if (!attachment_open(call, upload->name, &opened, &number) ||
        !(response->attachment = attachment_opened(&opened, number)))
        return NULL;
    int rc = attachment_look(&opened, response->attachment, &response->received_bytes);
    return rc == 0 ? &response->base : register_fail_store(call, rc);
}

void attachment_upload_half_close(struct rpc_call *rpc)
{
    struct upload *upload = rpc_call_user(rpc);
    int rc;

    if (!take_end(upload, false))
        return;
    struct register_call *call = upload->call;
    call->txn = reg_read_begin(call->reg, &rc);
    if (!call->txn) {
        (void)register_fail_store(call, rc);
        register_stream_end(call, NULL);
        return;
    }
    const ProtobufCMessage *response = summary(upload);
    reg_read_end(call->reg, call->txn);
    call->txn = NULL;
    register_stream_end(call, response);
}

void attachment_upload_cancel(struct rpc_call *rpc)
{
    struct upload *upload = rpc_call_user(rpc);

    if (!upload)
        return; /* not recorded yet: `ready` sees it */
    pthread_mutex_lock(&upload->lock);
    upload->cancelled = true;
    pthread_mutex_unlock(&upload->lock);
    if (take_end(upload, true))
        end_cancelled(upload);
}

void attachment_upload_done(struct rpc_call *rpc)
{
    struct upload *upload = rpc_call_user(rpc);

    if (!upload)
        return;
    pthread_mutex_destroy(&upload->lock);
    free(upload);
}
