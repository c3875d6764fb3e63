/* Lists of System 4: pages on the terminal, or the whole list as a CSV file. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/desk.h"
#include "sekisho/v1/list_service.pb-c.h"
#include "table.h"

#define SUBSTITUTIONS_SHOWN 50

struct export
{
    struct desk *desk;
    struct sekisho_stream *stream;
    FILE *file;
    const char *path;
    EVP_MD_CTX *hash;
    uint64_t substitutions;
    int64_t rows;
    bool complete;
};

static void say_substitution(struct export *export, const Sekisho__V1__Substitution *row)
{
    const ProtobufCEnumValue *kind =
        protobuf_c_enum_descriptor_get_value(&sekisho__v1__substitution__kind__descriptor, (int)row->kind);
    char place[96], point[24];

    if (++export->substitutions > SUBSTITUTIONS_SHOWN)
        return;
    snprintf(place, sizeof place, "%lld:%d:%d", (long long)row->row, row->column, row->position);
    snprintf(point, sizeof point, "U+%04X", row->code_point);
    const char *label = kind ? value_label(kind->name) : NULL;
    SAY(stderr, TEXT_SUBSTITUTION, place, point, label ? label : "?");
}

/* One part of the file. False: it is not what the server says that it is, or cannot be written. */
static bool take_part(struct export *export, const Sekisho__V1__ExportListResponse *part)
{
    uint8_t digest[32];

    for (size_t i = 0; i < part->n_substitutions; i++)
        say_substitution(export, part->substitutions[i]);
    if (fwrite(part->data.data, 1, part->data.len, export->file) != part->data.len) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, export->path, strerror(errno));
        return false;
    }
    EVP_DigestUpdate(export->hash, part->data.data, part->data.len);
    if (!part->complete)
        return true;
    export->rows = part->row_count;
    export->complete = EVP_DigestFinal_ex(export->hash, digest, NULL) == 1 && part->sha256.len == sizeof digest &&
                       memcmp(part->sha256.data, digest, sizeof digest) == 0;
    return export->complete;
}

static int receive(struct export *export)
{
    struct sekisho_error error;

    for (;;) {
        ProtobufCMessage *answer;
        if (sekisho_stream_receive(export->stream, &answer, &error) != SEKISHO_OK)
            return desk_report(&error);
        if (!answer)
            break;
        bool good = take_part(export, (const Sekisho__V1__ExportListResponse *)answer);
        sekisho_message_free(answer);
        if (!good)
            break;
    }
    if (export->complete && fflush(export->file) == 0 && fsync(fileno(export->file)) == 0)
        return CLI_OK;
    SAY(stderr, TEXT_CSV_NOT_WHOLE, export->path);
    return CLI_SERVER;
}

/* A new file under a name of its own until it is whole. */
static int export_to(struct export *export)
{
    struct sekisho_error error;
    char part[4096];
    int fd = -1;

    if (snprintf(part, sizeof part, "%s.part", export->path) < (int)sizeof part && access(export->path, F_OK) != 0)
        fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    else
        errno = EEXIST;
    if (fd < 0 || !(export->file = fdopen(fd, "w"))) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, export->path, strerror(errno));
        return CLI_USAGE;
    }
    int code = CLI_OK;
    if (sekisho_stream_open(export->desk->session, &sekisho__v1__list_service__descriptor, "ExportList",
                            &export->stream, &error) != SEKISHO_OK ||
        sekisho_stream_send(export->stream, export->desk->request, &error) != SEKISHO_OK ||
        sekisho_stream_finish(export->stream, &error) != SEKISHO_OK)
        code = desk_report(&error);
    if (code == CLI_OK)
        code = receive(export);
    fclose(export->file);
    sekisho_stream_close(export->stream);
    if (code == CLI_OK && rename(part, export->path) == 0)
        return CLI_OK;
    unlink(part);
    return code == CLI_OK ? CLI_USAGE : code;
}

static int csv_run(const struct options *options, const struct desk_call *call)
{
    struct desk_call exported = *call;
    struct desk desk;

    exported.service = &sekisho__v1__list_service__descriptor;
    exported.method = "ExportList";
    int code = desk_begin(&desk, options, &exported);
    if (code == CLI_OK)
        code = desk_set(&desk, desk.request, "list", call->list);
    struct export export = {.desk = &desk, .path = options->value[OPT_CSV], .hash = EVP_MD_CTX_new()};
    if (!export.hash || EVP_DigestInit_ex(export.hash, EVP_sha256(), NULL) != 1)
        abort();
    if (code == CLI_OK)
        code = export_to(&export);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_CSV_WRITTEN, count_text((unsigned long long)export.rows), export.path,
            count_text(export.substitutions));
    EVP_MD_CTX_free(export.hash);
    desk_end(&desk);
    return code;
}

int list_run(const struct options *options, const struct desk_call *call)
{
    struct desk desk;

    if (options->value[OPT_CSV])
        return csv_run(options, call);
    int code = desk_begin(&desk, options, call);
    if (code == CLI_OK && strncmp(call->list, "APPLICANTS_", strlen("APPLICANTS_")) == 0)
        code = desk_set(&desk, desk.request, "kind", call->list + strlen("APPLICANTS_"));
    if (code == CLI_OK)
        code = desk_list(&desk);
    desk_end(&desk);
    return code;
}
