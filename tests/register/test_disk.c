/* A disk that is full, and one that fails: what is answered is on it, reading goes on, and doubt ends the serving. */
#include "register_folder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define META_PAGES  (2 * 4096)
#define CHUNK_BYTES 65536

static struct register_folder folder;

struct big {
    uint32_t number;
};

static int put_big(void *context, MDB_txn *txn, int64_t now_us)
{
    struct big *big = context;
    static char bytes[CHUNK_BYTES];
    MDB_val key = {sizeof big->number, &big->number}, value = {sizeof bytes, bytes};

    (void)now_us;
    return mdb_put(txn, folder.reg.table[TABLE_entry], &key, &value, 0);
}

static int put_plain(void *context, MDB_txn *txn, int64_t now_us)
{
    uint64_t number = (uint64_t)now_us;
    static char bytes[] = "who read what";
    MDB_val key = {sizeof number, &number}, value = {sizeof bytes, bytes};

    (void)context;
    return mdb_put(txn, folder.reg.table[TABLE_operation], &key, &value, 0);
}

static bool is_there(uint32_t number)
{
    int rc;
    MDB_txn *txn = reg_read_begin(&folder.reg, &rc);
    MDB_val key = {sizeof number, &number}, value;

    assert_non_null(txn);
    rc = mdb_get(txn, folder.reg.table[TABLE_entry], &key, &value);
    reg_read_end(&folder.reg, txn);
    return rc == 0;
}

static off_t file_size(void)
{
    struct stat status;
    char path[96];

    snprintf(path, sizeof path, "%s/11.register", folder.path);
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

/* Writes until it is refused; how many were taken. */
static uint32_t fill(uint32_t first)
{
    struct big big = {first};
    int rc = 0;

    for (; rc == 0; big.number++) {
        rc = register_folder_write(&folder, put_big, &big);
        assert_true(big.number < first + 4096);
    }
    assert_int_equal(rc, ENOSPC);
    return big.number - first - 1;
}

static void test_a_full_disk_refuses_changes_and_readings_go_on(void **state)
{
    struct rlimit before;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit full = {.rlim_cur = (rlim_t)file_size(), .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    uint32_t taken = fill(1);
    for (int i = 0; i < 500; i++)
        assert_int_equal(register_folder_write_plain(&folder, put_plain, NULL), 0);
    for (uint32_t i = 1; i <= taken; i++)
        assert_true(is_there(i));
    assert_false(is_there(taken + 1));
    /* Room again: no restart is needed. */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    struct big big = {taken + 1};
    assert_int_equal(register_folder_write(&folder, put_big, &big), 0);
    register_folder_reopen(&folder);
    for (uint32_t i = 1; i <= taken + 1; i++)
        assert_true(is_there(i));
}

/* ---- a disk that fails: in libc's place, for liblmdb too ---- */

static bool sync_fails, head_fails;

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    if (!sync_fails)
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    if (!head_fails || offset >= META_PAGES)
        return syscall(SYS_pwrite64, fd, bytes, length, offset);
    errno = EIO;
    return -1;
}

static int doubt;

static void on_doubt(const struct reg *reg, int rc)
{
    assert_ptr_equal(reg, &folder.reg);
    doubt = rc;
}

static void expect_the_end(bool *fault)
{
    struct big first = {1}, second = {2};

    doubt = 0;
    folder.reg.on_doubt = on_doubt;
    assert_int_equal(register_folder_write(&folder, put_big, &first), 0);
    *fault = true;
    assert_int_not_equal(register_folder_write(&folder, put_big, &second), 0);
    *fault = false;
    assert_int_not_equal(doubt, 0);
    /* The disk works again, but what it has is not known: the process has to end. */
    assert_int_equal(register_folder_write(&folder, put_big, &second), MDB_PANIC);
    assert_int_equal(register_folder_write_plain(&folder, put_plain, NULL), MDB_PANIC);
    register_folder_reopen(&folder);
    assert_true(is_there(1));
    assert_int_equal(register_folder_write(&folder, put_big, &second), 0);
}

static void test_a_sync_that_fails_ends_the_serving(void **state)
{
    (void)state;
    expect_the_end(&sync_fails);
}

static void test_a_head_in_doubt_ends_the_serving(void **state)
{
    (void)state;
    expect_the_end(&head_fails);
}

static int set_up(void **state)
{
    (void)state;
    register_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    register_folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_full_disk_refuses_changes_and_readings_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_sync_that_fails_ends_the_serving, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_head_in_doubt_ends_the_serving, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
