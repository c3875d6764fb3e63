#include "driver/files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/process.h"

#define CHUNK (1u << 20)

int path_make(char path[PATH_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, PATH_SIZE, format, arguments);
    va_end(arguments);
    return length >= 0 && length < PATH_SIZE ? 0 : bench_fail("a path is too long");
}

int folder_make_temporary(char path[PATH_SIZE], mode_t mode)
{
    if (mkdtemp(path) == NULL || chmod(path, mode) != 0) {
        return bench_fail("%s: %s", path, strerror(errno));
    }
    return 0;
}

int folder_make(const char *path, mode_t mode)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST) {
        return bench_fail("%s: %s", path, strerror(errno));
    }
    return 0;
}

int folder_make_for_nobody(const char *path)
{
    if (folder_make(path, 0700) != 0) {
        return -1;
    }
    if (geteuid() == 0 && chown(path, NOBODY, NOBODY) != 0) {
        return bench_fail("%s: %s", path, strerror(errno));
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path) == 0 ? 0 : bench_fail("cannot remove %s: %s", path, strerror(errno));
}

void folder_remove(const char *path)
{
    if (file_exists(path)) {
        nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

int file_write(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    size_t length = strlen(text);
    bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length;
    if (fd >= 0) {
        written = close(fd) == 0 && written;
    }
    return written ? 0 : bench_fail("%s: %s", path, strerror(errno));
}

static int copy_all(int from, int to)
{
    for (;;) {
        ssize_t copied = copy_file_range(from, NULL, to, NULL, 1u << 30, 0);
        if (copied <= 0 || end_asked()) {
            return copied == 0 ? 0 : -1;
        }
    }
}

int file_copy(const char *from, const char *to, mode_t mode)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    int result = source >= 0 && target >= 0 ? copy_all(source, target) : -1;
    /* Or the disk would still be writing it while fdatasync is measured. */
    result = result == 0 ? fdatasync(target) : result;
    int error = errno;
    if (source >= 0) {
        posix_fadvise(source, 0, 0, POSIX_FADV_DONTNEED); /* memory is for the copies */
        close(source);
    }
    if (target >= 0 && close(target) != 0) {
        result = -1;
    }
    return result == 0 ? 0 : bench_fail("cannot copy %s to %s: %s", from, to, strerror(error));
}

void file_touch(const char *path)
{
    static uint8_t chunk[CHUNK];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && !end_asked() && read(fd, chunk, sizeof(chunk)) > 0) {
    }
    if (fd >= 0) {
        close(fd);
    }
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    uint16_t port = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
        port = ntohs(address.sin_port);
    }
    if (fd >= 0) {
        close(fd);
    }
    return port;
}
