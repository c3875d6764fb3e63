/* The stores of a bench: made once by bench-store, kept, and copied for each run, which changes its copy. */
#include <inttypes.h>
#include <stdio.h>

#include "driver/bench.h"

#define MAKE_SECONDS 7200

static int make(const struct bench *bench, const char *folder, uint64_t people)
{
    struct command command;
    say("making a store of %" PRIu64 " people, once", people);
    bench_command(bench, "bench-store", &command);
    command_add(&command, "make");
    command_add(&command, "%s", folder);
    command_add(&command, "%" PRIu64, people);
    return run_quietly(&command, MAKE_SECONDS);
}

/* Under another name until it is whole: a run that was cut short leaves nothing that is taken for a store. */
static int make_whole(const struct bench *bench, const struct data *data)
{
    char half[PATH_SIZE];
    if (folder_make(bench->options.data, 0700) != 0 || path_make(half, "%s.half", data->made) != 0) {
        return -1;
    }
    folder_remove(half);
    if (make(bench, half, data->people) != 0) {
        folder_remove(half);
        return -1;
    }
    return rename(half, data->made) == 0 ? 0 : bench_fail("cannot rename %s", half);
}

int data_make(struct bench *bench, struct data *data, uint64_t people)
{
    data->people = people;
    if (path_make(data->made, "%s/people-%" PRIu64 "-%s", bench->options.data, people, bench->options.format) != 0 ||
        path_make(data->table, "%s/people.table", data->made) != 0) {
        return -1;
    }
    return file_exists(data->made) ? 0 : make_whole(bench, data);
}

static char *folder_of(struct bench *bench, enum part part)
{
    struct data *data = &bench->data[part == PART_STORE_LARGE];
    return part == PART_ROWS ? data->rows : data->copy;
}

int store_start(struct bench *bench, enum part part)
{
    static const char *const files[] = {"data.mdb", "erasures"};
    const struct data *data = &bench->data[part == PART_STORE_LARGE];
    char *folder = folder_of(bench, part);
    char from[PATH_SIZE], to[PATH_SIZE];
    say("copying a store of %" PRIu64 " people", data->people);
    if (path_make(folder, "%s/store-%d", bench->folder, (int)part) != 0 || folder_make(folder, 0700) != 0) {
        return -1;
    }
    int result = 0;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && result == 0; i++) {
        result = path_make(from, "%s/%s", data->made, files[i]);
        result = result == 0 ? path_make(to, "%s/%s", folder, files[i]) : result;
        result = result == 0 ? file_copy(from, to, 0600) : result;
    }
    return result;
}

void store_end(struct bench *bench, enum part part)
{
    folder_remove(folder_of(bench, part));
}
