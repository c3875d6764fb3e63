#include "server/register/import.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/checks.h"
#include "server/register/difference.h"
#include "server/register/entry.h"
#include "server/register/person_check.h"
#include "server/register/record.h"

#define REASON_MAX_CHARACTERS 1000
#define ANNOTATIONS_MAX       100

struct number_set {
    uint8_t bits[ENTRY_SERIAL_MAX / 8 + 1];
};

struct number_set *number_set_new(void)
{
    return calloc(1, sizeof(struct number_set));
}

void number_set_free(struct number_set *set)
{
    free(set);
}

bool number_set_add(struct number_set *set, uint32_t serial)
{
    uint8_t bit = (uint8_t)(1u << serial % 8);
    bool added = (set->bits[serial / 8] & bit) == 0;

    set->bits[serial / 8] |= bit;
    return added;
}

/* ---- faults ---- */

static void *take(struct import_batch *batch, size_t size)
{
    return batch->arena->alloc(batch->arena->allocator_data, size);
}

static int add_fault(struct import_batch *batch, int64_t row, const char *field, const char *reason, const char *what)
{
    static const char below[] = "registration.";
    Sekisho__V1__ImportFault *fault = take(batch, sizeof *fault);
    bool inside = strcmp(field, "registration_number") != 0 && strcmp(field, "registration") != 0;
    size_t prefix = inside ? sizeof below - 1 : 0, length = strlen(field);
    char *path = take(batch, prefix + length + 1);

    if (!fault || !path)
        return ENOMEM;
    memcpy(path, below, prefix);
    memcpy(path + prefix, field, length + 1);
    sekisho__v1__import_fault__init(fault);
    fault->row = row;
    fault->field = path;
    fault->reason = (char *)(uintptr_t)reason;
    fault->message = (char *)(uintptr_t)what;
    batch->faults[batch->fault_count++] = fault;
    return 0;
}

/* ---- one row ---- */

static bool item_fault(struct item_fault *fault, const char *field, const char *what)
{
    *fault = (struct item_fault){.field = field, .what = what};
    return false;
}

static bool check_annotations(const Sekisho__V1__Registration *items, struct item_fault *fault)
{
    if (items->n_annotations > ANNOTATIONS_MAX)
        return item_fault(fault, "annotations", "must be at most 100");
    for (size_t i = 0; i < items->n_annotations; i++) {
        const Sekisho__V1__Annotation *annotation = items->annotations[i];
        if (annotation->kind <= SEKISHO__V1__ANNOTATION__KIND__KIND_UNSPECIFIED ||
            annotation->kind > SEKISHO__V1__ANNOTATION__KIND__KIND_TAKEN_OVER)
            return item_fault(fault, "annotations.kind", "is not a kind of annotation");
        if (!text_within(annotation->reason, 0, REASON_MAX_CHARACTERS))
            return item_fault(fault, "annotations.reason", "must be at most 1,000 characters");
        if (!message_date_valid(annotation->effective_date))
            return item_fault(fault, "annotations.effective_date", "must be a civil date from 1868-01-25 on");
        if (annotation->decision[0] != '\0')
            return item_fault(fault, "annotations.decision", "must be empty: it was decided elsewhere");
    }
    return true;
}

static bool check_state(const Sekisho__V1__Registration *items, struct item_fault *fault)
{
    bool suspended = items->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_SUSPENDED;

    if (items->state < SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED ||
        items->state > SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_ERASED)
        return item_fault(fault, "state", "must be REGISTERED, SUSPENDED, CANCELLED or ERASED");
    if (suspended != (items->suspended_until != NULL))
        return item_fault(fault, "suspended_until", "must be given while SUSPENDED, and only then");
    if (suspended && (!message_date_valid(items->suspended_until) || items->suspended_until->day == 0))
        return item_fault(fault, "suspended_until", "must be a whole date");
    return true;
}

static bool check_number(const struct reg *reg, const Sekisho__V1__ImportRow *row, uint32_t *serial)
{
    struct registration_number number;

    if (!registration_number_parse(row->registration_number, &number) || number.prefecture != reg->tenant ||
        number.serial > ENTRY_SERIAL_MAX)
        return false;
    *serial = number.serial;
    return true;
}

static bool check_row(const struct reg *reg, const Sekisho__V1__ImportRow *row, int32_t today, uint32_t *serial,
                      struct item_fault *fault)
{
    if (!row->registration) {
        *fault = (struct item_fault){.field = "registration", .what = "is required", .missing = true};
        return false;
    }
    if (!check_number(reg, row, serial))
        return item_fault(fault, "registration_number", "must be a registration number of this prefecture");
    return registration_check(row->registration, today, fault) && check_state(row->registration, fault) &&
           check_annotations(row->registration, fault);
}

