#include "server/register/schema.h"

#include <endian.h>
#include <string.h>

#define SCHEMA "schema"

static MDB_val key_of(const char *name)
{
    return (MDB_val){strlen(name), (char *)(uintptr_t)name};
}

int meta_get(const struct reg *reg, MDB_txn *txn, const char *name, uint64_t *value)
{
    MDB_val key = key_of(name), found;
    int rc = mdb_get(txn, reg->table[TABLE_meta], &key, &found);

    *value = 0;
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc == 0 && found.mv_size != sizeof *value)
        return MDB_CORRUPTED;
    if (rc == 0) {
        memcpy(value, found.mv_data, sizeof *value);
        *value = le64toh(*value);
    }
    return rc;
}

int meta_put(const struct reg *reg, MDB_txn *txn, const char *name, uint64_t value)
{
    uint64_t stored = htole64(value);
    MDB_val key = key_of(name), data = {sizeof stored, &stored};

    return mdb_put(txn, reg->table[TABLE_meta], &key, &data, 0);
}

int schema_check(struct reg *reg, MDB_txn *txn)
{
    uint64_t schema;
    int rc = meta_get(reg, txn, SCHEMA, &schema);

    return rc == 0 && schema > REGISTER_SCHEMA ? MDB_VERSION_MISMATCH : rc;
}

int schema_run(struct reg *reg, MDB_txn *txn, schema_step *const *steps, uint32_t newest)
{
    uint64_t schema;
    int rc = meta_get(reg, txn, SCHEMA, &schema);

    if (rc == 0 && schema > newest)
        return MDB_VERSION_MISMATCH;
    if (rc == 0 && schema == 0)
        return meta_put(reg, txn, SCHEMA, newest); /* new: it never was of an older one */
    while (rc == 0 && schema < newest) {
        rc = steps[schema - 1](reg, txn);
        if (rc == 0)
            rc = meta_put(reg, txn, SCHEMA, ++schema);
    }
    return rc;
}

int schema_bring(struct reg *reg, MDB_txn *txn)
{
    /* Steps of the future stand here; a register of schema 1 needs none. */
    _Static_assert(REGISTER_SCHEMA == 1, "a new schema needs a step from the one before");
    return schema_run(reg, txn, NULL, REGISTER_SCHEMA);
}
