#include "server/desk/enquiry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/desk/numbered.h"

#define STATE(name) SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_##name
#define COLLECTION  "enquiries"
#define RECORDS_MAX 100
#define ETAG_SIZE   24

typedef Sekisho__V1__HandlingRecord handling_record;

/* Name and etag are not stored. */
static int derive(const struct reg *reg, uint64_t number, enquiry *of, ProtobufCAllocator *arena)
{
    of->name = numbered_name(reg->tenant, COLLECTION, number, arena);
    of->etag = arena->alloc(arena->allocator_data, ETAG_SIZE);
    if (!of->name || !of->etag)
        return ENOMEM;
    snprintf(of->etag, ETAG_SIZE, "W/\"%d-%zu\"", (int)of->state, of->n_handling_records);
    return 0;
}

static int put(struct reg *reg, MDB_txn *txn, uint64_t number, enquiry *changed, ProtobufCAllocator *arena)
{
    changed->name = changed->etag = (char *)(uintptr_t)protobuf_c_empty_string;
    int rc = numbered_put(txn, reg->table[TABLE_enquiry], number, &changed->base);

    return rc != 0 ? rc : derive(reg, number, changed, arena);
}

int enquiry_add(struct reg *reg, MDB_txn *txn, int64_t now_us, enquiry *made, ProtobufCAllocator *arena)
{
    uint64_t number;
    int rc = numbered_next(txn, reg->table[TABLE_enquiry], &number);

    if (rc != 0)
        return rc;
    made->state = STATE(RECEIVED);
    made->receive_time_us = now_us;
    return put(reg, txn, number, made, arena);
}

int enquiry_get(const struct reg *reg, MDB_txn *txn, uint64_t number, ProtobufCAllocator *arena, enquiry **found)
{
    int rc = numbered_get(txn, reg->table[TABLE_enquiry], number, &sekisho__v1__enquiry__descriptor, arena,
                          (ProtobufCMessage **)found);

    return rc != 0 ? rc : derive(reg, number, *found, arena);
}

int enquiry_handle(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, enquiry *found, const char *text,
                   const char *account, ProtobufCAllocator *arena)
{
    size_t count = found->n_handling_records;
    handling_record *record = arena->alloc(arena->allocator_data, sizeof *record);
    handling_record **records = arena->alloc(arena->allocator_data, (count + 1) * sizeof(void *));

    if (!record || !records)
        return ENOMEM;
    if (found->state == STATE(CLOSED) || count >= RECORDS_MAX)
        return EPERM;
    sekisho__v1__handling_record__init(record);
    record->text = (char *)(uintptr_t)text;
    record->account = (char *)(uintptr_t)account;
    record->time_us = now_us;
    if (count > 0)
        memcpy(records, found->handling_records, count * sizeof(void *));
    records[count] = record;
    found->handling_records = records;
    found->n_handling_records = count + 1;
    found->state = STATE(HANDLED);
    return put(reg, txn, number, found, arena);
}

int enquiry_close(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, enquiry *found, const char *account,
                  ProtobufCAllocator *arena)
{
    if (found->state == STATE(CLOSED))
        return EPERM;
    if (found->n_handling_records == 0)
        return ENODATA;
    found->state = STATE(CLOSED);
    found->close_time_us = now_us;
    found->closed_by = (char *)(uintptr_t)account;
    return put(reg, txn, number, found, arena);
}
