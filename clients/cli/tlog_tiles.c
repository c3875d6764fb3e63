#include "tlog_tiles.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tiles_start(struct tlog_tiles *tiles, const char *folder)
{
    memset(tiles, 0, sizeof *tiles);
    tiles->folder = folder;
}

static bool fail(struct tlog_tiles *tiles, const char *path)
{
    tiles->error = errno;
    snprintf(tiles->failed, sizeof tiles->failed, "%s", path);
    return false;
}

static bool make_parents(char *path, size_t from)
{
    for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int made = mkdir(path, 0755);
        *slash = '/';
        if (made != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

bool tiles_write(struct tlog_tiles *tiles, const char *name, const void *data, size_t length)
{
    char path[sizeof tiles->failed];

    if (snprintf(path, sizeof path, "%s/%s", tiles->folder, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return fail(tiles, name);
    }
    if (!make_parents(path, strlen(tiles->folder) + 1))
        return fail(tiles, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return fail(tiles, path);
    ssize_t written = write(fd, data, length);
    if (written >= 0 && (size_t)written != length)
        errno = ENOSPC;
    bool done = written == (ssize_t)length;
    done = close(fd) == 0 && done;
    return done || fail(tiles, path);
}

/* "x001/x234/067": three digits an element, all but the last with an x. */
static void index_path(uint64_t index, char *out, size_t size)
{
    char elements[7][5];
    int count = 0;
    size_t used = 0;

    do {
        snprintf(elements[count], sizeof elements[count], count > 0 ? "x%03u" : "%03u", (unsigned)(index % 1000));
        index /= 1000;
        count++;
    } while (index > 0);
    while (count-- > 0)
        used += (size_t)snprintf(out + used, size - used, "%s%s", elements[count], count > 0 ? "/" : "");
}

static bool write_tile(struct tlog_tiles *tiles, const char *kind, uint64_t index, unsigned width, const void *data,
                       size_t length)
{
    char path[64], name[128], partial[16] = "";

    index_path(index, path, sizeof path);
    if (width < TILE_WIDTH)
        snprintf(partial, sizeof partial, ".p/%u", width);
    snprintf(name, sizeof name, "tile/%s/%s%s", kind, path, partial);
    return tiles_write(tiles, name, data, length);
}

static bool write_hashes(struct tlog_tiles *tiles, unsigned level, unsigned width)
{
    char kind[4];
    uint64_t index = (tiles->level[level].count - 1) / TILE_WIDTH;

    snprintf(kind, sizeof kind, "%u", level);
    return write_tile(tiles, kind, index, width, tiles->level[level].hash, (size_t)width * SEKISHO_HASH_LEN);
}

static bool write_bundle(struct tlog_tiles *tiles, unsigned width)
{
    uint64_t index = (tiles->level[0].count - 1) / TILE_WIDTH;
    bool whole = tiles->bundle_count == width;

    tiles->bundle_count = 0;
    return !whole || write_tile(tiles, "entries", index, width, tiles->bundle, (size_t)width * sizeof tiles->bundle[0]);
}

static bool tile_root(const uint8_t (*hashes)[SEKISHO_HASH_LEN], uint8_t root[SEKISHO_HASH_LEN])
{
    struct sekisho_tree tree = {0};

    for (int i = 0; i < TILE_WIDTH; i++)
        if (!sekisho_tree_add(&tree, hashes[i]))
            return false;
    return sekisho_tree_root(&tree, root);
}

/* A full tile is written, and its root is a hash of the level above. */
static bool add_hash(struct tlog_tiles *tiles, const uint8_t hash[SEKISHO_HASH_LEN])
{
    uint8_t next[SEKISHO_HASH_LEN];

    memcpy(next, hash, sizeof next);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        memcpy(tiles->level[level].hash[tiles->level[level].count++ % TILE_WIDTH], next, sizeof next);
        if (tiles->level[level].count % TILE_WIDTH != 0)
            return true;
        if (!write_hashes(tiles, level, TILE_WIDTH))
            return false;
        errno = EIO; /* libcrypto's failure */
        if (!tile_root(tiles->level[level].hash, next))
            return fail(tiles, "SHA-256");
    }
    return true;
}

static void add_data(struct tlog_tiles *tiles, const uint8_t leaf_data[SEKISHO_HASH_LEN])
{
    uint8_t *entry = tiles->bundle[tiles->bundle_count++];

    entry[0] = 0;
    entry[1] = SEKISHO_HASH_LEN;
    memcpy(entry + 2, leaf_data, SEKISHO_HASH_LEN);
    tiles->data_count++;
}

bool tiles_add(struct tlog_tiles *tiles, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
               const uint8_t leaf_data[SEKISHO_HASH_LEN])
{
    if (leaf_data)
        add_data(tiles, leaf_data);
    if (!add_hash(tiles, leaf_hash))
        return false;
    return tiles->level[0].count % TILE_WIDTH != 0 || write_bundle(tiles, TILE_WIDTH);
}

bool tiles_finish(struct tlog_tiles *tiles)
{
    unsigned leaves = tiles->level[0].count % TILE_WIDTH;

    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        unsigned width = tiles->level[level].count % TILE_WIDTH;
        if (width > 0 && !write_hashes(tiles, level, width))
            return false;
    }
    return leaves == 0 || write_bundle(tiles, leaves);
}
