/* The line of JSON that the driver reads, and the arguments and clocks behind its figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/report.h"

static double number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static json_t *written(const struct run_result *result)
{
    char text[2048] = {0};
    FILE *out = fmemopen(text, sizeof(text), "w");
    assert_non_null(out);
    assert_int_equal(report_write(result, out), 0);
    fclose(out);
    char *line_end = strchr(text, '\n');
    assert_non_null(line_end);
    assert_int_equal(line_end[1], '\0');
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    return root;
}

static void rates_and_costs_follow_from_the_counts(void **state)
{
    (void)state;
    static struct histogram latency;
    struct watched servers[2] = {{.name = "front", .used_ns = 8000000}, {.name = "vault", .used_ns = 2000000}};
    struct run_result result = {
        .load = "match",
        .in_flight = 4,
        .items_per_call = 256,
        .calls = 1000,
        .elapsed_ns = 500000000,
        .client_cpu_ns = 5000000,
        .latency = &latency,
        .watched = servers,
        .watched_count = 2,
    };
    for (uint64_t us = 1; us <= 100; us++) {
        histogram_record(&latency, us * 1000);
    }
    json_t *root = written(&result);
    assert_string_equal(json_string_value(json_object_get(root, "load")), "match");
    assert_float_equal(number_at(root, "calls_per_s"), 2000.0, 1e-6);
    assert_float_equal(number_at(root, "items_per_s"), 512000.0, 1e-6);
    const json_t *cpu = json_object_get(root, "cpu_us_per_call");
    assert_float_equal(number_at(cpu, "front"), 8.0, 1e-9);
    assert_float_equal(number_at(cpu, "vault"), 2.0, 1e-9);
    assert_float_equal(number_at(cpu, "client"), 5.0, 1e-9);
    const json_t *times = json_object_get(root, "latency_us");
    assert_float_equal(number_at(times, "p50"), 50.0, 0.5);
    assert_float_equal(number_at(times, "mean"), 50.5, 1e-9);
    assert_float_equal(number_at(times, "max"), 100.0, 1e-9);
    json_decref(root);
}

static void a_run_without_calls_divides_by_nothing(void **state)
{
    (void)state;
    struct run_result result = {.load = "ping", .in_flight = 1, .items_per_call = 1, .failed = 3, .first_failure = 14};
    json_t *root = written(&result);
    assert_float_equal(number_at(root, "calls_per_s"), 0.0, 0.0);
    assert_float_equal(number_at(root, "failed"), 3.0, 0.0);
    assert_float_equal(number_at(root, "first_failure"), 14.0, 0.0);
    assert_null(json_object_get(root, "latency_us"));
    json_decref(root);
}

static void a_full_output_is_an_error(void **state)
{
    (void)state;
    struct run_result result = {.load = "ping"};
    FILE *full = fopen("/dev/full", "we");
    assert_non_null(full);
    assert_int_equal(report_write(&result, full), -1);
    fclose(full);
}

static void watched_processes_are_name_and_pid(void **state)
{
    (void)state;
    struct watched watched;
    assert_int_equal(watched_parse("vault:123", &watched), 0);
    assert_string_equal(watched.name, "vault");
    assert_int_equal(watched.pid, 123);
    assert_int_equal(watched_parse("vault", &watched), -1);
    assert_int_equal(watched_parse(":123", &watched), -1);
    assert_int_equal(watched_parse("vault:", &watched), -1);
    assert_int_equal(watched_parse("vault:-1", &watched), -1);
    assert_int_equal(watched_parse("vault:12x", &watched), -1);
    assert_int_equal(watched_parse("a-name-far-too-long-for-a-process:1", &watched), -1);
}

static void cpu_time_of_a_process_grows_with_its_work(void **state)
{
    (void)state;
    struct watched self = {.name = "self", .pid = getpid()};
    watched_begin(&self, 1);
    uint64_t until_ns = cpu_of_self_ns() + 30000000;
    while (cpu_of_self_ns() < until_ns) {
    }
    assert_int_equal(watched_end(&self, 1), 0);
    assert_in_range(self.used_ns, 20000000, 200000000);
}

static void a_process_that_ended_spoils_the_run(void **state)
{
    (void)state;
    struct watched gone = {.name = "gone", .pid = 0x7ffffffe};
    watched_begin(&gone, 1);
    assert_int_equal(watched_end(&gone, 1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_and_costs_follow_from_the_counts),
        cmocka_unit_test(a_run_without_calls_divides_by_nothing),
        cmocka_unit_test(a_full_output_is_an_error),
        cmocka_unit_test(watched_processes_are_name_and_pid),
        cmocka_unit_test(cpu_time_of_a_process_grows_with_its_work),
        cmocka_unit_test(a_process_that_ended_spoils_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
