/* What others' load generators say, and what of it is refused. The texts are theirs, as they were printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "driver/foreign.h"

#define H2LOAD(failed, succeeded)                                                                                      \
    "Main benchmark duration is over for thread #0. Stopping all clients.\n\n"                                         \
    "finished in 601.94ms, 29136.00 req/s, 1.01MB/s\n"                                                                 \
    "requests: 14568 total, 14568 started, 14568 done, " succeeded " succeeded, " failed                               \
    " failed, 0 errored, 0 timeout\n"                                                                                  \
    "status codes: 14568 2xx, 0 3xx, 0 4xx, 0 5xx\n"                                                                   \
    "                     min         max         mean         sd        +/- sd\n"                                     \
    "time for request:    166us     33.48ms      2.15ms      4.24ms    89.90%\n"

#define PGBENCH(failed)                                                                                                \
    "pgbench (15.18 (Debian 15.18-0+deb12u1))\n"                                                                       \
    "transaction type: select.pgbench\nscaling factor: 1\nquery mode: prepared\nnumber of clients: 16\n"               \
    "number of transactions actually processed: 58123\n"                                                               \
    "number of failed transactions: " failed " (0.000%)\n"                                                             \
    "latency average = 0.275 ms\ninitial connection time = 12.345 ms\n"                                                \
    "tps = 58123.456789 (without initial connection time)\n"

static double at(const json_t *result, const char *key)
{
    const json_t *value = json_object_get(result, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void h2load_gives_rate_and_times(void **state)
{
    (void)state;
    json_t *result = foreign_h2load(H2LOAD("0", "14568"));
    assert_non_null(result);
    assert_float_equal(at(result, "items_per_s"), 29136.0, 1e-9);
    assert_float_equal(at(result, "calls"), 14568, 0);
    const json_t *latency = json_object_get(result, "latency_us");
    assert_float_equal(at(latency, "min"), 166, 1e-9);
    assert_float_equal(at(latency, "max"), 33480, 1e-6);
    assert_float_equal(at(latency, "mean"), 2150, 1e-6);
    json_decref(result);
}

static void a_failed_request_spoils_h2load(void **state)
{
    (void)state;
    assert_null(foreign_h2load(H2LOAD("1", "14567")));
    assert_null(foreign_h2load(H2LOAD("0", "14567")));
    assert_null(foreign_h2load("finished in 1s, 0.00 req/s\n"));
    assert_null(foreign_h2load(""));
}

static void redis_benchmark_gives_rate_and_times(void **state)
{
    (void)state;
    json_t *result = foreign_redis_benchmark(
        "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\","
        "\"p99_latency_ms\",\"max_latency_ms\"\n"
        "\"GET key:__rand_int__\",\"178571.42\",\"0.055\",\"0.016\",\"0.050\",\"0.087\",\"0.111\",\"4.119\"\n");
    assert_non_null(result);
    assert_float_equal(at(result, "items_per_s"), 178571.42, 1e-6);
    const json_t *latency = json_object_get(result, "latency_us");
    assert_float_equal(at(latency, "p50"), 50, 1e-6);
    assert_float_equal(at(latency, "p99"), 111, 1e-6);
    json_decref(result);
    assert_null(foreign_redis_benchmark("Could not connect to Redis\n"));
    assert_null(foreign_redis_benchmark("\"test\",\"rps\",\"avg_latency_ms\"\n"));
}

static void pgbench_gives_rate_and_mean(void **state)
{
    (void)state;
    json_t *result = foreign_pgbench(PGBENCH("0"));
    assert_non_null(result);
    assert_float_equal(at(result, "items_per_s"), 58123.456789, 1e-6);
    assert_float_equal(at(result, "calls"), 58123, 0);
    assert_float_equal(at(json_object_get(result, "latency_us"), "mean"), 275, 1e-6);
    json_decref(result);
}

static void a_failed_transaction_spoils_pgbench(void **state)
{
    (void)state;
    assert_null(foreign_pgbench(PGBENCH("3")));
    assert_null(foreign_pgbench("pgbench: error: connection failed\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h2load_gives_rate_and_times),          cmocka_unit_test(a_failed_request_spoils_h2load),
        cmocka_unit_test(redis_benchmark_gives_rate_and_times), cmocka_unit_test(pgbench_gives_rate_and_mean),
        cmocka_unit_test(a_failed_transaction_spoils_pgbench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
