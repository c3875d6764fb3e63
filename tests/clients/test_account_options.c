/* Dates and times of the account commands, and rows of results. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account_options.h"
#include "csv.h"
#include "support/fixture.h"

static void test_dates(void **state)
{
    static const char *const bad[] = {"2027-3",           "2027-13-01", "2027-02-30", "2026-02-29", "tomorrow",
                                      "2027-03-31T10:00", "1899-12-31", "2027/03/31", "27-03-31"};
    char text[DATE_TEXT_LEN];
    uint32_t date = 1;

    (void)state;
    assert_true(day_parse("2027-03-31", &date));
    assert_int_equal(date, 20270331);
    date_format(date, text);
    assert_string_equal(text, "2027-03-31");
    assert_true(day_parse("2028-02-29", &date));
    assert_int_equal(date, 20280229);
    assert_true(day_parse("", &date)); /* an empty column */
    assert_int_equal(date, 0);
    date_format(0, text);
    assert_string_equal(text, "-");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (day_parse(bad[i], &date))
            fail_msg("taken for a date: %s", bad[i]);
    date_format(UINT32_MAX, text); /* of a server that lies: it fits all the same */
    assert_true(strlen(text) < sizeof text);
}

static void test_minutes(void **state)
{
    char text[MINUTE_TEXT_LEN];

    (void)state;
    minute_format(1795431600000000, text);
    assert_string_equal(text, "2026-11-23 11:00Z");
    minute_format(0, text);
    assert_string_equal(text, "-");
    minute_format(INT64_MIN, text);
    assert_string_equal(text, "-");
    minute_format(INT64_MAX, text);
    assert_true(strlen(text) < sizeof text);
}

static void test_rows(void **state)
{
    char *written = NULL;
    size_t length;
    FILE *stream = open_memstream(&written, &length);

    (void)state;
    csv_write_row(stream, (const char *const[]){"1", "a,b", "say \"x\"", "", "two\nlines"}, 5);
    fclose(stream);
    assert_string_equal(written, "1,\"a,b\",\"say \"\"x\"\"\",,\"two\nlines\"\r\n");
    free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_minutes),
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests_name("account_options", tests, NULL, NULL);
}
