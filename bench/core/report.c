#include "core/report.h"

#include <jansson.h>

static double per_call_us(uint64_t ns, const struct run_result *result)
{
    return result->calls == 0 ? 0.0 : (double)ns / 1e3 / (double)result->calls;
}

static const struct {
    const char *name;
    double quantile;
} quantiles[] = {{"p50", 0.50}, {"p75", 0.75}, {"p90", 0.90}, {"p99", 0.99}, {"p999", 0.999}, {"p9999", 0.9999}};

static json_t *latency_object(const struct histogram *latency)
{
    double mean = latency->count == 0 ? 0.0 : (double)latency->sum / (double)latency->count;
    json_t *object = json_pack("{s:f, s:f, s:f}", "min", (double)latency->min / 1e3, "mean", mean / 1e3, "max",
                               (double)latency->max / 1e3);
    for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
        double us = (double)histogram_quantile(latency, quantiles[i].quantile) / 1e3;
        json_object_set_new(object, quantiles[i].name, json_real(us));
    }
    return object;
}

static json_t *cpu_object(const struct run_result *result)
{
    json_t *cpu = json_object();
    for (int i = 0; i < result->watched_count; i++) {
        json_object_set_new(cpu, result->watched[i].name, json_real(per_call_us(result->watched[i].used_ns, result)));
    }
    if (result->client_cpu_ns != 0) {
        json_object_set_new(cpu, "client", json_real(per_call_us(result->client_cpu_ns, result)));
    }
    return cpu;
}

static json_t *memory_object(const struct run_result *result)
{
    json_t *memory = json_object();
    for (int i = 0; i < result->watched_count; i++) {
        const struct watched *watched = &result->watched[i];
        json_object_set_new(memory, watched->name,
                            json_pack("{s:f, s:f}", "peak", (double)watched->peak_kib / 1024.0, "private",
                                      (double)watched->private_kib / 1024.0));
    }
    return memory;
}

int report_write(const struct run_result *result, FILE *out)
{
    double seconds = (double)result->elapsed_ns / 1e9;
    double calls_per_s = seconds > 0.0 ? (double)result->calls / seconds : 0.0;
    json_t *root = json_pack("{s:s, s:i, s:i, s:I, s:I, s:i, s:f, s:f, s:f, s:I}", "load", result->load, "in_flight",
                             (int)result->in_flight, "items_per_call", (int)result->items_per_call, "calls",
                             (json_int_t)result->calls, "failed", (json_int_t)result->failed, "first_failure",
                             result->first_failure, "seconds", seconds, "calls_per_s", calls_per_s, "items_per_s",
                             calls_per_s * result->items_per_call, "sealed_live", (json_int_t)result->sealed_live);
    if (root == NULL) {
        return -1;
    }
    if (result->latency != NULL) {
        json_object_set_new(root, "latency_us", latency_object(result->latency));
    }
    json_object_set_new(root, "cpu_us_per_call", cpu_object(result));
    json_object_set_new(root, "memory_mib", memory_object(result));
    if (result->offered_per_s > 0.0) {
        json_object_set_new(root, "offered_per_s", json_real(result->offered_per_s));
        json_object_set_new(root, "unanswered", json_integer((json_int_t)result->unanswered));
    }
    int status = json_dumpf(root, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
    json_decref(root);
    return status == 0 && fputc('\n', out) != EOF && fflush(out) == 0 ? 0 : -1;
}
