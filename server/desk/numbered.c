#include "server/desk/numbered.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/register/record.h"

#define NAME_SIZE  64
#define DIGITS_MAX 15 /* fits any count, and an int64 */

uint64_t numbered_key(MDB_val key)
{
    uint64_t number = 0;

    if (key.mv_size == sizeof number)
        memcpy(&number, key.mv_data, sizeof number);
    return be64toh(number);
}

int numbered_next(MDB_txn *txn, MDB_dbi table, uint64_t *number)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, table, &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    *number = rc == 0 ? numbered_key(key) + 1 : 1;
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int numbered_get(MDB_txn *txn, MDB_dbi table, uint64_t number, const ProtobufCMessageDescriptor *type,
                 ProtobufCAllocator *arena, ProtobufCMessage **message)
{
    number = htobe64(number);
    return record_get(txn, table, &number, sizeof number, type, arena, message);
}

int numbered_put(MDB_txn *txn, MDB_dbi table, uint64_t number, const ProtobufCMessage *message)
{
    number = htobe64(number);
    return record_put(txn, table, &number, sizeof number, message);
}

char *numbered_name(uint16_t tenant, const char *collection, uint64_t number, ProtobufCAllocator *arena)
{
    char *name = arena->alloc(arena->allocator_data, NAME_SIZE);

    if (name)
        snprintf(name, NAME_SIZE, "prefectures/%02u/%s/%" PRIu64, tenant % 100u, collection, number);
    return name;
}

bool numbered_parse(const char *name, const char *collection, uint64_t *number)
{
    const char *at = strchr(name, '/');

    at = at ? strchr(at + 1, '/') : NULL;
    size_t length = strlen(collection);
    if (!at || strncmp(at + 1, collection, length) != 0 || at[1 + length] != '/')
        return false;
    at += length + 2;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || at[digits] != '\0' || at[0] == '0')
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (uint64_t)(at[i] - '0');
    return true;
}
