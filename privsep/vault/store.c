#include "vault/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "vault/erase.h"
#include "vault/ledger.h"
#include "vault/record.h"
#include "vault/retention.h"
#include "vault/rotation.h"
#include "vault/session.h"

#define DATABASES_PER_TENANT 10
_Static_assert(DATABASES_PER_TENANT <= TENANT_DATABASES_MAX, "room for every database");
#define FILE_MODE 0600

static int open_database(MDB_txn *txn, uint16_t tenant, const char *name, unsigned flags, MDB_dbi *dbi)
{
    char full[32];

    snprintf(full, sizeof full, "%02u.%s", tenant, name);
    return mdb_dbi_open(txn, full, MDB_CREATE | flags, dbi);
}

/* Subjects are counted, not stored as a counter: current index rows are one a subject, former rows one a replacement.
 */
static int count_subjects(MDB_txn *txn, const struct tenant *tenant, uint64_t *subjects)
{
    MDB_stat index, former;
    int rc = mdb_stat(txn, tenant->index, &index);

    if (rc == 0)
        rc = mdb_stat(txn, tenant->former, &former);
    if (rc == 0)
        *subjects = index.ms_entries - former.ms_entries;
    return rc;
}

static int open_tenant(MDB_txn *txn, struct tenant *tenant, uint16_t id, const uint8_t root_key[32])
{
    const struct {
        const char *name;
        unsigned flags;
        MDB_dbi *dbi;
    } databases[DATABASES_PER_TENANT] = {
        {"meta", 0, &tenant->meta},
        {"index", 0, &tenant->index},
        {"record", 0, &tenant->record},
        {"former", 0, &tenant->former},
        {"blob", 0, &tenant->blob},
        {"case", 0, &tenant->cases},
        {"budget", 0, &tenant->budget},
        {"entry", MDB_INTEGERKEY, &tenant->entry},
        {"leaf", MDB_INTEGERKEY, &tenant->leaf},
        {"node", MDB_INTEGERKEY, &tenant->node},
    };
    int rc = 0;

    *tenant = (struct tenant){.id = id};
    for (size_t i = 0; i < DATABASES_PER_TENANT && rc == 0; i++)
        rc = open_database(txn, id, databases[i].name, databases[i].flags, databases[i].dbi);
    if (rc == 0)
        rc = tenant_keys_load(txn, tenant->meta, id, root_key, &tenant->keys);
    if (rc == 0)
        rc = rotation_load(txn, tenant);
    if (rc == 0)
        rc = retention_load(txn, tenant);
    if (rc == 0)
        rc = ledger_load(txn, tenant);
    if (rc == 0)
        rc = count_subjects(txn, tenant, &tenant->now.subjects);
    if (rc == 0)
        rc = erase_load(txn, tenant);
    tenant->committed = tenant->now;
    return rc;
}

int64_t store_clock_ms(const struct store *store)
{
    return store->clock_base_ms + session_clock_ms() - store->boot_at_open_ms;
}

static char clock_name[] = "ms";

