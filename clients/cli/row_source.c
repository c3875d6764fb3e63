#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "job.h"
#include "number_syntax.h"

enum column { COLUMN_NUMBER, COLUMN_REFERENCE, COLUMN_REQUEST_ID, COLUMN_COUNT };

/* Header names: English, and as a Japanese office would write them. */
static const char *const column_names[COLUMN_COUNT][2] = {
    [COLUMN_NUMBER] = {"number", "個人番号"},
    [COLUMN_REFERENCE] = {"reference", "参照番号"},
    [COLUMN_REQUEST_ID] = {"request_id", "要求番号"},
};

struct row_source {
    int fd;
    const struct job_kind *kind;
    const char *seed;
    struct csv_reader *csv;
    int index[COLUMN_COUNT]; /* of the column in a row, -1: not there */
    size_t columns;          /* of the header */
    uint64_t rows;
    uint64_t size; /* of the file, 0: not known */
    bool failed;
};

static int find_column(const struct csv_row *header, enum column column)
{
    int found = -1;

    for (size_t i = 0; i < header->count; i++)
        for (int name = 0; name < 2; name++)
            if (strcasecmp(header->field[i], column_names[column][name]) == 0)
                found = found < 0 ? (int)i : -2;
    return found;
}

static int need_column(const struct row_source *source, const struct csv_row *header, enum column column, bool needed)
{
    if (source->index[column] == -2) {
        SAY(stderr, TEXT_COLUMN_TWICE, column_names[column][0]);
        return CLI_USAGE;
    }
    if (needed && source->index[column] < 0) {
        if (csv_is_utf8(header))
            SAY(stderr, TEXT_COLUMN_NOT_IN_HEADER, column_names[column][0], column_names[column][1]);
        else
            SAY(stderr, TEXT_INPUT_NOT_UTF8);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static int read_header(struct row_source *source, const char *path)
{
    struct csv_row header;
    enum csv_result result = csv_next(source->csv, &header);

    if (result == CSV_UNREADABLE) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
        return CLI_USAGE;
    }
    if (result != CSV_ROW) {
        SAY(stderr, result == CSV_END ? TEXT_INPUT_EMPTY : result == CSV_NUL ? TEXT_INPUT_NOT_UTF8 : TEXT_HEADER_BAD);
        return CLI_USAGE;
    }
    source->columns = header.count;
    for (int column = 0; column < COLUMN_COUNT; column++)
        source->index[column] = find_column(&header, (enum column)column);
    int code = need_column(source, &header, COLUMN_NUMBER, source->kind->number);
    if (code == CLI_OK)
        code = need_column(source, &header, COLUMN_REFERENCE, source->kind->reference);
    if (code == CLI_OK)
        code = need_column(source, &header, COLUMN_REQUEST_ID, false);
    return code;
}

int row_source_open(const char *path, const struct job_kind *kind, const char *seed, struct row_source **source)
{
    struct stat facts;
    struct row_source *made = calloc(1, sizeof *made);
    int code = CLI_USAGE;

    if (!made)
        abort();
    made->kind = kind;
    made->seed = seed;
    made->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (made->fd < 0 || fstat(made->fd, &facts) < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
    } else {
        made->size = S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
        made->csv = csv_open(made->fd);
        if (!made->csv)
            abort();
        code = read_header(made, path);
    }
    if (code != CLI_OK)
        row_source_close(made);
    else
        *source = made;
    return code;
}

void row_source_close(struct row_source *source)
{
    if (!source)
        return;
    csv_close(source->csv);
    if (source->fd >= 0)
        close(source->fd);
    free(source);
}

void derive_request_id(const char *seed, enum sekisho_operation operation, uint64_t row, uint8_t id[16])
{
    uint8_t hash[HASH_LEN], tail[9] = {(uint8_t)operation};

    for (int i = 0; i < 8; i++)
        tail[1 + i] = (uint8_t)(row >> (8 * i));
    const struct iovec parts[] = {{.iov_base = (void *)"sekisho request id", .iov_len = 18},
                                  {.iov_base = tail, .iov_len = sizeof tail},
                                  {.iov_base = (void *)seed, .iov_len = strlen(seed)}};
    if (sha256_parts(parts, 3, hash) < 0)
        abort();
    memcpy(id, hash, 16);
}

static enum row_fault fault_of_syntax(enum number_syntax syntax)
{
    static const enum row_fault faults[] = {
        [NUMBER_OK] = FAULT_NONE,
        [NUMBER_EMPTY] = FAULT_NUMBER_EMPTY,
        [NUMBER_FULL_WIDTH] = FAULT_NUMBER_FULL_WIDTH,
        [NUMBER_SEPARATED] = FAULT_NUMBER_SEPARATED,
        [NUMBER_NOT_DIGITS] = FAULT_NUMBER_NOT_DIGITS,
        [NUMBER_TOO_SHORT] = FAULT_NUMBER_TOO_SHORT,
        [NUMBER_TOO_LONG] = FAULT_NUMBER_TOO_LONG,
    };

    return faults[syntax];
}

static enum row_fault take_fields(const struct row_source *source, const struct csv_row *fields, struct job_row *row,
                                  struct sekisho_item *item)
{
    int number = source->index[COLUMN_NUMBER], reference = source->index[COLUMN_REFERENCE],
        request = source->index[COLUMN_REQUEST_ID];

    if (fields->count > source->columns)
        return FAULT_TOO_MANY_COLUMNS;
    if (fields->count < source->columns)
        return FAULT_COLUMN_MISSING;
    if (source->kind->reference) {
        if (!hex16_parse(fields->field[reference], fields->length[reference], row->reference))
            return FAULT_REFERENCE_MALFORMED;
        memcpy(item->reference, row->reference, sizeof item->reference);
    }
    if (source->kind->number) {
        enum row_fault fault = fault_of_syntax(number_syntax(fields->field[number], fields->length[number]));
        if (fault != FAULT_NONE)
            return fault;
        memcpy(item->number, fields->field[number], sizeof item->number);
    }
    if (!source->kind->request_id)
        return FAULT_NONE;
    if (request < 0 || fields->length[request] == 0)
        derive_request_id(source->seed, source->kind->operation, row->row, item->request_id);
    else if (!hex16_parse(fields->field[request], fields->length[request], item->request_id))
        return FAULT_REQUEST_ID_MALFORMED;
    return FAULT_NONE;
}

bool row_source_next(struct row_source *source, struct job_row *row, struct sekisho_item *item)
{
    struct csv_row fields;
    enum csv_result result = csv_next(source->csv, &fields);

    if (result == CSV_END)
        return false;
    if (result == CSV_UNREADABLE) {
        SAY(stderr, TEXT_INPUT_BROKE_OFF, strerror(errno));
        source->failed = true;
        return false;
    }
    memset(row, 0, sizeof *row);
    memset(item, 0, sizeof *item);
    row->row = ++source->rows;
    row->fault = result == CSV_ROW         ? take_fields(source, &fields, row, item)
                 : result == CSV_BAD_QUOTE ? FAULT_BAD_QUOTE
                 : result == CSV_NUL       ? FAULT_ZERO_BYTE
                                           : FAULT_TOO_LARGE;
    return true;
}

bool row_source_failed(const struct row_source *source)
{
    return source->failed;
}

double row_source_share(const struct row_source *source)
{
    return source->size == 0 ? -1.0 : (double)csv_position(source->csv) / (double)source->size;
}
