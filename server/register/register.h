/*
 * A prefecture's register in the front: two LMDB environments, `register` (tables.def) and `files` (attachments in
 * pieces, so that large values never share pages with the register). Opened before the lock-down; afterwards the
 * process opens nothing. Any number of readers, one writer thread with group commit: what has been answered is on the
 * disk.
 */
#ifndef SEKISHO_REGISTER_REGISTER_H
#define SEKISHO_REGISTER_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

enum register_table {
#define TABLE(name, flags) TABLE_##name,
#include "server/register/tables.def"
#undef TABLE
    TABLE_COUNT
};

#define REGISTER_ID_LEN 16
#define REGISTER_SCHEMA 1u

struct writer;

struct reg {
    uint16_t tenant; /* JIS X 0401 */
    MDB_env *env, *files;
    MDB_dbi table[TABLE_COUNT];
    MDB_dbi pieces; /* in `files`: attachment id[16], u32 piece → bytes */
    struct writer *writer;
};

/* Opens (and makes, or brings to REGISTER_SCHEMA) the register in an existing folder. 0 or an LMDB or errno code, with
 * a text in error[256]. MDB_VERSION_MISMATCH: written by a newer Sekisho; nothing was touched. */
int reg_open(const char *folder, uint16_t tenant, size_t map_bytes, struct reg *reg, char error[256]);
void reg_close(struct reg *reg);

/*
 * The writer. A job runs on the writer's thread in a transaction nested in its group's: when run returns other than 0,
 * what this job wrote is taken back and nothing of the others. `done` is called on the writer's thread after the
 * group's commit is durable, with run's code, or with the commit's error: then nothing of the group happened.
 */
struct reg_job {
    int (*run)(struct reg_job *job, MDB_txn *txn, int64_t now_us);
    void (*done)(struct reg_job *job, int rc);
    struct reg_job *next; /* the writer's */
};
bool reg_writer_start(struct reg *reg);
void reg_writer_stop(struct reg *reg);
/* Any thread. False: the queue is full (BUSY). */
bool reg_write(struct reg *reg, struct reg_job *job);

/* A read transaction for the calling thread, used again and again: begin and end enclose one look. NULL: *rc. */
MDB_txn *reg_read_begin(struct reg *reg, int *rc);
void reg_read_end(struct reg *reg, MDB_txn *txn);

#endif