static int put_row(struct reg *reg, MDB_txn *txn, int64_t now_us, struct import_batch *batch,
                   const Sekisho__V1__ImportRow *row, uint32_t serial)
{
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    const struct entry_decision by = {.account = batch->account,
                                      .decision = "",
                                      .kind = SEKISHO__V1__ANNOTATION__KIND__KIND_TAKEN_OVER,
                                      .reason = "",
                                      .valid_from = row->registration->registration_date};

    if (batch->seen)
        return number_set_add(batch->seen, serial) ? 0 : EEXIST;
    entry.registration = row->registration;
    entry.registration->number_reference.len = 0; /* the vault's to give */
    return entry_take_over(reg, txn, now_us, &by, batch->arena, &entry, serial);
}

/* A number that is here already: the same entry is synchronous, another is for a person to look at (F019). */
static int compare_row(struct import_batch *batch, const Sekisho__V1__ImportRow *row, const stored_entry *entry)
{
    const char *field = registration_difference(entry->registration, row->registration);

    if (field)
        return add_fault(batch, row->row, field, "DIFFERS", "differs from the register");
    batch->import->unchanged++;
    return 0;
}

static int import_row(struct reg *reg, MDB_txn *txn, int64_t now_us, struct import_batch *batch,
                      const Sekisho__V1__ImportRow *row)
{
    int32_t today = date_number(date_of_time_us(now_us));
    struct item_fault fault;
    stored_entry *entry;
    uint32_t serial;

    if (!check_row(reg, row, today, &serial, &fault))
        return add_fault(batch, row->row, fault.field, fault.missing ? "MISSING_FIELD" : "BAD_FIELD", fault.what);
    int rc = entry_get(reg, txn, serial, batch->arena, &entry);
    if (rc == 0)
        return compare_row(batch, row, entry);
    if (rc == MDB_NOTFOUND)
        rc = put_row(reg, txn, now_us, batch, row, serial);
    if (rc == EEXIST)
        return add_fault(batch, row->row, "registration_number", "ALREADY_REGISTERED",
                         "the number was in a row before");
    batch->import->imported += rc == 0;
    return rc;
}

/* ---- a batch ---- */

int import_get(const struct reg *reg, MDB_txn *txn, const uint8_t id[REGISTER_ID_LEN], ProtobufCAllocator *allocator,
               Sekisho__V1__Import **import)
{
    return record_get(txn, reg->table[TABLE_import], id, REGISTER_ID_LEN, &sekisho__v1__import__descriptor, allocator,
                      (ProtobufCMessage **)import);
}

static int begin(struct reg *reg, MDB_txn *txn, int64_t now_us, struct import_batch *batch)
{
    int rc = import_get(reg, txn, batch->id, batch->arena, &batch->import);

    if (rc == 0)
        return strcmp(batch->import->account, batch->account) == 0 ? 0 : EPERM;
    if (rc != MDB_NOTFOUND)
        return rc;
    batch->import = take(batch, sizeof *batch->import);
    if (!batch->import)
        return ENOMEM;
    sekisho__v1__import__init(batch->import);
    batch->import->account = (char *)(uintptr_t)batch->account;
    batch->import->begin_time_us = now_us;
    return 0;
}

static int put_faults(struct reg *reg, MDB_txn *txn, const struct import_batch *batch)
{
    int rc = 0;

    for (size_t i = 0; i < batch->fault_count && rc == 0; i++) {
        struct {
            uint8_t id[REGISTER_ID_LEN];
            uint64_t row;
        } key = {.row = htobe64((uint64_t)batch->faults[i]->row)};
        memcpy(key.id, batch->id, REGISTER_ID_LEN);
        rc = record_put(txn, reg->table[TABLE_import_fault], &key, sizeof key, &batch->faults[i]->base);
    }
    return rc;
}

static bool ascending(const struct import_batch *batch)
{
    int64_t last = 0;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->rows[i]->row <= last)
            return false;
        last = batch->rows[i]->row;
    }
    return true;
}

int import_run(struct reg *reg, MDB_txn *txn, int64_t now_us, struct import_batch *batch)
{
    int rc = ascending(batch) ? 0 : ERANGE;

    if (rc == 0 && !batch->seen)
        rc = begin(reg, txn, now_us, batch);
    for (size_t i = 0; i < batch->count && rc == 0; i++) {
        if (batch->rows[i]->row <= batch->import->last_row)
            continue; /* done before the import was cut off */
        rc = import_row(reg, txn, now_us, batch, batch->rows[i]);
    }
    if (rc != 0)
        return rc;
    if (batch->count > 0 && batch->rows[batch->count - 1]->row > batch->import->last_row)
        batch->import->last_row = batch->rows[batch->count - 1]->row;
    batch->import->refused += (int64_t)batch->fault_count;
    batch->import->update_time_us = now_us;
    if (batch->seen)
        return 0;
    rc = put_faults(reg, txn, batch);
    return rc == 0 ? record_put(txn, reg->table[TABLE_import], batch->id, REGISTER_ID_LEN, &batch->import->base) : rc;
}
