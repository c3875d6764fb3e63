#include "image.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fixture.h"

static uint8_t *read_file(const char *folder, enum recorded_file file, uint64_t *length)
{
    char path[PATH_MAX];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", folder, recorded_names[file]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    uint8_t *bytes = malloc((size_t)status.st_size + 1);
    assert_non_null(bytes);
    for (off_t at = 0; at < status.st_size;) {
        ssize_t got = pread(fd, bytes + at, (size_t)(status.st_size - at), at);
        assert_true(got > 0);
        at += got;
    }
    close(fd);
    *length = (uint64_t)status.st_size;
    return bytes;
}

void disk_load(struct disk *disk, const char *folder)
{
    *disk = (struct disk){0};
    for (size_t i = 0; i < FILE_COUNT; i++) {
        disk->file[i].bytes = read_file(folder, (enum recorded_file)i, &disk->file[i].length);
        disk->file[i].room = disk->file[i].used = disk->file[i].length;
        while (disk->file[i].used > 0 && disk->file[i].bytes[disk->file[i].used - 1] == 0)
            disk->file[i].used--;
    }
}

void disk_free(struct disk *disk)
{
    for (size_t i = 0; i < FILE_COUNT; i++)
        free(disk->file[i].bytes);
    *disk = (struct disk){0};
}

size_t disk_write(struct disk *disk, const struct recorded *write)
{
    size_t first = disk->pending_count;

    for (uint64_t done = 0; done < write->length;) {
        uint64_t offset = write->offset + done, left_of_page = PAGE_BYTES - offset % PAGE_BYTES;
        uint64_t length = write->length - done < left_of_page ? write->length - done : left_of_page;
        assert_true(disk->pending_count < PENDING_MAX);
        disk->pending[disk->pending_count++] =
            (struct pending){.file = write->file, .offset = offset, .length = length, .bytes = write->bytes + done};
        done += length;
    }
    return first;
}

static void apply(struct disk *disk, const struct pending *write)
{
    uint64_t end = write->offset + write->length, length = disk->file[write->file].length;

    if (end > disk->file[write->file].room) {
        uint8_t *grown = realloc(disk->file[write->file].bytes, end);
        assert_non_null(grown);
        disk->file[write->file].bytes = grown;
        disk->file[write->file].room = end;
    }
    if (write->offset > length)
        memset(disk->file[write->file].bytes + length, 0, write->offset - length);
    memcpy(disk->file[write->file].bytes + write->offset, write->bytes, write->length);
    if (end > length)
        disk->file[write->file].length = end;
    if (end > disk->file[write->file].used)
        disk->file[write->file].used = end;
}

/* What is durable becomes part of the file, unless an earlier write that may be lost would then seem a later one. */
static void fold(struct disk *disk)
{
    bool blocked[FILE_COUNT] = {false};
    size_t kept = 0;

    for (size_t i = 0; i < disk->pending_count; i++) {
        const struct pending write = disk->pending[i];
        if (write.durable && !blocked[write.file]) {
            apply(disk, &write);
            continue;
        }
        blocked[write.file] = true;
        disk->pending[kept++] = write;
    }
    disk->pending_count = kept;
}

void disk_arrived(struct disk *disk, size_t first)
{
    for (size_t i = first; i < disk->pending_count; i++)
        disk->pending[i].durable = true;
    fold(disk);
}

void disk_synced(struct disk *disk, enum recorded_file file)
{
    for (size_t i = 0; i < disk->pending_count; i++)
        if (disk->pending[i].file == file)
            disk->pending[i].durable = true;
    fold(disk);
}

static int open_image(const char *folder, enum recorded_file file)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", folder, recorded_names[file]);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void put(int fd, const uint8_t *bytes, uint64_t length, uint64_t offset)
{
    assert_int_equal(pwrite(fd, bytes, length, (off_t)offset), length);
}

/* The sectors of a page's write, each clipped to what the write covers. */
static void put_sectors(int fd, const struct pending *write, uint8_t sectors)
{
    for (unsigned sector = 0; sector < SECTORS_PER_PAGE; sector++) {
        uint64_t page = write->offset - write->offset % PAGE_BYTES;
        uint64_t begin = page + sector * SECTOR_BYTES, end = begin + SECTOR_BYTES;
        if (begin < write->offset)
            begin = write->offset;
        if (end > write->offset + write->length)
            end = write->offset + write->length;
        if (begin < end && (sectors >> sector & 1))
            put(fd, write->bytes + (begin - write->offset), end - begin, begin);
    }
}

void disk_image(const struct disk *disk, const uint8_t *sectors, const char *folder)
{
    int fd[FILE_COUNT];

    for (size_t i = 0; i < FILE_COUNT; i++) {
        fd[i] = open_image(folder, (enum recorded_file)i);
        assert_int_equal(ftruncate(fd[i], (off_t)disk->file[i].length), 0);
        put(fd[i], disk->file[i].bytes, disk->file[i].used, 0);
    }
    for (size_t i = 0; i < disk->pending_count; i++)
        put_sectors(fd[disk->pending[i].file], &disk->pending[i], disk->pending[i].durable ? SECTORS_ALL : sectors[i]);
    for (size_t i = 0; i < FILE_COUNT; i++)
        close(fd[i]);
}

bool disk_equals(const struct disk *disk, const char *folder)
{
    bool equal = true;

    for (size_t i = 0; i < FILE_COUNT; i++) {
        uint64_t length;
        uint8_t *bytes = read_file(folder, (enum recorded_file)i, &length);
        equal = equal && length == disk->file[i].length && memcmp(bytes, disk->file[i].bytes, length) == 0;
        free(bytes);
    }
    return equal;
}
