/* bench-driver: the whole of a bench, from the checks before it to the table after it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "driver/demands.h"
#include "driver/machine.h"
#include "driver/notes.h"
#include "driver/output.h"
#include "driver/results.h"

#define BUSY_SECONDS 2

static struct bench bench;

static int list_sides(const struct options *options)
{
    for (size_t i = 0; i < side_count; i++) {
        printf("%c %-32s %s\n", side_chosen(options, &sides[i]) ? '*' : ' ', sides[i].name, sides[i].title);
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
    bool small_set = needed[PART_SET] || needed[PART_SET_UNRECORDED] || needed[PART_SET_QUEUED];
    if (needed[PART_STORE] || needed[PART_ROWS] || small_set || peers) {
        result = data_make(&bench, &bench.data[0], bench.options.people);
    }
    if (result == 0 && (needed[PART_STORE_LARGE] || needed[PART_SET_LARGE])) {
        result = data_make(&bench, &bench.data[1], bench.options.large);
    }
    for (enum part part = PART_NONE; part < PARTS && result == 0; part++) {
        result = needed[part] && part_has_registers(part) ? registers_make(&bench, part) : 0;
    }
    return result;
}

/* What needs a part that does not start has failed; the rest goes on. */
static void drop_part(enum part part, struct chosen *chosen, json_t *failed)
{
    size_t kept = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        const struct side *side = &sides[chosen->side[i]];
        if (side->part == part) {
            json_array_append_new(failed, json_string(side->name));
        } else {
            chosen->side[kept++] = chosen->side[i];
        }
    }
    chosen->count = kept;
}

static int start_parts(struct chosen *chosen, const bool needed[PARTS], bool started[PARTS], json_t *failed)
{
    for (enum part part = PART_NONE; part < PARTS && !end_asked(); part++) {
        started[part] = needed[part] && part_functions[part].start(&bench, part) == 0;
        if (needed[part] && !started[part]) {
            part_functions[part].end(&bench, part);
            drop_part(part, chosen, failed);
        }
    }
    if (end_asked()) {
        return bench_fail("told to end");
    }
    return chosen->count > 0 ? 0 : bench_fail("nothing that could be measured has started");
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
    if (make_folders() == 0 && make_data(needed) == 0 && start_parts(chosen, needed, started, failed) == 0 &&
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
    json_t *results = json_pack("{s:i, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", 2, "registrants",
                                (json_int_t)bench.options.registrants, "command", notes_command(&bench.options),
                                "machine", machine_describe(&bench), "notes", notes, "failed", failed, "demands",
                                demands_evaluate(rounds), "sides", results_summary(rounds), "rounds", rounds);
    int status = output_write(&bench.options, results, whole);
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
