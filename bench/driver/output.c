#include "driver/output.h"

#include <errno.h>
#include <string.h>

#include "driver/files.h"
#include "driver/plots.h"
#include "driver/process.h"
#include "driver/results.h"

static int save(const struct options *options, const json_t *results)
{
    char path[PATH_SIZE];
    if (path_make(path, "%s/results.json", options->build) != 0) {
        return -1;
    }
    return json_dump_file(results, path, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) == 0
               ? 0
               : bench_fail("%s: %s", path, strerror(errno));
}

/* The plots go beside the JSON always, and with --record to the tree. */
static int plot(json_t *results, const char *folder)
{
    static const struct {
        const char *name;
        int (*draw)(const json_t *results, const char *path);
    } plots[] = {{"throughput", plot_throughput},
                 {"latency", plot_percentiles},
                 {"open-loop", plot_open_loop},
                 {"growth", plot_growth}};
    json_t *written = json_array();
    int status = folder_make(folder, 0755);
    for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]) && status >= 0; i++) {
        char path[PATH_SIZE];
        status = path_make(path, "%s/%s.svg", folder, plots[i].name);
        status = status == 0 ? plots[i].draw(results, path) : status;
        if (status == 1) {
            json_array_append_new(written, json_string(plots[i].name));
        }
    }
    json_object_set_new(results, "plots", written);
    return status >= 0 ? 0 : -1;
}

static int record(const struct options *options, const json_t *results)
{
    char path[PATH_SIZE];
    return path_make(path, "%s/bench/RESULTS.md", options->source) == 0 ? page_write(results, path) : -1;
}

int output_write(const struct options *options, json_t *results, bool whole)
{
    char folder[PATH_SIZE];
    int status = path_make(folder, "%s/results", options->build);
    status = status == 0 ? plot(results, folder) : status;
    status = status == 0 ? save(options, results) : status;
    if (status == 0 && options->record && !whole) {
        status = bench_fail("not recorded: a side failed");
    } else if (status == 0 && options->record) {
        status = path_make(folder, "%s/bench/results", options->source);
        status = status == 0 ? plot(results, folder) : status;
        status = status == 0 ? record(options, results) : status;
    }
    return status;
}
