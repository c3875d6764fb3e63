/*
 * What a disk can hold after the power has gone at some moment. All that a completed sync covers is there. Of what was
 * written since then, each page of 4096 bytes is there or not, whatever the order of the writes, or is torn at a sector
 * of 512 bytes; a sector is written whole or not at all. A file's length is that of what is there of it.
 */
#ifndef SEKISHO_TESTS_VAULT_POWER_IMAGE_H
#define SEKISHO_TESTS_VAULT_POWER_IMAGE_H

#include "recorder.h"

#define PAGE_BYTES       4096
#define SECTOR_BYTES     512
#define SECTORS_PER_PAGE (PAGE_BYTES / SECTOR_BYTES)
#define SECTORS_ALL      0xff
#define PENDING_MAX      4096

/* A page, or a part of one, of a write that no sync has covered yet. */
struct pending {
    enum recorded_file file;
    bool durable; /* is on the disk, but something that may not be was written to the file before it */
    uint64_t offset, length;
    const uint8_t *bytes;
};

struct disk {
    struct {
        uint8_t *bytes;
        uint64_t length, room, used; /* behind `used` there are only zeros */
    } file[FILE_COUNT];
    struct pending pending[PENDING_MAX];
    size_t pending_count;
};

/* The disk as it is, all of it durable; free with disk_free. */
void disk_load(struct disk *disk, const char *folder);
void disk_free(struct disk *disk);

/* A write has been given to the kernel. Returns the index of its first page in pending. */
size_t disk_write(struct disk *disk, const struct recorded *write);
/* The pending pages from this one on are on the disk: they were written through O_DSYNC. */
void disk_arrived(struct disk *disk, size_t first);
void disk_synced(struct disk *disk, enum recorded_file file);

/* Writes the image into the folder: of pending[i], the sectors whose bits are set in sectors[i]. */
void disk_image(const struct disk *disk, const uint8_t *sectors, const char *folder);

/* True when the folder's files are what is durable. */
bool disk_equals(const struct disk *disk, const char *folder);

#endif
