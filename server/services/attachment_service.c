/* AttachmentService: files of an application. Uploads are in attachment_upload.c, downloads in attachment_download.c.
 */
#include "sekisho/v1/attachment_service.pb-c.h"
#include "server/services/attachment_open.h"
#include "server/services/attachment_streams.h"
#include "server/services/methods.h"
#include "server/services/services.h"

static bool may_change(struct opened *opened)
{
    if (attachments_may_change(opened->application))
        return true;
    (void)register_fail(opened->call, REGISTER_WRONG_STATE, NULL, NULL);
    return false;
}

static const ProtobufCMessage *create(struct register_call *call)
{
    const Sekisho__V1__CreateAttachmentRequest *request = (const void *)call->request;
    Sekisho__V1__Attachment *made;
    struct opened opened;
    uint32_t number;

    if (!attachment_open(call, request->parent, &opened, &number) || !may_change(&opened))
        return NULL;
    if (number != 0)
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", "must be the name of an application");
    if (!request->attachment)
        return register_fail(call, REGISTER_MISSING_FIELD, "attachment", NULL);
    if (!attachment_settle(&opened, attachment_create(&opened.context, opened.application, request->attachment, &made)))
        return NULL;
    Sekisho__V1__CreateAttachmentResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CreateAttachmentResponse, SEKISHO__V1__CREATE_ATTACHMENT_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->attachment = made;
    return &response->base;
}

static void on_create(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, create);
}

int attachment_look(struct opened *opened, const Sekisho__V1__Attachment *attachment, int64_t *received)
{
    MDB_txn *files;
    int rc = mdb_txn_begin(opened->call->reg->files, NULL, MDB_RDONLY, &files);

    if (rc != 0)
        return rc;
    rc = attachment_received(opened->call->reg, files, opened->application->id.data, attachment, received);
    mdb_txn_abort(files);
    return rc;
}

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetAttachmentRequest *request = (const void *)call->request;
    Sekisho__V1__GetAttachmentResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetAttachmentResponse, SEKISHO__V1__GET_ATTACHMENT_RESPONSE__INIT);
    struct opened opened;
    uint32_t number;

    if (!response)
        return NULL;
    if (!attachment_open(call, request->name, &opened, &number) ||
        !(response->attachment = attachment_opened(&opened, number)))
        return NULL;
    int rc = attachment_look(&opened, response->attachment, &response->received_bytes);
    return rc == 0 ? &response->base : register_fail_store(call, rc);
}

static void on_get(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

static const ProtobufCMessage *delete_file(struct register_call *call)
{
    const Sekisho__V1__DeleteAttachmentRequest *request = (const void *)call->request;
    Sekisho__V1__Attachment *attachment;
    struct opened opened;
    uint32_t number;
    int rc;

    if (!attachment_open(call, request->name, &opened, &number) || !may_change(&opened) ||
        !(attachment = attachment_opened(&opened, number)))
        return NULL;
    MDB_txn *files = reg_files_txn(call->reg, &rc);
    if (!files)
        return register_fail_store(call, rc);
    if (!attachment_settle(&opened, attachment_delete(&opened.context, files, opened.application, attachment)))
        return NULL;
    return REGISTER_NEW(call, Sekisho__V1__DeleteAttachmentResponse, SEKISHO__V1__DELETE_ATTACHMENT_RESPONSE__INIT);
}

static void on_delete(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, delete_file);
}

const struct rpc_method attachment_methods[] = {
    {METHOD_ROW(AttachmentService, CreateAttachment), .kind = RPC_UNARY, .on_message = on_create},
    {METHOD_ROW(AttachmentService, UploadAttachment), .kind = RPC_CLIENT_STREAM, ATTACHMENT_UPLOAD_CALLBACKS},
    {METHOD_ROW(AttachmentService, GetAttachment), .kind = RPC_UNARY, .on_message = on_get},
    {METHOD_ROW(AttachmentService, DownloadAttachment), .kind = RPC_SERVER_STREAM, ATTACHMENT_DOWNLOAD_CALLBACKS},
    {METHOD_ROW(AttachmentService, DeleteAttachment), .kind = RPC_UNARY, .on_message = on_delete},
};
const size_t attachment_method_count = sizeof attachment_methods / sizeof attachment_methods[0];
