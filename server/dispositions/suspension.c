#include "server/dispositions/suspension.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "server/dispositions/dispositions.h"
#include "server/register/checks.h"
#include "server/register/entry.h"

#define STATE(name) SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define KIND(name)  SEKISHO__V1__ANNOTATION__KIND__KIND_##name
#define SWEEP_ROWS  1000

struct due_key {
    uint32_t day, serial;
};

static bool has_begun(const stored_entry *entry, int32_t day)
{
    return entry->registration->suspended_until && entry->suspension_from <= day;
}

static bool is_over(const stored_entry *entry, int32_t day)
{
    return date_value(entry->registration->suspended_until) < day;
}

void suspension_view(stored_entry *entry, int32_t day)
{
    Sekisho__V1__Registration *registration = entry->registration;

    if (registration->state != STATE(REGISTERED) && registration->state != STATE(SUSPENDED))
        return;
    if (has_begun(entry, day) && !is_over(entry, day)) {
        registration->state = STATE(SUSPENDED);
        return;
    }
    if (registration->suspended_until) {
        registration->state = STATE(REGISTERED);
        registration->suspended_until = NULL;
    }
}

/* The disposition of the last suspension; "": it was taken over from the register kept before. */
static const char *decision_of(const Sekisho__V1__Registration *registration)
{
    for (size_t i = registration->n_annotations; i-- > 0;)
        if (registration->annotations[i]->kind == KIND(SUSPENSION))
            return registration->annotations[i]->decision;
    return "";
}

static int begin(struct reg *reg, MDB_txn *txn, int64_t now_us, ProtobufCAllocator *arena, stored_entry *entry)
{
    struct entry_decision by = {.account = "",
                                .decision = decision_of(entry->registration),
                                .kind = KIND(UNSPECIFIED),
                                .reason = "",
                                .valid_from = date_new(entry->suspension_from, arena)};

    entry->registration->state = qualification_next(entry->registration->state, QUALIFICATION_SUSPEND);
    return entry_change(reg, txn, now_us, &by, arena, entry);
}

static int end(struct reg *reg, MDB_txn *txn, int64_t now_us, ProtobufCAllocator *arena, stored_entry *entry)
{
    Sekisho__V1__Registration *registration = entry->registration;
    int32_t after = date_after(date_value(registration->suspended_until), 1);
    struct entry_decision by = {.account = "",
                                .decision = decision_of(registration),
                                .kind = KIND(SUSPENSION_END),
                                .reason = "名称の使用の停止期間の満了",
                                .valid_from = date_new(after, arena)};

    registration->state = qualification_next(registration->state, QUALIFICATION_PERIOD_END);
    registration->suspended_until = NULL;
    entry->suspension_from = 0;
    return entry_change(reg, txn, now_us, &by, arena, entry);
}

int suspension_settle(struct reg *reg, MDB_txn *txn, int64_t now_us, ProtobufCAllocator *arena, stored_entry *entry)
{
    int32_t today = date_today(now_us);
    int rc = 0;

    if (entry->registration->state == STATE(REGISTERED) && has_begun(entry, today))
        rc = begin(reg, txn, now_us, arena, entry);
    if (rc == 0 && entry->registration->state == STATE(SUSPENDED) && entry->registration->suspended_until &&
        is_over(entry, today))
        rc = end(reg, txn, now_us, arena, entry);
    return rc;
}

static int note(struct reg *reg, MDB_txn *txn, int32_t day, uint32_t serial)
{
    struct due_key due = {.day = htobe32((uint32_t)day), .serial = htobe32(serial)};
    MDB_val key = {sizeof due, &due}, nothing = {0, NULL};

    return mdb_put(txn, reg->table[TABLE_disposition_due], &key, &nothing, 0);
}

int suspension_schedule(struct reg *reg, MDB_txn *txn, uint32_t serial, int32_t from, int32_t to, int32_t today)
{
    int rc = from > today ? note(reg, txn, from, serial) : 0;

    return rc != 0 ? rc : note(reg, txn, date_after(to, 1), serial);
}

/* ---- the sweep ---- */

/* Memory of one entry and its new version. */
#define ENTRY_MEMORY ((size_t)1 << 20)
struct memory {
    size_t used;
    uint8_t bytes[ENTRY_MEMORY];
};

static void *take(void *context, size_t size)
{
    struct memory *memory = context;
    size_t aligned = (size + 15) & ~(size_t)15;

    if (aligned < size || aligned > sizeof memory->bytes - memory->used)
        return NULL;
    memory->used += aligned;
    return memset(memory->bytes + memory->used - aligned, 0, aligned);
}

static void give_back(void *context, void *pointer)
{
    (void)context;
    (void)pointer;
}

static int settle_row(struct reg *reg, MDB_txn *txn, int64_t now_us, struct memory *memory, uint32_t serial)
{
    ProtobufCAllocator arena = {.alloc = take, .free = give_back, .allocator_data = memory};
    stored_entry *entry;

    memory->used = 0;
    int rc = entry_get(reg, txn, serial, &arena, &entry);
    return rc != 0 ? rc : suspension_settle(reg, txn, now_us, &arena, entry);
}

/* The rows up to today, oldest first; each is done and then forgotten. */
static int sweep(struct reg *reg, MDB_txn *txn, int64_t now_us, struct memory *memory)
{
    int32_t today = date_today(now_us);
    MDB_cursor *cursor;
    MDB_val key, value;
    int rows = 0, rc = mdb_cursor_open(txn, reg->table[TABLE_disposition_due], &cursor);

    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)) == 0) {
        struct due_key due;
        if (key.mv_size != sizeof due) {
            rc = MDB_CORRUPTED;
            break;
        }
        memcpy(&due, key.mv_data, sizeof due);
        if ((int32_t)be32toh(due.day) > today)
            break;
        if (rows++ == SWEEP_ROWS) {
            rc = REGISTER_AGAIN;
            break;
        }
        rc = mdb_cursor_del(cursor, 0);
        if (rc == 0)
            rc = settle_row(reg, txn, now_us, memory, be32toh(due.serial));
        if (rc != 0)
            break;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int suspension_sweep(struct reg *reg, MDB_txn *txn, int64_t now_us)
{
    struct memory *memory = malloc(sizeof *memory);

    if (!memory)
        return REGISTER_AGAIN;
    int rc = sweep(reg, txn, now_us, memory);
    free(memory);
    return rc;
}
