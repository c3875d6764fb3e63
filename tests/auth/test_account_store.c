/* What auth keeps on disk: rows, bindings, the ID ledger's count, and the records' tree with each transaction. */
#include <errno.h>

#include "accounts_fixture.h"

static void accounts_come_in_order_and_stay(void **state)
{
    static const char *const ids[] = {"b", "a.1", "zz", "abcdefghijklmnopqrstuvwxyz012345", "a"};
    static const char *const sorted[] = {"a", "a.1", "abcdefghijklmnopqrstuvwxyz012345", "b", "zz"};
    struct fixture *fixture = *state;
    struct stored_account account;
    char id[ACCOUNT_LEN] = {0}, expected[ACCOUNT_LEN];

    for (size_t i = 0; i < 5; i++)
        make_account(fixture, ids[i], ROLE_REV);
    fixture_reopen(fixture);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(account_next(&fixture->store, fixture->tenant, id, &account), 0);
        copy_id(expected, sorted[i]);
        assert_memory_equal(id, expected, ACCOUNT_LEN);
        assert_int_equal(strncmp(account.person, sorted[i], ACCOUNT_LEN), 0);
    }
    assert_int_equal(account_next(&fixture->store, fixture->tenant, id, &account), MDB_NOTFOUND);
    account_store_abort(&fixture->store);
}

/* F111, F112: what is there in one tenant is not in another. */
static void f112_tenants_share_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct account_tenant *other = account_store_tenant(&fixture->store, TENANT_B);
    uint8_t certificate[CERT_HASH_LEN];
    struct stored_account account;
    struct stored_terminal terminal;
    char id[ACCOUNT_LEN], none[ACCOUNT_LEN] = {0};

    memset(certificate, 0xc0, sizeof certificate);
    make_account(fixture, "tanaka", ROLE_REV);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(terminal_of(&fixture->store, fixture->tenant, certificate, id), 0);
    copy_id(id, "tanaka");
    assert_int_equal(account_get(&fixture->store, other, id, &account), MDB_NOTFOUND);
    copy_id(id, "desk");
    assert_int_equal(terminal_get(&fixture->store, other, id, &terminal), MDB_NOTFOUND);
    assert_int_equal(terminal_of(&fixture->store, other, certificate, id), MDB_NOTFOUND);
    assert_int_equal(account_next(&fixture->store, other, none, &account), MDB_NOTFOUND);
    account_store_abort(&fixture->store);
    assert_null(account_store_tenant(&fixture->store, 47));
}

static void terminal_is_bound_until_it_is_removed(void **state)
{
    struct fixture *fixture = *state;
    struct account_store *store = &fixture->store;
    struct stored_terminal terminal;
    char desk[TERMINAL_ID_LEN], id[TERMINAL_ID_LEN];

    copy_id(desk, "desk");
    assert_int_equal(account_store_begin(store), 0);
    assert_int_equal(terminal_get(store, fixture->tenant, desk, &terminal), 0);
    assert_int_equal(terminal_of(store, fixture->tenant, terminal.certificate, id), 0);
    assert_memory_equal(id, desk, sizeof id);
    terminal.removed_us = fixture->now_us;
    assert_int_equal(terminal_put(store, fixture->tenant, desk, &terminal), 0);
    assert_int_equal(terminal_of(store, fixture->tenant, terminal.certificate, id), MDB_NOTFOUND);
    assert_int_equal(account_store_commit(store), 0);
    fixture_reopen(fixture);
    assert_int_equal(account_store_begin(store), 0);
    assert_int_equal(terminal_of(store, fixture->tenant, terminal.certificate, id), MDB_NOTFOUND);
    assert_int_equal(terminal_get(store, fixture->tenant, desk, &terminal), 0);
    account_store_abort(store);
}

/* F098: a number of the ledger is given once, and not lost by a restart. */
static void f098_lines_of_the_id_ledger_are_counted(void **state)
{
    struct fixture *fixture = *state;
    uint64_t number;

    for (uint64_t expected = 1; expected <= 3; expected++) {
        assert_int_equal(account_store_begin(&fixture->store), 0);
        assert_int_equal(account_ledger_line(&fixture->store, fixture->tenant, &number), 0);
        assert_int_equal(number, expected);
        assert_int_equal(account_store_commit(&fixture->store), 0);
        fixture_reopen(fixture);
    }
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(account_ledger_line(&fixture->store, fixture->tenant, &number), 0);
    account_store_abort(&fixture->store);
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(account_ledger_line(&fixture->store, fixture->tenant, &number), 0);
    assert_int_equal(number, 4);
    account_store_abort(&fixture->store);
}

static void abort_takes_back_rows_and_records(void **state)
{
    struct fixture *fixture = *state;
    struct access_entry entry = {.event = ACCESS_LOGOUT};
    struct stored_account account;
    char id[ACCOUNT_LEN];

    make_account(fixture, "tanaka", ROLE_REV);
    copy_id(id, "tanaka");
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(account_get(&fixture->store, fixture->tenant, id, &account), 0);
    account.state = ACCOUNT_RETURNED;
    assert_int_equal(account_put(&fixture->store, fixture->tenant, id, &account), 0);
    assert_int_equal(access_append(&fixture->store, fixture->tenant, &entry, NULL), 0);
    assert_int_equal(fixture->tenant->now.tree.size, 1);
    account_store_abort(&fixture->store);
    assert_int_equal(fixture->tenant->now.tree.size, 0);
    assert_int_equal(state_of(fixture, "tanaka"), ACCOUNT_ACTIVE);
}

static void row_of_another_size_or_version_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct stored_account account;
    char id[ACCOUNT_LEN];
    MDB_val key = {sizeof id, id}, value = {sizeof account - 8, &account};

    make_account(fixture, "tanaka", ROLE_REV);
    load_account(fixture, "tanaka", &account);
    copy_id(id, "tanaka");
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(mdb_put(fixture->store.txn, fixture->tenant->account, &key, &value, 0), 0);
    assert_int_equal(account_get(&fixture->store, fixture->tenant, id, &account), MDB_CORRUPTED);
    account_store_abort(&fixture->store);
    account.version = 2;
    value.mv_size = sizeof account;
    assert_int_equal(account_store_begin(&fixture->store), 0);
    assert_int_equal(mdb_put(fixture->store.txn, fixture->tenant->account, &key, &value, 0), 0);
    assert_int_equal(account_get(&fixture->store, fixture->tenant, id, &account), MDB_CORRUPTED);
    account_store_abort(&fixture->store);
}

static void folder_that_is_not_there_is_an_error(void **state)
{
    const uint16_t tenants[] = {TENANT_A};
    struct account_store store = {0};

    (void)state;
    assert_int_equal(account_store_open(&store, "/nonexistent/accounts", 1 << 20, tenants, 1), ENOENT);
    assert_null(store.env);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accounts_come_in_order_and_stay),
        TEST(f112_tenants_share_nothing),
        TEST(terminal_is_bound_until_it_is_removed),
        TEST(f098_lines_of_the_id_ledger_are_counted),
        TEST(abort_takes_back_rows_and_records),
        TEST(row_of_another_size_or_version_is_refused),
        cmocka_unit_test(folder_that_is_not_there_is_an_error),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
