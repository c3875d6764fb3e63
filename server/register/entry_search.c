#include "server/register/entry_search.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/person_check.h"

#define NAME_CHARACTERS   200
#define NUMBER_CHARACTERS 96

/* ---- criteria ---- */

static void add(struct entry_search *search, enum register_table table, const void *key, size_t length, bool prefix)
{
    struct entry_criterion *criterion = &search->criteria[search->count++];

    criterion->prefix = prefix;
    criterion->row.table = table;
    criterion->row.length = (uint16_t)(length < INDEX_KEY_MAX ? length : INDEX_KEY_MAX);
    memcpy(criterion->row.key, key, criterion->row.length);
}

bool search_by_name(struct entry_search *search, const char *name, bool prefix)
{
    struct text_key key;

    if (!name_key(name, NAME_CHARACTERS, &key))
        return false;
    add(search, TABLE_entry_by_name, key.bytes, key.length, prefix);
    return true;
}

bool search_by_kana(struct entry_search *search, const char *kana, bool prefix)
{
    struct text_key key;

    if (!kana_key(kana, NAME_CHARACTERS, &key))
        return false;
    add(search, TABLE_entry_by_kana, key.bytes, key.length, prefix);
    return true;
}

void search_by_birth(struct entry_search *search, int32_t day)
{
    uint32_t key = htobe32((uint32_t)day);

    add(search, TABLE_entry_by_birth, &key, sizeof key, false);
}

void search_by_reference(struct entry_search *search, const uint8_t reference[ENTRY_REFERENCE_LEN])
{
    add(search, TABLE_entry_by_reference, reference, ENTRY_REFERENCE_LEN, false);
}

bool search_by_number(struct entry_search *search, uint16_t tenant, const char *number)
{
    struct registration_number parsed;
    char with_prefecture[NUMBER_CHARACTERS];

    if (!registration_number_parse(number, &parsed)) {
        int length = snprintf(with_prefecture, sizeof with_prefecture, "%s-%s", prefecture_name(tenant), number);
        if (length >= (int)sizeof with_prefecture || !registration_number_parse(with_prefecture, &parsed))
            return false;
    }
    if (parsed.prefecture != tenant)
        return false;
    search->serial = parsed.serial;
    return true;
}

void search_by_states(struct entry_search *search, uint32_t states)
{
    search->states = states;
    if (search->count > 0 || search->serial != 0 || states == 0 || (states & (states - 1)) != 0)
        return;
    uint8_t state = (uint8_t)__builtin_ctz(states);
    add(search, TABLE_entry_by_state, &state, sizeof state, false);
}

/* ---- an entry against the criteria ---- */

static bool fits(const struct entry_criterion *criterion, const struct index_row *row)
{
    return row->table == criterion->row.table &&
           (criterion->prefix ? row->length >= criterion->row.length : row->length == criterion->row.length) &&
           memcmp(row->key, criterion->row.key, criterion->row.length) == 0;
}

/* The first of an entry's rows in the index's order that fits; NULL: none does. */
static const struct index_row *first_fit(const struct entry_criterion *criterion, const struct index_rows *rows)
{
    const struct index_row *first = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct index_row *row = &rows->row[i];
        if (!fits(criterion, row))
            continue;
        size_t shorter = first && first->length < row->length ? first->length : row->length;
        int order = first ? memcmp(row->key, first->key, shorter) : -1;
        if (!first || order < 0 || (order == 0 && row->length < first->length))
            first = row;
    }
    return first;
}

static bool wanted(const struct entry_search *search, const stored_entry *entry, const struct search_position *at)
{
    const struct entry_criterion *lead = &search->criteria[0];
    struct index_rows rows;

    if (search->states != 0 && (search->states >> entry->registration->state & 1) == 0)
        return false;
    if (search->count == 0 || (search->count == 1 && search->serial == 0 && !lead->prefix))
        return true;
    index_rows_of(entry, &rows);
    for (size_t i = 0; i < search->count; i++)
        if (!first_fit(&search->criteria[i], &rows))
            return false;
    /* An entry that has several names of one beginning comes once: with the first of them. */
    if (search->serial != 0)
        return true;
    const struct index_row *first = first_fit(lead, &rows);
    return first->length == at->length && memcmp(first->key, at->key, at->length) == 0;
}

/* ---- the leading index ---- */

static int read_position(const struct entry_search *search, const MDB_val *key, const MDB_val *value,
                         struct search_position *position)
{
    const MDB_val *serial = search->count > 0 ? value : key;

