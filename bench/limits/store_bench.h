/* What the loops of bench-store share: an open store of one prefecture, its people, and the clock. */
#ifndef SEKISHO_BENCH_STORE_BENCH_H
#define SEKISHO_BENCH_STORE_BENCH_H

#include "core/people.h"
#include "core/report.h"
#include "vault/operations.h"

#define BENCH_PREFECTURE 11

struct store_bench {
    struct store store;
    struct tenant *tenant;
    struct person *people;
    uint64_t people_count;
    struct session session;     /* whose guesses are counted: all are right, so none is ever charged */
    struct guess_limits limits; /* of every purpose */
    uint64_t random;
    uint32_t batch; /* items a call */
    uint32_t group; /* calls a commit */
    uint64_t duration_ns;
    struct histogram *latency; /* of a group */
};

/* A loop works for duration_ns and fills calls and elapsed_ns. 0, or -1 with a line on standard error. */
typedef int store_loop(struct store_bench *bench, struct run_result *result);

/* op_match alone, nothing recorded: the number's tag (one HMAC), its index row and two budget rows looked up, the
 * reference compared. Over LMDB alone, as the limit that a store on disk sets: the vault's memory of current pairs is
 * not loaded. After store_bench_remember the index row is looked up in that memory. */
store_loop store_loop_match;
/* The same with a ledger leaf a batch and a durable commit a group. */
store_loop store_loop_ledger;
/* Whole sealed calls, as the vault's main loop handles them, with a durable commit a group: all but the channel. */
store_loop store_loop_call;

/* What the ledger costs: prints rates of sealed calls with and without it, in turns. 0 or -1. */
int store_ledger_cost(struct store_bench *bench, const char *folder);

/* The context of operations in the open transaction; `budget` is closed by the caller. 0 or the store's code. */
int store_bench_context(struct store_bench *bench, struct budget *budget, struct op_context *context);

struct person *store_bench_next(struct store_bench *bench);

/* Guards nothing but synthetic numbers. */
extern const uint8_t store_bench_root_key[32];

/* Opens the store with room for people_count people. 0, or -1 with a line on standard error; store_close it. */
int store_bench_open(struct store_bench *bench, const char *folder);

/* Loads the vault's memory of current pairs. 0, or -1 with a line on standard error. */
int store_bench_remember(struct store_bench *bench);

/* Makes `folder` with a store of people_count people, its root.key and people.table. 0, or -1 with a line. */
int store_make(struct store_bench *bench, const char *folder);

/* Puts the rows of `people` people into the store's databases, `batch` a leaf and `group` leaves a commit, and writes
 * the report. The store is no longer one that the vault could read. 0, or -1 with a line. */
int lmdb_rows_run(const char *folder, uint64_t people, uint32_t batch, uint32_t group, struct histogram *latency);

#endif
