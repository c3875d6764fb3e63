#include "server/lists/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/lists/cp932.h"

#define GETA          0x3013u /* 〓, the printers' mark for a missing type */
#define JAPAN_SECONDS (9 * 3600)

static bool room_for(struct csv *csv, size_t more)
{
    if (csv->failed || csv->room - csv->length >= more)
        return !csv->failed;
    size_t room = csv->room * 2 + more + 4096;
    uint8_t *bytes = realloc(csv->bytes, room);
    if (!bytes) {
        csv->failed = true;
        return false;
    }
    csv->bytes = bytes;
    csv->room = room;
    return true;
}

static void put(struct csv *csv, const void *bytes, size_t length)
{
    if (length == 0 || !room_for(csv, length))
        return;
    memcpy(csv->bytes + csv->length, bytes, length);
    csv->length += length;
}

static void report(struct csv *csv, int32_t position, uint32_t code_point, enum csv_change_kind kind)
{
    if (csv->change_count == csv->change_room) {
        size_t room = csv->change_room * 2 + 64;
        struct csv_change *changes = realloc(csv->changes, room * sizeof *changes);
        if (!changes) {
            csv->failed = true;
            return;
        }
        csv->changes = changes;
        csv->change_room = room;
    }
    csv->changes[csv->change_count++] = (struct csv_change){
        .row = csv->rows + 1, .column = csv->column, .position = position, .code_point = code_point, .kind = kind};
}

/* The character at `at` of well-formed UTF-8; *length its bytes. */
static uint32_t decode(const uint8_t *at, size_t *length)
{
    static const uint8_t first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};

    *length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t code_point = at[0] & first_bits[*length];
    for (size_t i = 1; i < *length; i++)
        code_point = code_point << 6 | (at[i] & 0x3f);
    return code_point;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/* Spreadsheets compute what begins so; those in Japan also with the full-width signs. */
static bool begins_formula(uint32_t c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == 0xff1d || c == 0xff0b || c == 0xff0d || c == 0xff20;
}

static bool is_variation_selector(uint32_t c)
{
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

static void put_cp932(struct csv *csv, uint32_t c, int32_t position)
{
    uint8_t code[2];
    size_t length;
    enum cp932_fit fit = cp932_encode(c, code, &length);

    if (fit == CP932_NONE && is_variation_selector(c)) {
        report(csv, position, c, CSV_SIMILAR);
        return;
    }
    if (fit == CP932_NONE)
        (void)cp932_encode(GETA, code, &length);
    put(csv, code, length);
    if (fit != CP932_SAME)
        report(csv, position, c, fit == CP932_NONE ? CSV_REPLACED : CSV_SIMILAR);
}

static void put_character(struct csv *csv, const uint8_t *at, size_t length, uint32_t c, int32_t position)
{
    if (is_control(c)) {
        put(csv, " ", 1);
        report(csv, position, c, CSV_CONTROL);
        return;
    }
    if (c == '"')
        put(csv, "\"", 1); /* RFC 4180, 2.7: doubled */
    if (csv->encoding == CSV_CP932)
        put_cp932(csv, c, position);
    else
        put(csv, at, length);
}

static void begin_field(struct csv *csv)
{
    if (csv->column++ > 0)
        put(csv, ",", 1);
}

void csv_text(struct csv *csv, const char *utf8)
{
    bool quoted = strpbrk(utf8, ",\"") != NULL;
    int32_t position = 0;
    size_t length;

    begin_field(csv);
    if (quoted)
        put(csv, "\"", 1);
    for (const uint8_t *at = (const uint8_t *)utf8; *at; at += length) {
        uint32_t c = decode(at, &length);
        if (++position == 1 && begins_formula(c)) {
            put(csv, "'", 1);
            report(csv, position, c, CSV_FORMULA);
        }
        put_character(csv, at, length, c, position);
    }
    if (quoted)
        put(csv, "\"", 1);
}

static void put_plain(struct csv *csv, const char *ascii)
{
    begin_field(csv);
    put(csv, ascii, strlen(ascii));
}

void csv_number(struct csv *csv, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    put_plain(csv, text);
}

void csv_date(struct csv *csv, const Sekisho__V1__Date *date)
{
    char text[40] = "";
    int at = 0;

    if (date && date->year > 0)
        at = snprintf(text, sizeof text, "%04d", (int)date->year);
    if (at > 0 && date->month > 0)
        at += snprintf(text + at, sizeof text - (size_t)at, "-%02d", (int)date->month);
    if (at > 4 && date->day > 0)
        snprintf(text + at, sizeof text - (size_t)at, "-%02d", (int)date->day);
    put_plain(csv, text);
}

void csv_time(struct csv *csv, int64_t time_us)
{
    time_t seconds = (time_t)(time_us / 1000000 + JAPAN_SECONDS);
    char text[40] = "";
    struct tm day;

    if (time_us > 0 && gmtime_r(&seconds, &day))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+09:00", &day);
    put_plain(csv, text);
}

void csv_end_row(struct csv *csv)
{
    put(csv, "\r\n", 2);
    csv->column = 0;
    csv->rows++;
}

void csv_header(struct csv *csv, const char *const *titles)
{
    if (csv->encoding == CSV_UTF8_BOM)
        put(csv, "\xef\xbb\xbf", 3);
    for (; *titles; titles++)
        csv_text(csv, *titles);
    csv_end_row(csv);
}

void csv_taken(struct csv *csv)
{
    csv->length = 0;
    csv->change_count = 0;
}

void csv_clear(struct csv *csv)
{
    free(csv->bytes);
    free(csv->changes);
    *csv = (struct csv){.encoding = csv->encoding};
}
