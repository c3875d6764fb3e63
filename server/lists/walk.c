#include "server/lists/walk.h"

#include <string.h>

static MDB_val identity_of(const struct walk *walk, MDB_val key, MDB_val value)
{
    return walk->duplicates ? value : key;
}

static int first_duplicate(const struct walk *walk, MDB_cursor *cursor, const struct walk_place *place, MDB_val *key,
                           MDB_val *value)
{
    *key = (MDB_val){walk->prefix_length, (void *)(uintptr_t)walk->prefix};
    *value = (MDB_val){place->length, (void *)(uintptr_t)place->key};
    return mdb_cursor_get(cursor, key, value, place->length > 0 ? MDB_GET_BOTH_RANGE : MDB_SET);
}

static int first_backwards(MDB_cursor *cursor, const struct walk_place *place, MDB_val *key, MDB_val *value)
{
    if (place->length == 0)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    *key = (MDB_val){place->length, (void *)(uintptr_t)place->key};
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    if (rc == 0 && (key->mv_size != place->length || memcmp(key->mv_data, place->key, place->length) != 0))
        return mdb_cursor_get(cursor, key, value, MDB_PREV);
    return rc;
}

static int first_forwards(const struct walk *walk, MDB_cursor *cursor, const struct walk_place *place, MDB_val *key,
                          MDB_val *value)
{
    if (place->length > 0)
        *key = (MDB_val){place->length, (void *)(uintptr_t)place->key};
    else if (walk->from)
        *key = (MDB_val){walk->from_length, (void *)(uintptr_t)walk->from};
    else
        *key = (MDB_val){walk->prefix_length, (void *)(uintptr_t)walk->prefix};
    return mdb_cursor_get(cursor, key, value, key->mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
}

static int first(const struct walk *walk, MDB_cursor *cursor, const struct walk_place *place, MDB_val *key,
                 MDB_val *value)
{
    if (walk->duplicates)
        return first_duplicate(walk, cursor, place, key, value);
    if (walk->backwards)
        return first_backwards(cursor, place, key, value);
    return first_forwards(walk, cursor, place, key, value);
}

static MDB_cursor_op next_of(const struct walk *walk)
{
    if (walk->duplicates)
        return MDB_NEXT_DUP;
    return walk->backwards ? MDB_PREV : MDB_NEXT;
}

static bool belongs(const struct walk *walk, MDB_val key)
{
    return key.mv_size >= walk->prefix_length &&
           (walk->prefix_length == 0 || memcmp(key.mv_data, walk->prefix, walk->prefix_length) == 0);
}

static int stop_at(struct walk_place *place, MDB_val identity, bool *more)
{
    if (identity.mv_size > sizeof place->key)
        return MDB_BAD_VALSIZE;
    memcpy(place->key, identity.mv_data, identity.mv_size);
    place->length = identity.mv_size;
    *more = true;
    return 0;
}

int walk_rows(const struct walk *walk, struct walk_place *place, bool *more)
{
    uint32_t taken = 0, looks = 0;
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(walk->txn, walk->table, &cursor);

    *more = false;
    if (rc != 0)
        return rc;
    for (rc = first(walk, cursor, place, &key, &value); rc == 0 && belongs(walk, key);
         rc = mdb_cursor_get(cursor, &key, &value, next_of(walk))) {
        if (taken == walk->rows_max || looks++ == WALK_LOOKS_MAX) {
            rc = stop_at(place, identity_of(walk, key, value), more);
            break;
        }
        int outcome = walk->row(walk->user, key, value);
        if (outcome == WALK_END)
            break;
        if (outcome == WALK_TAKE)
            taken++;
        else if (outcome != WALK_SKIP) {
            /* A row whose record is missing is not the end of the list. */
            rc = outcome == MDB_NOTFOUND ? MDB_CORRUPTED : outcome;
            break;
        }
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}
