/* Schemas of the register: each step once, in order; all or none; a newer one is left alone. */
#include "register_folder.h"

#include <errno.h>
#include <string.h>

#include "server/register/schema.h"

static char order[8];

static int step(struct reg *reg, MDB_txn *txn, const char *name)
{
    strcat(order, name);
    return meta_put(reg, txn, name, 1);
}

static int one_to_two(struct reg *reg, MDB_txn *txn)
{
    return step(reg, txn, "a");
}

static int two_to_three(struct reg *reg, MDB_txn *txn)
{
    return step(reg, txn, "b");
}

static int fails(struct reg *reg, MDB_txn *txn)
{
    int rc = step(reg, txn, "c");
    return rc == 0 ? EIO : rc;
}

static schema_step *const steps[] = {one_to_two, two_to_three, fails};

struct bring {
    struct reg *reg;
    uint32_t newest;
};

static int bring(void *context, MDB_txn *txn, int64_t now_us)
{
    const struct bring *bring = context;
    (void)now_us;
    return schema_run(bring->reg, txn, steps, bring->newest);
}

static uint64_t meta(struct reg *reg, const char *name)
{
    uint64_t value;
    int rc;
    MDB_txn *txn = reg_read_begin(reg, &rc);

    assert_non_null(txn);
    assert_int_equal(meta_get(reg, txn, name, &value), 0);
    reg_read_end(reg, txn);
    return value;
}

static void test_steps_run_once_in_order(void **state)
{
    struct register_folder *folder = *state;
    struct bring to_three = {&folder->reg, 3};

    assert_int_equal(meta(&folder->reg, "schema"), REGISTER_SCHEMA);
    assert_int_equal(register_folder_write(folder, bring, &to_three), 0);
    assert_string_equal(order, "ab");
    assert_int_equal(meta(&folder->reg, "schema"), 3);
    assert_int_equal(register_folder_write(folder, bring, &to_three), 0);
    assert_string_equal(order, "ab");
}

static void test_a_step_that_fails_changes_nothing(void **state)
{
    struct register_folder *folder = *state;
    struct bring to_four = {&folder->reg, 4};

    assert_int_equal(register_folder_write(folder, bring, &to_four), EIO);
    assert_string_equal(order, "abc");
    assert_int_equal(meta(&folder->reg, "schema"), REGISTER_SCHEMA);
    assert_int_equal(meta(&folder->reg, "a"), 0);
}

static int make_newer(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)now_us;
    return meta_put(context, txn, "schema", REGISTER_SCHEMA + 1);
}

static void test_a_newer_register_is_refused(void **state)
{
    struct register_folder *folder = *state;
    struct reg again;
    char error[256];

    assert_int_equal(register_folder_write(folder, make_newer, &folder->reg), 0);
    reg_close(&folder->reg);
    assert_int_equal(reg_open(folder->path, 11, FOLDER_MAP_BYTES, &again, error), MDB_VERSION_MISMATCH);
    assert_non_null(strstr(error, "prefecture 11"));
}

static int set_up(void **state)
{
    static struct register_folder folder;

    order[0] = '\0';
    register_folder_make(&folder);
    *state = &folder;
    return 0;
}

static int tear_down(void **state)
{
    register_folder_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_steps_run_once_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_step_that_fails_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_newer_register_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
