/* What is told of a text that is not a number, and numbers in arguments. */
#include <string.h>

#include "number_syntax.h"
#include "options.h"
#include "support/fixture.h"

static const struct {
    const char *text;
    enum number_syntax syntax;
} cases[] = {
    {"123456789018", NUMBER_OK},
    {"123456789010", NUMBER_OK}, /* a wrong check digit: the vault's to say */
    {"", NUMBER_EMPTY},
    {"  ", NUMBER_EMPTY},
    {"12345678901", NUMBER_TOO_SHORT},
    {"1", NUMBER_TOO_SHORT},
    {"1234567890123", NUMBER_TOO_LONG},
    {"1234 5678 9018", NUMBER_SEPARATED},
    {"1234-5678-9018", NUMBER_SEPARATED},
    {"1234\xe3\x80\x80"
     "56789018",
     NUMBER_SEPARATED},
    {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93", NUMBER_FULL_WIDTH},
    {"12345678901\xef\xbc\x98", NUMBER_FULL_WIDTH},
    {"12345678901X", NUMBER_NOT_DIGITS},
    {"1.23457E+11", NUMBER_NOT_DIGITS},
    {"\xe4\xb8\x80\xe4\xba\x8c", NUMBER_NOT_DIGITS}, /* kanji digits */
    {"\xef\xbc", NUMBER_NOT_DIGITS},                 /* a character broken off */
};

static void test_syntax(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (number_syntax(cases[i].text, strlen(cases[i].text)) != cases[i].syntax)
            fail_msg("\"%s\" is taken as %d", cases[i].text, number_syntax(cases[i].text, strlen(cases[i].text)));
}

static void test_zero_byte(void **state)
{
    (void)state;
    assert_int_equal(number_syntax("12345678901\0", 12), NUMBER_NOT_DIGITS);
}

static void test_number_in_argument(void **state)
{
    static const char *const numbers[] = {
        "123456789018",
        "1234-5678-9018",
        "1234 5678 9018",
        "--reference=123456789018",
        "-123456789018",
        "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96\xef\xbc\x97\xef\xbc\x98\xef\xbc\x99"
        "\xef\xbc\x90\xef\xbc\x91\xef\xbc\x98",
    };
    static const char *const others[] = {
        "",
        "--help",
        "11",
        "1234567890123",
        "12345678901",
        "a123456789018",
        "00112233445566778899001122334455",
        "127.0.0.1:7600",
        "--count=10000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!looks_like_number(numbers[i]))
            fail_msg("\"%s\" passes as an argument", numbers[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (looks_like_number(others[i]))
            fail_msg("\"%s\" is taken for a number", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_number_in_argument),
    };

    return cmocka_run_group_tests_name("number syntax", tests, NULL, NULL);
}
