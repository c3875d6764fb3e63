/* Files of an application: sent in pieces, from where an upload was cut off, and fetched. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk.h"
#include "desk/resource.h"
#include "job.h"
#include "sekisho/v1/attachment_service.pb-c.h"

#define PIECE    65536
#define FILE_MAX 20971520 /* bytes of all files of an application */

#define SERVICE (&sekisho__v1__attachment_service__descriptor)

struct whole {
    uint8_t *bytes;
    size_t length;
    uint8_t sha256[32];
};

static const struct {
    const char *media_type, *begins;
    size_t length;
} types[] = {
    {"application/pdf", "%PDF-", 5}, {"image/jpeg", "\xff\xd8\xff", 3}, {"image/png", "\x89PNG\r\n\x1a\n", 8},
    {"image/tiff", "II*\0", 4},      {"image/tiff", "MM\0*", 4},
};

/* NULL when the first bytes are of none that the server takes. */
static const char *media_type_of(const struct whole *file)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (file->length >= types[i].length && memcmp(file->bytes, types[i].begins, types[i].length) == 0)
            return types[i].media_type;
    return NULL;
}

static int read_whole(const char *path, struct whole *file)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC), code = CLI_USAGE;

    if (fd < 0 || fstat(fd, &facts) < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
    } else if (!S_ISREG(facts.st_mode) || facts.st_size < 1 || facts.st_size > FILE_MAX) {
        SAY(stderr, TEXT_ATTACHMENT_SIZE, path);
    } else {
        file->length = (size_t)facts.st_size;
        if (!(file->bytes = malloc(file->length)))
            abort();
        if (pread(fd, file->bytes, file->length, 0) != (ssize_t)file->length)
            SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
        else if (EVP_Digest(file->bytes, file->length, file->sha256, NULL, EVP_sha256(), NULL) == 1)
            code = CLI_OK;
    }
    if (fd >= 0)
        close(fd);
    return code;
}

/* Announces the file, or finds how much of it has arrived. */
static int announce(struct desk *desk, const struct whole *file, char name[RESOURCE_MAX], size_t *offset)
{
    const char *path = desk->options->value[OPT_FILE], *title = desk->options->value[OPT_TITLE];
    Sekisho__V1__CreateAttachmentRequest *request = (Sekisho__V1__CreateAttachmentRequest *)desk->request;
    Sekisho__V1__Attachment attachment = SEKISHO__V1__ATTACHMENT__INIT;
    ProtobufCMessage *answer;

    attachment.title = (char *)(title ? title : resource_id(path));
    attachment.media_type = (char *)media_type_of(file);
    attachment.size = (int64_t)file->length;
    attachment.sha256 = (ProtobufCBinaryData){.data = (uint8_t *)file->sha256, .len = sizeof file->sha256};
    request->attachment = &attachment;
    int code = desk_ask(desk, SERVICE, "CreateAttachment", &request->base, &answer);
    request->attachment = NULL;
    if (code != CLI_OK)
        return code;
    snprintf(name, RESOURCE_MAX, "%s", field_string(answer, "attachment.name"));
    *offset = 0;
    sekisho_message_free(answer);
    return CLI_OK;
}

/* The file of an upload that was cut off: it must be the same. */
static int go_on(struct desk *desk, const struct whole *file, char name[RESOURCE_MAX], size_t *offset)
{
    static const struct desk_resource attachment = {SERVICE, "GetAttachment"};
    const char *missing;
    ProtobufCMessage *answer;

    if (!resource_of_options("applications/{application}/attachments/{attachment}", desk->options, desk->prefecture,
                             name, &missing)) {
        SAY(stderr, TEXT_RESOURCE_OPTION, missing);
        return CLI_USAGE;
    }
    int code = desk_read(desk, &attachment, name, &answer);
    if (code != CLI_OK)
        return code;
    const Sekisho__V1__GetAttachmentResponse *found = (const Sekisho__V1__GetAttachmentResponse *)answer;
    const Sekisho__V1__Attachment *there = found->attachment;
    *offset = (size_t)found->received_bytes;
    if (!there || there->sha256.len != sizeof file->sha256 ||
        memcmp(there->sha256.data, file->sha256, sizeof file->sha256) != 0 || *offset > file->length) {
        SAY(stderr, TEXT_ATTACHMENT_ANOTHER);
        code = CLI_USAGE;
    }
    sekisho_message_free(answer);
    return code;
}

static enum sekisho_status send_pieces(struct sekisho_stream *stream, const struct whole *file, const char *name,
                                       size_t offset, struct progress *progress, struct sekisho_error *error)
{
    for (size_t at = offset, step; at < file->length; at += step) {
        Sekisho__V1__UploadAttachmentRequest piece = SEKISHO__V1__UPLOAD_ATTACHMENT_REQUEST__INIT;
        step = file->length - at < PIECE ? file->length - at : PIECE;
        if (at == offset) {
            piece.name = (char *)name;
            piece.offset = (int64_t)offset;
        }
        piece.data = (ProtobufCBinaryData){.data = file->bytes + at, .len = step};
        enum sekisho_status status = sekisho_stream_send(stream, &piece.base, error);
        if (status != SEKISHO_OK)
            return status;
        progress_draw_bytes(progress, at + step, (double)(at + step) / (double)file->length);
    }
    return sekisho_stream_finish(stream, error);
}

