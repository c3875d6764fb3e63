/* The streaming methods of AttachmentService. */
#ifndef SEKISHO_SERVICES_ATTACHMENT_STREAMS_H
#define SEKISHO_SERVICES_ATTACHMENT_STREAMS_H

#include "server/services/attachment_open.h"

/* attachment_upload.c */
void attachment_upload_message(struct rpc_call *call, const ProtobufCMessage *request);
void attachment_upload_half_close(struct rpc_call *call);
void attachment_upload_cancel(struct rpc_call *call);
void attachment_upload_done(struct rpc_call *call);
#define ATTACHMENT_UPLOAD_CALLBACKS                                                                                    \
    .on_message = attachment_upload_message, .on_half_close = attachment_upload_half_close,                            \
    .on_cancel = attachment_upload_cancel, .on_done = attachment_upload_done

/* attachment_download.c */
void attachment_download_message(struct rpc_call *call, const ProtobufCMessage *request);
void attachment_download_sent(struct rpc_call *call);
void attachment_download_cancel(struct rpc_call *call);
#define ATTACHMENT_DOWNLOAD_CALLBACKS                                                                                  \
    .on_message = attachment_download_message, .on_sent = attachment_download_sent,                                    \
    .on_cancel = attachment_download_cancel

/* Bytes of a file that are on the disk. An LMDB code. */
int attachment_look(struct opened *opened, const Sekisho__V1__Attachment *attachment, int64_t *received);

#endif
