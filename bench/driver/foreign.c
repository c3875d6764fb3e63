#include "driver/foreign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *result_of(double calls, double per_s, json_t *latency)
{
    return json_pack("{s:I, s:f, s:f, s:o}", "calls", (json_int_t)calls, "calls_per_s", per_s, "items_per_s", per_s,
                     "latency_us", latency);
}

/* "15.44ms", "166us", "1.20s" in microseconds; -1 when it is none of them. */
static double duration_us(const char *text)
{
    char *unit;
    double value = strtod(text, &unit);
    if (unit == text) {
        return -1.0;
    }
    if (strcmp(unit, "us") == 0) {
        return value;
    }
    if (strcmp(unit, "ms") == 0) {
        return value * 1e3;
    }
    return strcmp(unit, "s") == 0 ? value * 1e6 : -1.0;
}

json_t *foreign_h2load(const char *output)
{
    double per_s;
    unsigned long long done, succeeded, failed, errored;
    char least[32], most[32], mean[32];
    const char *finished = strstr(output, "finished in ");
    const char *requests = strstr(output, "requests: ");
    const char *times = strstr(output, "time for request:");
    if (finished == NULL || requests == NULL || times == NULL ||
        sscanf(finished, "finished in %*[^,], %lf req/s", &per_s) != 1 ||
        sscanf(requests, "requests: %*u total, %*u started, %llu done, %llu succeeded, %llu failed, %llu errored",
               &done, &succeeded, &failed, &errored) != 4 ||
        sscanf(times, "time for request: %31s %31s %31s", least, most, mean) != 3) {
        return NULL;
    }
    double mean_us = duration_us(mean);
    if (succeeded == 0 || succeeded != done || failed != 0 || errored != 0 || mean_us < 0.0) {
        return NULL;
    }
    return result_of(
        (double)succeeded, per_s,
        json_pack("{s:f, s:f, s:f}", "min", duration_us(least), "mean", mean_us, "max", duration_us(most)));
}

json_t *foreign_redis_benchmark(const char *output)
{
    double rps, mean, least, p50, p95, p99, most;
    const char *row = strchr(output, '\n');
    if (strncmp(output, "\"test\",\"rps\",", 13) != 0 || row == NULL ||
        sscanf(row, "\n\"%*[^\"]\",\"%lf\",\"%lf\",\"%lf\",\"%lf\",\"%lf\",\"%lf\",\"%lf\"", &rps, &mean, &least, &p50,
               &p95, &p99, &most) != 7 ||
        !(rps > 0.0)) {
        return NULL;
    }
    /* It does not tell how many calls it made; who asked for them knows. */
    return result_of(0, rps,
                     json_pack("{s:f, s:f, s:f, s:f, s:f}", "min", least * 1e3, "mean", mean * 1e3, "p50", p50 * 1e3,
                               "p99", p99 * 1e3, "max", most * 1e3));
}

json_t *foreign_pgbench(const char *output)
{
    static const char done_text[] = "number of transactions actually processed: ";
    static const char failed_text[] = "number of failed transactions: ";
    const char *done = strstr(output, done_text);
    const char *failed = strstr(output, failed_text);
    const char *latency = strstr(output, "latency average = ");
    const char *rate = strstr(output, "tps = ");
    double mean_ms, per_s;
    if (done == NULL || failed == NULL || latency == NULL || rate == NULL ||
        strtoull(failed + sizeof(failed_text) - 1, NULL, 10) != 0 ||
        sscanf(latency, "latency average = %lf ms", &mean_ms) != 1 || sscanf(rate, "tps = %lf", &per_s) != 1 ||
        !(per_s > 0.0)) {
        return NULL;
    }
    return result_of((double)strtoull(done + sizeof(done_text) - 1, NULL, 10), per_s,
                     json_pack("{s:f}", "mean", mean_ms * 1e3));
}
