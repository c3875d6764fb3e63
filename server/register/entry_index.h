/* The indexes of entries: rows that follow from an entry's items, made and taken away with its versions. */
#ifndef SEKISHO_REGISTER_ENTRY_INDEX_H
#define SEKISHO_REGISTER_ENTRY_INDEX_H

#include "server/register/entry.h"

#define INDEX_KEY_MAX  400 /* LMDB's keys end at 511 */
#define INDEX_ROWS_MAX 8

struct index_row {
    enum register_table table;
    uint16_t length;
    uint8_t key[INDEX_KEY_MAX];
};
struct index_rows {
    size_t count;
    struct index_row row[INDEX_ROWS_MAX];
};

/* The rows of an entry: names (as registered, with the former surname, 通称, Roman letters), kana, birth date, state,
 * number reference. */
void index_rows_of(const stored_entry *entry, struct index_rows *rows);

/* Brings the indexes from `before` (NULL: there was none) to `after`. */
int index_change(const struct reg *reg, MDB_txn *txn, uint32_t serial, const struct index_rows *before,
                 const struct index_rows *after);

/* Makes name and kana rows of all entries anew when they are of another fold table. At open. */
int index_bring(struct reg *reg, MDB_txn *txn);

#endif
