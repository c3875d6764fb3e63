/* Registration numbers (domain 2.5) and prefectures (domain 3.11). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/identity/identity.h"

static void test_numbers_as_written(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "埼玉県-012345",      "埼玉県\u2010012345", "埼玉県\u2011012345", "埼玉県\u2212012345",   "埼玉県\uFF0D012345",
        "埼玉県\u30FC012345", "埼玉県\uFF70012345", "埼玉県-12345",       "埼玉県－０１２３４５", "11-012345",
        "１１－０１２３４５", "埼玉県 - 012345",    "埼玉県-0000012345",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct registration_number number;

        assert_true(registration_number_parse(forms[i], &number));
        assert_int_equal(number.prefecture, 11);
        assert_int_equal(number.serial, 12345);
    }
}

static void test_what_no_number_is(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "埼玉県",
        "埼玉県-",
        "埼玉県012345",
        "埼玉-012345",
        "埼玉県-000000",
        "00-012345",
        "48-012345",
        "1-012345",
        "111-012345",
        "埼玉県-4294967296",
        "埼玉県-12a45",
        "埼玉県--12",
        "埼玉県-012345-",
        "埼玉県-00000012345",
        "-12345",
        "埼玉県_12345",
        "\xff-1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct registration_number number;

        assert_false(registration_number_parse(bad[i], &number));
        assert_int_equal(number.prefecture, 0);
    }
}

static void test_printed_and_read_again(void **state)
{
    (void)state;
    static const uint32_t serials[] = {1, 999999, 1000000, UINT32_MAX};

    for (unsigned code = 1; code <= PREFECTURES; code++) {
        for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
            struct registration_number one = {.prefecture = (uint8_t)code, .serial = serials[i]}, other;
            char text[REGISTRATION_NUMBER_TEXT];

            assert_true(registration_number_format(one, text));
            assert_true(registration_number_parse(text, &other));
            assert_int_equal(other.prefecture, code);
            assert_int_equal(other.serial, serials[i]);
        }
    }
    char text[REGISTRATION_NUMBER_TEXT];
    assert_true(registration_number_format((struct registration_number){11, 12345}, text));
    assert_string_equal(text, "埼玉県-012345");
    assert_false(registration_number_format((struct registration_number){48, 1}, text));
    assert_false(registration_number_format((struct registration_number){11, 0}, text));
}

static void test_prefectures(void **state)
{
    (void)state;
    size_t used;

    assert_string_equal(prefecture_name(1), "北海道");
    assert_string_equal(prefecture_name(11), "埼玉県");
    assert_string_equal(prefecture_name(47), "沖縄県");
    assert_null(prefecture_name(0));
    assert_null(prefecture_name(48));
    for (unsigned code = 1; code <= PREFECTURES; code++) {
        assert_int_equal(prefecture_starting(prefecture_name(code), &used), code);
        assert_int_equal(used, strlen(prefecture_name(code)));
    }
    assert_int_equal(prefecture_starting("京都市", &used), 0);
    assert_int_equal(used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_as_written),
        cmocka_unit_test(test_what_no_number_is),
        cmocka_unit_test(test_printed_and_read_again),
        cmocka_unit_test(test_prefectures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
