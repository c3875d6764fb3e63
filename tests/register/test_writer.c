/* The register's one writer: what is told as done is there, what failed is not, and one job's failure is its own. */
#include "register_folder.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { JOBS = 400 };

struct put {
    struct reg_job job;
    struct reg *reg;
    uint32_t number;
    bool fails;
    int rc;
    int64_t at_us;
    atomic_bool over;
};

static int run_put(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct put *put = (struct put *)job;
    static char stored[] = "stored";
    MDB_val key = {sizeof put->number, &put->number}, value = {sizeof stored, stored};
    int rc = mdb_put(txn, put->reg->table[TABLE_entry], &key, &value, 0);

    put->at_us = now_us;
    return rc == 0 && put->fails ? ECANCELED : rc;
}

static void done_put(struct reg_job *job, int rc)
{
    struct put *put = (struct put *)job;

    put->rc = rc;
    atomic_store(&put->over, true);
}

static bool is_there(struct reg *reg, uint32_t number)
{
    int rc;
    MDB_txn *txn = reg_read_begin(reg, &rc);
    MDB_val key = {sizeof number, &number}, value;

    assert_non_null(txn);
    rc = mdb_get(txn, reg->table[TABLE_entry], &key, &value);
    reg_read_end(reg, txn);
    assert_true(rc == 0 || rc == MDB_NOTFOUND);
    return rc == 0;
}

static void give(struct reg *reg, struct put *puts, uint32_t count, uint32_t first, uint32_t every_fails)
{
    for (uint32_t i = 0; i < count; i++) {
        puts[i] = (struct put){.job = {.run = run_put, .done = done_put},
                               .reg = reg,
                               .number = first + i,
                               .fails = every_fails != 0 && i % every_fails == 1};
        assert_true(reg_write(reg, &puts[i].job));
    }
    for (uint32_t i = 0; i < count; i++)
        while (!atomic_load(&puts[i].over))
            usleep(100);
}

static void test_a_group_keeps_what_succeeded_and_nothing_else(void **state)
{
    static struct put puts[JOBS];
    struct register_folder *folder = *state;

    give(&folder->reg, puts, JOBS, 0, 3);
    register_folder_reopen(folder);
    for (uint32_t i = 0; i < JOBS; i++) {
        assert_int_equal(puts[i].rc, puts[i].fails ? ECANCELED : 0);
        assert_int_equal(is_there(&folder->reg, i), !puts[i].fails);
        if (i > 0)
            assert_true(puts[i].at_us > puts[i - 1].at_us);
    }
}

static void test_one_job_alone_that_fails_leaves_nothing(void **state)
{
    static struct put put;
    struct register_folder *folder = *state;

    give(&folder->reg, &put, 1, 7, 0);
    assert_int_equal(put.rc, 0);
    put = (struct put){.job = {.run = run_put, .done = done_put}, .reg = &folder->reg, .number = 8, .fails = true};
    assert_true(reg_write(&folder->reg, &put.job));
    while (!atomic_load(&put.over))
        usleep(100);
    assert_int_equal(put.rc, ECANCELED);
    assert_true(is_there(&folder->reg, 7));
    assert_false(is_there(&folder->reg, 8));
}

/* The writer waits in `run` until it may go on. */
static atomic_bool waits, may_go;

static int run_wait(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    (void)job;
    (void)txn;
    (void)now_us;
    atomic_store(&waits, true);
    while (!atomic_load(&may_go))
        usleep(100);
    return 0;
}

static void done_wait(struct reg_job *job, int rc)
{
    (void)job;
    (void)rc;
}

static void test_a_full_queue_says_so(void **state)
{
    static struct reg_job jobs[REGISTER_QUEUE_MAX + 2];
    struct register_folder *folder = *state;
    size_t taken = 0;

    jobs[0] = (struct reg_job){.run = run_wait, .done = done_wait};
    assert_true(reg_write(&folder->reg, &jobs[0]));
    while (!atomic_load(&waits)) /* alone in its group */
        usleep(100);
    while (taken < REGISTER_QUEUE_MAX + 1) {
        jobs[taken + 1] = (struct reg_job){.run = run_wait, .done = done_wait};
        if (!reg_write(&folder->reg, &jobs[taken + 1]))
            break;
        taken++;
    }
    atomic_store(&may_go, true);
    assert_int_equal(taken, REGISTER_QUEUE_MAX);
}

