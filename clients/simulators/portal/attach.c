#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "clients/simulators/portal/portal.h"
#include "sekisho/v1/attachment_service.pb-c.h"
#include "sekisho_rpc.h"

#define PIECE    65536
#define FILE_MAX (20u << 20)

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".pdf", "application/pdf"}, {".jpg", "image/jpeg"}, {".png", "image/png"}, {".tif", "image/tiff"}};
    const char *ending = strrchr(path, '.');

    for (size_t i = 0; ending && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(ending, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static bool send_pieces(struct sekisho_stream *stream, char *name, uint8_t *bytes, size_t length,
                        struct sekisho_error *error)
{
    for (size_t at = 0; at < length; at += PIECE) {
        Sekisho__V1__UploadAttachmentRequest request = SEKISHO__V1__UPLOAD_ATTACHMENT_REQUEST__INIT;
        if (at == 0)
            request.name = name;
        request.data = (ProtobufCBinaryData){length - at < PIECE ? length - at : PIECE, bytes + at};
        if (sekisho_stream_send(stream, &request.base, error) != SEKISHO_OK)
            return false;
    }
    return sekisho_stream_finish(stream, error) == SEKISHO_OK;
}

static bool upload(struct portal *portal, char *name, uint8_t *bytes, size_t length)
{
    struct sekisho_stream *stream = NULL;
    ProtobufCMessage *answer = NULL;
    struct sekisho_error error;

    bool good = sekisho_stream_open(portal->session, &sekisho__v1__attachment_service__descriptor, "UploadAttachment",
                                    &stream, &error) == SEKISHO_OK &&
                send_pieces(stream, name, bytes, length, &error) &&
                sekisho_stream_receive(stream, &answer, &error) == SEKISHO_OK && answer;
    if (!good)
        portal_report(&error);
    sekisho_message_free(answer);
    sekisho_stream_close(stream);
    return good;
}

static bool announce_and_send(struct portal *portal, const char *application, const char *path, uint8_t *bytes,
                              size_t length)
{
    Sekisho__V1__CreateAttachmentRequest request = SEKISHO__V1__CREATE_ATTACHMENT_REQUEST__INIT;
    Sekisho__V1__Attachment attachment = SEKISHO__V1__ATTACHMENT__INIT;
    const char *last = strrchr(path, '/');
    ProtobufCMessage *answer = NULL;
    struct sekisho_error error;
    uint8_t hash[SHA256_DIGEST_LENGTH];

    SHA256(bytes, length, hash);
    attachment.title = (char *)(uintptr_t)(last ? last + 1 : path);
    attachment.media_type = (char *)(uintptr_t)type_of(path);
    attachment.size = (int64_t)length;
    attachment.sha256 = (ProtobufCBinaryData){sizeof hash, hash};
    request.parent = (char *)(uintptr_t)application;
    request.attachment = &attachment;
    if (sekisho_rpc(portal->session, &sekisho__v1__attachment_service__descriptor, "CreateAttachment", &request.base,
                    &answer, &error) != SEKISHO_OK) {
        portal_report(&error);
        return false;
    }
    bool good = upload(portal, ((Sekisho__V1__CreateAttachmentResponse *)answer)->attachment->name, bytes, length);
    sekisho_message_free(answer);
    return good;
}

bool portal_attach(struct portal *portal, const char *application, const char *path)
{
    size_t length;
    uint8_t *bytes = whole_file(path, FILE_MAX, &length);
    bool good = bytes && announce_and_send(portal, application, path, bytes, length);

    free(bytes);
    return good;
}