static int open_clock(struct store *store)
{
    MDB_val key = {sizeof clock_name - 1, clock_name}, value;
    int rc = mdb_dbi_open(store->txn, "clock", MDB_CREATE, &store->clock);

    store->boot_at_open_ms = session_clock_ms();
    if (rc == 0)
        rc = mdb_get(store->txn, store->clock, &key, &value);
    if (rc == 0 && value.mv_size != sizeof store->clock_base_ms)
        return MDB_CORRUPTED;
    if (rc == 0)
        memcpy(&store->clock_base_ms, value.mv_data, sizeof store->clock_base_ms);
    store->clock_saved_ms = store->clock_base_ms;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int save_clock(struct store *store)
{
    int64_t now = store_clock_ms(store);
    MDB_val key = {sizeof clock_name - 1, clock_name}, value = {sizeof now, &now};

    if (now - store->clock_saved_ms < CLOCK_SAVE_MS)
        return 0;
    store->clock_saved_ms = now;
    return store_put(store, store->clock, &key, &value, 0);
}

/* Opens what has not been opened: databases of tenants that are not served now are part of a backup, too. */
static int list_databases(struct store *store)
{
    MDB_cursor *cursor;
    MDB_dbi names;
    MDB_val key, value;
    int rc = mdb_dbi_open(store->txn, NULL, 0, &names);

    if (rc == 0)
        rc = mdb_cursor_open(store->txn, names, &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        struct store_database *database = &store->database[store->database_count];
        if (store->database_count == DATABASES_MAX || key.mv_size >= sizeof database->name)
            rc = MDB_CORRUPTED;
        if (rc == 0)
            memcpy(database->name, key.mv_data, key.mv_size);
        if (rc == 0)
            rc = mdb_dbi_open(store->txn, database->name, 0, &database->dbi);
        if (rc == 0)
            rc = mdb_dbi_flags(store->txn, database->dbi, &database->flags);
        if (rc != 0)
            break;
        store->database_count++;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int make_salt_key(struct store *store)
{
    uint8_t key[AEAD_KEY_LEN];

    crypto_random(key, sizeof key);
    store->salts.key = aead_new(key);
    crypto_wipe(key, sizeof key);
    return store->salts.key ? 0 : ENOMEM;
}

int store_open_tenants(struct store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
                       size_t tenant_count, const uint8_t root_key[32])
{
    *store = (struct store){.erasures.fd = -1, .redo.fd = -1};
    int rc = mdb_env_create(&store->env);
    if (rc != 0)
        return rc;
    mdb_env_set_mapsize(store->env, map_bytes);
    mdb_env_set_maxdbs(store->env, DATABASES_MAX);
    rc = mdb_env_open(store->env, folder, MDB_NOTLS | MDB_NORDAHEAD, FILE_MODE);
    if (rc == 0)
        rc = store_begin(store);
    store->more_than_leaves = true; /* new databases and keys */
    if (rc == 0)
        rc = open_clock(store);
    if (rc == 0)
        rc = make_salt_key(store);
    for (size_t i = 0; i < tenant_count && rc == 0; i++) {
        rc = open_tenant(store->txn, &store->tenant[i], tenants[i], root_key);
        store->tenant_count++;
    }
    return rc == 0 ? list_databases(store) : rc;
}

int store_open(struct store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
               size_t tenant_count, const uint8_t root_key[32])
{
    int rc = store_open_tenants(store, folder, map_bytes, tenants, tenant_count, root_key);

    if (rc == 0)
        rc = redo_open(store, folder);
    if (rc == 0)
        rc = erasures_open(store, folder);
    if (rc == 0)
        rc = ledger_sign(store);
    if (rc == 0)
        rc = store_commit(store);
    if (rc == 0)
        rc = redo_begin(&store->redo);
    if (rc == ENOSPC)
        rc = 0;
    if (rc == 0)
        rc = backup_open(store);
    if (rc != 0)
        store_close(store);
    else
        reserve_open(&store->reserve, store->env, map_bytes);
    return rc;
}

void store_close(struct store *store)
{
    store_abort(store);
    if (store->txn)
        mdb_txn_abort(store->txn);
    backup_close(store);
    for (size_t i = 0; i < store->tenant_count; i++) {
        tenant_keys_free(store->tenant[i].keys);
        pairs_close(&store->tenant[i].pairs);
    }
    aead_free(store->salts.key);
    mdb_env_close(store->env);
    erasures_close(&store->erasures);
    redo_close(&store->redo);
    *store = (struct store){.erasures.fd = -1, .redo.fd = -1};
}

bool store_damaged(int rc)
{
    return rc == MDB_PANIC || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_BAD_TXN || rc == MDB_INVALID;
}

void store_prefault(struct store *store)
{
    MDB_envinfo info;
    MDB_stat stat;

    if (mdb_env_info(store->env, &info) != 0 || mdb_env_stat(store->env, &stat) != 0)
        return;
    /* Only a matter of speed: where the kernel does not know the advice, pages come in as they are used. */
    (void)madvise(info.me_mapaddr, (info.me_last_pgno + 1) * (size_t)stat.ms_psize, MADV_POPULATE_READ);
}

struct tenant *store_tenant(struct store *store, uint16_t id)
{
    for (size_t i = 0; i < store->tenant_count; i++)
        if (store->tenant[i].id == id)
            return &store->tenant[i];
    return NULL;
}

int store_begin(struct store *store)
{
    if (store->failed)
        return MDB_PANIC;
    int rc = store->txn ? 0 : mdb_txn_begin(store->env, NULL, 0, &store->txn);
    store->in_group = rc == 0;
    store->more_than_leaves = false;
    return rc;
}

int store_put(struct store *store, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags)
{
    store->more_than_leaves = true;
    return mdb_put(store->txn, dbi, key, value, flags);
}

int store_del(struct store *store, MDB_dbi dbi, MDB_val *key)
{
    store->more_than_leaves = true;
    return mdb_del(store->txn, dbi, key, NULL);
}

int store_cursor_put(struct store *store, MDB_cursor *cursor, MDB_val *key, MDB_val *value, unsigned flags)
{
    store->more_than_leaves = true;
    return mdb_cursor_put(cursor, key, value, flags);
}

int store_cursor_del(struct store *store, MDB_cursor *cursor)
{
    store->more_than_leaves = true;
    return mdb_cursor_del(cursor, 0);
}

/* Records say which key they are under, so those written before the change are found after it. */
static void settle_keys(struct tenant *tenant, bool committed)
{
    if (!tenant->next_keys.record[KEY_CURRENT])
        return;
    struct data_keys old = committed ? tenant->keys->data : tenant->next_keys;
    if (committed)
        tenant->keys->data = tenant->next_keys;
    tenant->next_keys = (struct data_keys){0};
    data_keys_free(&old);
}

/* Takes over what the transaction did to the tenants' state, or goes back to what it was. Only what has changed is
 * copied: there can be 47 tenants, and a group touches few. */
static void settle(struct store *store, bool committed)
{
    pairs_settle(&store->pairs_changes, committed);
    for (size_t i = 0; i < store->tenant_count; i++) {
        struct tenant *tenant = &store->tenant[i];
        if (tenant->now.ledger.size == tenant->committed.ledger.size &&
            tenant->now.subjects == tenant->committed.subjects && tenant->now.erased == tenant->committed.erased &&
            tenant->now.expired == tenant->committed.expired && !rotation_changed(tenant))
            continue;
        settle_keys(tenant, committed);
        if (committed)
            tenant->committed = tenant->now;
        else
            tenant->now = tenant->committed;
    }
}

/* LMDB's word for a head page that failed while it was written: what is on the disk is the former head, or the new. */
static bool head_in_doubt(const struct store *store)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn);

    if (rc == 0)
        mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

static int commit_pages(struct store *store)
{
    int rc = save_clock(store);

    if (rc == 0)
        rc = erasures_write(&store->erasures);
    if (rc != 0) {
        int kept = erasures_take_back(&store->erasures);
        store_abort(store);
        return kept == 0 ? rc : MDB_PANIC;
    }
    MDB_txn *txn = store->txn;
    store->txn = NULL;
    store->in_group = false;
    rc = mdb_txn_commit(txn);
    settle(store, rc == 0);
    if (rc == 0) {
        redo_committed(&store->redo);
        if (store->reserve.env)
            reserve_keep(&store->reserve);
        erasures_keep(&store->erasures);
        backup_committed(store);
        return 0;
    }
    if (head_in_doubt(store)) {
        /* The journal stays ahead of either: the next start completes what it has, as it does what the redo log has. */
        erasures_forget(&store->erasures);
        return MDB_PANIC;
    }
    if (erasures_take_back(&store->erasures) != 0)
        return MDB_PANIC;
    redo_again(store);
    return rc;
}

/* A log that cannot be written is no failure: LMDB's commit does the same, only slower. */
static bool commit_leaves(struct store *store)
{
    int64_t now_ms = session_clock_ms();

    if (store->more_than_leaves || !redo_fits(&store->redo) || redo_wait_ms(&store->redo, now_ms) == 0 ||
        redo_write(&store->redo, mdb_txn_id(store->txn), now_ms) != 0)
        return false;
    store->in_group = false;
    settle(store, true);
    return true;
}

int store_commit(struct store *store)
{
    return commit_leaves(store) ? 0 : commit_pages(store);
}

int store_flush(struct store *store, int64_t now_ms)
{
    if (store->redo.number == 0)
        return 0;
    store->redo.first_ms = now_ms; /* when it fails: not again at once */
    int rc = store_begin(store);
    return rc == 0 ? commit_pages(store) : rc;
}

void store_abort(struct store *store)
{
    if (!store->in_group)
        return;
    bool changed = store->more_than_leaves || redo_noted(&store->redo);
    store->in_group = false;
    erasures_forget(&store->erasures);
    settle(store, false);
    redo_drop(&store->redo);
    if (store->redo.number > 0 && !changed)
        return;
    mdb_txn_abort(store->txn);
    store->txn = NULL;
    redo_again(store);
}