    if (serial->mv_size != sizeof position->serial || key->mv_size > INDEX_KEY_MAX)
        return MDB_CORRUPTED;
    memcpy(&position->serial, serial->mv_data, sizeof position->serial);
    position->serial = be32toh(position->serial);
    position->length = search->count > 0 ? (uint16_t)key->mv_size : 0;
    memcpy(position->key, key->mv_data, position->length);
    return 0;
}

/* To the row of *position, or the first after it. */
static int seek_row(MDB_cursor *cursor, const struct search_position *position, MDB_val *key, MDB_val *value)
{
    uint32_t serial = htobe32(position->serial);

    *key = (MDB_val){position->length, (void *)(uintptr_t)position->key};
    *value = (MDB_val){sizeof serial, &serial};
    int rc = mdb_cursor_get(cursor, key, value, MDB_GET_BOTH_RANGE);
    if (rc != MDB_NOTFOUND)
        return rc;
    /* No such key, or none of its entries that late. */
    *key = (MDB_val){position->length, (void *)(uintptr_t)position->key};
    rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    bool same =
        rc == 0 && key->mv_size == position->length && memcmp(key->mv_data, position->key, position->length) == 0;
    return same ? mdb_cursor_get(cursor, key, value, MDB_NEXT_NODUP) : rc;
}

static int seek(const struct entry_search *search, MDB_cursor *cursor, const struct search_position *position,
                MDB_val *key, MDB_val *value)
{
    const struct index_row *row = &search->criteria[0].row;
    struct search_position first = {.length = row->length};
    uint32_t serial = htobe32(position->serial);

    if (search->count == 0) {
        *key = (MDB_val){sizeof serial, &serial};
        return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    }
    if (position->serial != 0)
        return seek_row(cursor, position, key, value);
    memcpy(first.key, row->key, row->length);
    return seek_row(cursor, &first, key, value);
}

/* Whether the row still is one of the leading criterion's. */
static bool in_range(const struct entry_search *search, const struct search_position *at)
{
    struct index_row row = {.table = search->criteria[0].row.table, .length = at->length};

    if (search->count == 0)
        return true;
    memcpy(row.key, at->key, at->length);
    return fits(&search->criteria[0], &row);
}

static int walk(const struct reg *reg, MDB_txn *txn, MDB_cursor *cursor, const struct entry_search *search,
                struct search_position *position, ProtobufCAllocator *allocator, size_t rows, stored_entry **found,
                size_t *count)
{
    MDB_val key, value;
    struct search_position at;
    int rc = seek(search, cursor, position, &key, &value);

    for (unsigned looks = 0; rc == 0; looks++) {
        stored_entry *entry;
        rc = read_position(search, &key, &value, &at);
        if (rc != 0)
            return rc;
        if (!in_range(search, &at))
            break;
        if (*count == rows || looks == SEARCH_LOOKS_MAX) {
            *position = at;
            return 0;
        }
        rc = entry_get(reg, txn, at.serial, allocator, &entry);
        if (rc != 0)
            return rc;
        if (wanted(search, entry, &at))
            found[(*count)++] = entry;
        else
            sekisho__stored__stored_entry__free_unpacked(entry, allocator);
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    *position = (struct search_position){0};
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int only_one(const struct reg *reg, MDB_txn *txn, const struct entry_search *search,
                    ProtobufCAllocator *allocator, stored_entry **found, size_t *count)
{
    stored_entry *entry;
    int rc = entry_get(reg, txn, search->serial, allocator, &entry);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? 0 : rc;
    if (wanted(search, entry, NULL))
        found[(*count)++] = entry;
    else
        sekisho__stored__stored_entry__free_unpacked(entry, allocator);
    return 0;
}

int search_page(const struct reg *reg, MDB_txn *txn, const struct entry_search *search,
                struct search_position *position, ProtobufCAllocator *allocator, size_t rows, stored_entry **found,
                size_t *count)
{
    MDB_cursor *cursor;

    *count = 0;
    if (search->serial != 0)
        return only_one(reg, txn, search, allocator, found, count);
    enum register_table table = search->count > 0 ? search->criteria[0].row.table : TABLE_entry;
    int rc = mdb_cursor_open(txn, reg->table[table], &cursor);
    if (rc != 0)
        return rc;
    rc = walk(reg, txn, cursor, search, position, allocator, rows, found, count);
    mdb_cursor_close(cursor);
    return rc;
}
