#include "server/dispositions/card_return.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/dispositions/name.h"
#include "server/register/checks.h"
#include "server/register/record.h"

#define STATE(name) SEKISHO__V1__CARD_RETURN_STATE__CARD_RETURN_STATE_##name
#define TARGET_DAYS 14 /* the law says 遅滞なく: the office's own target */
#define ETAG_SIZE   24

static struct card_return_key key_of(const card_return *of, const uint8_t disposition[REGISTER_ID_LEN])
{
    struct card_return_key key = {.state = (uint8_t)of->state,
                                  .target = htobe32((uint32_t)date_value(of->target_date))};

    memcpy(key.disposition, disposition, REGISTER_ID_LEN);
    return key;
}

static int derive(const struct reg *reg, const uint8_t disposition[REGISTER_ID_LEN], card_return *of,
                  ProtobufCAllocator *arena)
{
    of->name = arena->alloc(arena->allocator_data, DISPOSITION_NAME_SIZE);
    of->etag = arena->alloc(arena->allocator_data, ETAG_SIZE);
    if (!of->name || !of->etag)
        return ENOMEM;
    disposition_name_format(reg->tenant, disposition, CARD_RETURN, of->name);
    snprintf(of->etag, ETAG_SIZE, "W/\"%d-%zu\"", (int)of->state, of->n_reminders);
    return 0;
}

/* Name and etag are derived: not stored. */
static int put(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN], card_return *changed,
               ProtobufCAllocator *arena)
{
    struct card_return_key key = key_of(changed, disposition);
    MDB_val by_state = {sizeof key, &key}, nothing = {0, NULL};

    changed->name = changed->etag = (char *)(uintptr_t)protobuf_c_empty_string;
    int rc = record_put(txn, reg->table[TABLE_card_return], disposition, REGISTER_ID_LEN, &changed->base);
    if (rc == 0)
        rc = mdb_put(txn, reg->table[TABLE_card_return_by_state], &by_state, &nothing, 0);
    return rc != 0 ? rc : derive(reg, disposition, changed, arena);
}

static int leave_state(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN], const card_return *of)
{
    struct card_return_key key = key_of(of, disposition);
    MDB_val by_state = {sizeof key, &key};

    return mdb_del(txn, reg->table[TABLE_card_return_by_state], &by_state, NULL);
}

int card_return_begin(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                      const char *registration, int32_t today, bool returned, ProtobufCAllocator *arena)
{
    card_return made = SEKISHO__V1__CARD_RETURN__INIT;

    made.state = returned ? STATE(RETURNED) : STATE(DUE);
    made.registration = (char *)(uintptr_t)registration;
    made.target_date = date_new(date_after(today, TARGET_DAYS), arena);
    made.return_date = returned ? date_new(today, arena) : NULL;
    return made.target_date ? put(reg, txn, disposition, &made, arena) : ENOMEM;
}

int card_return_get(const struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                    ProtobufCAllocator *arena, card_return **found)
{
    int rc = record_get(txn, reg->table[TABLE_card_return], disposition, REGISTER_ID_LEN,
                        &sekisho__v1__card_return__descriptor, arena, (ProtobufCMessage **)found);

    return rc != 0 ? rc : derive(reg, disposition, *found, arena);
}

int card_return_drop(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                     ProtobufCAllocator *arena)
{
    MDB_val key = {REGISTER_ID_LEN, (void *)(uintptr_t)disposition};
    card_return *found;
    int rc = card_return_get(reg, txn, disposition, arena, &found);

    if (rc != 0 || found->state == STATE(RETURNED))
        return rc == MDB_NOTFOUND ? 0 : rc;
    rc = leave_state(reg, txn, disposition, found);
    return rc != 0 ? rc : mdb_del(txn, reg->table[TABLE_card_return], &key, NULL);
}

bool card_return_possible(Sekisho__V1__CardReturnState from, Sekisho__V1__CardReturnState to)
{
    switch (to) {
    case STATE(RETURNED):
        return from == STATE(DUE) || from == STATE(REMINDED) || from == STATE(UNRECOVERABLE);
    case STATE(REMINDED):
    case STATE(UNRECOVERABLE):
        return from == STATE(DUE) || from == STATE(REMINDED);
    default:
        return false;
    }
}

static int add_reminder(card_return *to, Sekisho__V1__Date *day, ProtobufCAllocator *arena)
{
    Sekisho__V1__Date **days = arena->alloc(arena->allocator_data, (to->n_reminders + 1) * sizeof(void *));

    if (!days)
        return ENOMEM;
    if (to->n_reminders > 0)
        memcpy(days, to->reminders, to->n_reminders * sizeof(void *));
    days[to->n_reminders++] = day;
    to->reminders = days;
    return 0;
}

int card_return_record(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN], card_return *found,
                       Sekisho__V1__CardReturnState to, int32_t day, const char *reason, const char *account,
                       ProtobufCAllocator *arena)
{
    Sekisho__V1__Date *date = date_new(day, arena);
    int rc = leave_state(reg, txn, disposition, found);

    if (rc == 0 && to != STATE(UNRECOVERABLE) && !date)
        rc = ENOMEM;
    if (rc == 0 && to == STATE(REMINDED))
        rc = add_reminder(found, date, arena);
    if (rc != 0)
        return rc;
    if (to == STATE(RETURNED))
        found->return_date = date;
    if (to == STATE(UNRECOVERABLE))
        found->reason = (char *)(uintptr_t)reason;
    found->state = to;
    found->recorded_by = (char *)(uintptr_t)account;
    return put(reg, txn, disposition, found, arena);
}
