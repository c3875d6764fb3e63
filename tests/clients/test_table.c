/* Tables line up with East Asian wide characters in them. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixture.h"
#include "table.h"

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(display_width("abc"), 3);
    assert_int_equal(display_width("都道府県"), 8);
    assert_int_equal(display_width("a県"), 3);
    assert_int_equal(display_width("\xff"), 1);
    assert_int_equal(display_width(""), 0);
}

static void test_columns_line_up(void **state)
{
    struct table table;
    char *written = NULL;
    size_t length;
    FILE *stream = open_memstream(&written, &length);

    (void)state;
    table_start(&table, 2);
    table_row(&table, (const char *const[]){"項目", "値"});
    table_row(&table, (const char *const[]){"uid", "1"});
    table_print(&table, stream);
    fclose(stream);
    assert_string_equal(written, "項目  値\n--------\nuid   1\n");
    free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_width), cmocka_unit_test(test_columns_line_up)};

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
