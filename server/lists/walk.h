/*
 * A list is a walk over rows of one table from a place on: a page's worth, or a piece of an export. Bounded in what it
 * looks at, because the thread that walks serves everybody.
 */
#ifndef SEKISHO_LISTS_WALK_H
#define SEKISHO_LISTS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#define WALK_KEY_MAX   64
#define WALK_LOOKS_MAX 1000

/* Where a walk stands: the key (of sorted duplicates: the value) of the next row. Length 0: at the beginning. */
struct walk_place {
    uint8_t key[WALK_KEY_MAX];
    size_t length;
};

enum { WALK_END = -2, WALK_SKIP = -1, WALK_TAKE = 0 };

struct walk {
    MDB_txn *txn;
    MDB_dbi table;
    /* Rows whose key begins so; with `duplicates` the values of this one key. */
    const void *prefix;
    size_t prefix_length;
    bool duplicates;
    bool backwards; /* then without prefix or duplicates */
    /* Not before this key; NULL: from the prefix on. */
    const void *from;
    size_t from_length;
    uint32_t rows_max;
    /* WALK_TAKE, WALK_SKIP, WALK_END (nor any row after it), or a code that the walk ends with. */
    int (*row)(void *user, MDB_val key, MDB_val value);
    void *user;
};

/* Goes on from *place and leaves there where the next walk begins; *more: there may be rows from there on. An LMDB
 * code. */
int walk_rows(const struct walk *walk, struct walk_place *place, bool *more);

#endif
