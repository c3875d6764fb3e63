#include "driver/run.h"

#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "core/statistics.h"
#include "driver/company.h"
#include "driver/foreign.h"

#define ALLOWANCE_S 120 /* what a run may take beyond its time: sealing ahead, connecting, a slow disk */

/* The kernel may have taken a store out of the page cache while other sides ran. */
static void touch_store(struct bench *bench, const struct side *side)
{
    char path[PATH_SIZE];
    if (part_is_set(side->part)) {
        file_touch(set_of(bench, side->part)->store);
    } else if (side->part >= PART_REGISTER && part_has_registers(side->part)) {
        if (path_make(path, "%s/11.register", bench->register_copy[side->part - PART_REGISTER]) == 0) {
            file_touch(path);
        }
    } else if (side->part == PART_STORE || side->part == PART_STORE_LARGE || side->part == PART_ROWS) {
        const struct data *data = data_of(bench, side->part);
        if (path_make(path, "%s/data.mdb", side->part == PART_ROWS ? data->rows : data->copy) == 0) {
            file_touch(path);
        }
    }
}

static json_t *parse_ours(const struct side *side, const char *output)
{
    json_error_t error;
    json_t *result = json_loads(output, JSON_DISABLE_EOF_CHECK, &error);
    if (result == NULL) {
        bench_fail("%s: no result: %s", side->name, error.text);
    }
    return result;
}

/* All calls that the CPU time seen was spent on: h2load does not count those of its warm-up, and redis-benchmark makes
 * as many as it is told and tells nothing. */
static double calls_of(const struct bench *bench, const struct side *side, const json_t *result,
                       const struct command *command)
{
    double calls = json_number_value(json_object_get(result, "calls"));
    if (side->tool == TOOL_H2LOAD) {
        return json_number_value(json_object_get(result, "calls_per_s")) * (bench->options.seconds + WARM_UP);
    }
    for (size_t i = 0; calls == 0.0 && i + 1 < command->count; i++) {
        calls = strcmp(command->words[i], "-n") == 0 ? strtod(command->words[i + 1], NULL) : 0.0;
    }
    return calls;
}

static json_t *parse_foreign(const struct side *side, const char *output)
{
    json_t *result = side->tool == TOOL_H2LOAD            ? foreign_h2load(output)
                     : side->tool == TOOL_REDIS_BENCHMARK ? foreign_redis_benchmark(output)
                                                          : foreign_pgbench(output);
    if (result == NULL) {
        bench_fail("%s: unexpected output, or a call failed: %.600s", side->name, output);
    }
    return result;
}

static void add_costs(json_t *result, const struct side *side, double calls, uint64_t server_ns, uint64_t client_ns,
                      pid_t server)
{
    struct watched watched = {.pid = server};
    watched_memory(&watched);
    json_object_set_new(result, "load", json_string(side->name));
    json_object_set_new(result, "in_flight", json_integer(side->in_flight));
    json_object_set_new(result, "items_per_call", json_integer(side->items_per_call));
    json_object_set_new(
        result, "cpu_us_per_call",
        json_pack("{s:f, s:f}", "server", (double)server_ns / 1e3 / calls, "client", (double)client_ns / 1e3 / calls));
    json_object_set_new(result, "memory_mib",
                        json_pack("{s:{s:f, s:f}}", "server", "peak", (double)watched.peak_kib / 1024.0, "private",
                                  (double)watched.private_kib / 1024.0));
}

static json_t *run_foreign(const struct bench *bench, const struct side *side, const struct command *command)
{
    struct finished finished;
    pid_t server = side_server(bench, side);
    uint64_t before_ns = cpu_of_tree_ns(server);
    if (run_to_end(command, bench->options.seconds + ALLOWANCE_S, &finished) != 0) {
        return NULL;
    }
    uint64_t used_ns = cpu_of_tree_ns(server) - before_ns;
    json_t *result = parse_foreign(side, finished.output);
    if (result != NULL) {
        add_costs(result, side, calls_of(bench, side, result, command), used_ns, finished.cpu_ns, server);
    }
    finished_free(&finished);
    return result;
}

