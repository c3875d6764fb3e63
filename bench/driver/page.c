/* bench/RESULTS.md. */
#include <errno.h>
#include <string.h>

#include "driver/results.h"

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "unknown";
}

static void print_list(const json_t *texts, FILE *out)
{
    size_t index;
    json_t *text;
    json_array_foreach(texts, index, text)
    {
        fprintf(out, "- %s\n", json_string_value(text));
    }
}

static void print_machine(json_t *machine, FILE *out)
{
    const char *name;
    json_t *version;
    fprintf(out, "%s, %d cores, %.1f GiB, a %s with Linux %s, %s. %s. Commit %s.\n\n", text_at(machine, "cpu"),
            (int)json_integer_value(json_object_get(machine, "cores")),
            json_number_value(json_object_get(machine, "memory_gib")),
            json_is_true(json_object_get(machine, "virtual")) ? "virtual machine" : "machine",
            text_at(machine, "kernel"), text_at(machine, "system"), text_at(machine, "compiler"),
            text_at(machine, "commit"));
    json_object_foreach(json_object_get(machine, "versions"), name, version)
    {
        fprintf(out, "- %s: %s\n", name, json_string_value(version));
    }
}

static void print_plots(const json_t *plots, FILE *out)
{
    size_t index;
    json_t *plot;
    json_array_foreach(plots, index, plot)
    {
        fprintf(out, "![%s](results/%s.svg)\n\n", json_string_value(plot), json_string_value(plot));
    }
}

static void print_page(const json_t *results, FILE *out)
{
    fprintf(out,
            "# Results of scripts/bench\n\n"
            "Written by `%s`; do not edit. Figures are medians of %d rounds, with their range; a ratio is taken within "
            "each round before its median. Absolute figures belong to the machine, ratios to the code. What each side "
            "is, and what the figures do not show: [README.md](README.md).\n\n## Demands\n\n",
            text_at(results, "command"), (int)json_array_size(json_object_get(results, "rounds")));
    demands_table(results, true, out);
    fputs("\n## Plots\n\n", out);
    print_plots(json_object_get(results, "plots"), out);
    fputs("## Sides\n\n", out);
    sides_table(results, true, out);
    fputs(
        "\nCPU time is that of all threads of a process, divided by the calls of the run; a call of many items counts "
        "once. Peak memory is a process's highest so far, file pages that it maps included.\n\n"
        "## How it was measured\n\n",
        out);
    print_list(json_object_get(results, "notes"), out);
    fputs("\n## The machine\n\n", out);
    print_machine(json_object_get(results, "machine"), out);
}

int page_write(const json_t *results, const char *path)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        return bench_fail("%s: %s", path, strerror(errno));
    }
    print_page(results, out);
    return fclose(out) == 0 ? 0 : bench_fail("%s: %s", path, strerror(errno));
}
