#include "server/findings/finding.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/desk/numbered.h"
#include "server/register/entry.h"

#define STATE(name)   SEKISHO__V1__FINDING_STATE__FINDING_STATE_##name
#define CLASS(name)   SEKISHO__V1__FINDING_CLASS__FINDING_CLASS_##name
#define ITEM(name)    SEKISHO__V1__FINDING_ITEM__FINDING_ITEM_##name
#define COLLECTION    "findings"
#define ETAG_SIZE     16
#define REVISION_SIZE (ENTRY_NAME_SIZE + 32)

/* ---- states and classes ---- */

static const struct {
    Sekisho__V1__FindingState from, to;
} transitions[] = {
    {STATE(FOUND), STATE(REVIEW)},
    {STATE(REVIEW), STATE(APPLIED)},
    {STATE(REVIEW), STATE(DISMISSED)},
    {STATE(REVIEW), STATE(APPLICATION_NEEDED)},
};

bool finding_may_go(Sekisho__V1__FindingState from, Sekisho__V1__FindingState to)
{
    for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return true;
    return false;
}

static bool names_items(Sekisho__V1__FindingClass class)
{
    return class == CLASS(NAME_CHANGED) || class == CLASS(ADDRESS_CHANGED) || class == CLASS(BIRTH_OR_SEX_CORRECTED) ||
           class == CLASS(ORIGIN_CHANGED);
}

bool finding_items_fit(const finding *of)
{
    uint32_t seen = 0;

    if (of->finding_class <= CLASS(UNSPECIFIED) || of->finding_class > CLASS(NOT_FOUND))
        return false;
    for (size_t i = 0; i < of->n_differing_items; i++) {
        Sekisho__V1__FindingItem item = of->differing_items[i];
        if (item <= ITEM(UNSPECIFIED) || item > ITEM(NATIONALITY) || (seen & UINT32_C(1) << item))
            return false;
        seen |= UINT32_C(1) << item;
    }
    return names_items(of->finding_class) == (seen != 0);
}

/* ---- records ---- */

/* Name and etag are not stored. A finding is in each of its states once. */
static int derive(const struct reg *reg, uint64_t number, finding *of, ProtobufCAllocator *arena)
{
    of->name = numbered_name(reg->tenant, COLLECTION, number, arena);
    of->etag = arena->alloc(arena->allocator_data, ETAG_SIZE);
    if (!of->name || !of->etag)
        return ENOMEM;
    snprintf(of->etag, ETAG_SIZE, "W/\"%d\"", (int)of->state);
    return 0;
}

static int put(struct reg *reg, MDB_txn *txn, uint64_t number, finding *changed, ProtobufCAllocator *arena)
{
    changed->name = changed->etag = (char *)(uintptr_t)protobuf_c_empty_string;
    int rc = numbered_put(txn, reg->table[TABLE_finding], number, &changed->base);

    return rc != 0 ? rc : derive(reg, number, changed, arena);
}

/* The registration named must be there, in this prefecture (INV-12). */
static int entry_named(const struct reg *reg, MDB_txn *txn, const char *name, ProtobufCAllocator *arena,
                       uint32_t *serial, stored_entry **entry)
{
    const char *rest;
    uint16_t tenant;

    if (!entry_name_parse(name, &tenant, serial, &rest) || *rest != '\0')
        return EINVAL;
    return tenant == reg->tenant ? entry_get(reg, txn, *serial, arena, entry) : MDB_NOTFOUND;
}

int finding_add(struct reg *reg, MDB_txn *txn, int64_t now_us, finding *made, ProtobufCAllocator *arena)
{
    stored_entry *entry;
    uint32_t serial;
    uint64_t number;
    int rc = entry_named(reg, txn, made->registration, arena, &serial, &entry);

    if (rc == 0)
        rc = numbered_next(txn, reg->table[TABLE_finding], &number);
    if (rc != 0)
        return rc;
    made->state = STATE(FOUND);
    made->registration_version = entry->registration->version;
    made->record_time_us = now_us;
    return put(reg, txn, number, made, arena);
}

int finding_get(const struct reg *reg, MDB_txn *txn, uint64_t number, ProtobufCAllocator *arena, finding **found)
{
    int rc = numbered_get(txn, reg->table[TABLE_finding], number, &sekisho__v1__finding__descriptor, arena,
                          (ProtobufCMessage **)found);

    return rc != 0 ? rc : derive(reg, number, *found, arena);
}

int finding_go(struct reg *reg, MDB_txn *txn, uint64_t number, finding *changed, Sekisho__V1__FindingState to,
               ProtobufCAllocator *arena)
{
    if (!finding_may_go(changed->state, to))
        return EPERM;
    changed->state = to;
    return put(reg, txn, number, changed, arena);
}

/* ---- what changed the registration ---- */

static bool made_by(const stored_entry *version, const char *decision)
{
    const Sekisho__V1__Registration *registration = version->registration;
    char revision[REVISION_SIZE];

    if (registration->recorded_by[0] == '\0')
        return false; /* the calendar */
    if (version->decision[0] != '\0')
        return strcmp(version->decision, decision) == 0;
    snprintf(revision, sizeof revision, "%s/revisions/%" PRId64, registration->name, registration->version);
    return strcmp(revision, decision) == 0;
}

int finding_decided_by(const struct reg *reg, MDB_txn *txn, const finding *of, const char *decision,
                       ProtobufCAllocator *arena)
{
    stored_entry *version;
    uint32_t serial;
    int rc = entry_named(reg, txn, of->registration, arena, &serial, &version);

    for (int64_t at = rc == 0 ? version->registration->version : 0; at > of->registration_version; at--) {
        rc = entry_get_version(reg, txn, serial, (uint64_t)at, arena, &version);
        if (rc != 0)
            return rc;
        if (made_by(version, decision))
            return 0;
    }
    return rc != 0 ? rc : MDB_NOTFOUND;
}
