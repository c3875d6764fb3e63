#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

static bool is_null_device(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) && info.st_rdev == makedev(1, 3);
}

static bool is_channel(int fd)
{
    int type = 0, domain = 0;
    socklen_t length = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET &&
           getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

static bool is_readable_file(int fd, int status_flags)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (status_flags & O_ACCMODE) == O_RDONLY &&
           (status_flags & O_PATH) == 0;
}

static bool is_folder(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The file system type of memfd_secret(2) (linux/magic.h; newer than some headers). */
#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC 0x5345434d
#endif

static bool is_secret_memory(int fd)
{
    struct statfs info;
    return fstatfs(fd, &info) == 0 && info.f_type == SECRETMEM_MAGIC;
}

static bool looks_like(int fd, int status_flags, enum fd_kind kind)
{
    switch (kind) {
    case FD_NULL:
        return is_null_device(fd);
    case FD_ANY:
        return true;
    case FD_CHANNEL:
        return is_channel(fd);
    case FD_FILE_READ:
        return is_readable_file(fd, status_flags);
    case FD_OPTIONAL:
        return is_readable_file(fd, status_flags) || is_null_device(fd);
    case FD_FOLDER:
        return is_folder(fd);
    case FD_SECRET_FILE:
        return is_readable_file(fd, status_flags) || is_secret_memory(fd);
    }
    return false;
}

static bool is_of_kind(int fd, enum fd_kind kind)
{
    int status_flags = fcntl(fd, F_GETFL);

    if (status_flags < 0)
        return false; /* EBADF: missing */
    bool right = looks_like(fd, status_flags, kind);
    errno = EINVAL;
    return right;
}

/* A descriptor that nobody named is a hole in the wiring list, and an open folder would undo pivot_root. */
static bool has_extra(size_t count)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;
    bool extra = false;

    if (!folder)
        return true;
    /* cppcheck-suppress readdirCalled; one thread, a stream of its own */
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        long fd = strtol(entry->d_name, NULL, 10);
        if (fd >= (long)count && fd != dirfd(folder))
            extra = true;
    }
    closedir(folder);
    return extra;
}

bool sandbox_descriptors(const enum fd_kind *kinds, size_t count)
{
    if (has_extra(count)) {
        errno = EMFILE;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_of_kind((int)i, kinds[i]))
            return false;
        if (i > 2 && fcntl((int)i, F_SETFD, FD_CLOEXEC) < 0)
            return false;
    }
    return close_range((unsigned)count, ~0u, 0) == 0;
}
