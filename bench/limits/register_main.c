/* bench-register: the register's work in one process; makes the registers of a bench. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"
#include "limits/register_bench.h"

static struct histogram latency;

static int usage(void)
{
    fputs("usage: bench-register make FOLDER REGISTRANTS\n"
          "       bench-register rows FOLDER REGISTRANTS COUNT BATCH\n"
          "       bench-register get|number|reference|name|prefix FOLDER REGISTRANTS SECONDS\n",
          stderr);
    return 2;
}

static int run_for(struct register_bench *bench, register_look *look, uint64_t duration_ns, struct run_result *result)
{
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    histogram_clear(&latency);
    result->calls = 0;
    while (before_ns - begin_ns < duration_ns) {
        if (look(bench) != 0) {
            return -1;
        }
        uint64_t now_ns = clock_ns();
        histogram_record(&latency, now_ns - before_ns);
        before_ns = now_ns;
        result->calls++;
    }
    result->elapsed_ns = before_ns - begin_ns;
    return 0;
}

static int run_looks(struct register_bench *bench, register_look *look, const char *name)
{
    struct run_result result = {.load = name, .in_flight = 1, .items_per_call = 1, .latency = &latency};
    if (run_for(bench, look, bench->duration_ns / 4, &result) != 0 ||
        run_for(bench, look, bench->duration_ns, &result) != 0) {
        return -1;
    }
    return report_write(&result, stdout);
}

static uint32_t number_of(const char *text)
{
    unsigned long long value = strtoull(text, NULL, 10);
    return value <= REGISTRANTS_MAX ? (uint32_t)value : 0;
}

static int main_make(struct register_bench *bench, char **words)
{
    bench->registrants = number_of(words[1]);
    return bench->registrants != 0 && register_make(bench, words[0]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int main_rows(struct register_bench *bench, char **words)
{
    uint32_t count = number_of(words[2]), batch = number_of(words[3]);
    if (count == 0 || batch == 0 || register_bench_open(bench, words[0], number_of(words[1])) != 0) {
        return EXIT_FAILURE;
    }
    bench->without_references = true;
    int result = register_rows(bench, count, batch);
    reg_close(&bench->reg);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int main_looks(struct register_bench *bench, const char *name, char **words)
{
    static const struct {
        const char *name;
        register_look *look;
    } looks[] = {{"get", register_look_get},
                 {"number", register_look_number},
                 {"reference", register_look_reference},
                 {"name", register_look_name},
                 {"prefix", register_look_prefix}};
    bench->duration_ns = (uint64_t)(strtod(words[2], NULL) * 1e9);
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        if (strcmp(name, looks[i].name) != 0 || register_bench_open(bench, words[0], number_of(words[1])) != 0) {
            continue;
        }
        int result = run_looks(bench, looks[i].look, name);
        reg_close(&bench->reg);
        return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return usage();
}

int main(int argc, char **argv)
{
    struct register_bench bench = {.random = 0x9e3779b97f4a7c15u, .latency = &latency};
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        return main_make(&bench, argv + 2);
    }
    if (argc == 6 && strcmp(argv[1], "rows") == 0) {
        return main_rows(&bench, argv + 2);
    }
    return argc == 5 ? main_looks(&bench, argv[1], argv + 2) : usage();
}
