#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/entry.h"
#include "server/register/entry_key.h"
#include "server/register/person_check.h"
#include "server/register/record.h"

static bool put_text(ProtobufCAllocator *allocator, char **field, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = allocator ? allocator->alloc(allocator->allocator_data, size) : malloc(size);

    if (copy)
        *field = memcpy(copy, text, size);
    return copy != NULL;
}

/* What follows from number, version and ids. */
int entry_fill(const struct reg *reg, uint32_t serial, ProtobufCAllocator *allocator, stored_entry *entry)
{
    Sekisho__V1__Registration *shown = entry->registration;
    char name[ENTRY_NAME_SIZE], etag[ENTRY_ETAG_SIZE], number[REGISTRATION_NUMBER_TEXT],
        pseudonym[ENTRY_PSEUDONYM_SIZE];

    if (entry->qualification_pid.len != ENTRY_PSEUDONYM_LEN ||
        !registration_number_format((struct registration_number){(uint8_t)reg->tenant, serial}, number))
        return MDB_CORRUPTED;
    entry_name_format(reg->tenant, serial, name);
    entry_etag_format(serial, (uint64_t)shown->version, etag);
    entry_pseudonym_format(entry->qualification_pid.data, pseudonym);
    bool filled = put_text(allocator, &shown->name, name) && put_text(allocator, &shown->etag, etag) &&
                  put_text(allocator, &shown->registration_number, number) &&
                  put_text(allocator, &shown->qualification_pseudonym, pseudonym);
    return filled ? 0 : ENOMEM;
}

static int unpack(const struct reg *reg, uint32_t serial, const MDB_val *value, ProtobufCAllocator *allocator,
                  stored_entry **entry)
{
    int rc = record_unpack(value, &sekisho__stored__stored_entry__descriptor, allocator, (ProtobufCMessage **)entry);

    if (rc == 0)
        rc = (*entry)->registration ? entry_fill(reg, serial, allocator, *entry) : MDB_CORRUPTED;
    if (rc != 0 && *entry) {
        sekisho__stored__stored_entry__free_unpacked(*entry, allocator);
        *entry = NULL;
    }
    return rc;
}

int entry_get(const struct reg *reg, MDB_txn *txn, uint32_t serial, ProtobufCAllocator *allocator, stored_entry **entry)
{
    uint32_t id = htobe32(serial);
    MDB_val key = {sizeof id, &id}, value;
    int rc = mdb_get(txn, reg->table[TABLE_entry], &key, &value);

    *entry = NULL;
    return rc == 0 ? unpack(reg, serial, &value, allocator, entry) : rc;
}

int entry_get_version(const struct reg *reg, MDB_txn *txn, uint32_t serial, uint64_t version,
                      ProtobufCAllocator *allocator, stored_entry **entry)
{
    struct version_key id = version_key_of(serial, version);
    MDB_val key = {sizeof id, &id}, value;
    int rc = entry_get(reg, txn, serial, allocator, entry);

    if (rc != 0 || (uint64_t)(*entry)->registration->version == version)
        return rc;
    sekisho__stored__stored_entry__free_unpacked(*entry, allocator);
    *entry = NULL;
    rc = mdb_get(txn, reg->table[TABLE_entry_version], &key, &value);
    return rc == 0 ? unpack(reg, serial, &value, allocator, entry) : rc;
}

static bool held(const stored_entry *entry, int32_t valid_day, int64_t record_us)
{
    const Sekisho__V1__Registration *version = entry->registration;

    return (record_us == 0 || version->record_time_us <= record_us) &&
           (valid_day == 0 || message_date_number(version->valid_from) <= valid_day);
}

/* Former versions, the newest first. */
static int find_former(const struct reg *reg, MDB_cursor *cursor, uint32_t serial, int32_t valid_day, int64_t record_us,
                       ProtobufCAllocator *allocator, stored_entry **entry)
{
    struct version_key after = version_key_of(serial, UINT64_MAX);
    MDB_val key = {sizeof after, &after}, value;
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);

    /* The one before the first that is behind all of this entry's. */
    rc = mdb_cursor_get(cursor, &key, &value, rc == 0 ? MDB_PREV : MDB_LAST);
    for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_PREV)) {
        if (key.mv_size != sizeof after || memcmp(key.mv_data, &after.serial, sizeof after.serial) != 0)
            return MDB_NOTFOUND;
        rc = unpack(reg, serial, &value, allocator, entry);
        if (rc != 0 || held(*entry, valid_day, record_us))
            return rc;
        sekisho__stored__stored_entry__free_unpacked(*entry, allocator);
        *entry = NULL;
    }
    return rc;
}

int entry_get_as_of(const struct reg *reg, MDB_txn *txn, uint32_t serial, int32_t valid_day, int64_t record_us,
                    ProtobufCAllocator *allocator, stored_entry **entry)
{
    MDB_cursor *cursor;
    int rc = entry_get(reg, txn, serial, allocator, entry);

    if (rc != 0 || held(*entry, valid_day, record_us))
        return rc;
    sekisho__stored__stored_entry__free_unpacked(*entry, allocator);
    *entry = NULL;
    rc = mdb_cursor_open(txn, reg->table[TABLE_entry_version], &cursor);
    if (rc != 0)
        return rc;
    rc = find_former(reg, cursor, serial, valid_day, record_us, allocator, entry);
    mdb_cursor_close(cursor);
    return rc;
}

static int serial_of(const MDB_val *value, uint32_t *serial)
{
    if (value->mv_size != sizeof *serial)
        return MDB_CORRUPTED;
    memcpy(serial, value->mv_data, sizeof *serial);
    *serial = be32toh(*serial);
    return 0;
}

int entry_of_reference(const struct reg *reg, MDB_txn *txn, const uint8_t reference[ENTRY_REFERENCE_LEN],
                       uint32_t *serial)
{
    MDB_val key = {ENTRY_REFERENCE_LEN, (void *)(uintptr_t)reference}, value;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_entry_by_reference], &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    if (rc == 0)
        rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST_DUP);
    if (rc == 0)
        rc = serial_of(&value, serial);
    mdb_cursor_close(cursor);
    return rc;
}

int entry_of_pseudonym(const struct reg *reg, MDB_txn *txn, const uint8_t pseudonym[ENTRY_PSEUDONYM_LEN],
                       uint32_t *serial)
{
    MDB_val key = {ENTRY_PSEUDONYM_LEN, (void *)(uintptr_t)pseudonym}, value;
    int rc = mdb_get(txn, reg->table[TABLE_entry_by_pseudonym], &key, &value);

    return rc == 0 ? serial_of(&value, serial) : rc;
}
