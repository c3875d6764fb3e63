/*
 * kill -9 while entries are written and changed by groups: every acknowledged one is there afterwards, none is half,
 * and the numbers go on.
 */
#include "sample_entry.h"

#include <endian.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/register/entry_index.h"
#include "server/register/record.h"

#define ROUNDS   12
#define IN_GROUP 24 /* jobs under way at a time */

static struct register_folder folder;

/* ---- the process that is killed: its jobs tell their serial numbers when they are durable ---- */

struct work {
    struct reg_job job;
    struct sample_entry sample;
    uint32_t serial;
    int ack_fd;
    ProtobufCAllocator heap;
};

static void *take(void *data, size_t size)
{
    (void)data;
    return calloc(1, size);
}

static void keep(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

/* An entry, and a second version of it, in one transaction: neither is ever there without the other. */
static int run(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct work *work = (struct work *)job;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    struct entry_decision by = {"sato", "", 0, "", &work->sample.valid_from};

    sample_entry_make(&work->sample);
    entry.registration = &work->sample.registration;
    int rc = entry_create(&folder.reg, txn, now_us, &by, &work->heap, &entry, &work->serial);
    if (rc != 0)
        return rc;
    entry.registration->person->kana = (char *)(uintptr_t) "ヤマダ　ハル";
    by.kind = SEKISHO__V1__ANNOTATION__KIND__KIND_CORRECTION;
    return entry_change(&folder.reg, txn, now_us, &by, &work->heap, &entry);
}

static void done(struct reg_job *job, int rc)
{
    struct work *work = (struct work *)job;

    if (rc != 0 || write(work->ack_fd, &work->serial, sizeof work->serial) != sizeof work->serial)
        _exit(1);
    if (!reg_write(&folder.reg, &work->job))
        _exit(1);
}

static void write_until_killed(int ack_fd)
{
    static struct work works[IN_GROUP];
    char error[256];

    if (reg_open(folder.path, 11, FOLDER_MAP_BYTES, &folder.reg, error) != 0 || !reg_writer_start(&folder.reg))
        _exit(1);
    for (int i = 0; i < IN_GROUP; i++) {
        works[i] =
            (struct work){.job = {.run = run, .done = done}, .ack_fd = ack_fd, .heap = {.alloc = take, .free = keep}};
        if (!reg_write(&folder.reg, &works[i].job))
            _exit(1);
    }
    for (;;)
        pause();
}

/* ---- the look afterwards ---- */

static size_t rows_of(MDB_txn *txn, enum register_table table)
{
    MDB_stat stat;

    assert_int_equal(mdb_stat(txn, folder.reg.table[table], &stat), 0);
    return stat.ms_entries;
}

static void expect_indexed(MDB_txn *txn, uint32_t serial, const stored_entry *entry)
{
    struct index_rows rows;
    uint32_t id = htobe32(serial);

    index_rows_of(entry, &rows);
    assert_int_equal(rows.count, 4); /* name, kana, birth, state */
    for (size_t i = 0; i < rows.count; i++) {
        MDB_val key = {rows.row[i].length, rows.row[i].key}, value = {sizeof id, &id};
        MDB_cursor *cursor;
        assert_int_equal(mdb_cursor_open(txn, folder.reg.table[rows.row[i].table], &cursor), 0);
        assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_GET_BOTH), 0);
        mdb_cursor_close(cursor);
    }
}

/* Every entry with both versions and all its index rows, and no index row without an entry. */
static uint32_t expect_whole(void)
{
    int rc;
    MDB_txn *txn = reg_read_begin(&folder.reg, &rc);

    assert_non_null(txn);
    uint32_t count = (uint32_t)rows_of(txn, TABLE_entry);
    assert_int_equal(rows_of(txn, TABLE_entry_version), count);
    assert_int_equal(rows_of(txn, TABLE_entry_by_name), count);
    assert_int_equal(rows_of(txn, TABLE_entry_by_kana), count);
    assert_int_equal(rows_of(txn, TABLE_entry_by_birth), count);
    assert_int_equal(rows_of(txn, TABLE_entry_by_state), count);
    assert_int_equal(rows_of(txn, TABLE_entry_by_pseudonym), count);
    for (uint32_t serial = 1; serial <= count; serial++) {
        stored_entry *entry;
        assert_int_equal(entry_get(&folder.reg, txn, serial, NULL, &entry), 0); /* numbers without a hole */
        assert_int_equal(entry->registration->version, 2);
        expect_indexed(txn, serial, entry);
        sample_entry_free(entry);
    }
    reg_read_end(&folder.reg, txn);
    return count;
}

/* The highest serial number that was acknowledged before the kill. */
static uint32_t kill_one(unsigned round)
{
    const struct timespec moment = {.tv_nsec = 20000000L + (long)(round * 7919 % 41) * 1000000L};
    uint32_t serial, highest = 0;
    int pipes[2];

    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        write_until_killed(pipes[1]);
    }
    close(pipes[1]);
    /* It has begun. */
    assert_int_equal(read(pipes[0], &serial, sizeof serial), sizeof serial);
    highest = serial;
    nanosleep(&moment, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(pipes[0], &serial, sizeof serial) == sizeof serial)
        highest = serial > highest ? serial : highest;
    close(pipes[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return highest;
}

static void test_what_was_acknowledged_survives_a_kill_whole(void **state)
{
    char error[256];
    uint32_t before = 0;

    (void)state;
    register_folder_make(&folder);
    reg_close(&folder.reg);
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t acknowledged = kill_one(round);
        assert_true(acknowledged > before);
        assert_int_equal(reg_open(folder.path, 11, FOLDER_MAP_BYTES, &folder.reg, error), 0);
        before = expect_whole();
        assert_true(before >= acknowledged);
        reg_close(&folder.reg);
    }
    register_folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_was_acknowledged_survives_a_kill_whole)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
