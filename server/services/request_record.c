#include "server/services/request_record.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "server/register/record.h"
#include "server/register/stored.pb-c.h"

/* Forgotten at each call that is kept: more than one, so that the table shrinks after a busy day. */
#define FORGOTTEN_AT_ONCE 4

typedef Sekisho__Stored__StoredRequest stored_request;

struct age_key {
    uint64_t time_us; /* big-endian */
    struct request_key key;
};
_Static_assert(sizeof(struct age_key) == 8 + ACCOUNT_LEN + REQUEST_ID_LEN, "as in tables.def");

int request_find(const struct reg *reg, MDB_txn *txn, const struct request_key *key, const struct request_mark *mark,
                 ProtobufCAllocator *allocator, ProtobufCBinaryData *response)
{
    stored_request *stored;
    int rc = record_get(txn, reg->table[TABLE_request], key, sizeof *key, &sekisho__stored__stored_request__descriptor,
                        allocator, (ProtobufCMessage **)&stored);

    if (rc != 0)
        return rc;
    if (stored->method != mark->method || stored->request_sha256.len != sizeof mark->sha256 ||
        memcmp(stored->request_sha256.data, mark->sha256, sizeof mark->sha256) != 0)
        return EEXIST;
    *response = stored->response;
    return 0;
}

static int forget_old(const struct reg *reg, MDB_txn *txn, int64_t now_us)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_request_age], &cursor);

    if (rc != 0)
        return rc;
    for (int i = 0; i < FORGOTTEN_AT_ONCE && rc == 0; i++) {
        struct age_key age;
        rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
        if (rc != 0)
            break;
        if (key.mv_size != sizeof age) {
            rc = MDB_CORRUPTED;
            break;
        }
        memcpy(&age, key.mv_data, sizeof age);
        if ((int64_t)be64toh(age.time_us) > now_us - REQUEST_KEPT_US)
            break;
        MDB_val request = {sizeof age.key, &age.key};
        rc = mdb_cursor_del(cursor, 0);
        if (rc == 0)
            rc = mdb_del(txn, reg->table[TABLE_request], &request, NULL);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int request_keep(const struct reg *reg, MDB_txn *txn, const struct request_key *key, const struct request_mark *mark,
                 int64_t now_us, ProtobufCBinaryData response)
{
    stored_request stored = SEKISHO__STORED__STORED_REQUEST__INIT;
    struct age_key age = {.time_us = htobe64((uint64_t)now_us), .key = *key};
    MDB_val age_key = {sizeof age, &age}, nothing = {0, NULL};

    stored.method = mark->method;
    stored.request_sha256 = (ProtobufCBinaryData){sizeof mark->sha256, (uint8_t *)(uintptr_t)mark->sha256};
    stored.response = response;
    stored.time_us = now_us;
    int rc = record_put(txn, reg->table[TABLE_request], key, sizeof *key, &stored.base);
    if (rc == 0)
        rc = mdb_put(txn, reg->table[TABLE_request_age], &age_key, &nothing, 0);
    return rc == 0 ? forget_old(reg, txn, now_us) : rc;
}