static int upload(struct desk *desk, const struct whole *file, const char *name, size_t offset)
{
    struct sekisho_stream *stream = NULL;
    struct progress progress;
    struct sekisho_error error;
    ProtobufCMessage *answer = NULL;

    progress_start(&progress, !desk->options->value[OPT_QUIET]);
    enum sekisho_status status = sekisho_stream_open(desk->session, SERVICE, "UploadAttachment", &stream, &error);
    if (status == SEKISHO_OK)
        status = send_pieces(stream, file, name, offset, &progress, &error);
    if (status == SEKISHO_OK)
        status = sekisho_stream_receive(stream, &answer, &error);
    progress_clear(&progress);
    int code = status == SEKISHO_OK ? CLI_OK : desk_report(&error);
    if (code == CLI_OK && answer)
        desk_print(desk, answer);
    if (code != CLI_OK)
        SAY(stderr, TEXT_ATTACHMENT_GO_ON, resource_id(name));
    sekisho_message_free(answer);
    sekisho_stream_close(stream);
    return code;
}

int attach_run(const struct options *options, const struct desk_call *call)
{
    const char *path = options->value[OPT_FILE];
    struct whole file = {0};
    struct desk desk = {0};
    char name[RESOURCE_MAX];
    size_t offset = 0;

    if (!path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--file");
        return CLI_USAGE;
    }
    int code = read_whole(path, &file);
    if (code == CLI_OK && !media_type_of(&file)) {
        SAY(stderr, TEXT_ATTACHMENT_TYPE, path);
        code = CLI_USAGE;
    }
    if (code == CLI_OK)
        code = desk_begin(&desk, options, call);
    if (code == CLI_OK)
        code =
            options->value[OPT_ATTACHMENT] ? go_on(&desk, &file, name, &offset) : announce(&desk, &file, name, &offset);
    if (code == CLI_OK && !options->value[OPT_DRY_RUN])
        code = upload(&desk, &file, name, offset);
    free(file.bytes);
    desk_end(&desk);
    return code;
}

/* ---- download ---- */

static int fetch(struct desk *desk, const char *path, const uint8_t sha256[32])
{
    struct sekisho_stream *stream = NULL;
    struct sekisho_error error;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    uint8_t digest[32];
    ProtobufCMessage *answer = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        abort();
    if (!file) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(errno));
        EVP_MD_CTX_free(hash);
        return CLI_USAGE;
    }
    enum sekisho_status status = sekisho_stream_open(desk->session, SERVICE, "DownloadAttachment", &stream, &error);
    if (status == SEKISHO_OK && (status = sekisho_stream_send(stream, desk->request, &error)) == SEKISHO_OK)
        status = sekisho_stream_finish(stream, &error);
    bool written = true;
    while (status == SEKISHO_OK && written &&
           (status = sekisho_stream_receive(stream, &answer, &error)) == SEKISHO_OK && answer) {
        const ProtobufCBinaryData *data = &((const Sekisho__V1__DownloadAttachmentResponse *)answer)->data;
        written =
            fwrite(data->data, 1, data->len, file) == data->len && EVP_DigestUpdate(hash, data->data, data->len) == 1;
        sekisho_message_free(answer);
    }
    written = fclose(file) == 0 && written;
    bool whole = EVP_DigestFinal_ex(hash, digest, NULL) == 1 && memcmp(digest, sha256, sizeof digest) == 0;
    int code = status != SEKISHO_OK ? desk_report(&error) : written && whole ? CLI_OK : CLI_SERVER;
    if (status == SEKISHO_OK && code != CLI_OK)
        SAY(stderr, TEXT_ATTACHMENT_NOT_WHOLE, path);
    if (code != CLI_OK)
        unlink(path);
    EVP_MD_CTX_free(hash);
    sekisho_stream_close(stream);
    return code;
}

int download_run(const struct options *options, const struct desk_call *call)
{
    struct desk desk = {0};
    const char *path = options->value[OPT_OUTPUT];

    if (!path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--output");
        return CLI_USAGE;
    }
    int code = desk_begin(&desk, options, call);
    const ProtobufCBinaryData *sha256 = code == CLI_OK ? field_bytes(desk.current, "attachment.sha256") : NULL;
    if (code == CLI_OK)
        code = sha256 && sha256->len == 32 ? fetch(&desk, path, sha256->data) : CLI_SERVER;
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_ATTACHMENT_WRITTEN, path);
    desk_end(&desk);
    return code;
}
