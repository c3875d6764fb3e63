/*
 * The lists of System 4 (F068, F069, F071, F072) as rows, read in pieces: a page of a list, a piece of an export. Each
 * row is the API's own message of its list.
 */
#ifndef SEKISHO_LISTS_LIST_H
#define SEKISHO_LISTS_LIST_H

#include "sekisho/v1/list_service.pb-c.h"
#include "server/lists/csv.h"
#include "server/lists/walk.h"
#include "server/register/register.h"

struct list_query {
    Sekisho__V1__ListKind kind;
    int32_t from, to;                        /* yyyymmdd, 0: open */
    Sekisho__V1__ApplicationChannel channel; /* of RECEPTIONS; UNSPECIFIED: all */
};

struct list_source {
    struct reg *reg;
    MDB_txn *txn;
    int64_t now_us;
    ProtobufCAllocator *arena; /* of the rows */
};

/* At most rows_max rows from *place on, where the next piece begins afterwards; *more: there may be some. LMDB codes,
 * ENOMEM. */
int list_read(const struct list_source *source, const struct list_query *query, uint32_t rows_max,
              struct walk_place *place, ProtobufCMessage **rows, size_t *count, bool *more);

/* Titles of the columns, ending with NULL. */
const char *const *list_csv_titles(Sekisho__V1__ListKind kind);
void list_csv_row(struct csv *csv, Sekisho__V1__ListKind kind, const ProtobufCMessage *row);

/* ---- within server/lists ---- */

/* A row; NULL: the query leaves it out. WALK_TAKE or a code; WALK_END: nor any after it. */
typedef int list_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                     ProtobufCMessage **row);
list_row list_applicant_row, list_register_row, list_lost_row, list_cancelled_row, list_card_row;

/* Is the day in the query's period? */
bool list_in_period(const struct list_query *query, int32_t day);

#endif
