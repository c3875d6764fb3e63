/*
 * A prefecture's register in the front: two LMDB environments, `register` (tables.def) and `files` (attachments in
 * pieces, so that large values never share pages with the register). Opened before the lock-down; afterwards the
 * process opens nothing. Any number of readers, one writer thread with group commit: what has been answered is on the
 * disk.
 */
#ifndef SEKISHO_REGISTER_REGISTER_H
#define SEKISHO_REGISTER_REGISTER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "privsep/disk/reserve.h"

enum register_table {
#define TABLE(name, flags) TABLE_##name,
#include "server/register/tables.def"
#undef TABLE
    TABLE_COUNT
};

#define REGISTER_ID_LEN 16
#define REGISTER_SCHEMA 1u

#define REGISTER_READERS   16
#define REGISTER_DAILY_MAX 4

struct writer;

struct reg {
    MDB_env *env, *files;
    struct writer *writer;
    struct reserve room; /* the writer's */
    /* What is on the disk is not known any more: nothing may be served of this register. On the writer's thread, before
     * anybody is told; when it returns, every job from then on fails. NULL: none. */
    void (*on_doubt)(const struct reg *reg, int rc);
    int (*daily[REGISTER_DAILY_MAX])(struct reg *reg, MDB_txn *txn, int64_t now_us); /* reg_daily */
    pthread_mutex_t lock;                                                            /* of the idle readers */
    MDB_txn *idle[REGISTER_READERS];
    unsigned idle_count, daily_count;
    MDB_dbi table[TABLE_COUNT];
    MDB_dbi pieces;  /* in `files`: attachment id[16], u32 piece → bytes */
    uint16_t tenant; /* JIS X 0401 */
};

/*
 * Opens (and makes, or brings to REGISTER_SCHEMA) the register in an existing folder: the files `11.register`,
 * `11.files` and their locks. 0 or an LMDB or errno code, with a text in error[256]; then reg is closed.
 * MDB_VERSION_MISMATCH: written by a newer Sekisho; nothing was touched. One env a process: never open it twice.
 */
int reg_open(const char *folder, uint16_t tenant, size_t map_bytes, struct reg *reg, char error[256]);
/* Stops the writer first. */
void reg_close(struct reg *reg);

/*
 * The writer. A job runs on the writer's thread in a transaction that it may share with others of its group: when run
 * returns other than 0, what this job wrote is taken back and nothing of the others. `done` is called on the writer's
 * thread after the group's commit is durable, with run's code, or with the commit's error: then nothing of the group
 * happened. Jobs run in the order in which they were given.
 */
struct reg_job {
    /* now_us: UTC, greater than that of every job before. */
    int (*run)(struct reg_job *job, MDB_txn *txn, int64_t now_us);
    void (*done)(struct reg_job *job, int rc);
    /* A few bytes that must be written also when the disk is nearly full (the record of a reading), and that nothing
     * but the store can refuse: it runs without a transaction of its own, and from the room that is kept for such.
     * Other jobs are refused with ENOSPC before that room is touched. */
    bool plain;
    struct reg_job *next; /* the writer's */
    int rc;               /* the writer's */
};
#define REGISTER_QUEUE_MAX 4096
bool reg_writer_start(struct reg *reg);
/* Runs what was given, then ends. */
void reg_writer_stop(struct reg *reg);
/* Any thread, also in done. The job is the writer's until `done`. False: the queue is full (BUSY). */
bool reg_write(struct reg *reg, struct reg_job *job);

/* In a job: the group's transaction of `files`, committed before the register's own, so that what the register says to
 * be there is there. What a job wrote to it stays when the job fails: write idempotently. NULL: *rc. */
MDB_txn *reg_files_txn(struct reg *reg, int *rc);

/*
 * Work that the calendar asks for (a suspension begins, a deadline passes): on the writer's thread in a transaction of
 * its own, first when the writer starts and then whenever a day of Japan begins. Returns 0, REGISTER_AGAIN (call me
 * again soon: others are let in between; what was written is kept), or a code of the store: taken back, tried again
 * within minutes. At most a thousand rows at a time.
 */
typedef int reg_daily_work(struct reg *reg, MDB_txn *txn, int64_t now_us);
#define REGISTER_AGAIN INT32_MAX
/* Before reg_writer_start. */
void reg_daily(struct reg *reg, reg_daily_work *work);

int64_t reg_now_us(void); /* UTC, microseconds since 1970 */

/* A read transaction, for one look at one state of the register; any thread. NULL: *rc. */
MDB_txn *reg_read_begin(struct reg *reg, int *rc);
void reg_read_end(struct reg *reg, MDB_txn *txn);

#endif
