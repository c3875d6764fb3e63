/* Strict DER: what BER allows and DER does not. */
#include <string.h>

#include "server/card/der.h"
#include "support/hex.h"
#include "support/test.h"

static bool strict(const char *text)
{
    uint8_t bytes[512];
    size_t length = unhex(text, bytes, sizeof bytes);

    return der_strict(bytes, length);
}

static void test_F024_what_is_der_is_taken(void **state)
{
    static const char *const good[] = {"0500",   "020100",   "02020080",   "0201ff", "0101ff",          "010100",
                                       "030100", "03020780", "0603550403", "3000",   "31060401000401ff"};
    char longer[2 + 4 + 2 * 128 + 1] = "048180";

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!strict(good[i]))
            fail_msg("%s", good[i]);
    memset(longer + 6, '0', 256);
    longer[262] = '\0';
    assert_true(strict(longer));
}

static void test_F024_what_is_only_ber_is_refused(void **state)
{
    static const char *const bad[] = {
        "",                               /* nothing */
        "0500 00",                        /* something behind */
        "30800000",                       /* indefinite length */
        "248004000000",                   /* indefinite and in pieces */
        "2403040100",                     /* a string in pieces */
        "020200ff01",                     /* length and content do not agree */
        "048101 00",                      /* long length where a short one is due */
        "04820080",                       /* length with a leading zero */
        "0201",                           /* cut off */
        "0200",                           /* an integer of nothing */
        "0202007f",                       /* not the shortest integer */
        "0202ff80",                       /* nor this */
        "010101",                         /* a truth that is neither */
        "03020701",                       /* bits beyond the end */
        "030108",                         /* unused bits of nothing */
        "0300",                           /* no count of unused bits */
        "0603558003",                     /* a padded arc */
        "06025580",                       /* an arc that does not end */
        "050100",                         /* null with content */
        "1000",                           /* a sequence that is primitive */
        "3106040102040101",               /* a set out of order */
        "0000",                           /* end of contents */
        "1f8100",                         /* a long tag */
        "170d3236303630313030303030302b", /* a time without Z */
        "30800500",
    };
    char bytes[64];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t length = 0;
        for (const char *at = bad[i]; *at; at++)
            if (*at != ' ')
                bytes[length++] = *at;
        bytes[length] = '\0';
        if (strict(bytes))
            fail_msg("%s", bad[i]);
    }
}

static void test_F024_depth_is_bounded(void **state)
{
    uint8_t bytes[2 * (DER_DEPTH_MAX + 3)];

    (void)state;
    for (size_t depth = 1; depth <= sizeof bytes / 2; depth++) {
        for (size_t i = 0; i < depth; i++) {
            bytes[2 * i] = 0x30;
            bytes[2 * i + 1] = (uint8_t)(2 * (depth - 1 - i));
        }
        assert_int_equal(der_strict(bytes, 2 * depth), depth <= DER_DEPTH_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F024_what_is_der_is_taken),
        cmocka_unit_test(test_F024_what_is_only_ber_is_refused),
        cmocka_unit_test(test_F024_depth_is_bounded),
    };

    return cmocka_run_group_tests_name("card: DER", tests, NULL, NULL);
}
