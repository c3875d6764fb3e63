#include "recorder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../fixture.h"

/* liblmdb must find these before libc's. */
#define INTERPOSED __attribute__((visibility("default")))

const char *const recorded_names[FILE_COUNT] = {"data.mdb", REDO_NAME, ERASURES_NAME};

static bool recording;
static int front_fd;
static void (*sync_hook)(void *context);
static void *sync_context;
static struct stat files[FILE_COUNT];
static struct recorded *events;
static size_t event_count, event_room;

static struct recorded *add(enum recorded_kind kind)
{
    if (event_count == event_room) {
        event_room = event_room ? 2 * event_room : 1024;
        events = realloc(events, event_room * sizeof events[0]);
        assert_non_null(events);
    }
    events[event_count] = (struct recorded){.kind = kind};
    return &events[event_count++];
}

/* The file of a descriptor; false for what is no regular file. */
static bool file_of(int fd, enum recorded_file *file)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    for (*file = 0; *file < FILE_COUNT; ++*file)
        if (status.st_ino == files[*file].st_ino && status.st_dev == files[*file].st_dev)
            return true;
    fail_msg("the vault writes to a file that this test does not know");
    return false;
}

static uint8_t *copy_parts(const struct iovec *parts, size_t count, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < count; i++)
        *length += parts[i].iov_len;
    uint8_t *bytes = malloc(*length + 1), *at = bytes;
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++) {
        memcpy(at, parts[i].iov_base, parts[i].iov_len);
        at += parts[i].iov_len;
    }
    return bytes;
}

static void record_write(int fd, const struct iovec *parts, size_t count, uint64_t offset)
{
    enum recorded_file file;
    size_t length;

    if (!recording || !file_of(fd, &file))
        return;
    struct recorded *event = add(RECORDED_WRITE);
    event->file = file;
    event->durable = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
    event->offset = offset;
    event->bytes = copy_parts(parts, count, &length);
    event->length = length;
}

/* A write that the kernel cut short or refused has no place in a list of what reached it. */
static ssize_t whole(ssize_t done, size_t length)
{
    if (recording && done != (ssize_t)length)
        fail_msg("a write was not taken whole");
    return done;
}

static int synced(int fd, long call)
{
    enum recorded_file file;

    if (!recording)
        return 0;
    sync_hook(sync_context);
    int rc = (int)syscall(call, fd);
    if (rc == 0 && file_of(fd, &file))
        add(RECORDED_SYNC)->file = file;
    return rc;
}

INTERPOSED ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};

    record_write(fd, &part, 1, (uint64_t)offset);
    return whole(syscall(SYS_pwrite64, fd, bytes, length, offset), length);
}

INTERPOSED ssize_t writev(int fd, const struct iovec *parts, int count)
{
    size_t length = 0;

    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    record_write(fd, parts, (size_t)count, (uint64_t)lseek(fd, 0, SEEK_CUR));
    return whole(syscall(SYS_writev, fd, parts, count), length);
}

INTERPOSED ssize_t write(int fd, const void *bytes, size_t length)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};

    record_write(fd, &part, 1, (uint64_t)lseek(fd, 0, SEEK_CUR));
    return syscall(SYS_write, fd, bytes, length);
}

INTERPOSED int fdatasync(int fd)
{
    return synced(fd, SYS_fdatasync);
}

INTERPOSED int fsync(int fd)
{
    return synced(fd, SYS_fsync);
}

INTERPOSED int ftruncate(int fd, off_t length)
{
    if (recording)
        fail_msg("the vault truncates a file: this test does not know how to lose that");
    return (int)syscall(SYS_ftruncate, fd, length);
}

INTERPOSED int msync(void *address, size_t length, int flags)
{
    if (recording)
        fail_msg("the vault writes through a map: this test does not see such writes");
    return (int)syscall(SYS_msync, address, length, flags);
}

INTERPOSED ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);

    if (recording && fd == front_fd && sent > 0) {
        size_t length;
        struct recorded *event = add(RECORDED_ANSWER);
        event->bytes = copy_parts(message->msg_iov, message->msg_iovlen, &length);
        event->length = length;
    }
    return sent;
}

void recorder_begin(const char *folder, int front, void (*during_sync)(void *context), void *context)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < FILE_COUNT; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, recorded_names[i]);
        assert_int_equal(stat(path, &files[i]), 0);
    }
    for (size_t i = 0; i < event_count; i++)
        free((void *)(uintptr_t)events[i].bytes);
    event_count = 0;
    front_fd = front;
    sync_hook = during_sync;
    sync_context = context;
    recording = true;
}

void recorder_end(void)
{
    recording = false;
}

const struct recorded *recorder_event(size_t i)
{
    return i < event_count ? &events[i] : NULL;
}
