/* The rows of an import put into bare LMDB: what any import of them takes at least. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits/register_bench.h"
#include "server/register/entry_index.h"
#include "server/register/record.h"

#define ROWS_PER_REGISTRANT (INDEX_ROWS_MAX + 2) /* the entry and its pseudonym */

struct row {
    MDB_dbi table;
    MDB_val key, value;
};

struct rows {
    struct row *row;
    size_t count, *first; /* of each registrant; first[count of registrants] is the end */
};

static int keep(MDB_val *value, const void *bytes, size_t length)
{
    value->mv_size = length;
    value->mv_data = malloc(length);
    if (value->mv_data == NULL) {
        return ENOMEM;
    }
    memcpy(value->mv_data, bytes, length);
    return 0;
}

static int add(struct rows *rows, MDB_dbi table, const void *key, size_t key_length, const void *value, size_t length)
{
    struct row *row = &rows->row[rows->count++];
    row->table = table;
    int rc = keep(&row->key, key, key_length);
    return rc == 0 ? keep(&row->value, value, length) : rc;
}

/* All that the register wrote for a registrant, in its order. */
static int collect_one(struct register_bench *bench, MDB_txn *txn, uint32_t serial, struct rows *rows)
{
    static struct index_rows index;
    const struct reg *reg = &bench->reg;
    uint32_t id = htobe32(serial);
    MDB_val key = {.mv_size = sizeof(id), .mv_data = &id}, value;
    stored_entry *entry;
    int rc = mdb_get(txn, reg->table[TABLE_entry], &key, &value);
    rc = rc == 0 ? add(rows, reg->table[TABLE_entry], &id, sizeof(id), value.mv_data, value.mv_size) : rc;
    rc = rc == 0 ? entry_get(reg, txn, serial, &bench->allocator, &entry) : rc;
    if (rc != 0) {
        return rc;
    }
    rc = add(rows, reg->table[TABLE_entry_by_pseudonym], entry->qualification_pid.data, entry->qualification_pid.len,
             &id, sizeof(id));
    index_rows_of(entry, &index);
    for (size_t i = 0; i < index.count && rc == 0; i++) {
        rc = add(rows, reg->table[index.row[i].table], index.row[i].key, index.row[i].length, &id, sizeof(id));
    }
    call_arena_free(&bench->arena);
    return rc;
}

/* Written by the register's own code, read back, and taken back. */
static int collect(struct register_bench *bench, uint32_t count, struct rows *rows)
{
    MDB_txn *txn;
    rows->row = calloc((size_t)count * ROWS_PER_REGISTRANT, sizeof(*rows->row));
    rows->first = calloc((size_t)count + 1, sizeof(*rows->first));
    if (rows->row == NULL || rows->first == NULL) {
        return ENOMEM;
    }
    int rc = mdb_txn_begin(bench->reg.env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }
    rc = register_bench_take_over(bench, txn, bench->registrants + 1, count);
    for (uint32_t i = 0; i < count && rc == 0; i++) {
        rows->first[i] = rows->count;
        rc = collect_one(bench, txn, bench->registrants + 1 + i, rows);
    }
    rows->first[count] = rows->count;
    mdb_txn_abort(txn);
    return rc;
}

static int put_batch(struct register_bench *bench, const struct rows *rows, uint32_t first, uint32_t end)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(bench->reg.env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }
    for (size_t i = rows->first[first]; i < rows->first[end] && rc == 0; i++) {
        struct row row = rows->row[i];
        rc = mdb_put(txn, row.table, &row.key, &row.value, 0);
    }
    if (rc == 0) {
        return mdb_txn_commit(txn);
    }
    mdb_txn_abort(txn);
    return rc;
}

static void free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->row[i].key.mv_data);
        free(rows->row[i].value.mv_data);
    }
    free(rows->row);
    free(rows->first);
}

int register_rows(struct register_bench *bench, uint32_t count, uint32_t batch)
{
    struct rows rows = {0};
    struct run_result result = {
        .load = "register-rows", .in_flight = 1, .items_per_call = batch, .latency = bench->latency};
    int rc = collect(bench, count, &rows);
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    for (uint32_t done = 0; rc == 0 && done + batch <= count; done += batch) {
        rc = put_batch(bench, &rows, done, done + batch);
        uint64_t now_ns = clock_ns();
        histogram_record(bench->latency, now_ns - before_ns);
        before_ns = now_ns;
        result.calls++;
    }
    result.elapsed_ns = before_ns - begin_ns;
    free_rows(&rows);
    return rc == 0 ? report_write(&result, stdout) : register_bench_fail("rows", rc);
}
