#include "driver/results.h"

#include <stdio.h>
#include <string.h>

#include "driver/series.h"

static const char *const latencies[] = {"p50", "p90", "p99", "p999", "mean", "max"};

static json_t *spread_object(const json_t *rounds, const char *side, const char *path)
{
    struct spread spread;
    if (series_spread(rounds, side, path, &spread) != 0) {
        return json_null();
    }
    return json_pack("{s:f, s:f, s:f}", "median", spread.median, "low", spread.low, "high", spread.high);
}

/* The first round that has the side: which processes it watched, how it was set up. */
static json_t *first_result(const json_t *rounds, const char *side)
{
    size_t number;
    json_t *round;
    json_array_foreach(rounds, number, round)
    {
        json_t *result = json_object_get(round, side);
        if (result != NULL) {
            return result;
        }
    }
    return NULL;
}

/* Medians of the values "<group>.<process>[.<detail>]" of every process that the side watched. */
static json_t *by_process(const json_t *rounds, const char *side, json_t *first, const char *group, const char *detail)
{
    json_t *object = json_object();
    const char *process;
    json_t *value;
    json_object_foreach(json_object_get(first, group), process, value)
    {
        char path[128];
        struct spread spread;
        snprintf(path, sizeof(path), "%s.%s%s", group, process, detail);
        if (series_spread(rounds, side, path, &spread) == 0) {
            json_object_set_new(object, process, json_real(spread.median));
        }
    }
    return object;
}

static json_t *summary_of(const json_t *rounds, const struct side *side)
{
    json_t *first = first_result(rounds, side->name);
    if (first == NULL) {
        return NULL;
    }
    json_t *entry =
        json_pack("{s:s, s:s, s:O, s:O}", "side", side->name, "title", side->title, "items_per_call",
                  json_object_get(first, "items_per_call"), "in_flight", json_object_get(first, "in_flight"));
    json_object_set_new(entry, "items_per_s", spread_object(rounds, side->name, "items_per_s"));
    if (side->percent != 0) {
        json_object_set_new(entry, "offered_per_s", spread_object(rounds, side->name, "offered_per_s"));
    }
    json_t *latency = json_object();
    for (size_t i = 0; i < sizeof(latencies) / sizeof(latencies[0]); i++) {
        char path[64];
        snprintf(path, sizeof(path), "latency_us.%s", latencies[i]);
        json_object_set_new(latency, latencies[i], spread_object(rounds, side->name, path));
    }
    json_object_set_new(entry, "latency_us", latency);
    json_object_set_new(entry, "cpu_us_per_call", by_process(rounds, side->name, first, "cpu_us_per_call", ""));
    json_object_set_new(entry, "peak_mib", by_process(rounds, side->name, first, "memory_mib", ".peak"));
    json_object_set_new(entry, "private_mib", by_process(rounds, side->name, first, "memory_mib", ".private"));
    return entry;
}

json_t *results_summary(const json_t *rounds)
{
    json_t *summary = json_array();
    for (size_t i = 0; i < side_count; i++) {
        json_t *entry = summary_of(rounds, &sides[i]);
        if (entry != NULL) {
            json_array_append_new(summary, entry);
        }
    }
    return summary;
}
