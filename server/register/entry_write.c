#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/identity/identity.h"
#include "server/register/entry.h"
#include "server/register/entry_index.h"
#include "server/register/entry_key.h"
#include "server/register/person_check.h"
#include "server/register/record.h"
#include "server/register/schema.h"

#define LAST_SERIAL "serial" /* of meta: the greatest ever used */
#define PERSON_LEN  16

static void *take(ProtobufCAllocator *allocator, size_t size)
{
    return allocator->alloc(allocator->allocator_data, size);
}

static char *copy_text(ProtobufCAllocator *allocator, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = take(allocator, size);

    return copy ? memcpy(copy, text, size) : NULL;
}

static Sekisho__V1__Date *copy_date(ProtobufCAllocator *allocator, const Sekisho__V1__Date *date)
{
    Sekisho__V1__Date *copy = take(allocator, sizeof *copy);

    if (!copy)
        return NULL;
    sekisho__v1__date__init(copy);
    copy->year = date->year;
    copy->month = date->month;
    copy->day = date->day;
    return copy;
}

static bool make_id(ProtobufCAllocator *allocator, ProtobufCBinaryData *id, size_t length)
{
    if (id->len == length)
        return true;
    *id = (ProtobufCBinaryData){.data = take(allocator, length), .len = length};
    if (id->data)
        crypto_random(id->data, length);
    return id->data != NULL;
}

static void mark_gaiji(Sekisho__V1__Name *name)
{
    struct text_key key;

    if (name)
        name->has_gaiji = name_key(name->text, IDENTITY_KEY_MAX, &key) && (key.flags & TEXT_HAS_GAIJI) != 0;
}

static void mark_names(Sekisho__V1__Person *person)
{
    if (!person)
        return;
    mark_gaiji(person->name);
    mark_gaiji(person->former_surname);
    mark_gaiji(person->common_name);
    mark_gaiji(person->roman_name);
}

/* What is derived is not stored. */
static int store(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_length, const stored_entry *entry)
{
    static char nothing[] = "";
    Sekisho__V1__Registration items = *entry->registration;
    stored_entry stored = *entry;

    items.name = items.etag = items.registration_number = items.qualification_pseudonym = nothing;
    stored.registration = &items;
    return record_put(txn, table, key, key_length, &stored.base);
}

static int add_annotation(const struct entry_decision *by, ProtobufCAllocator *allocator,
                          Sekisho__V1__Registration *items)
{
    Sekisho__V1__Annotation *added = take(allocator, sizeof *added);
    Sekisho__V1__Annotation **list = take(allocator, (items->n_annotations + 1) * sizeof(void *));

    if (!added || !list)
        return ENOMEM;
    sekisho__v1__annotation__init(added);
    added->kind = by->kind;
    added->reason = copy_text(allocator, by->reason);
    added->decision = copy_text(allocator, by->decision);
    added->effective_date = copy_date(allocator, by->valid_from);
    if (!added->reason || !added->decision || !added->effective_date)
        return ENOMEM;
    if (items->n_annotations > 0)
        memcpy(list, items->annotations, items->n_annotations * sizeof(void *));
    list[items->n_annotations++] = added;
    items->annotations = list;
    return 0;
}

/* Version, times, who and why: the same for every version. */
static int sign(const struct entry_decision *by, int64_t now_us, uint64_t version, ProtobufCAllocator *allocator,
                stored_entry *entry)
{
    Sekisho__V1__Registration *items = entry->registration;

    items->version = (int64_t)version;
    items->record_time_us = now_us;
    items->valid_from = copy_date(allocator, by->valid_from);
    items->recorded_by = copy_text(allocator, by->account);
    entry->decision = copy_text(allocator, by->decision);
    entry->reason = copy_text(allocator, by->reason);
    entry->fold_table_version = FOLD_TABLE_VERSION;
    mark_names(items->person);
    if (!items->valid_from || !items->recorded_by || !entry->decision || !entry->reason)
        return ENOMEM;
    return by->kind == SEKISHO__V1__ANNOTATION__KIND__KIND_UNSPECIFIED ? 0 : add_annotation(by, allocator, items);
}

/* Version 1. */
static int put_new(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                   ProtobufCAllocator *allocator, stored_entry *entry, uint32_t serial)
{
    struct index_rows rows;
    uint32_t id = htobe32(serial);
    MDB_val value = {sizeof id, &id};

    if (!make_id(allocator, &entry->person, PERSON_LEN) ||
        !make_id(allocator, &entry->qualification_pid, ENTRY_PSEUDONYM_LEN))
        return ENOMEM;
    MDB_val pseudonym = {ENTRY_PSEUDONYM_LEN, entry->qualification_pid.data};
    int rc = sign(by, now_us, 1, allocator, entry);
    if (rc == 0)
        rc = store(txn, reg->table[TABLE_entry], &id, sizeof id, entry);
    if (rc == 0)
        rc = mdb_put(txn, reg->table[TABLE_entry_by_pseudonym], &pseudonym, &value, MDB_NOOVERWRITE);
    if (rc != 0)
        return rc;
    index_rows_of(entry, &rows);
    rc = index_change(reg, txn, serial, NULL, &rows);
    return rc == 0 ? entry_fill(reg, serial, allocator, entry) : rc;
}

