#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads until the end or `max` bytes; -1 with errno. */
static ssize_t read_all(int fd, char *buffer, size_t max)
{
    size_t used = 0;

    while (used < max) {
        ssize_t got = read(fd, buffer + used, max - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

enum sekisho_status file_read(const char *path, size_t max, char **text, size_t *length, struct sekisho_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_file(error, "FILE_UNREADABLE", path, errno);
    char *buffer = malloc(max + 2);
    ssize_t got = buffer ? read_all(fd, buffer, max + 1) : -1;
    int number = buffer ? errno : ENOMEM;
    close(fd);
    if (got < 0 || (size_t)got > max) {
        if (buffer)
            sekisho_wipe(buffer, max + 2);
        free(buffer);
        return error_file(error, "FILE_UNREADABLE", path, got < 0 ? number : EFBIG);
    }
    buffer[got] = '\0';
    *text = buffer;
    *length = (size_t)got;
    return SEKISHO_OK;
}

bool sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    free(copy);
    return done;
}
