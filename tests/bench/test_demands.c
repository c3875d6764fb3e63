/* Demands against what was measured, and the documents they go into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/demands.h"
#include "driver/plots.h"
#include "driver/results.h"
#include "driver/series.h"

static json_t *run_of(double rate, double p50)
{
    return json_pack("{s:i, s:i, s:f, s:f, s:{s:f, s:f, s:f, s:f}, s:{s:f}, s:{s:{s:f, s:f}, s:{s:f, s:f}}}",
                     "in_flight", 64, "items_per_call", 1, "items_per_s", rate, "calls_per_s", rate, "latency_us",
                     "p50", p50, "p90", p50 * 2, "p99", p50 * 3, "p999", p50 * 4, "cpu_us_per_call", "server", 7.0,
                     "memory_mib", "vault", "peak", 900.0, "private", 20.0, "front", "peak", 120.0, "private", 100.0);
}

/* Three rounds of a side. */
static void add(json_t *rounds, const char *side, double a, double b, double c)
{
    const double rates[] = {a, b, c};
    while (json_array_size(rounds) < 3) {
        json_array_append_new(rounds, json_object());
    }
    for (size_t i = 0; i < 3; i++) {
        json_object_set_new(json_array_get(rounds, i), side, run_of(rates[i], 1e6 / rates[i]));
    }
}

static json_t *pings(double ours)
{
    json_t *rounds = json_array();
    add(rounds, "ping-mtls-64-ours", ours, ours / 2, ours * 2);
    add(rounds, "ping-mtls-64-cpp-async1", 100, 50, 200);
    /* Lucky in one round, but no one would choose it. */
    add(rounds, "ping-mtls-64-cpp-callback", 60, 60, 900);
    return rounds;
}

static const json_t *demand(const json_t *evaluated, const char *title)
{
    size_t index;
    json_t *object;
    json_array_foreach(evaluated, index, object)
    {
        if (strcmp(json_string_value(json_object_get(object, "title")), title) == 0) {
            return object;
        }
    }
    fail_msg("no demand %s", title);
    return NULL;
}

#define BEST "empty unary, mTLS, 64 in flight: ours / best gRPC C++"

static void against_the_best_peer_within_each_round(void **state)
{
    (void)state;
    json_t *rounds = pings(98);
    json_t *evaluated = demands_evaluate(rounds);
    const json_t *best = demand(evaluated, BEST);
    assert_string_equal(json_string_value(json_object_get(best, "below")), "ping-mtls-64-cpp-async1");
    assert_float_equal(json_number_value(json_object_get(best, "median")), 0.98, 1e-9);
    assert_float_equal(json_number_value(json_object_get(best, "high")), 0.98, 1e-9);
    assert_true(json_is_true(json_object_get(best, "met")));
    json_decref(evaluated);
    json_decref(rounds);
}

static void a_missed_demand_is_told(void **state)
{
    (void)state;
    json_t *rounds = pings(80);
    json_t *evaluated = demands_evaluate(rounds);
    assert_true(json_is_false(json_object_get(demand(evaluated, BEST), "met")));
    /* p99 falls with the rate here: ours is 1.25 times as long. At most 1 was asked. */
    const json_t *late = demand(evaluated, "the same, 64 in flight: p99 ours / best gRPC C++");
    assert_float_equal(json_number_value(json_object_get(late, "median")), 1.25, 1e-9);
    assert_true(json_is_false(json_object_get(late, "met")));
    json_decref(evaluated);
    json_decref(rounds);
}

static void a_demand_whose_side_did_not_run_is_not_measured(void **state)
{
    (void)state;
    json_t *rounds = pings(98);
    json_t *evaluated = demands_evaluate(rounds);
    const json_t *enroll = demand(evaluated, "Enroll, durable / bare LMDB group commit of the same rows");
    assert_true(json_is_null(json_object_get(enroll, "met")));
    assert_string_equal(json_string_value(json_object_get(enroll, "missing")), "enroll-2000x2");
    json_decref(evaluated);
    json_decref(rounds);
}

static void added_latency_is_held_against_trips_and_a_commit(void **state)
{
    (void)state;
    json_t *rounds = json_array();
    add(rounds, "match-unary-1", 1e6 / 400, 1e6 / 400, 1e6 / 400); /* p50 400 us */
    add(rounds, "ping-mtls-1-ours", 1e6 / 100, 1e6 / 100, 1e6 / 100);
    add(rounds, "echo-1x1", 1e6 / 20, 1e6 / 20, 1e6 / 20);
    add(rounds, "store-ledger-1x1", 1e6 / 140, 1e6 / 140, 1e6 / 140);
    json_t *evaluated = demands_evaluate(rounds);
    const json_t *added =
        demand(evaluated, "1 in flight: median that Match adds / (3 socketpair round trips + 1 commit)");
    assert_float_equal(json_number_value(json_object_get(added, "median")), 300.0 / 200.0, 1e-9);
    assert_true(json_is_false(json_object_get(added, "met")));
    json_decref(evaluated);
    json_decref(rounds);
}

