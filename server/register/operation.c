#include "server/register/operation.h"

#include <endian.h>
#include <string.h>

#include "server/register/record.h"

int operation_add(const struct reg *reg, MDB_txn *txn, const Sekisho__Stored__StoredOperation *operation)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t number = 0;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_operation], &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (rc == 0 && key.mv_size == sizeof number) {
        memcpy(&number, key.mv_data, sizeof number);
        number = be64toh(number);
    }
    mdb_cursor_close(cursor);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    number = htobe64(number + 1);
    return record_add(txn, reg->table[TABLE_operation], &number, sizeof number, &operation->base, MDB_APPEND);
}
