/*
 * Guarded memory for keys: one arena per process, its own mapping with an inaccessible page on both sides, locked into
 * RAM (mlock), kept out of dumps (MADV_DONTDUMP) and of forks (MADV_WIPEONFORK). Fixed size; not to lock is an error.
 */
#ifndef SEKISHO_CRYPTO_SECRET_H
#define SEKISHO_CRYPTO_SECRET_H

#include <stddef.h>

/* Makes the arena (rounded up to pages). 0, or -1 with errno. Call once, before any secret exists. */
int secret_arena_open(size_t bytes);

/* 16-byte aligned zeroed memory from the arena that lives as long as the process; NULL when it is used up. */
void *secret_alloc(size_t bytes);

#endif
