#include "server/desk/whereabouts.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/payments/gate.h"
#include "server/register/checks.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"

#define STATE(name)     SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##name
#define NAME_CHARACTERS 200

typedef Sekisho__V1__ApplicationWhereabouts row;

/* A fee that the table does not know is not settled. */
static bool is_paid(const struct reg *reg, MDB_txn *txn, const uint8_t id[REGISTER_ID_LEN],
                    const Sekisho__V1__Application *application)
{
    int rc;

    return payment_settled(reg, txn, id, application->kind, application->receive_time_us, &rc);
}

static row *row_of(const Sekisho__V1__Application *application, bool paid, ProtobufCAllocator *arena)
{
    row *made = arena->alloc(arena->allocator_data, sizeof *made);
    size_t length = strlen(application->name) + 1;
    char *name = arena->alloc(arena->allocator_data, length);

    if (!made || !name)
        return NULL;
    sekisho__v1__application_whereabouts__init(made);
    made->application = memcpy(name, application->name, length);
    made->kind = application->kind;
    made->state = application->state;
    made->channel = application->channel;
    made->receive_time_us = application->receive_time_us;
    made->update_time_us = application->update_time_us;
    made->correction_deadline = date_new(date_value(application->correction_deadline), arena);
    made->fee_settled = paid;
    return made;
}

static bool has_name(const Sekisho__V1__Application *application, const struct text_key *wanted)
{
    struct text_key key;

    return !wanted || (application->person && application->person->name &&
                       name_key(application->person->name->text, NAME_CHARACTERS, &key) &&
                       key.length == wanted->length && memcmp(key.bytes, wanted->bytes, key.length) == 0);
}

/* Heap memory: an application with its signature and files is much larger than its row. */
static int add(const struct reg *reg, MDB_txn *txn, const uint8_t id[REGISTER_ID_LEN], const struct text_key *wanted,
               ProtobufCAllocator *arena, struct whereabouts *found)
{
    ProtobufCMessage *message;
    int rc = record_get(txn, reg->table[TABLE_application], id, REGISTER_ID_LEN,
                        &sekisho__stored__stored_application__descriptor, NULL, &message);

    if (rc != 0)
        return rc;
    const Sekisho__V1__Application *application = ((Sekisho__Stored__StoredApplication *)message)->application;
    if (application->state != STATE(DRAFT) && has_name(application, wanted) && found->count < WHEREABOUTS_MAX) {
        found->rows[found->count] = row_of(application, is_paid(reg, txn, id, application), arena);
        rc = found->rows[found->count] ? 0 : ENOMEM;
        found->count += rc == 0;
    }
    protobuf_c_message_free_unpacked(message, NULL);
    return rc;
}

int whereabouts_of(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN],
                   ProtobufCAllocator *arena, struct whereabouts *found)
{
    found->count = 0;
    int rc = add(reg, txn, application, NULL, arena, found);
    return rc == 0 && found->count == 0 ? MDB_NOTFOUND : rc;
}

static int newest_first(const void *a, const void *b)
{
    const row *first = *(row *const *)a, *second = *(row *const *)b;

    return (first->receive_time_us < second->receive_time_us) - (first->receive_time_us > second->receive_time_us);
}

int whereabouts_search(const struct reg *reg, MDB_txn *txn, int32_t birth, const char *name, ProtobufCAllocator *arena,
                       struct whereabouts *found)
{
    uint32_t day = htobe32((uint32_t)birth);
    MDB_val key = {sizeof day, &day}, id;
    struct text_key wanted;
    MDB_cursor *cursor;

    found->count = 0;
    if (!name_key(name, NAME_CHARACTERS, &wanted))
        return EINVAL;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_application_by_birth], &cursor);
    if (rc != 0)
        return rc;
    for (rc = mdb_cursor_get(cursor, &key, &id, MDB_SET); rc == 0;
         rc = mdb_cursor_get(cursor, &key, &id, MDB_NEXT_DUP)) {
        rc = id.mv_size == REGISTER_ID_LEN ? add(reg, txn, id.mv_data, &wanted, arena, found) : MDB_CORRUPTED;
        if (rc != 0) {
            rc = rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
            break;
        }
    }
    mdb_cursor_close(cursor);
    qsort(found->rows, found->count, sizeof(void *), newest_first);
    return rc == MDB_NOTFOUND ? 0 : rc;
}
