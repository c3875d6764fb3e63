#include "auth/account_store.h"

#include <stdio.h>
#include <string.h>

#include "auth/access_records.h"

#define DATABASES_PER_TENANT 7
#define FILE_MODE            0600
#define ROW_VERSION          1

_Static_assert(ACCOUNT_LEN == TERMINAL_ID_LEN, "ids of accounts and terminals are read by the same function");

static int open_database(MDB_txn *txn, uint16_t tenant, const char *name, unsigned flags, MDB_dbi *dbi)
{
    char full[32];

    snprintf(full, sizeof full, "%02u.%s", tenant, name);
    return mdb_dbi_open(txn, full, MDB_CREATE | flags, dbi);
}

static int open_tenant(struct account_store *store, struct account_tenant *tenant, uint16_t id)
{
    const struct {
        const char *name;
        unsigned flags;
        MDB_dbi *dbi;
    } databases[DATABASES_PER_TENANT] = {
        {"account", 0, &tenant->account},
        {"terminal", 0, &tenant->terminal},
        {"binding", 0, &tenant->binding},
        {"meta", 0, &tenant->meta},
        {"access", MDB_INTEGERKEY, &tenant->access},
        {"leaf", MDB_INTEGERKEY, &tenant->leaf},
        {"node", MDB_INTEGERKEY, &tenant->node},
    };
    int rc = 0;

    *tenant = (struct account_tenant){.id = id};
    for (size_t i = 0; i < DATABASES_PER_TENANT && rc == 0; i++)
        rc = open_database(store->txn, id, databases[i].name, databases[i].flags, databases[i].dbi);
    return rc == 0 ? access_load(store, tenant) : rc;
}

static int open_environment(struct account_store *store, const char *folder, uint64_t map_bytes)
{
    int rc = mdb_env_create(&store->env);

    if (rc != 0)
        return rc;
    mdb_env_set_mapsize(store->env, map_bytes);
    mdb_env_set_maxdbs(store->env, TENANTS_MAX * DATABASES_PER_TENANT);
    return mdb_env_open(store->env, folder, MDB_NOTLS | MDB_NOLOCK | MDB_NORDAHEAD, FILE_MODE);
}

int account_store_open(struct account_store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
                       size_t tenant_count)
{
    store->env = NULL;
    store->txn = NULL;
    store->tenant_count = 0;
    int rc = open_environment(store, folder, map_bytes);
    if (rc == 0)
        rc = account_store_begin(store);
    for (size_t i = 0; i < tenant_count && rc == 0; i++) {
        rc = open_tenant(store, &store->tenant[i], tenants[i]);
        store->tenant_count++;
    }
    if (rc == 0)
        rc = account_store_commit(store);
    if (rc != 0)
        account_store_close(store);
    return rc;
}

void account_store_close(struct account_store *store)
{
    account_store_abort(store);
    mdb_env_close(store->env);
    ed25519_free(store->records_key);
    aead_free(store->otp_key);
    *store = (struct account_store){0};
}

struct account_tenant *account_store_tenant(struct account_store *store, uint16_t tenant)
{
    for (size_t i = 0; i < store->tenant_count; i++)
        if (store->tenant[i].id == tenant)
            return &store->tenant[i];
    return NULL;
}

int account_store_begin(struct account_store *store)
{
    return mdb_txn_begin(store->env, NULL, 0, &store->txn);
}

/* Takes over what the transaction did to the trees, or goes back to what they were. It touches one of 47, mostly. */
static void settle(struct account_store *store, bool committed)
{
    for (size_t i = 0; i < store->tenant_count; i++) {
        struct account_tenant *tenant = &store->tenant[i];
        if (tenant->now.tree.size == tenant->committed.tree.size)
            continue;
        if (committed)
            tenant->committed = tenant->now;
        else
            tenant->now = tenant->committed;
    }
}

int account_store_commit(struct account_store *store)
{
    int rc = access_sign(store);

    if (rc != 0) {
        account_store_abort(store);
        return rc;
    }
    rc = mdb_txn_commit(store->txn);
    store->txn = NULL;
    settle(store, rc == 0);
    return rc;
}

void account_store_abort(struct account_store *store)
{
    if (!store->txn)
        return;
    mdb_txn_abort(store->txn);
    store->txn = NULL;
    settle(store, false);
}

/* A row begins with its version. */
static int take_row(const MDB_val *value, void *row, size_t size)
{
    uint16_t version = 0;

    if (value->mv_size == size)
        memcpy(&version, value->mv_data, sizeof version);
    if (version != ROW_VERSION)
        return MDB_CORRUPTED;
    memcpy(row, value->mv_data, size);
    return 0;
}

