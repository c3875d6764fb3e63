/* bench-driver: the whole of a bench, from the checks before it to the table after it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "driver/demands.h"
#include "driver/machine.h"
#include "driver/notes.h"
#include "driver/plots.h"
#include "driver/results.h"

#define BUSY_SECONDS 2

static struct bench bench;

static int list_sides(const struct options *options)
{
    for (size_t i = 0; i < side_count; i++) {
        printf("%c %-26s %s\n", side_chosen(options, &sides[i]) ? '*' : ' ', sides[i].name, sides[i].title);
    }
    return EXIT_SUCCESS;
}

/* h2load is a program that another part's sides need. */
static const char *absent(const struct side *side)
{
    const char *reason = part_functions[side->part].absent(&bench);
    if (reason == NULL && side->tool == TOOL_H2LOAD && access("/usr/bin/h2load", X_OK) != 0) {
        reason = "h2load (nghttp2-client)";
    }
    return reason;
}

/* The sides to run; those whose programs are absent are named in `notes` instead. */
static void choose(struct chosen *chosen, bool needed[PARTS], json_t *notes)
{
    const char *told = NULL;
    for (size_t i = 0; i < side_count; i++) {
        if (!side_chosen(&bench.options, &sides[i])) {
            continue;
        }
        const char *reason = absent(&sides[i]);
        if (reason == NULL) {
            chosen->side[chosen->count++] = i;
            needed[sides[i].part] = true;
        } else if (reason != told) {
            json_array_append_new(notes,
                                  json_sprintf("Absent, for want of packages or of a build with them: %s.", reason));
            told = reason;
        }
    }
}

/* An empty message as gRPC frames it, which h2load sends: not compressed, of no bytes. */
static int write_empty_message(void)
{
    static const char frame[5] = {0};
    char path[PATH_SIZE];
    if (path_make(path, "%s/empty.grpc", bench.folder) != 0) {
        return -1;
    }
    FILE *file = fopen(path, "we");
    bool written = file != NULL && fwrite(frame, sizeof(frame), 1, file) == 1;
    if (file != NULL && fclose(file) != 0) {
        written = false;
    }
    return written ? 0 : bench_fail("cannot write %s", path);
}

static int make_folders(void)
{
    char keys[PATH_SIZE];
    const char *temporary = "/var/tmp"; /* a short path, since it holds sockets; and everyone may pass */
    if (path_make(bench.folder, "%s/run-XXXXXX", bench.options.build) != 0 ||
        path_make(bench.peers, "%s/sekisho-bench-XXXXXX", temporary) != 0 ||
        folder_make_temporary(bench.folder, 0700) != 0) {
        return -1;
    }
    if (folder_make_temporary(bench.peers, 0711) != 0) {
        folder_remove(bench.folder);
        return -1;
    }
    if (path_make(keys, "%s/keys", bench.folder) != 0 || keys_make(&bench, keys, 1) != 0) {
        return -1;
    }
    return write_empty_message();
}

static int make_data(const bool needed[PARTS])
{
    bool peers = needed[PART_REDIS] || needed[PART_POSTGRES] || needed[PART_BARBICAN];
    int result = 0;
    bench.next_person = bench.options.people > bench.options.large ? bench.options.people : bench.options.large;
    if (needed[PART_STORE] || needed[PART_ROWS] || needed[PART_SET] || peers) {
        result = data_make(&bench, &bench.data[0], bench.options.people);
    }
    if (result == 0 && (needed[PART_STORE_LARGE] || needed[PART_SET_LARGE])) {
        result = data_make(&bench, &bench.data[1], bench.options.large);
    }
    return result;
}

static int start_parts(const bool needed[PARTS], bool started[PARTS])
{
    for (enum part part = PART_NONE; part < PARTS; part++) {
        started[part] = needed[part];
        if (needed[part] && part_functions[part].start(&bench, part) != 0) {
            return -1;
        }
    }
    return 0;
}

static void end_parts(const bool started[PARTS])
{
    for (size_t part = PARTS; part-- > 0;) {
        if (started[part]) {
            part_functions[part].end(&bench, (enum part)part);
        }
    }
}

/* Everything that is measured; NULL with lines. */
static json_t *measure(struct chosen *chosen, const bool needed[PARTS], json_t *failed)
{
    bool started[PARTS] = {false};
    json_t *rounds = NULL;
    if (make_folders() == 0 && make_data(needed) == 0 && start_parts(needed, started) == 0 &&
        find_capacities(&bench, chosen) == 0) {
        rounds = run_rounds(&bench, chosen, failed);
    }
    say("ending what was started");
    end_parts(started);
    folder_remove(bench.folder);
    folder_remove(bench.peers);
    say("%s", "");
    return rounds;
}

static int save(json_t *results)
{
    char path[PATH_SIZE];
    if (path_make(path, "%s/results.json", bench.options.build) != 0) {
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
    } plots[] = {{"throughput", plot_throughput}, {"latency", plot_percentiles}, {"open-loop", plot_open_loop}};
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

static int record(const json_t *results)
{
    char path[PATH_SIZE];
    return path_make(path, "%s/bench/RESULTS.md", bench.options.source) == 0 ? page_write(results, path) : -1;
}

static int write_out(json_t *results, bool whole)
{
    char folder[PATH_SIZE];
    int status = path_make(folder, "%s/results", bench.options.build);
    status = status == 0 ? plot(results, folder) : status;
    status = status == 0 ? save(results) : status;
    if (status == 0 && bench.options.record && !whole) {
        status = bench_fail("not recorded: a side failed");
    } else if (status == 0 && bench.options.record) {
        status = path_make(folder, "%s/bench/results", bench.options.source);
        status = status == 0 ? plot(results, folder) : status;
        status = status == 0 ? record(results) : status;
    }
    return status;
}

static int run(void)
{
    struct chosen chosen = {.count = 0};
    bool needed[PARTS] = {false};
    uint64_t begin_ns = clock_ns();
    json_t *failed = json_array();
    json_t *notes = json_array();
    if (path_make(bench.binaries, "%s/bin", bench.options.build) != 0) {
        return -1;
    }
    choose(&chosen, needed, notes);
    if (chosen.count == 0) {
        json_decref(failed);
        json_decref(notes);
        return bench_fail("no side to run (--list names them)");
    }
    double busy = machine_busy(BUSY_SECONDS);
    json_t *rounds = measure(&chosen, needed, failed);
    if (rounds == NULL) {
        json_decref(failed);
        json_decref(notes);
        return -1;
    }
    bool whole = json_array_size(failed) == 0;
    notes_add(notes, &bench, busy);
    json_t *results =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", 2, "command", notes_command(&bench.options),
                  "machine", machine_describe(&bench), "notes", notes, "failed", failed, "demands",
                  demands_evaluate(rounds), "sides", results_summary(rounds), "rounds", rounds);
    int status = write_out(results, whole);
    demands_table(results, false, stdout);
    putchar('\n');
    sides_table(results, false, stdout);
    putchar('\n');
    notes_print(results, stdout);
    printf("%.0f s; results.json and results/*.svg in the build folder\n", (double)(clock_ns() - begin_ns) / 1e9);
    json_decref(results);
    return whole ? status : -1;
}

int main(int argc, char **argv)
{
    int parsed = options_parse(argc, argv, &bench.options);
    if (parsed != 0) {
        return parsed > 0 ? EXIT_SUCCESS : 2;
    }
    catch_end_signals();
    int status = bench.options.list ? list_sides(&bench.options) : run() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    options_free(&bench.options);
    return status;
}
