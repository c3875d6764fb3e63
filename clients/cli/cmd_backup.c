/*
 * backup: takes a backup of the running server's store into a new file. The file is under its name only when all of it
 * is there, checked as far as it can be without the key that opens it, and on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job.h"
#include "ledger_job.h"
#include "root_key_file.h"
#include "sekisho_backup.h"

struct backup_file {
    const char *path;
    char temporary[PATH_MAX];
    int fd, number; /* errno of what failed */
    uint64_t bytes;
    struct progress progress;
};

static int make_file(struct backup_file *file)
{
    struct stat info;

    if (lstat(file->path, &info) == 0)
        errno = EEXIST;
    else if (snprintf(file->temporary, sizeof file->temporary, "%s.part-XXXXXX", file->path) >=
             (int)sizeof file->temporary)
        errno = ENAMETOOLONG;
    else
        file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd >= 0)
        return CLI_OK;
    SAY(stderr, TEXT_FILE_UNWRITABLE, file->path, strerror(errno));
    return CLI_USAGE;
}

static bool write_bytes(void *context, const void *bytes, size_t length)
{
    struct backup_file *file = context;
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = write(file->fd, at, length);
        if (written < 0 && errno != EINTR) {
            file->number = errno;
            return false;
        }
        if (written < 0)
            continue;
        at += written;
        length -= (size_t)written;
        file->bytes += (uint64_t)written;
    }
    progress_draw_bytes(&file->progress, file->bytes, -1);
    return true;
}

/* link(2) refuses a name that is taken, where rename(2) would overwrite. */
static int keep_file(struct backup_file *file)
{
    if (fsync(file->fd) == 0 && link(file->temporary, file->path) == 0 && unlink(file->temporary) == 0 &&
        folder_sync(file->path))
        return CLI_OK;
    SAY(stderr, TEXT_FILE_UNWRITABLE, file->path, strerror(errno));
    return CLI_USAGE;
}

static void hex32(const uint8_t bytes[32], char hex[65])
{
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void print_result(const struct options *options, const struct backup_file *file,
                         const struct sekisho_backup *backup)
{
    char id[HEX16_LEN + 1], key[65], time[TIME_TEXT_LEN];

    hex16_format(backup->id, id);
    hex32(backup->key, key);
    time_format(backup->taken_us, time);
    if (options->value[OPT_JSON])
        json_line(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "file", file->path, "id", id, "time", time,
                            "key_sha256", key, "bytes", (json_int_t)backup->bytes, "chunks", (json_int_t)backup->chunks,
                            "receipt", receipt_json(&backup->receipt)));
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_BACKUP_TAKEN, file->path, count_text(backup->bytes), key,
            count_text(backup->receipt.ledger_index));
}

static int take(const struct options *options, struct sekisho_session *session, struct backup_file *file)
{
    struct sekisho_backup backup;
    struct sekisho_result result;
    struct sekisho_error error;

    progress_start(&file->progress, !options->value[OPT_QUIET]);
    enum sekisho_status status = sekisho_take_backup(session, write_bytes, file, &backup, &result, &error);
    progress_clear(&file->progress);
    if (status != SEKISHO_OK && file->number != 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, file->path, strerror(file->number));
        return CLI_USAGE;
    }
    if (status != SEKISHO_OK)
        return report_error(&error);
    if (result.outcome != SEKISHO_OUTCOME_DONE) {
        SAY(stderr, TEXT_BACKUP_REFUSED, detail_explanation(result.detail), sekisho_detail_name(result.detail));
        return CLI_SOME_REFUSED;
    }
    int code = keep_file(file);
    if (code == CLI_OK)
        print_result(options, file, &backup);
    return code;
}

int cmd_backup(const struct options *options)
{
    struct backup_file file = {.path = options->value[OPT_OUTPUT], .fd = -1};
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;

    if (!file.path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--output");
        return CLI_USAGE;
    }
    int code = resume_session(options, &client, &session);
    if (code == CLI_OK)
        code = make_file(&file);
    if (code == CLI_OK)
        code = take(options, session, &file);
    if (file.fd >= 0) {
        close(file.fd);
        unlink(file.temporary);
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
