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

#define MAKE_PER_COMMIT  20000
#define BYTES_PER_PERSON 1024u /* room, with what copy-on-write leaves behind */
#define LEDGER_BYTES     (16ull << 30)

static const uint8_t root_key[32] = "bench: guards nothing but itself";
static struct histogram latency;

static const struct {
    const char *name;
    store_loop *run;
} loops[] = {{"match", store_loop_match}, {"ledger", store_loop_ledger}, {"call", store_loop_call}};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "bench-store: %s: %s\n", what, why);
    return -1;
}

static int open_store(struct store_bench *bench, const char *folder)
{
    const uint16_t prefecture = BENCH_PREFECTURE;
    size_t secrets = session_table_bytes(1) + call_engine_bytes() + sizeof(struct tenant_keys) + 4096;
    uint64_t map_bytes = bench->people_count * BYTES_PER_PERSON + LEDGER_BYTES;
    if (secret_arena_open(secrets) != 0) {
        return fail("secrets", "no locked memory");
    }
    int rc = store_open(&bench->store, folder, map_bytes, &prefecture, 1, root_key);
    if (rc != 0) {
        return fail("store", mdb_strerror(rc));
    }
    bench->tenant = store_tenant(&bench->store, BENCH_PREFECTURE);
    bench->session = (struct session){.open = true, .tenant = bench->tenant, .account = "bench"};
    bench->limits = (struct guess_limits){5, 10, 3, 100, 200, 2000};
    return 0;
}

static int enroll_range(struct store_bench *bench, uint64_t from, uint64_t to)
{
    struct op_context context;
    struct budget budget;
    int rc = store_begin(&bench->store);
    rc = rc == 0 ? store_bench_context(bench, &budget, &context) : rc;
    for (uint64_t i = from; rc == 0 && i < to; i++) {
        struct op_result result = {0};
        uint8_t request_id[REQUEST_ID_LEN];
        crypto_random(request_id, sizeof(request_id));
        rc = enroll_number(&context, bench->people[i].number, request_id, &result);
        if (rc == 0 && result.detail != DETAIL_DONE) {
            return fail("enrol", "a number was refused");
        }
        memcpy(bench->people[i].reference, result.reference, REFERENCE_LEN);
    }
    rc = rc == 0 ? budget_close(&budget) : rc;
    rc = rc == 0 ? store_commit(&bench->store) : rc;
    return rc == 0 ? 0 : fail("enrol", mdb_strerror(rc));
}

static int make(struct store_bench *bench, const char *folder, const char *table)
{
    bench->people = people_make(bench->people_count);
    if (bench->people == NULL || mkdir(folder, 0700) != 0) {
        return fail("make", "no memory, or the folder exists");
    }
    if (open_store(bench, folder) != 0) {
        return -1;
    }
    int result = 0;
    for (uint64_t from = 0; result == 0 && from < bench->people_count; from += MAKE_PER_COMMIT) {
        uint64_t to = from + MAKE_PER_COMMIT;
        result = enroll_range(bench, from, to < bench->people_count ? to : bench->people_count);
    }
    store_close(&bench->store);
    return result == 0 ? people_save(table, bench->people, bench->people_count) : -1;
}

static int run(struct store_bench *bench, size_t loop, const char *folder)
{
    struct run_result result = {
        .load = loops[loop].name, .in_flight = bench->group, .items_per_call = bench->batch, .latency = &latency};
    if (open_store(bench, folder) != 0) {
        return -1;
    }
    store_prefault(&bench->store);
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
    fputs("usage: bench-store make FOLDER TABLE COUNT\n"
          "       bench-store match|ledger|call FOLDER TABLE BATCH GROUP SECONDS\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct store_bench bench = {.random = 0x9e3779b97f4a7c15u, .latency = &latency};
    if (argc < 5 || crypto_init() != 0) {
        return usage();
    }
    if (argc == 5 && strcmp(argv[1], "make") == 0) {
        bench.people_count = strtoull(argv[4], NULL, 10);
        bool fits = bench.people_count > 0 && bench.people_count <= 100000000;
        return fits ? make(&bench, argv[2], argv[3]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE : usage();
    }
    bench.batch = argc == 7 ? (uint32_t)strtoul(argv[4], NULL, 10) : 0;
    bench.group = argc == 7 ? (uint32_t)strtoul(argv[5], NULL, 10) : 0;
    double seconds = argc == 7 ? strtod(argv[6], NULL) : 0.0;
    if (bench.batch < 1 || bench.batch > CALL_ITEMS_MAX || bench.group < 1 || bench.group > 1024 || !(seconds > 0.0)) {
        return usage();
    }
    bench.duration_ns = (uint64_t)(seconds * 1e9);
    if (people_load(argv[3], &bench.people, &bench.people_count) != 0) {
        perror("bench-store");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        if (strcmp(argv[1], loops[i].name) == 0) {
            return run(&bench, i, argv[2]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    return usage();
}
