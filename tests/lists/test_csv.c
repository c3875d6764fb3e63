/* CSV of the lists (F068, F069): RFC 4180, machine-readable values, and a report of every change of a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/lists/csv.h"

static struct csv csv;

static int set_up(void **state)
{
    (void)state;
    csv = (struct csv){.encoding = CSV_UTF8_BOM};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    csv_clear(&csv);
    return 0;
}

static void is(const char *expected, size_t length)
{
    assert_false(csv.failed);
    assert_int_equal(csv.length, length);
    assert_memory_equal(csv.bytes, expected, length);
}
#define IS(expected) is(expected, sizeof(expected) - 1)

static void changed(size_t at, int64_t row, int32_t column, int32_t position, uint32_t code_point,
                    enum csv_change_kind kind)
{
    assert_true(at < csv.change_count);
    assert_int_equal(csv.changes[at].row, row);
    assert_int_equal(csv.changes[at].column, column);
    assert_int_equal(csv.changes[at].position, position);
    assert_int_equal(csv.changes[at].code_point, code_point);
    assert_int_equal(csv.changes[at].kind, kind);
}

static void test_F069_a_header_with_its_mark_and_rows_that_end_with_crlf(void **state)
{
    static const char *const titles[] = {"氏名", "件数", NULL};

    (void)state;
    csv_header(&csv, titles);
    csv_text(&csv, "埼玉　花子");
    csv_number(&csv, 1234567);
    csv_end_row(&csv);
    IS("\xef\xbb\xbf氏名,件数\r\n埼玉　花子,1234567\r\n");
    assert_int_equal(csv.rows, 2);
    assert_int_equal(csv.change_count, 0);
}

static void test_F069_commas_and_quotes_are_quoted(void **state)
{
    (void)state;
    csv_text(&csv, "a,b");
    csv_text(&csv, "\"c\"");
    csv_text(&csv, "");
    csv_text(&csv, "d e");
    csv_end_row(&csv);
    IS("\"a,b\",\"\"\"c\"\"\",,d e\r\n");
    assert_int_equal(csv.change_count, 0);
}

static void test_F069_dates_are_iso_and_unknown_parts_left_out(void **state)
{
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;

    (void)state;
    csv_date(&csv, NULL);
    csv_date(&csv, &date);
    date.year = 1988;
    csv_date(&csv, &date);
    date.month = 4;
    csv_date(&csv, &date);
    date.day = 1;
    csv_date(&csv, &date);
    csv_time(&csv, 0);
    csv_time(&csv, INT64_C(1806548399999999)); /* 2027-04-01T02:59:59Z */
    csv_end_row(&csv);
    IS(",,1988,1988-04,1988-04-01,,2027-04-01T11:59:59+09:00\r\n");
}

static void test_F069_line_breaks_and_controls_are_spaces_and_reported(void **state)
{
    (void)state;
    csv_text(&csv, "理由\r\nその2");
    csv_end_row(&csv);
    csv_text(&csv, "x");
    csv_text(&csv, "a\tb\xc2\x85");
    csv_end_row(&csv);
    IS("理由  その2\r\nx,a b \r\n");
    assert_int_equal(csv.change_count, 4);
    changed(0, 1, 1, 3, '\r', CSV_CONTROL);
    changed(1, 1, 1, 4, '\n', CSV_CONTROL);
    changed(2, 2, 2, 2, '\t', CSV_CONTROL);
    changed(3, 2, 2, 4, 0x85, CSV_CONTROL);
}

static void test_F069_what_a_spreadsheet_would_compute_is_text_and_reported(void **state)
{
    static const char *const formulas[] = {"=1+1", "+81", "-2", "@a", "＝1", "＋1", "－1", "＠a"};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        csv.length = csv.change_count = 0;
        csv_text(&csv, formulas[i]);
        csv_end_row(&csv);
        assert_int_equal(csv.bytes[0], '\'');
        assert_int_equal(csv.change_count, 1);
        changed(0, (int64_t)i + 1, 1, 1, csv.changes[0].code_point, CSV_FORMULA);
    }
    csv.length = csv.change_count = 0;
    csv_text(&csv, "a=1");
    csv_number(&csv, -5); /* a number is one */
    csv_end_row(&csv);
    IS("a=1,-5\r\n");
    assert_int_equal(csv.change_count, 0);
}

static void test_F069_cp932_replaces_what_it_has_not_and_reports_it(void **state)
{
    (void)state;
    csv.encoding = CSV_CP932;
    csv_text(&csv, "髙﨑①㈱ｱ"); /* its own: NEC's and IBM's rows */
    csv_text(&csv, "𠮷田");
    csv_text(&csv, "波\u301c");
    csv_text(&csv, "邉\U000e0101子");
    csv_end_row(&csv);
    IS("\xfb\xfc\xfa\xb1\x87\x40\x87\x8a\xb1,\x81\xac\x93\x63,\x94\x67\x81\x60,\xe7\xb3\x8e\x71\r\n");
    assert_int_equal(csv.change_count, 3);
    changed(0, 1, 2, 1, 0x20bb7, CSV_REPLACED);
    changed(1, 1, 3, 2, 0x301c, CSV_SIMILAR);
    changed(2, 1, 4, 2, 0xe0101, CSV_SIMILAR);
}

static void test_F069_what_was_taken_is_not_given_again_and_rows_count_on(void **state)
{
    (void)state;
    csv_text(&csv, "=a");
    csv_end_row(&csv);
    csv_taken(&csv);
    csv_text(&csv, "=b");
    csv_end_row(&csv);
    IS("'=b\r\n");
    assert_int_equal(csv.change_count, 1);
    changed(0, 2, 1, 1, '=', CSV_FORMULA);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F069_a_header_with_its_mark_and_rows_that_end_with_crlf),
        TEST(test_F069_commas_and_quotes_are_quoted),
        TEST(test_F069_dates_are_iso_and_unknown_parts_left_out),
        TEST(test_F069_line_breaks_and_controls_are_spaces_and_reported),
        TEST(test_F069_what_a_spreadsheet_would_compute_is_text_and_reported),
        TEST(test_F069_cp932_replaces_what_it_has_not_and_reports_it),
        TEST(test_F069_what_was_taken_is_not_given_again_and_rows_count_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
