/*
 * What the commands of bench-register share: a register's own code in one process, without front, calls or client, as
 * the limit for what the set can do.
 */
#ifndef SEKISHO_BENCH_REGISTER_BENCH_H
#define SEKISHO_BENCH_REGISTER_BENCH_H

#include "core/histogram.h"
#include "core/registrants.h"
#include "core/report.h"
#include "server/register/entry.h"
#include "server/services/call_arena.h"

#define BENCH_PREFECTURE 11

struct register_bench {
    struct reg reg;
    uint32_t registrants;
    bool without_references; /* as an import: the vault knows none of them */
    uint64_t random, duration_ns;
    struct call_arena arena; /* of one look */
    ProtobufCAllocator allocator;
    struct histogram *latency;
};

/* The register in `folder`, with room for `registrants`. 0, or -1 with a line on standard error; reg_close it. */
int register_bench_open(struct register_bench *bench, const char *folder, uint32_t registrants);
int register_bench_fail(const char *what, int rc);

/* Takes over registrants `first` to `first + count - 1` in the transaction. 0 or the store's code. */
int register_bench_take_over(struct register_bench *bench, MDB_txn *txn, uint32_t first, uint32_t count);

/* Makes `folder` with a register of bench->registrants. 0, or -1 with a line. */
int register_make(struct register_bench *bench, const char *folder);

/* Puts the rows of `count` more registrants into the register's tables, `batch` registrants a durable commit, and
 * writes the report: rows and tables of an import, without its checks, keys and messages. 0, or -1 with a line. */
int register_rows(struct register_bench *bench, uint32_t count, uint32_t batch);

/* One look at a registrant picked at random, unpacked and packed again as it would be answered: 0, or -1 with a line.
 * By serial number; by registration number as written; by the vault's reference; the first page of a search by a whole
 * name; by the beginning of one. */
typedef int register_look(struct register_bench *bench);
register_look register_look_get, register_look_number, register_look_reference, register_look_name,
    register_look_prefix;

#endif
