#include "server/register/register.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "server/register/entry_index.h"
#include "server/register/schema.h"

#define FILE_MODE    0600
#define PATH_SIZE    4096
#define LMDB_READERS 126
#define FILES_TABLES 1
#define ENV_FLAGS    (MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD)

static const struct {
    const char *name;
    unsigned flags;
} tables[TABLE_COUNT] = {
#define TABLE(name, flags) {#name, (flags)},
#include "server/register/tables.def"
#undef TABLE
};

static int open_env(const char *folder, const struct reg *reg, const char *kind, size_t map_bytes, MDB_dbi databases,
                    MDB_env **env)
{
    char path[PATH_SIZE];

    if (snprintf(path, sizeof path, "%s/%02u.%s", folder, reg->tenant % 100u, kind) >= (int)sizeof path)
        return ENAMETOOLONG;
    int rc = mdb_env_create(env);
    if (rc == 0)
        rc = mdb_env_set_mapsize(*env, map_bytes);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(*env, databases);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(*env, LMDB_READERS);
    return rc == 0 ? mdb_env_open(*env, path, ENV_FLAGS, FILE_MODE) : rc;
}

/* Only a matter of speed: where the kernel does not know the advice, pages come in as they are used. */
static void prefault(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat stat;

    if (mdb_env_info(env, &info) == 0 && mdb_env_stat(env, &stat) == 0)
        (void)madvise(info.me_mapaddr, (info.me_last_pgno + 1) * (size_t)stat.ms_psize, MADV_POPULATE_READ);
}

static int open_tables(struct reg *reg)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(reg->env, NULL, 0, &txn);

    if (rc != 0)
        return rc;
    /* First: a register of a newer Sekisho is left as it is. */
    rc = mdb_dbi_open(txn, tables[TABLE_meta].name, MDB_CREATE | tables[TABLE_meta].flags, &reg->table[TABLE_meta]);
    if (rc == 0)
        rc = schema_check(reg, txn);
    for (size_t i = 0; i < TABLE_COUNT && rc == 0; i++)
        rc = mdb_dbi_open(txn, tables[i].name, MDB_CREATE | tables[i].flags, &reg->table[i]);
    if (rc == 0)
        rc = schema_bring(reg, txn);
    if (rc == 0)
        rc = index_bring(reg, txn);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

static int open_pieces(struct reg *reg)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(reg->files, NULL, 0, &txn);

    if (rc != 0)
        return rc;
    rc = mdb_dbi_open(txn, "piece", MDB_CREATE, &reg->pieces);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

/* LMDB locks a byte of its lock file for the process when it reads for the first time: before the lock-down. */
static int read_once(MDB_env *env)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);

    if (rc == 0)
        mdb_txn_abort(txn);
    return rc;
}

int reg_open(const char *folder, uint16_t tenant, size_t map_bytes, struct reg *reg, char error[256])
{
    *reg = (struct reg){.tenant = tenant, .lock = PTHREAD_MUTEX_INITIALIZER};
    int rc = open_env(folder, reg, "register", map_bytes, TABLE_COUNT, &reg->env);

    if (rc == 0)
        rc = open_tables(reg);
    if (rc == 0)
        rc = open_env(folder, reg, "files", map_bytes, FILES_TABLES, &reg->files);
    if (rc == 0)
        rc = open_pieces(reg);
    if (rc == 0)
        rc = read_once(reg->env);
    if (rc == 0)
        rc = read_once(reg->files);
    if (rc == 0) {
        reserve_open(&reg->room, reg->env, map_bytes);
        prefault(reg->env);
        return 0;
    }
    snprintf(error, 256, "register of prefecture %02u: %.200s", tenant, mdb_strerror(rc));
    reg_close(reg);
    return rc;
}

void reg_close(struct reg *reg)
{
    reg_writer_stop(reg);
    while (reg->idle_count > 0)
        mdb_txn_abort(reg->idle[--reg->idle_count]);
    mdb_env_close(reg->env);
    mdb_env_close(reg->files);
    reg->env = reg->files = NULL;
}

MDB_txn *reg_read_begin(struct reg *reg, int *rc)
{
    MDB_txn *txn = NULL;

    pthread_mutex_lock(&reg->lock);
    if (reg->idle_count > 0)
        txn = reg->idle[--reg->idle_count];
    pthread_mutex_unlock(&reg->lock);
    if (!txn) {
        *rc = mdb_txn_begin(reg->env, NULL, MDB_RDONLY, &txn);
        return *rc == 0 ? txn : NULL;
    }
    *rc = mdb_txn_renew(txn);
    if (*rc == 0)
        return txn;
    mdb_txn_abort(txn);
    return NULL;
}

void reg_read_end(struct reg *reg, MDB_txn *txn)
{
    bool kept = false;

    mdb_txn_reset(txn);
    pthread_mutex_lock(&reg->lock);
    if (reg->idle_count < REGISTER_READERS) {
        reg->idle[reg->idle_count++] = txn;
        kept = true;
    }
    pthread_mutex_unlock(&reg->lock);
    if (!kept)
        mdb_txn_abort(txn);
}
