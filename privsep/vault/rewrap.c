#include "vault/rewrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "vault/redo.h"
#include "vault/tenant_keys.h"
#include "wire/messages.h"

static int rewrap_tenants(MDB_txn *txn, const uint8_t from[32], const uint8_t to[32], unsigned *tenants)
{
    *tenants = 0;
    for (uint16_t tenant = 1; tenant <= TENANTS_MAX; tenant++) {
        char name[16];
        MDB_dbi meta;

        snprintf(name, sizeof name, "%02u.meta", tenant);
        int rc = mdb_dbi_open(txn, name, 0, &meta);
        if (rc == MDB_NOTFOUND)
            continue;
        if (rc == 0)
            rc = tenant_keys_rewrap(txn, meta, tenant, from, to);
        if (rc != 0)
            return rc;
        ++*tenants;
    }
    return *tenants ? 0 : ENOENT;
}

static int rewrap_all(MDB_env *env, const char *folder, const uint8_t from[32], const uint8_t to[32], unsigned *tenants)
{
    MDB_txn *txn;
    int rc = mdb_env_set_maxdbs(env, TENANTS_MAX);

    if (rc == 0)
        rc = mdb_env_open(env, folder, MDB_NOLOCK | MDB_NOTLS, 0600);
    if (rc == 0)
        rc = redo_settled(env, folder);
    if (rc == 0)
        rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    rc = rewrap_tenants(txn, from, to, tenants);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

int store_rewrap(const char *folder, const uint8_t from_root_key[32], const uint8_t to_root_key[32], unsigned *tenants)
{
    char path[PATH_MAX];
    MDB_env *env;

    /* LMDB would make a store where there is none. */
    if (snprintf(path, sizeof path, "%s/data.mdb", folder) >= (int)sizeof path || access(path, F_OK) != 0)
        return ENOENT;
    int rc = mdb_env_create(&env);
    if (rc != 0)
        return rc;
    rc = rewrap_all(env, folder, from_root_key, to_root_key, tenants);
    mdb_env_close(env);
    return rc;
}
