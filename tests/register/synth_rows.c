#include "synth_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/desk.h"

static bool write_csv(const char *program, const char *count, const char *path)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        execl(program, program, "synth", "register", "--prefecture", "11", "--count", count, "--output", path,
              (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static size_t read_csv(const char *path, size_t most, Sekisho__V1__ImportRow **rows)
{
    struct desk_csv *csv;
    ProtobufCMessage *message;
    char field[128];
    size_t count = 0;
    enum desk_csv_result result;

    if (desk_csv_open(path, &sekisho__v1__import_row__descriptor, "registration", &csv) != CLI_OK)
        return 0;
    while (count < most && (result = desk_csv_next(csv, 11, &message, field)) == DESK_CSV_ROW) {
        rows[count] = (Sekisho__V1__ImportRow *)message;
        rows[count++]->row = (int64_t)desk_csv_row(csv);
    }
    if (count < most)
        fprintf(stderr, "row %d, field %s: %d\n", (int)desk_csv_row(csv), field, (int)result);
    desk_csv_close(csv);
    return count;
}

size_t synth_rows_make(const char *program, size_t count, Sekisho__V1__ImportRow **rows)
{
    char folder[] = "/tmp/sekisho-synth-XXXXXX", path[sizeof folder + 16], number[24];

    if (!mkdtemp(folder))
        return 0;
    snprintf(path, sizeof path, "%s/register.csv", folder);
    snprintf(number, sizeof number, "%zu", count);
    size_t read = write_csv(program, number, path) ? read_csv(path, count, rows) : 0;
    unlink(path);
    rmdir(folder);
    return read;
}