static int get_row(MDB_txn *txn, MDB_dbi dbi, const char id[ACCOUNT_LEN], void *row, size_t size)
{
    MDB_val key = {ACCOUNT_LEN, (void *)id}, value;
    int rc = mdb_get(txn, dbi, &key, &value);

    return rc == 0 ? take_row(&value, row, size) : rc;
}

static int put_row(MDB_txn *txn, MDB_dbi dbi, const char id[ACCOUNT_LEN], const void *row, size_t size)
{
    MDB_val key = {ACCOUNT_LEN, (void *)id}, value = {size, (void *)row};

    return mdb_put(txn, dbi, &key, &value, 0);
}

static int seek_after(MDB_cursor *cursor, const char id[ACCOUNT_LEN], MDB_val *key, MDB_val *value)
{
    *key = (MDB_val){ACCOUNT_LEN, (void *)id};
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);

    if (rc == 0 && key->mv_size == ACCOUNT_LEN && memcmp(key->mv_data, id, ACCOUNT_LEN) == 0)
        rc = mdb_cursor_get(cursor, key, value, MDB_NEXT);
    return rc == 0 && key->mv_size != ACCOUNT_LEN ? MDB_CORRUPTED : rc;
}

static int next_row(MDB_txn *txn, MDB_dbi dbi, char id[ACCOUNT_LEN], void *row, size_t size)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, dbi, &cursor);

    if (rc != 0)
        return rc;
    rc = seek_after(cursor, id, &key, &value);
    if (rc == 0)
        rc = take_row(&value, row, size);
    if (rc == 0)
        memcpy(id, key.mv_data, ACCOUNT_LEN);
    mdb_cursor_close(cursor);
    return rc;
}

int account_get(struct account_store *store, const struct account_tenant *tenant, const char id[ACCOUNT_LEN],
                struct stored_account *account)
{
    return get_row(store->txn, tenant->account, id, account, sizeof *account);
}

int account_put(struct account_store *store, const struct account_tenant *tenant, const char id[ACCOUNT_LEN],
                const struct stored_account *account)
{
    return put_row(store->txn, tenant->account, id, account, sizeof *account);
}

int account_next(struct account_store *store, const struct account_tenant *tenant, char id[ACCOUNT_LEN],
                 struct stored_account *account)
{
    return next_row(store->txn, tenant->account, id, account, sizeof *account);
}

int account_ledger_line(struct account_store *store, const struct account_tenant *tenant, uint64_t *number)
{
    static char name[] = "issued";
    MDB_val key = {sizeof name - 1, name}, value;
    int rc = mdb_get(store->txn, tenant->meta, &key, &value);

    *number = 0;
    if (rc == 0 && value.mv_size != sizeof *number)
        return MDB_CORRUPTED;
    if (rc == 0)
        memcpy(number, value.mv_data, sizeof *number);
    else if (rc != MDB_NOTFOUND)
        return rc;
    ++*number;
    value = (MDB_val){sizeof *number, number};
    return mdb_put(store->txn, tenant->meta, &key, &value, 0);
}

int terminal_get(struct account_store *store, const struct account_tenant *tenant, const char id[TERMINAL_ID_LEN],
                 struct stored_terminal *terminal)
{
    return get_row(store->txn, tenant->terminal, id, terminal, sizeof *terminal);
}

int terminal_put(struct account_store *store, const struct account_tenant *tenant, const char id[TERMINAL_ID_LEN],
                 const struct stored_terminal *terminal)
{
    MDB_val certificate = {CERT_HASH_LEN, (void *)terminal->certificate}, name = {TERMINAL_ID_LEN, (void *)id};
    int rc = put_row(store->txn, tenant->terminal, id, terminal, sizeof *terminal);

    if (rc != 0)
        return rc;
    if (terminal->removed_us == 0)
        return mdb_put(store->txn, tenant->binding, &certificate, &name, 0);
    rc = mdb_del(store->txn, tenant->binding, &certificate, NULL);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int terminal_next(struct account_store *store, const struct account_tenant *tenant, char id[TERMINAL_ID_LEN],
                  struct stored_terminal *terminal)
{
    return next_row(store->txn, tenant->terminal, id, terminal, sizeof *terminal);
}

int terminal_of(struct account_store *store, const struct account_tenant *tenant,
                const uint8_t certificate[CERT_HASH_LEN], char id[TERMINAL_ID_LEN])
{
    MDB_val key = {CERT_HASH_LEN, (void *)certificate}, value;
    int rc = mdb_get(store->txn, tenant->binding, &key, &value);

    if (rc == 0 && value.mv_size != TERMINAL_ID_LEN)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        memcpy(id, value.mv_data, TERMINAL_ID_LEN);
    return rc;
}
