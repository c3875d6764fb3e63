/* AttachmentService.DownloadAttachment: pieces go out as fast as the client takes them. All on the server's thread,
 * once the opening is recorded. */
#include "sekisho/v1/attachment_service.pb-c.h"
#include "server/services/attachment_streams.h"

/* Bytes that wait for the client. */
#define UNREAD_MAX (4 * (size_t)ATTACHMENT_PIECE)

struct download {
    struct register_call *call;
    uint8_t id[REGISTER_ID_LEN];
    struct opened opened;
    Sekisho__V1__Attachment *attachment;
    int64_t offset;
    bool begun; /* the deferred beginning has run: before, the call must not end */
};

static void end(struct rpc_call *rpc, struct download *download)
{
    rpc_call_set_user(rpc, NULL);
    register_stream_end(download->call, NULL);
}

/* False: the store failed, or the client has gone. */
static bool send_piece(struct rpc_call *rpc, struct download *download, MDB_txn *files)
{
    Sekisho__V1__DownloadAttachmentResponse response = SEKISHO__V1__DOWNLOAD_ATTACHMENT_RESPONSE__INIT;
    const uint8_t *data;
    size_t length;

    if (!attachment_settle(&download->opened,
                           attachment_read(&download->opened.context, files, download->opened.application->id.data,
                                           download->attachment, download->offset, &data, &length)))
        return false;
    response.data = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)data, .len = length};
    download->offset += (int64_t)length;
    return rpc_call_send(rpc, &response.base);
}

static void send_more(struct rpc_call *rpc)
{
    struct download *download = rpc_call_user(rpc);
    MDB_txn *files;

    if (!download)
        return;
    int rc = mdb_txn_begin(download->call->reg->files, NULL, MDB_RDONLY, &files);
    bool good = rc == 0;
    if (!good)
        (void)register_fail_store(download->call, rc);
    while (good && download->offset < download->attachment->size && rpc_call_queued_bytes(rpc) < UNREAD_MAX)
        good = send_piece(rpc, download, files);
    if (rc == 0)
        mdb_txn_abort(files);
    if (!good || download->offset == download->attachment->size)
        end(rpc, download);
}

static void begin(struct rpc_call *rpc)
{
    struct download *download = rpc_call_user(rpc);

    download->begun = true;
    send_more(rpc);
}

/* ---- the opening ---- */

static bool open_file(struct register_call *call, struct download *download)
{
    const Sekisho__V1__DownloadAttachmentRequest *request = (const void *)call->request;
    uint32_t number;

    if (!attachment_open(call, request->name, &download->opened, &number) ||
        !(download->attachment = attachment_opened(&download->opened, number)))
        return false;
    download->offset = request->offset;
    if (download->attachment->complete && request->offset >= 0 && request->offset < download->attachment->size &&
        request->offset % ATTACHMENT_PIECE == 0)
        return true;
    (void)register_fail(call, download->attachment->complete ? REGISTER_BAD_OFFSET : REGISTER_WRONG_STATE, "offset",
                        NULL);
    return false;
}

static bool look(struct register_call *call, struct download *download)
{
    int rc;

    call->txn = reg_read_begin(call->reg, &rc);
    if (!call->txn) {
        (void)register_fail_store(call, rc);
        return false;
    }
    download->call = call;
    bool good = open_file(call, download);
    reg_read_end(call->reg, call->txn);
    call->txn = NULL;
    return good;
}

static void ready(struct register_call *call)
{
    struct download *download = register_alloc(call, sizeof *download);

    if (!download || !look(call, download)) {
        register_stream_end(call, NULL);
        return;
    }
    rpc_call_set_user(call->rpc, download);
    rpc_call_defer(call->rpc, begin);
}

void attachment_download_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_stream(call, request, ready);
}

void attachment_download_sent(struct rpc_call *call)
{
    send_more(call);
}

/* Finds that the client has gone: rpc_call_send says so. */
void attachment_download_cancel(struct rpc_call *call)
{
    const struct download *download = rpc_call_user(call);

    if (download && download->begun)
        send_more(call);
}
