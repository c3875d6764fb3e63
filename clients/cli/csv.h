/*
 * CSV as RFC 4180 has it: quoted fields, doubled quotes, line ends inside quotes; CRLF or LF; a UTF-8 byte order mark
 * is skipped; empty lines are skipped. A row that is not CSV is reported and the reader goes on with the next line.
 * Everything read is wiped when it is no longer needed: it may hold numbers.
 */
#ifndef SEKISHO_CLI_CSV_H
#define SEKISHO_CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_FIELDS_MAX 64
#define CSV_ROW_MAX    16384 /* bytes of all fields of a row */

enum csv_result {
    CSV_ROW,
    CSV_END,
    CSV_BAD_QUOTE,  /* a quote inside an unquoted field, text after a closing quote, or no closing quote */
    CSV_TOO_LARGE,  /* more than CSV_ROW_MAX bytes or CSV_FIELDS_MAX fields */
    CSV_NUL,        /* a zero byte: not UTF-8 text */
    CSV_UNREADABLE, /* errno */
};

struct csv_row {
    size_t count;
    const char *field[CSV_FIELDS_MAX]; /* zero-terminated; valid until the next call */
    size_t length[CSV_FIELDS_MAX];
};

struct csv_reader;

/* Reads from a descriptor, which stays the caller's. NULL without memory. */
struct csv_reader *csv_open(int fd);
void csv_close(struct csv_reader *reader);
enum csv_result csv_next(struct csv_reader *reader, struct csv_row *row);
/* Whether all fields are UTF-8: an office's spreadsheet saves "CSV" as Shift_JIS. */
bool csv_is_utf8(const struct csv_row *row);
/* Bytes consumed so far. */
uint64_t csv_position(const struct csv_reader *reader);

/* Writes a row, with quotes where they are needed. */
void csv_write_row(FILE *stream, const char *const *fields, size_t count);

#endif
