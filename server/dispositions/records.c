#include "server/dispositions/internal.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/dispositions/name.h"
#include "server/register/record.h"

#define ETAG_SIZE 24

struct time_key {
    int64_t time_us;
    uint8_t id[REGISTER_ID_LEN];
} __attribute__((packed));

enum disposition_result disposition_missing(struct disposition_context *context, const char *field)
{
    context->field = field;
    return DISPOSITION_MISSING;
}

enum disposition_result disposition_bad(struct disposition_context *context, const char *field)
{
    context->field = field;
    return DISPOSITION_BAD_FIELD;
}

enum disposition_result disposition_store(struct disposition_context *context, int rc)
{
    context->rc = rc;
    if (rc == MDB_NOTFOUND)
        return DISPOSITION_NOT_FOUND;
    return rc == 0 ? DISPOSITION_OK : DISPOSITION_STORE;
}

void *disposition_take(struct disposition_context *context, size_t size)
{
    void *memory = context->arena->alloc(context->arena->allocator_data, size);

    if (memory)
        memset(memory, 0, size);
    else
        context->rc = MDB_MAP_FULL; /* the call's memory: its caller is told the same */
    return memory;
}

char *disposition_copy(struct disposition_context *context, const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = disposition_take(context, length);

    return copy ? memcpy(copy, text, length) : NULL;
}

uint32_t disposition_serial(const struct disposition_context *context, const disposition *of)
{
    uint32_t serial;

    return disposition_registration_parse(of->registration, context->reg->tenant, &serial) ? serial : 0;
}

/* Every change of a disposition is one of these three. */
static enum disposition_result fill_etag(struct disposition_context *context, disposition *of)
{
    of->etag = disposition_take(context, ETAG_SIZE);
    if (!of->etag)
        return DISPOSITION_STORE;
    snprintf(of->etag, ETAG_SIZE, "W/\"%d%s%s\"", (int)of->state, of->notice ? "n" : "",
             of->resulting_registration[0] != '\0' ? "r" : "");
    return DISPOSITION_OK;
}

enum disposition_result disposition_get(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        stored_disposition **found)
{
    int rc = record_get(context->txn, context->reg->table[TABLE_disposition], id, REGISTER_ID_LEN,
                        &sekisho__stored__stored_disposition__descriptor, context->arena, (ProtobufCMessage **)found);

    if (rc != 0)
        return disposition_store(context, rc);
    return fill_etag(context, (*found)->disposition);
}

enum disposition_result disposition_put(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        stored_disposition *changed)
{
    changed->disposition->etag = (char *)(uintptr_t)protobuf_c_empty_string; /* derived */
    int rc = record_put(context->txn, context->reg->table[TABLE_disposition], id, REGISTER_ID_LEN, &changed->base);

    if (rc != 0)
        return disposition_store(context, rc);
    return fill_etag(context, changed->disposition);
}

enum disposition_result disposition_add(struct disposition_context *context, uint32_t serial, stored_disposition *made,
                                        uint8_t id[REGISTER_ID_LEN])
{
    struct time_key by_time = {.time_us = (int64_t)htobe64((uint64_t)context->now_us)};
    MDB_val time_value = {sizeof by_time, &by_time}, nothing = {0, NULL};
    uint32_t number = htobe32(serial);
    MDB_val serial_value = {sizeof number, &number}, id_value = {REGISTER_ID_LEN, id};

    crypto_random(id, REGISTER_ID_LEN);
    memcpy(by_time.id, id, REGISTER_ID_LEN);
    made->disposition->name = disposition_take(context, DISPOSITION_NAME_SIZE);
    if (!made->disposition->name)
        return DISPOSITION_STORE;
    disposition_name_format(context->reg->tenant, id, "", made->disposition->name);
    made->disposition->propose_time_us = context->now_us;
    int rc = mdb_put(context->txn, context->reg->table[TABLE_disposition_by_time], &time_value, &nothing, 0);
    if (rc == 0)
        rc = mdb_put(context->txn, context->reg->table[TABLE_disposition_by_serial], &serial_value, &id_value, 0);
    return rc != 0 ? disposition_store(context, rc) : disposition_put(context, id, made);
}

enum disposition_result disposition_each(struct disposition_context *context, uint32_t serial, disposition_look *look,
                                         void *user)
{
    uint32_t number = htobe32(serial);
    MDB_val key = {sizeof number, &number}, id;
    enum disposition_result result = DISPOSITION_OK;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(context->txn, context->reg->table[TABLE_disposition_by_serial], &cursor);

    if (rc != 0)
        return disposition_store(context, rc);
    for (rc = mdb_cursor_get(cursor, &key, &id, MDB_SET); rc == 0 && result == DISPOSITION_OK;
         rc = mdb_cursor_get(cursor, &key, &id, MDB_NEXT_DUP)) {
        stored_disposition *found;
        uint8_t copy[REGISTER_ID_LEN];
        memcpy(copy, id.mv_data, sizeof copy);
        result = disposition_get(context, copy, &found);
        if (result == DISPOSITION_OK)
            result = look(context, found->disposition, copy, user);
    }
    mdb_cursor_close(cursor);
    if (result != DISPOSITION_OK || rc == MDB_NOTFOUND)
        return result;
    return disposition_store(context, rc);
}
