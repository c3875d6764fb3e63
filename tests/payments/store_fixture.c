#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned flags;
} tables[] = {
#define TABLE(name, flags) {#name, (flags)},
#include "server/register/tables.def"
#undef TABLE
};

int store_set_up(void **state)
{
    struct store_fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    strcpy(fixture->folder, "/tmp/sekisho-payments-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->reg.tenant = 11;
    assert_int_equal(mdb_env_create(&fixture->reg.env), 0);
    assert_int_equal(mdb_env_set_maxdbs(fixture->reg.env, TABLE_COUNT), 0);
    assert_int_equal(mdb_env_open(fixture->reg.env, fixture->folder, MDB_NOSYNC, 0600), 0);
    assert_int_equal(mdb_txn_begin(fixture->reg.env, NULL, 0, &fixture->txn), 0);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        assert_int_equal(
            mdb_dbi_open(fixture->txn, tables[i].name, tables[i].flags | MDB_CREATE, &fixture->reg.table[i]), 0);
    *state = fixture;
    return 0;
}

int store_tear_down(void **state)
{
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    struct store_fixture *fixture = *state;
    char path[64];

    mdb_txn_abort(fixture->txn);
    mdb_env_close(fixture->reg.env);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", fixture->folder, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}
