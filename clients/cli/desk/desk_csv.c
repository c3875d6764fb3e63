#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv.h"
#include "desk/desk.h"

#define PATH_LENGTH 128

struct desk_csv {
    int fd;
    struct csv_reader *reader;
    const ProtobufCMessageDescriptor *type;
    const char *prefix;                     /* of fields that are not found in the type itself */
    char path[CSV_FIELDS_MAX][PATH_LENGTH]; /* of the column's field; empty: ignored */
    size_t columns;
    uint64_t rows, size;
};

static bool is_number_column(const char *name)
{
    static const char *const names[] = {"number",   "individual_number", "my_number",
                                        "mynumber", "個人番号",          "マイナンバー"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Finds a path in the type, with or without the prefix. */
static bool find_path(const struct desk_csv *csv, const char *path, char out[PATH_LENGTH])
{
    ProtobufCMessage *scratch = message_new(csv->type);
    struct field field;
    bool found = snprintf(out, PATH_LENGTH, "%s", path) < PATH_LENGTH && field_make(scratch, out, &field);

    if (!found && *csv->prefix)
        found =
            snprintf(out, PATH_LENGTH, "%s.%s", csv->prefix, path) < PATH_LENGTH && field_make(scratch, out, &field);
    sekisho_message_free(scratch);
    return found;
}

/* False after a message. */
static bool find_column(struct desk_csv *csv, size_t column, const char *name)
{
    char path[PATH_LENGTH];
    bool found = find_path(csv, name, path);

    if (is_number_column(name)) {
        SAY(stderr, TEXT_NUMBER_COLUMN, name);
        return false;
    }
    for (const char *at = label_path(name, NULL); !found && at; at = label_path(name, at))
        found = find_path(csv, at, path);
    for (size_t i = 0; found && i < column; i++)
        if (strcmp(csv->path[i], path) == 0) {
            SAY(stderr, TEXT_COLUMN_TWICE, name);
            return false;
        }
    if (found)
        memcpy(csv->path[column], path, sizeof path);
    else
        SAY(stderr, TEXT_COLUMN_IGNORED, name);
    return true;
}

static int read_header(struct desk_csv *csv)
{
    struct csv_row header;
    enum csv_result result = csv_next(csv->reader, &header);
    bool any = false;

    if (result != CSV_ROW) {
        SAY(stderr, result == CSV_END ? TEXT_INPUT_EMPTY : result == CSV_NUL ? TEXT_INPUT_NOT_UTF8 : TEXT_HEADER_BAD);
        return CLI_USAGE;
    }
    csv->columns = header.count;
    for (size_t i = 0; i < header.count; i++) {
        if (!find_column(csv, i, header.field[i]))
            return CLI_USAGE;
        any = any || csv->path[i][0] != '\0';
    }
    if (!any)
        SAY(stderr, TEXT_INPUT_NOT_UTF8);
    return any ? CLI_OK : CLI_USAGE;
}

int desk_csv_open(const char *path, const ProtobufCMessageDescriptor *type, const char *prefix, struct desk_csv **csv)
{
    struct stat facts;
    struct desk_csv *made = calloc(1, sizeof *made);
    int code = CLI_USAGE;

    if (!made)
        abort();
    made->type = type;
    made->prefix = prefix;
    made->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (made->fd < 0 || fstat(made->fd, &facts) < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
    } else {
        made->size = S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
        if (!(made->reader = csv_open(made->fd)))
            abort();
        code = read_header(made);
    }
    if (code == CLI_OK)
        *csv = made;
    else
        desk_csv_close(made);
    return code;
}

void desk_csv_close(struct desk_csv *csv)
{
    if (!csv)
        return;
    csv_close(csv->reader);
    if (csv->fd >= 0)
        close(csv->fd);
    free(csv);
}

enum desk_csv_result desk_csv_next(struct desk_csv *csv, unsigned prefecture, ProtobufCMessage **message,
                                   char field[128])
{
    struct csv_row row;
    enum csv_result result = csv_next(csv->reader, &row);

    *message = NULL;
    field[0] = '\0';
    if (result == CSV_END)
        return DESK_CSV_END;
    if (result == CSV_UNREADABLE) {
        SAY(stderr, TEXT_INPUT_BROKE_OFF, strerror(errno));
        return DESK_CSV_UNREADABLE;
    }
    csv->rows++;
    if (result != CSV_ROW || row.count != csv->columns || !csv_is_utf8(&row))
        return DESK_CSV_FAULT;
    *message = message_new(csv->type);
    for (size_t i = 0; i < csv->columns; i++) {
        if (csv->path[i][0] == '\0' || row.length[i] == 0 ||
            field_set(*message, csv->path[i], row.field[i], prefecture) == SET_OK)
            continue;
        snprintf(field, 128, "%s", csv->path[i]);
        sekisho_message_free(*message);
        *message = NULL;
        return DESK_CSV_FAULT;
    }
    return DESK_CSV_ROW;
}

uint64_t desk_csv_row(const struct desk_csv *csv)
{
    return csv->rows;
}

double desk_csv_share(const struct desk_csv *csv)
{
    return csv->size == 0 ? -1.0 : (double)csv_position(csv->reader) / (double)csv->size;
}
