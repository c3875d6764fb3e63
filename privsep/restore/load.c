#include "restore/load.h"

#include <stdlib.h>
#include <string.h>

#include "vault/store.h"

/* Chunks a transaction: what a commit costs is shared, what it keeps in memory is bounded. */
#define CHUNKS_PER_COMMIT 64

struct loading {
    MDB_env *env;
    MDB_txn *txn;
    bool in_database;
    char name[sizeof((struct store_database *)0)->name];
    MDB_dbi dbi;
    uint64_t left; /* rows that the database is still to have */
    struct restore_report *report;
};

static enum restore_status disk(struct loading *loading, int rc)
{
    loading->report->code = rc;
    return rc == 0 ? RESTORE_DONE : RESTORE_DISK;
}

static enum restore_status wrong_rows(struct loading *loading)
{
    loading->report->what = RESTORE_CHECK_ROWS;
    loading->report->tenant = loading->in_database ? (uint16_t)strtoul(loading->name, NULL, 10) : 0;
    return RESTORE_INCONSISTENT;
}

static enum restore_status begin_database(struct loading *loading, const MDB_val *key, const MDB_val *value)
{
    struct backup_database described;

    if (loading->left > 0 || key->mv_size >= sizeof loading->name || value->mv_size != sizeof described)
        return wrong_rows(loading);
    memset(loading->name, 0, sizeof loading->name);
    memcpy(loading->name, key->mv_data, key->mv_size);
    memcpy(&described, value->mv_data, sizeof described);
    loading->in_database = true;
    loading->left = described.entries;
    return disk(loading, mdb_dbi_open(loading->txn, loading->name, MDB_CREATE | described.flags, &loading->dbi));
}

/* They come in their order: MDB_APPEND makes full pages, and refuses any other order. */
static enum restore_status put_entry(struct loading *loading, MDB_val *key, MDB_val *value)
{
    if (!loading->in_database || loading->left == 0)
        return wrong_rows(loading);
    int rc = mdb_put(loading->txn, loading->dbi, key, value, MDB_APPEND);
    if (rc == MDB_KEYEXIST || rc == MDB_BAD_VALSIZE)
        return wrong_rows(loading);
    loading->left--;
    loading->report->rows++;
    return disk(loading, rc);
}

static enum restore_status put_tenant(struct loading *loading, const MDB_val *value)
{
    struct restore_report *report = loading->report;

    if (loading->left > 0 || value->mv_size != sizeof report->tenants[0] || report->tenant_count == TENANTS_MAX)
        return wrong_rows(loading);
    memcpy(&report->tenants[report->tenant_count++], value->mv_data, value->mv_size);
    return RESTORE_DONE;
}

static enum restore_status put_rows(struct loading *loading, uint8_t *plain, size_t length)
{
    enum restore_status status = RESTORE_DONE;

    while (status == RESTORE_DONE && length > 0) {
        struct backup_row row;
        if (length < sizeof row)
            return wrong_rows(loading);
        memcpy(&row, plain, sizeof row);
        plain += sizeof row, length -= sizeof row;
        if (row.key_length > length || row.value_length > length - row.key_length)
            return wrong_rows(loading);
        MDB_val key = {row.key_length, plain}, value = {row.value_length, plain + row.key_length};
        plain += row.key_length + row.value_length, length -= row.key_length + row.value_length;
        if (row.kind == BACKUP_DATABASE)
            status = begin_database(loading, &key, &value);
        else if (row.kind == BACKUP_ENTRY)
            status = put_entry(loading, &key, &value);
        else
            status = row.kind == BACKUP_TENANT ? put_tenant(loading, &value) : wrong_rows(loading);
    }
    return status;
}

static enum restore_status commit(struct loading *loading)
{
    MDB_txn *txn = loading->txn;

    loading->txn = NULL;
    return disk(loading, mdb_txn_commit(txn));
}

static enum restore_status load_chunks(struct loading *loading, struct backup_reader *reader,
                                       const struct restore_request *request)
{
    static uint8_t plain[BACKUP_PLAIN_MAX];
    enum restore_status status = RESTORE_DONE;
    size_t length;

    while (status == RESTORE_DONE && !reader->last) {
        if (!loading->txn)
            status = disk(loading, mdb_txn_begin(loading->env, NULL, 0, &loading->txn));
        if (status == RESTORE_DONE)
            status = reader_next(reader, plain, &length);
        if (status == RESTORE_DONE)
            status = put_rows(loading, plain, length);
        if (status == RESTORE_DONE && (reader->last || reader->chunk % CHUNKS_PER_COMMIT == 0))
            status = commit(loading);
        if (request->progress)
            request->progress(request->context, reader->at, reader->size);
    }
    if (loading->txn)
        mdb_txn_abort(loading->txn);
    return status == RESTORE_DONE && loading->left > 0 ? wrong_rows(loading) : status;
}

static enum restore_status open_environment(struct loading *loading, const char *folder, uint64_t map_bytes)
{
    int rc = mdb_env_create(&loading->env);

    if (rc == 0)
        rc = mdb_env_set_mapsize(loading->env, map_bytes);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(loading->env, DATABASES_MAX);
    /* Nobody else knows the folder; it is made durable once, when it is complete. */
    if (rc == 0)
        rc = mdb_env_open(loading->env, folder, MDB_NOLOCK | MDB_NOTLS | MDB_NOSYNC, 0600);
    return disk(loading, rc);
}

enum restore_status load_store(struct backup_reader *reader, const char *folder, uint64_t map_bytes,
                               const struct restore_request *request, struct restore_report *report)
{
    struct loading loading = {.report = report};
    enum restore_status status = open_environment(&loading, folder, map_bytes);

    if (status == RESTORE_DONE)
        status = load_chunks(&loading, reader, request);
    if (status == RESTORE_DONE)
        status = disk(&loading, mdb_env_sync(loading.env, 1));
    report->chunk = reader->chunk;
    mdb_env_close(loading.env);
    return status;
}
