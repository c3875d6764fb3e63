#include "server/dispositions/national_record.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "server/dispositions/name.h"
#include "server/register/record.h"

static struct national_record_key key_of(const national_record *of, const uint8_t disposition[REGISTER_ID_LEN])
{
    struct national_record_key key = {.sent = of->sent_time_us != 0};

    key.time_us = (int64_t)htobe64((uint64_t)(key.sent ? of->sent_time_us : of->create_time_us));
    memcpy(key.disposition, disposition, REGISTER_ID_LEN);
    return key;
}

static int put(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN], national_record *changed)
{
    struct national_record_key key = key_of(changed, disposition);
    MDB_val by_state = {sizeof key, &key}, nothing = {0, NULL};
    char *name = changed->name;

    changed->name = (char *)(uintptr_t)protobuf_c_empty_string; /* derived */
    int rc = record_put(txn, reg->table[TABLE_national_record], disposition, REGISTER_ID_LEN, &changed->base);
    changed->name = name;
    return rc != 0 ? rc : mdb_put(txn, reg->table[TABLE_national_record_by_state], &by_state, &nothing, 0);
}

int national_record_add(struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t disposition[REGISTER_ID_LEN],
                        national_record *record)
{
    record->create_time_us = now_us;
    return put(reg, txn, disposition, record);
}

int national_record_get(const struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                        ProtobufCAllocator *arena, national_record **found)
{
    int rc = record_get(txn, reg->table[TABLE_national_record], disposition, REGISTER_ID_LEN,
                        &sekisho__v1__national_record__descriptor, arena, (ProtobufCMessage **)found);

    if (rc != 0)
        return rc;
    (*found)->name = arena->alloc(arena->allocator_data, DISPOSITION_NAME_SIZE);
    if (!(*found)->name)
        return ENOMEM;
    disposition_name_format(reg->tenant, disposition, NATIONAL_RECORD, (*found)->name);
    return 0;
}

int national_record_sent(struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t disposition[REGISTER_ID_LEN],
                         national_record *found, const char *reference, const char *account)
{
    struct national_record_key key = key_of(found, disposition);
    MDB_val by_state = {sizeof key, &key};
    int rc = mdb_del(txn, reg->table[TABLE_national_record_by_state], &by_state, NULL);

    if (rc != 0)
        return rc;
    found->sent_time_us = now_us;
    found->sent_reference = (char *)(uintptr_t)reference;
    found->sent_by = (char *)(uintptr_t)account;
    return put(reg, txn, disposition, found);
}
