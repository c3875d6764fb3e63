#include "csv.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sekisho.h"

#define INPUT_SIZE  65536
#define END_OF_FILE (-1)
#define READ_FAILED (-2)

struct csv_reader {
    int fd;
    size_t filled, at;
    uint64_t consumed;
    bool started;
    enum csv_result fault; /* of the row being read; CSV_ROW: none */
    size_t used;           /* of text */
    unsigned char input[INPUT_SIZE];
    char text[CSV_ROW_MAX];
};

struct csv_reader *csv_open(int fd)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);

    if (reader)
        reader->fd = fd;
    return reader;
}

void csv_close(struct csv_reader *reader)
{
    if (reader)
        sekisho_wipe(reader, sizeof *reader);
    free(reader);
}

uint64_t csv_position(const struct csv_reader *reader)
{
    return reader->consumed;
}

/* The next byte without taking it; END_OF_FILE or READ_FAILED. */
static int peek(struct csv_reader *reader)
{
    while (reader->at == reader->filled) {
        ssize_t got = read(reader->fd, reader->input, sizeof reader->input);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? END_OF_FILE : READ_FAILED;
        reader->filled = (size_t)got;
        reader->at = 0;
    }
    return reader->input[reader->at];
}

static void take(struct csv_reader *reader)
{
    reader->at++;
    reader->consumed++;
}

static void fault(struct csv_reader *reader, enum csv_result what)
{
    if (reader->fault == CSV_ROW)
        reader->fault = what;
}

static void put(struct csv_reader *reader, int byte)
{
    if (reader->used == sizeof reader->text)
        fault(reader, CSV_TOO_LARGE);
    else
        reader->text[reader->used++] = (char)byte;
}

static bool ends_field(int byte)
{
    return byte < 0 || byte == ',' || byte == '\n' || byte == '\r';
}

/* After the opening quote; takes the closing one. */
static void read_quoted(struct csv_reader *reader)
{
    for (;;) {
        int byte = peek(reader);
        if (byte < 0) {
            fault(reader, CSV_BAD_QUOTE);
            return;
        }
        take(reader);
        if (byte == '"') {
            if (peek(reader) != '"')
                return;
            take(reader);
        }
        if (byte == '\0')
            fault(reader, CSV_NUL);
        put(reader, byte);
    }
}

static void read_field(struct csv_reader *reader)
{
    bool quoted = peek(reader) == '"';

    if (quoted) {
        take(reader);
        read_quoted(reader);
    }
    for (int byte = peek(reader); !ends_field(byte); byte = peek(reader)) {
        take(reader);
        if (quoted || byte == '"')
            fault(reader, CSV_BAD_QUOTE);
        if (byte == '\0')
            fault(reader, CSV_NUL);
        put(reader, byte);
    }
}

/* Takes one line end (LF, CRLF, or a lone CR as old spreadsheets write). */
static void take_line_end(struct csv_reader *reader)
{
    if (peek(reader) == '\r')
        take(reader);
    if (peek(reader) == '\n')
        take(reader);
}

static void start(struct csv_reader *reader)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};

    reader->started = true;
    /* A mark split over two reads of a pipe is not met: pipes deliver what one write wrote. */
    if (peek(reader) == mark[0] && reader->filled >= sizeof mark && reader->input[1] == mark[1] &&
        reader->input[2] == mark[2])
        for (size_t i = 0; i < sizeof mark; i++)
            take(reader);
}

/* Begins of the fields, as offsets into text. */
static size_t read_fields(struct csv_reader *reader, size_t starts[CSV_FIELDS_MAX + 1])
{
    size_t count = 0;

    for (;;) {
        if (count == CSV_FIELDS_MAX)
            fault(reader, CSV_TOO_LARGE);
        else
            starts[count++] = reader->used;
        read_field(reader);
        put(reader, '\0');
        if (peek(reader) != ',')
            break;
        take(reader);
    }
    starts[count] = reader->used;
    return count;
}

enum csv_result csv_next(struct csv_reader *reader, struct csv_row *row)
{
    size_t starts[CSV_FIELDS_MAX + 1];

    sekisho_wipe(reader->text, reader->used);
    reader->used = 0;
    reader->fault = CSV_ROW;
    row->count = 0;
    if (!reader->started)
        start(reader);
    while (peek(reader) == '\n' || peek(reader) == '\r')
        take_line_end(reader);
    if (peek(reader) < 0)
        return peek(reader) == END_OF_FILE ? CSV_END : CSV_UNREADABLE;
    size_t count = read_fields(reader, starts);
    if (peek(reader) == READ_FAILED)
        return CSV_UNREADABLE;
    take_line_end(reader);
    if (reader->fault != CSV_ROW)
        return reader->fault;
    row->count = count;
    for (size_t i = 0; i < count; i++) {
        row->field[i] = reader->text + starts[i];
        row->length[i] = starts[i + 1] - starts[i] - 1;
    }
    return CSV_ROW;
}

static void write_field(FILE *stream, const char *value)
{
    if (!strpbrk(value, ",\"\r\n")) {
        fputs(value, stream);
        return;
    }
    fputc('"', stream);
    for (; *value; value++) {
        if (*value == '"')
            fputc('"', stream);
        fputc(*value, stream);
    }
    fputc('"', stream);
}

void csv_write_row(FILE *stream, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', stream);
        write_field(stream, fields[i]);
    }
    fputs("\r\n", stream);
}

bool csv_is_utf8(const struct csv_row *row)
{
    bool good = true;

    for (size_t i = 0; i < row->count && good; i++) {
        json_t *value = json_stringn(row->field[i], row->length[i]); /* NULL for what is not UTF-8 */
        good = value != NULL;
        json_decref(value);
    }
    return good;
}