static json_t *run_ours(const struct bench *bench, const struct side *side, const struct command *command)
{
    struct finished finished;
    if (run_to_end(command, bench->options.seconds * 3 + ALLOWANCE_S, &finished) != 0) {
        return NULL;
    }
    json_t *result = parse_ours(side, finished.output);
    finished_free(&finished);
    return result;
}

json_t *side_run(struct bench *bench, const struct side *side)
{
    static struct command command;
    static struct company company;
    touch_store(bench, side);
    side->words(bench, side, &command);
    json_t *result = NULL;
    if (company_start(bench, side, &company) == 0) {
        result = (side->tool == TOOL_OURS ? run_ours : run_foreign)(bench, side, &command);
    }
    if (company_end(&company) != 0) {
        json_decref(result);
        return NULL;
    }
    if (result != NULL && !(json_number_value(json_object_get(result, "items_per_s")) > 0.0)) {
        bench_fail("%s: no rate", side->name);
        json_decref(result);
        result = NULL;
    }
    return result;
}

static bool needed(const struct chosen *chosen, enum capacity capacity)
{
    for (size_t i = 0; i < chosen->count; i++) {
        if (sides[chosen->side[i]].percent != 0 && sides[chosen->side[i]].capacity == capacity) {
            return true;
        }
    }
    return false;
}

int find_capacities(struct bench *bench, const struct chosen *chosen)
{
    static const char *const closed_loops[CAPACITIES] = {[CAPACITY_OURS] = "ping-mtls-64-ours",
                                                         [CAPACITY_ASYNC] = "ping-mtls-64-cpp-async1",
                                                         [CAPACITY_MATCH] = "match-unary-64"};
    for (enum capacity capacity = CAPACITY_NONE + 1; capacity < CAPACITIES; capacity++) {
        if (!needed(chosen, capacity)) {
            continue;
        }
        say("finding the rates of the open loops");
        json_t *result = side_run(bench, &sides[side_find(closed_loops[capacity])]);
        if (result == NULL) {
            return -1;
        }
        bench->capacity[capacity] = json_number_value(json_object_get(result, "calls_per_s"));
        json_decref(result);
    }
    return 0;
}

static bool has_failed(const json_t *failed, const char *name)
{
    size_t index;
    json_t *value;
    json_array_foreach(failed, index, value)
    {
        if (strcmp(json_string_value(value), name) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *run_round(struct bench *bench, const struct chosen *chosen, size_t round, json_t *failed)
{
    size_t order[sizeof(chosen->side) / sizeof(chosen->side[0])];
    json_t *results = json_object();
    round_order(round, order, chosen->count);
    for (size_t i = 0; i < chosen->count && !end_asked(); i++) {
        const struct side *side = &sides[chosen->side[order[i]]];
        if ((side->when == ONCE && round > 0) || has_failed(failed, side->name)) {
            continue;
        }
        say("round %zu of %u, side %zu of %zu: %s", round + 1, bench->options.rounds, i + 1, chosen->count, side->name);
        json_t *result = side_run(bench, side);
        if (result != NULL) {
            json_object_set_new(results, side->name, result);
        } else if (!end_asked()) {
            json_array_append_new(failed, json_string(side->name));
        }
    }
    return results;
}

/* A side that failed in one round has no figures at all: half a series is none. */
static void drop_failed(json_t *rounds, const json_t *failed)
{
    size_t number, index;
    json_t *round, *name;
    json_array_foreach(rounds, number, round)
    {
        json_array_foreach(failed, index, name)
        {
            json_object_del(round, json_string_value(name));
        }
    }
}

json_t *run_rounds(struct bench *bench, const struct chosen *chosen, json_t *failed)
{
    json_t *rounds = json_array();
    for (size_t round = 0; round < bench->options.rounds && !end_asked(); round++) {
        json_array_append_new(rounds, run_round(bench, chosen, round, failed));
    }
    if (end_asked()) {
        bench_fail("told to end");
        json_decref(rounds);
        return NULL;
    }
    drop_failed(rounds, failed);
    return rounds;
}
