/*
 * bench-store: the vault's work in one process, without channel, front or client, as the limit for what the set can do.
 * The store is the vault's own, with its own tenant keys; the root key here guards synthetic numbers only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/secret.h"
#include "limits/store_bench.h"
#include "vault/call.h"
#include "vault/number_index.h"

#define BYTES_PER_PERSON 1024u /* room, with what copy-on-write leaves behind */
#define LEDGER_BYTES     (16ull << 30)

const uint8_t store_bench_root_key[32] = "bench: guards nothing but itself";
static struct histogram latency;

static const struct {
    const char *name;
    store_loop *run;
    bool memory; /* has the vault's memory of current pairs; else every look-up is LMDB's */
} loops[] = {{"match", store_loop_match, false},
             {"memory", store_loop_match, true},
             {"ledger", store_loop_ledger, false},
             {"call", store_loop_call, true}};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "bench-store: %s: %s\n", what, why);
    return -1;
}

int store_bench_open(struct store_bench *bench, const char *folder)
{
    const uint16_t prefecture = BENCH_PREFECTURE;
    size_t secrets = session_table_bytes(1) + call_engine_bytes() + sizeof(struct tenant_keys) + 4096;
    uint64_t map_bytes = bench->people_count * BYTES_PER_PERSON + LEDGER_BYTES;
    if (secret_arena_open(secrets) != 0) {
        return fail("secrets", "no locked memory");
    }
    int rc = store_open(&bench->store, folder, map_bytes, &prefecture, 1, store_bench_root_key);
    if (rc != 0) {
        return fail("store", mdb_strerror(rc));
    }
    bench->tenant = store_tenant(&bench->store, BENCH_PREFECTURE);
    bench->session = (struct session){.open = true, .tenant = bench->tenant, .account = "bench"};
    bench->limits = (struct guess_limits){5, 10, 3, 100, 200, 2000};
    return 0;
}

int store_bench_remember(struct store_bench *bench)
{
    int rc = index_load(&bench->store);
    return rc == 0 ? 0 : fail("index", mdb_strerror(rc));
}

static int run(struct store_bench *bench, size_t loop, const char *folder)
{
    struct run_result result = {
        .load = loops[loop].name, .in_flight = bench->group, .items_per_call = bench->batch, .latency = &latency};
    if (store_bench_open(bench, folder) != 0) {
        return -1;
    }
    store_prefault(&bench->store);
    if (loops[loop].memory && store_bench_remember(bench) != 0) {
        return -1;
    }
    uint64_t duration_ns = bench->duration_ns;
    bench->duration_ns = duration_ns / 4;
    int status = loops[loop].run == store_loop_call ? 0 : loops[loop].run(bench, &result);
    bench->duration_ns = duration_ns;
    result.calls = result.elapsed_ns = 0;
    histogram_clear(&latency);
    if (status == 0) {
        status = loops[loop].run(bench, &result);
    }
    store_close(&bench->store);
    return status == 0 ? report_write(&result, stdout) : -1;
}

static int usage(void)
{
    fputs("usage: bench-store make FOLDER PEOPLE\n"
          "       bench-store rows FOLDER PEOPLE BATCH GROUP\n"
          "       bench-store match|memory|ledger|call FOLDER TABLE BATCH GROUP SECONDS\n"
          "       bench-store cost FOLDER TABLE SECONDS\n",
          stderr);
    return 2;
}

static int main_make(struct store_bench *bench, char **words)
{
    bench->people_count = strtoull(words[1], NULL, 10);
    if (bench->people_count == 0 || bench->people_count > PEOPLE_MAX) {
        return usage();
    }
    return store_make(bench, words[0]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int main_rows(struct store_bench *bench, char **words)
{
    uint64_t people = strtoull(words[1], NULL, 10);
    unsigned long batch = strtoul(words[2], NULL, 10);
    unsigned long group = strtoul(words[3], NULL, 10);
    if (people == 0 || people > PEOPLE_MAX || batch < 1 || batch > CALL_ITEMS_MAX || group < 1 || group > 1024) {
        return usage();
    }
    return lmdb_rows_run(words[0], people, (uint32_t)batch, (uint32_t)group, bench->latency) == 0 ? EXIT_SUCCESS
                                                                                                  : EXIT_FAILURE;
}

static int main_loop(struct store_bench *bench, const char *name, char **words)
{
    bench->batch = (uint32_t)strtoul(words[2], NULL, 10);
    bench->group = (uint32_t)strtoul(words[3], NULL, 10);
    double seconds = strtod(words[4], NULL);
    if (bench->batch < 1 || bench->batch > CALL_ITEMS_MAX || bench->group < 1 || bench->group > 1024 ||
        !(seconds > 0.0)) {
        return usage();
    }
    bench->duration_ns = (uint64_t)(seconds * 1e9);
    if (people_load(words[1], &bench->people, &bench->people_count) != 0) {
        perror("bench-store");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        if (strcmp(name, loops[i].name) == 0) {
            return run(bench, i, words[0]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    return usage();
}

static int main_cost(struct store_bench *bench, char **words)
{
    bench->duration_ns = (uint64_t)(strtod(words[2], NULL) * 1e9);
    if (bench->duration_ns == 0) {
        return usage();
    }
    if (people_load(words[1], &bench->people, &bench->people_count) != 0) {
        perror("bench-store");
        return EXIT_FAILURE;
    }
    return store_ledger_cost(bench, words[0]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct store_bench bench = {.random = 0x9e3779b97f4a7c15u, .latency = &latency};
    if (argc < 4 || crypto_init() != 0) {
        return usage();
    }
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        return main_make(&bench, argv + 2);
    }
    if (argc == 6 && strcmp(argv[1], "rows") == 0) {
        return main_rows(&bench, argv + 2);
    }
    if (argc == 5 && strcmp(argv[1], "cost") == 0) {
        return main_cost(&bench, argv + 2);
    }
    return argc == 7 ? main_loop(&bench, argv[1], argv + 2) : usage();
}
