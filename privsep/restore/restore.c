#include "restore/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "restore/load.h"
#include "restore/verify.h"
#include "vault/tenant_keys.h"

/* LMDB's pages of a store are less than four times its rows, and a map costs address space only. */
#define MAP_LEAST (1ull << 30)
#define MAP_TIMES 4

size_t restore_arena_bytes(void)
{
    return TENANTS_MAX * (sizeof(struct tenant_keys) + 32) + 4096;
}

/* Absent, or an empty folder. */
static enum restore_status check_place(const char *store, struct restore_report *report)
{
    DIR *folder = opendir(store);
    const struct dirent *entry;
    bool empty = true;

    report->code = errno;
    if (!folder)
        return errno == ENOENT ? RESTORE_DONE : RESTORE_NOT_EMPTY;
    /* cppcheck-suppress readdirCalled; one thread, a stream of its own */
    while ((entry = readdir(folder)) != NULL)
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    closedir(folder);
    report->code = ENOTEMPTY;
    return empty ? RESTORE_DONE : RESTORE_NOT_EMPTY;
}

static void remove_file(const char *folder, const char *name)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
        unlink(path);
}

static void remove_folder(const char *folder)
{
    remove_file(folder, "data.mdb");
    remove_file(folder, "lock.mdb");
    rmdir(folder);
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

/* The vault's own file, its folder, and their names: on the disk, and the vault's user's. */
static bool settle(const char *folder, uint32_t owner)
{
    char path[PATH_MAX];

    remove_file(folder, "lock.mdb"); /* it belongs to whoever opens the store */
    if (snprintf(path, sizeof path, "%s/data.mdb", folder) >= (int)sizeof path)
        return false;
    if (owner != UINT32_MAX && (chown(path, owner, owner) < 0 || chown(folder, owner, (gid_t)-1) < 0))
        return false;
    return sync_path(path, O_RDONLY) && sync_path(folder, O_RDONLY | O_DIRECTORY);
}

/* rename(2) puts a folder in the place of an empty one, and refuses one that is not empty any more. */
static enum restore_status put_in_place(const char *folder, const struct restore_request *request,
                                        struct restore_report *report)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", request->store);
    if (settle(folder, request->owner) && rename(folder, request->store) == 0) {
        if (sync_path(dirname(copy), O_RDONLY | O_DIRECTORY))
            return RESTORE_DONE;
    }
    report->code = errno;
    return errno == ENOTEMPTY || errno == EEXIST ? RESTORE_NOT_EMPTY : RESTORE_DISK;
}

static enum restore_status restore_into(struct backup_reader *reader, const char *folder,
                                        const struct restore_request *request, struct restore_report *report)
{
    uint64_t map_bytes = MAP_LEAST + (MAP_TIMES * reader->size & ~(uint64_t)0xffff);
    enum restore_status status = load_store(reader, folder, map_bytes, request, report);

    if (status == RESTORE_DONE)
        status = reader_finish(reader);
    if (status == RESTORE_DONE)
        status = verify_store(folder, map_bytes, request->root_key, reader->end.ledger_key, report);
    return status == RESTORE_DONE ? put_in_place(folder, request, report) : status;
}

static enum restore_status restore_beside(struct backup_reader *reader, const struct restore_request *request,
                                          struct restore_report *report)
{
    char folder[PATH_MAX];
    size_t length = strlen(request->store);

    while (length > 1 && request->store[length - 1] == '/')
        length--;
    if (snprintf(folder, sizeof folder, "%.*s.restoring-XXXXXX", (int)length, request->store) >= (int)sizeof folder ||
        !mkdtemp(folder)) {
        report->code = errno;
        return RESTORE_DISK;
    }
    enum restore_status status = restore_into(reader, folder, request, report);
    if (status != RESTORE_DONE)
        remove_folder(folder);
    return status;
}

enum restore_status restore_store(const struct restore_request *request, struct restore_report *report)
{
    struct backup_reader *reader = calloc(1, sizeof *reader);

    *report = (struct restore_report){.code = ENOMEM};
    if (!reader)
        return RESTORE_DISK;
    enum restore_status status = check_place(request->store, report);
    if (status == RESTORE_DONE)
        status = reader_open(reader, request->backup, request->backup_key);
    report->head = reader->head;
    if (status == RESTORE_DONE)
        status = restore_beside(reader, request, report);
    if (status == RESTORE_UNREADABLE)
        report->code = reader->code;
    reader_close(reader);
    free(reader);
    return status;
}
