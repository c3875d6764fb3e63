/*
 * A ledger as files of c2sp.org/tlog-tiles: tile/<level>/<index>[.p/<width>] and entry bundles tile/entries/<index>.
 * A leaf's data is the SHA-256 of its readable part, 32 bytes: what the tree was made of. The readable part itself is
 * not in the tiles; it can be erased when its time is over while the tree stays whole.
 */
#ifndef SEKISHO_CLI_TLOG_TILES_H
#define SEKISHO_CLI_TLOG_TILES_H

#include "sekisho_ledger.h"

#define TILE_WIDTH  256
#define TILE_LEVELS 8

struct tlog_tiles {
    const char *folder;
    int error; /* errno of the file that could not be written */
    char failed[512];
    struct {
        uint64_t count; /* hashes so far */
        uint8_t hash[TILE_WIDTH][SEKISHO_HASH_LEN];
    } level[TILE_LEVELS];
    /* The bundle of the current 256 leaves: big-endian u16 length and data each. */
    uint8_t bundle[TILE_WIDTH][2 + SEKISHO_HASH_LEN];
    uint64_t data_count;   /* leaves with data, so far */
    unsigned bundle_count; /* of the current bundle */
};

/* `folder` must be there and empty. */
void tiles_start(struct tlog_tiles *tiles, const char *folder);
/* The next leaf; `leaf_data` NULL when its data is not known: its bundle is left out. False: see tiles->error. */
bool tiles_add(struct tlog_tiles *tiles, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
               const uint8_t leaf_data[SEKISHO_HASH_LEN]);
/* Writes the partial tiles of the right edge. */
bool tiles_finish(struct tlog_tiles *tiles);
/* Writes a new file below the folder, making the folders above it. */
bool tiles_write(struct tlog_tiles *tiles, const char *name, const void *data, size_t length);

#endif
