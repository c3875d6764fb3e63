#include "ledger/tree_rows.h"

#include <string.h>

static uint64_t node_key(unsigned level, uint64_t index)
{
    return (uint64_t)level << 56 | index;
}

static int get_hash(void *context, unsigned level, uint64_t index, uint8_t hash[HASH_LEN])
{
    const struct tree_rows *rows = context;
    uint64_t number = node_key(level, index);
    MDB_val key = {sizeof number, &number}, value;
    int rc = mdb_get(rows->txn, level == 0 ? rows->leaf : rows->node, &key, &value);

    if (rc == 0 && value.mv_size != HASH_LEN)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        memcpy(hash, value.mv_data, HASH_LEN);
    return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
}

static int put_hash(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    const struct tree_rows *rows = context;
    uint64_t number = node_key(level, index);
    MDB_val key = {sizeof number, &number}, value = {HASH_LEN, (void *)hash};

    if (level == 0)
        return mdb_put(rows->txn, rows->leaf, &key, &value, MDB_APPEND);
    return mdb_put(rows->txn, rows->node, &key, &value, MDB_NOOVERWRITE);
}

struct merkle_store tree_rows_store(struct tree_rows *rows)
{
    return (struct merkle_store){.get = get_hash, .put = put_hash, .context = rows};
}

int tree_rows_next(MDB_txn *txn, MDB_dbi dbi, uint64_t *next)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, dbi, &cursor);

    if (rc != 0)
        return rc;
    *next = 0;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (rc == 0) {
        memcpy(next, key.mv_data, sizeof *next);
        ++*next;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}
