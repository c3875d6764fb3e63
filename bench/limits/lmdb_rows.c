/*
 * The rows of an enrolment put into bare LMDB, without the vault: no keys, no checks, no sealing, no reading. On a copy
 * of the same store, so that the trees are as deep, and with as many rows a commit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits/store_bench.h"
#include "vault/stored.h"
#include "wire/ledger_entry.h"

#define DATABASES 5
#define INDEX_KEY 16
#define MAP_BYTES (1ull << 40)

struct rows {
    MDB_env *env;
    MDB_dbi record, index, entry, leaf, node;
    uint64_t next_leaf;
    uint8_t *entry_row; /* of a batch */
    size_t entry_length;
};

static int open_databases(struct rows *rows)
{
    const struct {
        const char *name;
        unsigned flags;
        MDB_dbi *dbi;
    } databases[DATABASES] = {{"record", 0, &rows->record},
                              {"index", 0, &rows->index},
                              {"entry", MDB_INTEGERKEY, &rows->entry},
                              {"leaf", MDB_INTEGERKEY, &rows->leaf},
                              {"node", MDB_INTEGERKEY, &rows->node}};
    MDB_txn *txn;
    MDB_stat stat;
    int rc = mdb_txn_begin(rows->env, NULL, 0, &txn);
    for (size_t i = 0; rc == 0 && i < DATABASES; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%02d.%s", BENCH_PREFECTURE, databases[i].name);
        rc = mdb_dbi_open(txn, name, databases[i].flags, databases[i].dbi);
    }
    rc = rc == 0 ? mdb_stat(txn, rows->leaf, &stat) : rc;
    rows->next_leaf = rc == 0 ? stat.ms_entries : 0;
    return rc == 0 ? mdb_txn_commit(txn) : rc;
}

static int open_rows(struct rows *rows, const char *folder, uint32_t batch)
{
    rows->entry_length = sizeof(struct ledger_entry) + batch * sizeof(struct ledger_item);
    rows->entry_row = calloc(1, rows->entry_length);
    int rc = rows->entry_row != NULL ? mdb_env_create(&rows->env) : -1;
    if (rc == 0) {
        mdb_env_set_mapsize(rows->env, MAP_BYTES);
        mdb_env_set_maxdbs(rows->env, 64);
        rc = mdb_env_open(rows->env, folder, MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD, 0600);
    }
    return rc == 0 ? open_databases(rows) : rc;
}

static int put(MDB_txn *txn, MDB_dbi dbi, void *key, size_t key_length, void *value, size_t length)
{
    MDB_val name = {key_length, key}, data = {length, value};
    return mdb_put(txn, dbi, &name, &data, 0);
}

static int put_person(const struct rows *rows, MDB_txn *txn)
{
    struct stored_record record;
    struct stored_index index = {.kind = INDEX_CURRENT};
    uint8_t key[INDEX_KEY];
    crypto_random(&record, sizeof(record));
    crypto_random(index.reference, REFERENCE_LEN);
    crypto_random(key, sizeof(key));
    int rc = put(txn, rows->record, index.reference, REFERENCE_LEN, &record, sizeof(record));
    return rc == 0 ? put(txn, rows->index, key, sizeof(key), &index, sizeof(index)) : rc;
}

/* A batch of people, and the ledger's leaf of it with one inner node. */
static int put_batch(struct rows *rows, MDB_txn *txn, uint32_t batch)
{
    uint8_t hash[HASH_LEN] = {0};
    int rc = 0;
    for (uint32_t i = 0; i < batch && rc == 0; i++) {
        rc = put_person(rows, txn);
    }
    uint64_t leaf = rows->next_leaf++;
    rc = rc == 0 ? put(txn, rows->entry, &leaf, sizeof(leaf), rows->entry_row, rows->entry_length) : rc;
    rc = rc == 0 ? put(txn, rows->leaf, &leaf, sizeof(leaf), hash, sizeof(hash)) : rc;
    return rc == 0 ? put(txn, rows->node, &leaf, sizeof(leaf), hash, sizeof(hash)) : rc;
}

static int put_group(struct rows *rows, uint32_t batch, uint32_t group)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(rows->env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }
    for (uint32_t i = 0; i < group && rc == 0; i++) {
        rc = put_batch(rows, txn, batch);
    }
    if (rc != 0) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn);
}

int lmdb_rows_run(const char *folder, uint64_t people, uint32_t batch, uint32_t group, struct histogram *latency)
{
    struct rows rows = {0};
    struct run_result result = {.load = "rows", .in_flight = group, .items_per_call = batch, .latency = latency};
    int rc = open_rows(&rows, folder, batch);
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    for (uint64_t put_so_far = 0; rc == 0 && put_so_far < people; put_so_far += (uint64_t)batch * group) {
        rc = put_group(&rows, batch, group);
        uint64_t now_ns = clock_ns();
        histogram_record(latency, now_ns - before_ns);
        before_ns = now_ns;
        result.calls += group;
    }
    result.elapsed_ns = before_ns - begin_ns;
    if (rc != 0) {
        fprintf(stderr, "bench-store: rows: %s\n", mdb_strerror(rc));
    }
    mdb_env_close(rows.env);
    free(rows.entry_row);
    return rc == 0 ? report_write(&result, stdout) : -1;
}
