#include "server/portal/revocation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_KEY "revocation list in parts"
#define LIST_KEY  "revocation list "
#define LIST_LEN  (sizeof LIST_KEY - 1)

static MDB_val parts_key(void)
{
    return (MDB_val){sizeof PARTS_KEY - 1, (void *)(uintptr_t)PARTS_KEY};
}

int revocation_parts(const struct reg *reg, MDB_txn *txn, MDB_val *parts)
{
    MDB_val key = parts_key();
    int rc = mdb_get(txn, reg->table[TABLE_meta], &key, parts);

    if (rc == MDB_NOTFOUND)
        *parts = (MDB_val){0, NULL};
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int revocation_add_part(const struct reg *reg, MDB_txn *txn, uint64_t offset, const void *data, size_t length)
{
    MDB_val key = parts_key(), former, whole;
    int rc = revocation_parts(reg, txn, &former);

    if (rc != 0)
        return rc;
    if ((offset != 0 && offset != former.mv_size) || offset + length > REVOCATION_LIST_MAX)
        return EINVAL;
    uint8_t *bytes = malloc(offset + length);
    if (!bytes)
        return ENOMEM;
    if (offset > 0)
        memcpy(bytes, former.mv_data, offset); /* before the page that it is in is given up */
    memcpy(bytes + offset, data, length);
    whole = (MDB_val){offset + length, bytes};
    rc = mdb_put(txn, reg->table[TABLE_meta], &key, &whole, 0);
    free(bytes);
    return rc;
}

int revocation_drop_parts(const struct reg *reg, MDB_txn *txn)
{
    MDB_val key = parts_key();
    int rc = mdb_del(txn, reg->table[TABLE_meta], &key, NULL);

    return rc == MDB_NOTFOUND ? 0 : rc;
}

int revocation_keep(const struct reg *reg, MDB_txn *txn, const struct card_crl_info *info, const MDB_val *list)
{
    char name[LIST_LEN + CARD_HASH_LEN];
    MDB_val key = {sizeof name, name}, value = *list;

    memcpy(name, LIST_KEY, LIST_LEN);
    memcpy(name + LIST_LEN, info->id, CARD_HASH_LEN);
    return mdb_put(txn, reg->table[TABLE_meta], &key, &value, 0);
}

static int load_all(const struct reg *reg, MDB_txn *txn, struct card_trust *trust, int64_t now_us)
{
    MDB_val key = {LIST_LEN, (void *)(uintptr_t)LIST_KEY}, value;
    struct card_crl_info info;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_meta], &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && key.mv_size > LIST_LEN && memcmp(key.mv_data, LIST_KEY, LIST_LEN) == 0) {
        if (key.mv_size == LIST_LEN + CARD_HASH_LEN)
            (void)card_trust_crl(trust, value.mv_data, value.mv_size, now_us, true, &info);
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int revocation_load(struct reg *reg, struct card_trust *trust, int64_t now_us)
{
    int rc;
    MDB_txn *txn = reg_read_begin(reg, &rc);

    if (!txn)
        return rc;
    rc = load_all(reg, txn, trust, now_us);
    reg_read_end(reg, txn);
    return rc;
}