static void test_plain_jobs_share_the_group(void **state)
{
    static struct put puts[JOBS];
    struct register_folder *folder = *state;

    for (uint32_t i = 0; i < JOBS; i++) {
        puts[i] = (struct put){.job = {.run = run_put, .done = done_put, .plain = i % 2 == 0},
                               .reg = &folder->reg,
                               .number = i,
                               .fails = i % 2 != 0};
        assert_true(reg_write(&folder->reg, &puts[i].job));
    }
    for (uint32_t i = 0; i < JOBS; i++) {
        while (!atomic_load(&puts[i].over))
            usleep(100);
        assert_int_equal(is_there(&folder->reg, i), i % 2 == 0);
    }
}

static atomic_int swept, failed_once;

static int sweep(struct reg *reg, MDB_txn *txn, int64_t now_us)
{
    uint32_t number = 100 + (uint32_t)atomic_fetch_add(&swept, 1);
    static char stored[] = "swept";
    MDB_val key = {sizeof number, &number}, value = {sizeof stored, stored};

    assert_true(now_us > 0);
    int rc = mdb_put(txn, reg->table[TABLE_entry], &key, &value, 0);
    return rc == 0 && number < 102 ? REGISTER_AGAIN : rc;
}

static int sweep_fails(struct reg *reg, MDB_txn *txn, int64_t now_us)
{
    uint32_t number = 200;
    static char stored[] = "spoilt";
    MDB_val key = {sizeof number, &number}, value = {sizeof stored, stored};

    (void)now_us;
    assert_int_equal(mdb_put(txn, reg->table[TABLE_entry], &key, &value, 0), 0);
    atomic_store(&failed_once, 1);
    return EIO;
}

static void test_daily_work_runs_at_the_start_until_it_is_done(void **state)
{
    static struct put put;
    struct register_folder *folder = *state;

    reg_writer_stop(&folder->reg);
    reg_daily(&folder->reg, sweep_fails);
    reg_daily(&folder->reg, sweep);
    assert_true(reg_writer_start(&folder->reg));
    for (int i = 0; i < 20; i++)
        give(&folder->reg, &put, 1, (uint32_t)i, 0); /* jobs are let in between */
    while (atomic_load(&swept) < 3)
        usleep(100);
    register_folder_reopen(folder);
    assert_int_equal(atomic_load(&swept), 3);
    assert_true(is_there(&folder->reg, 100) && is_there(&folder->reg, 101) && is_there(&folder->reg, 102));
    assert_int_equal(atomic_load(&failed_once), 1);
    assert_false(is_there(&folder->reg, 200));
}

struct piece {
    struct reg *reg;
    bool fails;
};

static int put_piece(void *context, MDB_txn *txn, int64_t now_us)
{
    const struct piece *piece = context;
    static char text[] = "piece";
    MDB_val key = {1, text}, value = {sizeof text, text};
    int rc;
    MDB_txn *files = reg_files_txn(piece->reg, &rc);

    (void)txn;
    (void)now_us;
    assert_non_null(files);
    assert_int_equal(mdb_put(files, piece->reg->pieces, &key, &value, 0), 0);
    return piece->fails ? ECANCELED : 0;
}

static bool piece_is_there(struct reg *reg)
{
    static char text[] = "piece";
    MDB_val key = {1, text}, value;
    MDB_txn *txn;

    assert_int_equal(mdb_txn_begin(reg->files, NULL, MDB_RDONLY, &txn), 0);
    int rc = mdb_get(txn, reg->pieces, &key, &value);
    mdb_txn_abort(txn);
    return rc == 0;
}

static void test_pieces_are_there_with_their_job(void **state)
{
    struct register_folder *folder = *state;
    struct piece piece = {&folder->reg, true};

    assert_int_equal(register_folder_write(folder, put_piece, &piece), ECANCELED);
    assert_false(piece_is_there(&folder->reg));
    piece.fails = false;
    assert_int_equal(register_folder_write(folder, put_piece, &piece), 0);
    register_folder_reopen(folder);
    assert_true(piece_is_there(&folder->reg));
}

static int set_up(void **state)
{
    static struct register_folder folder;

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
        cmocka_unit_test_setup_teardown(test_a_group_keeps_what_succeeded_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_job_alone_that_fails_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_queue_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_plain_jobs_share_the_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_daily_work_runs_at_the_start_until_it_is_done, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pieces_are_there_with_their_job, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