static void memory_is_an_amount(void **state)
{
    (void)state;
    json_t *rounds = json_array();
    add(rounds, "match-stream-256x32-large", 1, 1, 1);
    add(rounds, "connections-1000", 1, 1, 1);
    json_t *evaluated = demands_evaluate(rounds);
    const json_t *vault = demand(evaluated, "vault's private memory, larger store");
    assert_float_equal(json_number_value(json_object_get(vault, "median")), 20, 1e-9);
    assert_true(json_is_true(json_object_get(vault, "met")));
    const json_t *front = demand(evaluated, "front's peak memory at 1,000 connections");
    assert_float_equal(json_number_value(json_object_get(front, "median")), 120, 1e-9);
    json_decref(evaluated);
    json_decref(rounds);
}

static void a_series_with_a_hole_is_none(void **state)
{
    (void)state;
    json_t *rounds = pings(98);
    json_object_del(json_array_get(rounds, 1), "ping-mtls-64-ours");
    assert_int_equal(series_of(rounds, "ping-mtls-64-ours", "items_per_s").count, 1); /* as a side that runs once */
    json_object_del(json_array_get(rounds, 0), "ping-mtls-64-ours");
    assert_int_equal(series_of(rounds, "ping-mtls-64-ours", "items_per_s").count, 0);
    json_decref(rounds);
}

static json_t *whole_results(void)
{
    json_t *rounds = pings(98);
    json_t *offered = run_of(500, 90);
    json_object_set_new(offered, "offered_per_s", json_real(500));
    for (size_t i = 0; i < 3; i++) {
        json_object_set(json_array_get(rounds, i), "open-match-25", offered);
        json_object_set(json_array_get(rounds, i), "open-match-75", offered);
    }
    json_decref(offered);
    add(rounds, "register-get-1-small", 2000, 2100, 1900);
    add(rounds, "register-get-1", 1900, 2000, 1800);
    return json_pack("{s:I, s:s, s:{s:s, s:i, s:b, s:f, s:s, s:s, s:s, s:s, s:{s:s}}, s:[s], s:[s], s:o, s:o, s:o}",
                     "registrants", (json_int_t)300000, "command", "scripts/bench --quick", "machine", "cpu", "a CPU",
                     "cores", 2, "virtual", 1, "memory_gib", 4.0, "kernel", "6.1", "system", "a system", "compiler",
                     "cc 1", "commit", "abc", "versions", "LMDB", "1", "notes", "a note", "plots", "throughput",
                     "demands", demands_evaluate(rounds), "sides", results_summary(rounds), "rounds", rounds);
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, 1 << 18);
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
    fclose(file);
    unlink(path);
    return text;
}

static void the_page_has_both_tables_and_the_machine(void **state)
{
    (void)state;
    static const char *const parts[] = {"`ping-mtls-64-ours`",    ">= 0.95 | 0.98", "| met |",   "not measured",
                                        "a CPU, 2 cores",         "- a note",       "- LMDB: 1", "server 7.0",
                                        "results/throughput.svg", "49.0-196"};
    char path[] = "/tmp/test-bench-page-XXXXXX";
    close(mkstemp(path));
    json_t *results = whole_results();
    assert_int_equal(page_write(results, path), 0);
    char *text = file_text(path);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strstr(text, parts[i]) == NULL) {
            fail_msg("the page lacks %s:\n%s", parts[i], text);
        }
    }
    free(text);
    json_decref(results);
}

static void plots_are_whole_and_hold_their_sides(void **state)
{
    (void)state;
    static const struct {
        int (*draw)(const json_t *results, const char *path);
        const char *part;
    } plots[] = {{plot_throughput, "gRPC C++ async, 1 thread"},
                 {plot_percentiles, "ping-mtls-64-ours"},
                 {plot_open_loop, "open-match, p99"},
                 {plot_growth, "an entry, mTLS"}};
    json_t *results = whole_results();
    for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
        char path[] = "/tmp/test-bench-plot-XXXXXX";
        close(mkstemp(path));
        assert_int_equal(plots[i].draw(results, path), 1);
        char *text = file_text(path);
        assert_memory_equal(text, "<svg ", 5);
        assert_non_null(strstr(text, plots[i].part));
        assert_string_equal(text + strlen(text) - 7, "</svg>\n");
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "inf"));
        free(text);
    }
    json_decref(results);
}

static void nothing_to_plot_is_no_plot(void **state)
{
    (void)state;
    json_t *results = json_pack("{s:[]}", "sides");
    assert_int_equal(plot_throughput(results, "/nonexistent/x"), 0);
    assert_int_equal(plot_percentiles(results, "/nonexistent/x"), 0);
    assert_int_equal(plot_open_loop(results, "/nonexistent/x"), 0);
    assert_int_equal(plot_growth(results, "/nonexistent/x"), 0);
    json_decref(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_the_best_peer_within_each_round),
        cmocka_unit_test(a_missed_demand_is_told),
        cmocka_unit_test(a_demand_whose_side_did_not_run_is_not_measured),
        cmocka_unit_test(added_latency_is_held_against_trips_and_a_commit),
        cmocka_unit_test(memory_is_an_amount),
        cmocka_unit_test(a_series_with_a_hole_is_none),
        cmocka_unit_test(the_page_has_both_tables_and_the_machine),
        cmocka_unit_test(plots_are_whole_and_hold_their_sides),
        cmocka_unit_test(nothing_to_plot_is_no_plot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
