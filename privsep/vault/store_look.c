#include "vault/store_look.h"

#include <stdio.h>

#include "vault/erase.h"

/* What can be known of a tenant without its keys; of one that is not there, nothing. */
static int look_at_tenant(MDB_txn *txn, uint16_t id, struct store *store)
{
    struct tenant *tenant = &store->tenant[store->tenant_count];
    char name[16];
    MDB_stat leaves;

    snprintf(name, sizeof name, "%02u.meta", id);
    int rc = mdb_dbi_open(txn, name, 0, &tenant->meta);
    if (rc != 0)
        return rc == MDB_NOTFOUND ? 0 : rc;
    snprintf(name, sizeof name, "%02u.leaf", id);
    rc = mdb_dbi_open(txn, name, 0, &tenant->leaf);
    if (rc == 0)
        rc = mdb_stat(txn, tenant->leaf, &leaves);
    if (rc == 0)
        rc = erase_load(txn, tenant);
    if (rc != 0)
        return rc;
    tenant->id = id;
    tenant->now.ledger.size = leaves.ms_entries;
    store->tenant_count++;
    return 0;
}

int store_look(const char *folder, struct store *store)
{
    MDB_txn *txn = NULL;
    int rc = mdb_env_create(&store->env);

    if (rc != 0)
        return rc;
    mdb_env_set_maxdbs(store->env, DATABASES_MAX);
    rc = mdb_env_open(store->env, folder, MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0600);
    if (rc == 0)
        rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    for (uint16_t tenant = 1; tenant <= TENANTS_MAX && rc == 0; tenant++)
        rc = look_at_tenant(txn, tenant, store);
    if (rc == 0)
        rc = redo_look(store, folder, mdb_txn_id(txn) + 1);
    if (txn)
        mdb_txn_abort(txn);
    mdb_env_close(store->env);
    return rc;
}
