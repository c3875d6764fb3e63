/*
 * CSV for the office's other tools: RFC 4180, one header row, one value per cell, ISO 8601 dates, numbers in ASCII
 * digits without separators (the rules for machine-readable tables of the Ministry of Internal Affairs and the Digital
 * Agency). What cannot be written as it is, is reported by row, column and position.
 */
#ifndef SEKISHO_LISTS_CSV_H
#define SEKISHO_LISTS_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sekisho/v1/register.pb-c.h"

enum csv_encoding { CSV_UTF8_BOM, CSV_CP932 };

enum csv_change_kind {
    CSV_REPLACED, /* the encoding has no such character: 〓 */
    CSV_SIMILAR,  /* a code that reads back as another character; a variation selector left out */
    CSV_CONTROL,  /* a control character or line break: a space */
    CSV_FORMULA,  /* an apostrophe before what a spreadsheet would compute */
};

struct csv_change {
    int64_t row;              /* from 1, the header's */
    int32_t column, position; /* from 1 */
    uint32_t code_point;
    enum csv_change_kind kind;
};

/* Zero but for the encoding. csv_clear gives its memory back. */
struct csv {
    enum csv_encoding encoding;
    uint8_t *bytes;
    size_t length, room;
    struct csv_change *changes;
    size_t change_count, change_room;
    int64_t rows; /* ended so far, with the header */
    int32_t column;
    bool failed; /* no memory: what is in it is not to be used */
};

/* The first row, after the byte order mark where the encoding has one. Titles end with NULL. */
void csv_header(struct csv *csv, const char *const *titles);
void csv_text(struct csv *csv, const char *utf8);
void csv_number(struct csv *csv, int64_t number);
/* 1988-04-01, 1988-04, 1988 or empty. */
void csv_date(struct csv *csv, const Sekisho__V1__Date *date);
/* 2026-11-23T14:30:05+09:00, in Japan; empty for 0. */
void csv_time(struct csv *csv, int64_t time_us);
void csv_end_row(struct csv *csv);

/* Forgets bytes and changes, not the count of rows: what was written has been taken. */
void csv_taken(struct csv *csv);
void csv_clear(struct csv *csv);

#endif
