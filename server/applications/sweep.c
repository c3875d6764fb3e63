/* Corrections whose last day is over return by themselves. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "server/applications/internal.h"
#include "server/identity/identity.h"

/* Rows of one job: other writers wait for it. */
#define SWEEP_ROWS 100
/* Of one application, unpacked a few times. */
#define ROOM ((size_t)4 << 20)

struct room {
    size_t used;
    alignas(max_align_t) uint8_t bytes[ROOM];
};

static void *room_alloc(void *data, size_t size)
{
    struct room *room = data;
    size_t begin = room->used;

    if (size > ROOM - begin)
        return NULL;
    room->used = begin + ((size + 15) & ~(size_t)15);
    if (room->used > ROOM)
        room->used = ROOM;
    return room->bytes + begin;
}

static void room_free(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

/* The id of the first one whose last day is before `today`; MDB_NOTFOUND. */
static int first_overdue(const struct application_context *context, uint32_t today, uint8_t id[REGISTER_ID_LEN])
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint8_t bound[4];
    int rc = mdb_cursor_open(context->txn, context->reg->table[TABLE_application_deadline], &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    put_be32(bound, today);
    if (rc == 0 && key.mv_size != sizeof bound + REGISTER_ID_LEN)
        rc = MDB_CORRUPTED;
    if (rc == 0 && memcmp(key.mv_data, bound, sizeof bound) >= 0)
        rc = MDB_NOTFOUND;
    if (rc == 0)
        memcpy(id, (const uint8_t *)key.mv_data + sizeof bound, REGISTER_ID_LEN);
    mdb_cursor_close(cursor);
    return rc;
}

static int return_overdue(struct application_context *context, const uint8_t id[REGISTER_ID_LEN])
{
    stored_application *application = application_get(context, id);

    if (!application)
        return context->rc == MDB_NOTFOUND ? MDB_CORRUPTED : context->rc;
    switch (application_event(context, application, APPLICATION_CORRECTION_OVERDUE, NULL)) {
    case APPLICATION_OK:
        return 0;
    case APPLICATION_STORE:
        return context->rc;
    default:
        return MDB_CORRUPTED; /* the index names one that does not wait */
    }
}

int application_sweep(struct reg *reg, MDB_txn *txn, int64_t now_us)
{
    struct room *room = malloc(sizeof *room);
    ProtobufCAllocator arena = {.alloc = room_alloc, .free = room_free, .allocator_data = room};
    struct application_context context = {.reg = reg, .txn = txn, .now_us = now_us, .arena = &arena};
    uint32_t today = (uint32_t)date_number(date_of_time_us(now_us));
    uint8_t id[REGISTER_ID_LEN];
    int rc = room ? 0 : MDB_MAP_FULL;

    for (unsigned row = 0; row < SWEEP_ROWS && rc == 0; row++) {
        room->used = 0;
        rc = first_overdue(&context, today, id);
        if (rc == 0)
            rc = return_overdue(&context, id);
    }
    free(room);
    if (rc == MDB_NOTFOUND)
        return 0;
    return rc == 0 ? REGISTER_AGAIN : rc;
}
