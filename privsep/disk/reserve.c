#include "disk/reserve.h"

#include <sys/stat.h>
#include <unistd.h>

static const uint8_t zeros[RESERVE_CHUNK];

static uint64_t used_bytes(const struct reserve *reserve)
{
    MDB_envinfo info;
    MDB_stat stat;

    if (mdb_env_info(reserve->env, &info) != 0 || mdb_env_stat(reserve->env, &stat) != 0)
        return reserve->end;
    return (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
}

uint64_t reserve_left(const struct reserve *reserve)
{
    uint64_t used = used_bytes(reserve);

    return reserve->end > used ? reserve->end - used : 0;
}

/* Zeroes what lies behind `from`, which no page of LMDB's is in. False when there is no room. */
static bool zero_chunk(struct reserve *reserve, uint64_t from)
{
    if (from > reserve->limit || reserve->limit - from < RESERVE_CHUNK ||
        pwrite(reserve->fd, zeros, RESERVE_CHUNK, (off_t)from) != (ssize_t)RESERVE_CHUNK)
        return false;
    reserve->end = from + RESERVE_CHUNK;
    return true;
}

void reserve_open(struct reserve *reserve, MDB_env *env, uint64_t map_bytes)
{
    struct stat status;

    *reserve = (struct reserve){.env = env, .limit = map_bytes};
    if (mdb_env_get_fd(env, &reserve->fd) != 0 || fstat(reserve->fd, &status) != 0)
        return;
    uint64_t used = used_bytes(reserve);
    reserve->end = (uint64_t)status.st_size > used ? (uint64_t)status.st_size : used;
    while (reserve->end < used + RESERVE_OPEN && zero_chunk(reserve, reserve->end))
        continue;
    (void)fdatasync(reserve->fd);
}

void reserve_keep(struct reserve *reserve)
{
    uint64_t used = used_bytes(reserve);

    if (reserve->end < used) /* a large transaction has overtaken the zeros */
        reserve->end = used;
    if (reserve->end - used < RESERVE_OPEN / 2)
        (void)zero_chunk(reserve, reserve->end);
}
