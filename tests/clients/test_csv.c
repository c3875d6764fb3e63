/* RFC 4180, and what spreadsheets make of it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "support/fixture.h"

#define TEXT_OF(literal) (literal), sizeof(literal) - 1

/* Reads everything; rows become "a|b|c;" and faults "!quote;" "!large;" "!nul;". */
static void read_as(const char *text, size_t length, char *out, size_t size)
{
    int fd = text_fd(text, length);
    struct csv_reader *reader = csv_open(fd);
    struct csv_row row;
    enum csv_result result;
    size_t used = 0;

    out[0] = '\0';
    while ((result = csv_next(reader, &row)) != CSV_END) {
        const char *fault = result == CSV_BAD_QUOTE ? "!quote" : result == CSV_TOO_LARGE ? "!large" : "!nul";
        assert_int_not_equal(result, CSV_UNREADABLE);
        for (size_t i = 0; result == CSV_ROW && i < row.count; i++) {
            assert_int_equal(strlen(row.field[i]), row.length[i]);
            used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? "|" : "", row.field[i]);
        }
        used += (size_t)snprintf(out + used, size - used, "%s;", result == CSV_ROW ? "" : fault);
    }
    assert_int_equal(csv_position(reader), length);
    csv_close(reader);
    close(fd);
}

static const struct {
    const char *text;
    size_t length;
    const char *rows;
} cases[] = {
    {TEXT_OF(""), ""},
    {TEXT_OF("a,b\n1,2\n"), "a|b;1|2;"},
    {TEXT_OF("a,b\r\n1,2\r\n"), "a|b;1|2;"},
    {TEXT_OF("a,b\r1,2"), "a|b;1|2;"}, /* lone CR; no line end at the end */
    {TEXT_OF("\xef\xbb\xbf"
             "number\n1\n"),
     "number;1;"},                       /* byte order mark */
    {TEXT_OF("a\n\n\r\n1\n\n"), "a;1;"}, /* empty lines */
    {TEXT_OF("\"a,b\",c\n"), "a,b|c;"},
    {TEXT_OF("\"a\"\"b\"\n"), "a\"b;"},
    {TEXT_OF("\"a\nb\",\"c\r\nd\"\n"), "a\nb|c\r\nd;"},
    {TEXT_OF("\"\",\n"), "|;"},
    {TEXT_OF(",,\n"), "||;"},
    {TEXT_OF("a,b\n1\n1,2,3\n"), "a|b;1;1|2|3;"}, /* ragged: the caller's to judge */
    {TEXT_OF("a\"b\nnext\n"), "!quote;next;"},    /* goes on with the next row */
    {TEXT_OF("\"a\"b\nnext\n"), "!quote;next;"},
    {TEXT_OF("\"a\nb"), "!quote;"}, /* no closing quote */
    {TEXT_OF("a\0b\nnext\n"), "!nul;next;"},
    {TEXT_OF("\"a\0b\"\nnext\n"), "!nul;next;"},
    {TEXT_OF("\xef\xbb\n"), "\xef\xbb;"}, /* not a byte order mark */
};

static void test_cases(void **state)
{
    char rows[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_as(cases[i].text, cases[i].length, rows, sizeof rows);
        if (strcmp(rows, cases[i].rows) != 0)
            fail_msg("case %zu: got \"%s\", want \"%s\"", i, rows, cases[i].rows);
    }
}

static void test_huge_field(void **state)
{
    static char text[CSV_ROW_MAX * 3];
    char rows[64];

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 4, "\nok\n", 4);
    read_as(text, sizeof text, rows, sizeof rows);
    assert_string_equal(rows, "!large;ok;");
}

static void test_many_fields(void **state)
{
    char text[CSV_FIELDS_MAX + 8], rows[64];

    (void)state;
    memset(text, ',', CSV_FIELDS_MAX); /* one field more than the limit */
    memcpy(text + CSV_FIELDS_MAX, "\nok\n", 4);
    read_as(text, CSV_FIELDS_MAX + 4, rows, sizeof rows);
    assert_string_equal(rows, "!large;ok;");
}

/* A row that lies across two reads of the reader's buffer. */
static void test_across_reads(void **state)
{
    int ends[2];
    struct csv_row row;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct csv_reader *reader = csv_open(ends[0]);
    assert_int_equal(write(ends[1], "a,\"b\n1", 6), 6);
    if (fork() == 0) {
        usleep(50000);
        _exit(write(ends[1], "\",c\n", 4) == 4 ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(csv_next(reader, &row), CSV_ROW);
    assert_int_equal(row.count, 3);
    assert_string_equal(row.field[1], "b\n1");
    assert_string_equal(row.field[2], "c");
    csv_close(reader);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_huge_field),
        cmocka_unit_test(test_many_fields),
        cmocka_unit_test(test_across_reads),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
