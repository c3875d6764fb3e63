/* 個人番号 check digits: the rule of 平成26年総務省令第85号 第5条 with every remainder that has a case of its own. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "number/individual_number.h"

struct row {
    const char *number;
    bool valid;
};

static const struct row rows[] = {
    {"123456789018", true},  {"023456789013", true}, /* a leading zero is a digit like any other */
    {"983205673214", true},  {"379474484458", true},  {"454972364860", true}, /* r = 0 */
    {"654972364860", true},                                                   /* r = 1 */
    {"507957100721", true},                                                   /* r = 10 */
    {"100000000005", true},  {"000000000019", true},  {"999999999996", true},
    {"111111111118", true},  {"000000000000", false}, /* passes the arithmetic; refused by policy */
    {"123456789010", false}, {"123456789012", false}, {"983205673210", false},
    {"507957100722", false}, {"12345678901X", false}, {"X23456789018", false},
    {"1234567 9018", false}, {"12345678901:", false}, /* the characters beside '0'..'9' */
    {"12345678901/", false},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (individual_number_valid(rows[i].number) != rows[i].valid)
            fail_msg("%s is taken as %s", rows[i].number, rows[i].valid ? "invalid" : "valid");
}

/* Callers hand over 12 bytes whatever was typed: 11 digits leave a terminator or a space in the last place. */
static void test_eleven_digits(void **state)
{
    (void)state;
    assert_false(individual_number_valid("12345678901"));
    assert_false(individual_number_valid("12345678901 "));
}

/* "１２３４" in UTF-8: the first 12 bytes of full-width digits are no ASCII digits. */
static void test_full_width_digits(void **state)
{
    (void)state;
    assert_false(individual_number_valid("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94"));
}

/* One check digit, and no other, makes 11 digits a number. */
static void test_only_one_check_digit(void **state)
{
    char number[13];

    (void)state;
    for (unsigned long body = 1; body < 99999999999ul; body += 1299709ul * 997) {
        snprintf(number, sizeof number, "%011lu", body);
        char right = individual_number_check_digit(number);
        for (char digit = '0'; digit <= '9'; digit++) {
            number[11] = digit;
            assert_int_equal(individual_number_valid(number), digit == right);
        }
    }
}

/* A byte with the top bit set must not pass as a digit through a signed char. */
static void test_no_byte_but_digits(void **state)
{
    (void)state;
    for (int place = 0; place < 12; place++) {
        for (int byte = 0; byte < 256; byte++) {
            char number[12];
            if (byte >= '0' && byte <= '9')
                continue;
            memcpy(number, "123456789018", sizeof number);
            number[place] = (char)byte;
            assert_false(individual_number_valid(number));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_eleven_digits),
        cmocka_unit_test(test_full_width_digits),
        cmocka_unit_test(test_only_one_check_digit),
        cmocka_unit_test(test_no_byte_but_digits),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
