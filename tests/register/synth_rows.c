#include "synth_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/desk.h"

static bool write_csv(const struct synth_rows *what, const char *count, const char *path)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        execl(what->program, what->program, "synth", what->what, "--prefecture", "11", "--count", count, "--output",
              path, (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static size_t read_csv(const struct synth_rows *what, const char *path, size_t most, ProtobufCMessage **rows)
{
    struct desk_csv *csv;
    char field[128];
    size_t count = 0;
    enum desk_csv_result result = DESK_CSV_END;

    if (desk_csv_open(path, what->type, what->prefix, &csv) != CLI_OK)
        return 0;
    while (count < most && (result = desk_csv_next(csv, 11, &rows[count], field)) == DESK_CSV_ROW)
        count++;
    if (count < most)
        fprintf(stderr, "row %d, field %s: %d\n", (int)desk_csv_row(csv), field, (int)result);
    desk_csv_close(csv);
    return count;
}

size_t synth_rows_make(const struct synth_rows *what, size_t count, ProtobufCMessage **rows)
{
    char folder[] = "/tmp/sekisho-synth-XXXXXX", path[sizeof folder + 16], number[24];

    if (!mkdtemp(folder))
        return 0;
    snprintf(path, sizeof path, "%s/rows.csv", folder);
    snprintf(number, sizeof number, "%zu", count);
    size_t read = write_csv(what, number, path) ? read_csv(what, path, count, rows) : 0;
    unlink(path);
    rmdir(folder);
    return read;
}
