/*
 * Zeroed room ahead of LMDB's last page, of the vault's store and of the front's registers. A commit into blocks that
 * the file system has allocated and written before needs no journal of its own for the file's growth: fdatasync(2) of
 * one costs about a third less (measured by hand, no bench line yet). LMDB never looks at what lies behind its last
 * page.
 */
#ifndef SEKISHO_DISK_RESERVE_H
#define SEKISHO_DISK_RESERVE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

struct reserve {
    MDB_env *env;
    int fd;
    uint64_t end, limit; /* bytes of the file; of the map */
};

/* Zeroes RESERVE_OPEN bytes ahead. Where there is no room for them the store opens all the same: LMDB says when it is
 * really full. */
#define RESERVE_OPEN (16u << 20)
void reserve_open(struct reserve *reserve, MDB_env *env, uint64_t map_bytes);

/* Bytes that are zeroed and not yet LMDB's. */
uint64_t reserve_left(const struct reserve *reserve);

/* After a commit: zeroes one RESERVE_CHUNK when less than half of RESERVE_OPEN is left. */
#define RESERVE_CHUNK (256u << 10)
void reserve_keep(struct reserve *reserve);

#endif