int entry_create(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                 ProtobufCAllocator *allocator, stored_entry *entry, uint32_t *serial)
{
    uint64_t last;
    int rc = meta_get(reg, txn, LAST_SERIAL, &last);

    if (rc == 0 && last >= ENTRY_SERIAL_MAX)
        return EOVERFLOW;
    if (rc == 0)
        rc = meta_put(reg, txn, LAST_SERIAL, last + 1);
    if (rc != 0)
        return rc;
    *serial = (uint32_t)last + 1;
    entry->registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
    return put_new(reg, txn, now_us, by, allocator, entry, *serial);
}

/* The day after the last of a suspension, for the calendar's work. */
static int plan_end(struct reg *reg, MDB_txn *txn, stored_entry *entry, uint32_t serial)
{
    int32_t last = message_date_number(entry->registration->suspended_until);
    int32_t after = date_number(date_add_days(date_of_number(last), 1));
    struct {
        uint32_t day, serial;
    } due = {htobe32((uint32_t)after), htobe32(serial)};
    MDB_val key = {sizeof due, &due}, nothing = {0, NULL};

    entry->suspension_from = message_date_number(entry->registration->registration_date);
    return mdb_put(txn, reg->table[TABLE_disposition_due], &key, &nothing, 0);
}

int entry_take_over(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                    ProtobufCAllocator *allocator, stored_entry *entry, uint32_t serial)
{
    uint32_t id = htobe32(serial);
    MDB_val key = {sizeof id, &id}, value;
    uint64_t last;
    int rc = mdb_get(txn, reg->table[TABLE_entry], &key, &value);

    if (rc == 0)
        return EEXIST;
    if (rc == MDB_NOTFOUND)
        rc = meta_get(reg, txn, LAST_SERIAL, &last);
    if (rc == 0 && serial > last)
        rc = meta_put(reg, txn, LAST_SERIAL, serial);
    if (rc == 0 && entry->registration->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_SUSPENDED)
        rc = plan_end(reg, txn, entry, serial);
    return rc == 0 ? put_new(reg, txn, now_us, by, allocator, entry, serial) : rc;
}

/* The calendar ends a suspension, also one that was taken over and has no disposition here. */
static bool suspension_is_over(const stored_entry *before, const stored_entry *after, const struct entry_decision *by)
{
    return before->registration->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_SUSPENDED &&
           after->registration->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED &&
           by->kind == SEKISHO__V1__ANNOTATION__KIND__KIND_SUSPENSION_END &&
           message_date_number(by->valid_from) > message_date_number(before->registration->suspended_until);
}

/* INV-17: else the state follows from a decision record alone. */
static bool state_is_decided(const struct reg *reg, const stored_entry *before, const stored_entry *after,
                             const char *decision)
{
    char dispositions[32];
    int length = snprintf(dispositions, sizeof dispositions, "prefectures/%02u/dispositions/", reg->tenant % 100u);

    return (before->registration->state == after->registration->state &&
            before->suspension_from == after->suspension_from &&
            message_date_number(before->registration->suspended_until) ==
                message_date_number(after->registration->suspended_until)) ||
           strncmp(decision, dispositions, (size_t)length) == 0;
}

static int replace(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by, uint32_t serial,
                   const stored_entry *before, ProtobufCAllocator *allocator, stored_entry *entry)
{
    struct version_key former = version_key_of(serial, (uint64_t)before->registration->version);
    int64_t after_us = before->registration->record_time_us + 1;
    struct index_rows old_rows, new_rows;
    uint32_t id = htobe32(serial);

    if (before->registration->version != entry->registration->version)
        return ESTALE;
    if (!state_is_decided(reg, before, entry, by->decision) && !suspension_is_over(before, entry, by))
        return EPERM;
    /* Also when the clock was set back meanwhile: the versions' record times are in the versions' order. */
    int rc =
        sign(by, now_us > after_us ? now_us : after_us, (uint64_t)before->registration->version + 1, allocator, entry);
    if (rc == 0)
        rc = store(txn, reg->table[TABLE_entry_version], &former, sizeof former, before);
    if (rc == 0)
        rc = store(txn, reg->table[TABLE_entry], &id, sizeof id, entry);
    if (rc != 0)
        return rc;
    index_rows_of(before, &old_rows);
    index_rows_of(entry, &new_rows);
    rc = index_change(reg, txn, serial, &old_rows, &new_rows);
    return rc == 0 ? entry_fill(reg, serial, allocator, entry) : rc;
}

int entry_change(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                 ProtobufCAllocator *allocator, stored_entry *entry)
{
    stored_entry *before;
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    if (!entry_name_parse(entry->registration->name, &tenant, &serial, &rest) || tenant != reg->tenant)
        return EINVAL;
    int rc = entry_get(reg, txn, serial, NULL, &before);
    if (rc != 0)
        return rc;
    rc = replace(reg, txn, now_us, by, serial, before, allocator, entry);
    sekisho__stored__stored_entry__free_unpacked(before, NULL);
    return rc;
}
