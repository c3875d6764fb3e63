#include "core/report.h"

#include <jansson.h>

static double per_call_us(uint64_t ns, const struct run_result *result)
{
    return result->calls == 0 ? 0.0 : (double)ns / 1e3 / (double)result->calls;
}

static json_t *latency_object(const struct histogram *latency)
{
    double mean = latency->count == 0 ? 0.0 : (double)latency->sum / (double)latency->count;
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "min", (double)latency->min / 1e3, "mean", mean / 1e3,
                     "p50", (double)histogram_quantile(latency, 0.50) / 1e3, "p90",
                     (double)histogram_quantile(latency, 0.90) / 1e3, "p99",
                     (double)histogram_quantile(latency, 0.99) / 1e3, "p999",
                     (double)histogram_quantile(latency, 0.999) / 1e3, "max", (double)latency->max / 1e3);
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
    int status = json_dumpf(root, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
    json_decref(root);
    return status == 0 && fputc('\n', out) != EOF && fflush(out) == 0 ? 0 : -1;
}
