#include "server/register/entry_index.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/person_check.h"
#include "server/register/record.h"
#include "server/register/schema.h"

#define NAME_CHARACTERS 200
#define NAME_BYTES      (4 * NAME_CHARACTERS + 1)
#define SPACE_WIDE      "\xe3\x80\x80" /* U+3000 */
#define FOLD            "fold"

static void add(struct index_rows *rows, enum register_table table, const void *key, size_t length)
{
    struct index_row *row = &rows->row[rows->count];

    row->table = table;
    row->length = (uint16_t)(length < INDEX_KEY_MAX ? length : INDEX_KEY_MAX);
    memcpy(row->key, key, row->length);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->row[i].table == table && rows->row[i].length == row->length &&
            memcmp(rows->row[i].key, row->key, row->length) == 0)
            return;
    rows->count++;
}

static void add_name(struct index_rows *rows, const char *text)
{
    struct text_key key;

    if (text[0] != '\0' && name_key(text, 2 * NAME_CHARACTERS, &key))
        add(rows, TABLE_entry_by_name, key.bytes, key.length);
}

/* What comes after the family name, as registered; "" when it cannot be told. */
static const char *given_name(const char *name)
{
    const char *space = strstr(name, SPACE_WIDE);

    return space ? space + sizeof SPACE_WIDE - 1 : "";
}

static void add_names(struct index_rows *rows, const Sekisho__V1__Person *person)
{
    char former[2 * NAME_BYTES];

    if (person->name)
        add_name(rows, person->name->text);
    if (person->name && person->former_surname && person->former_surname->text[0] != '\0') {
        int length =
            snprintf(former, sizeof former, "%s%s", person->former_surname->text, given_name(person->name->text));
        if (length < (int)sizeof former)
            add_name(rows, former);
    }
    if (person->common_name)
        add_name(rows, person->common_name->text);
    if (person->roman_name)
        add_name(rows, person->roman_name->text);
}

static void add_text_rows(struct index_rows *rows, const stored_entry *entry)
{
    const Sekisho__V1__Person *person = entry->registration->person;
    struct text_key kana;

    if (!person)
        return;
    add_names(rows, person);
    if (person->kana[0] != '\0' && kana_key(person->kana, NAME_CHARACTERS, &kana))
        add(rows, TABLE_entry_by_kana, kana.bytes, kana.length);
}

void index_rows_of(const stored_entry *entry, struct index_rows *rows)
{
    const Sekisho__V1__Registration *shown = entry->registration;
    uint8_t state = (uint8_t)shown->state;

    rows->count = 0;
    add_text_rows(rows, entry);
    if (shown->person) {
        uint32_t birth = htobe32((uint32_t)message_date_number(shown->person->birth_date));
        add(rows, TABLE_entry_by_birth, &birth, sizeof birth);
    }
    add(rows, TABLE_entry_by_state, &state, sizeof state);
    if (shown->number_reference.len == ENTRY_REFERENCE_LEN)
        add(rows, TABLE_entry_by_reference, shown->number_reference.data, ENTRY_REFERENCE_LEN);
}

static bool has(const struct index_rows *rows, const struct index_row *row)
{
    for (size_t i = 0; rows && i < rows->count; i++)
        if (rows->row[i].table == row->table && rows->row[i].length == row->length &&
            memcmp(rows->row[i].key, row->key, row->length) == 0)
            return true;
    return false;
}

int index_change(const struct reg *reg, MDB_txn *txn, uint32_t serial, const struct index_rows *before,
                 const struct index_rows *after)
{
    uint32_t id = htobe32(serial);
    MDB_val value = {sizeof id, &id};
    int rc = 0;

    for (size_t i = 0; before && i < before->count && rc == 0; i++) {
        MDB_val key = {before->row[i].length, (void *)(uintptr_t)before->row[i].key};
        if (!has(after, &before->row[i]))
            rc = mdb_del(txn, reg->table[before->row[i].table], &key, &value);
    }
    for (size_t i = 0; i < after->count && rc == 0; i++) {
        MDB_val key = {after->row[i].length, (void *)(uintptr_t)after->row[i].key};
        if (!has(before, &after->row[i]))
            rc = mdb_put(txn, reg->table[after->row[i].table], &key, &value, 0);
    }
    return rc;
}

static int index_texts_of(const struct reg *reg, MDB_txn *txn, const MDB_val *key, const MDB_val *value)
{
    struct index_rows rows = {0};
    stored_entry *entry;
    uint32_t serial;
    int rc = record_unpack(value, &sekisho__stored__stored_entry__descriptor, NULL, (ProtobufCMessage **)&entry);

    if (rc != 0)
        return rc;
    if (key->mv_size != sizeof serial || !entry->registration) {
        sekisho__stored__stored_entry__free_unpacked(entry, NULL);
        return MDB_CORRUPTED;
    }
    memcpy(&serial, key->mv_data, sizeof serial);
    add_text_rows(&rows, entry);
    sekisho__stored__stored_entry__free_unpacked(entry, NULL);
    return index_change(reg, txn, be32toh(serial), NULL, &rows);
}

static int index_texts(const struct reg *reg, MDB_txn *txn)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_entry], &cursor);

    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        rc = index_texts_of(reg, txn, &key, &value);
        if (rc != 0)
            break;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int index_bring(struct reg *reg, MDB_txn *txn)
{
    uint64_t version;
    int rc = meta_get(reg, txn, FOLD, &version);

    if (rc != 0 || version == FOLD_TABLE_VERSION)
        return rc;
    rc = mdb_drop(txn, reg->table[TABLE_entry_by_name], 0);
    if (rc == 0)
        rc = mdb_drop(txn, reg->table[TABLE_entry_by_kana], 0);
    if (rc == 0)
        rc = index_texts(reg, txn);
    return rc == 0 ? meta_put(reg, txn, FOLD, FOLD_TABLE_VERSION) : rc;
}
