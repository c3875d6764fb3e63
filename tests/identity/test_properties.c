/* What holds for any text: found by many random ones, the same in every run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"
#include "support/texts.h"

#define TRIES 20000

static void test_F085_key_of_a_key_is_itself(void **state)
{
    (void)state;
    struct dice dice = {UINT64_C(0x5e6b697368)};
    size_t keyed = 0;

    for (int i = 0; i < TRIES; i++) {
        char text[RANDOM_TEXT_CHARACTERS * 4 + 1];
        struct text_key one, other;

        random_text(&dice, text);
        if (name_key(text, RANDOM_TEXT_CHARACTERS, &one)) {
            assert_true(name_key(one.bytes, CODE_POINTS_MAX, &other));
            assert_string_equal(one.bytes, other.bytes);
            keyed++;
        }
        if (kana_key(text, RANDOM_TEXT_CHARACTERS, &one)) {
            assert_true(kana_key(one.bytes, CODE_POINTS_MAX, &other));
            assert_string_equal(one.bytes, other.bytes);
        }
    }
    assert_true(keyed > TRIES / 2);
}

/* Spaces and variation selectors anywhere change no key. */
static void test_F085_spaces_and_selectors_do_not_count(void **state)
{
    (void)state;
    struct dice dice = {UINT64_C(0x6b616e6a69)};
    static const char *const idle[] = {" ", "\u3000", "\u00A0", "\uFE01", "\U000E0102"};

    for (int i = 0; i < TRIES; i++) {
        char text[RANDOM_TEXT_CHARACTERS * 4 + 1], longer[sizeof text + 8];
        struct text_key one, other;

        random_text(&dice, text);
        if (!name_key(text, RANDOM_TEXT_CHARACTERS, &one))
            continue;
        size_t at = dice_roll(&dice, strlen(text) + 1);
        while (((unsigned char)text[at] & 0xC0) == 0x80)
            at--;
        const char *extra = idle[dice_roll(&dice, sizeof idle / sizeof idle[0])];
        memcpy(longer, text, at);
        strcpy(longer + at, extra);
        strcat(longer, text + at);
        assert_true(name_key(longer, RANDOM_TEXT_CHARACTERS + 1, &other));
        assert_string_equal(one.bytes, other.bytes);
    }
}

static void test_F085_anybody_matches_oneself(void **state)
{
    (void)state;
    struct dice dice = {UINT64_C(0x6d61746368)};

    for (int i = 0; i < TRIES; i++) {
        char name[RANDOM_TEXT_CHARACTERS * 4 + 1], address[RANDOM_TEXT_CHARACTERS * 4 + 1];
        struct identity who = {.name = name, .address = address, .birth = {1970, 1, 1}, .sex = 1};
        struct text_key key;
        struct address_key place;
        struct identity_match match;

        random_text(&dice, name);
        random_text(&dice, address);
        identity_compare(&who, &who, &match);
        if (name_key(name, 200, &key) && address_key(address, &place))
            assert_int_equal(match.level, MATCH_MATCH);
        else
            assert_int_not_equal(match.level, MATCH_MATCH);
    }
}

/* Every day since the Gregorian calendar, written with its era and read again. */
static void test_F085_era_and_digits_agree(void **state)
{
    (void)state;
    struct civil_date date = {1873, 1, 1}, today = {2100, 1, 1}, read;

    for (; date.year < 2100; date = date_add_days(date, 1)) {
        char text[48];

        date_format_era(date, text);
        assert_int_equal(date_parse(text, today, &read), DATE_OK);
        assert_int_equal(date_number(read), date_number(date));
    }
}

/* Any bytes: refused or keyed, never more than promised. */
static void test_any_bytes(void **state)
{
    (void)state;
    struct dice dice = {UINT64_C(0x6279746573)};

    for (int i = 0; i < TRIES; i++) {
        char text[64];
        size_t length = dice_roll(&dice, sizeof text);
        struct text_key key;
        struct address_key place;
        struct registration_number number;
        struct civil_date date, today = {2026, 1, 1};

        for (size_t j = 0; j < length; j++)
            text[j] = (char)(1 + dice_roll(&dice, 255));
        text[length] = '\0';
        if (name_key(text, 200, &key))
            assert_int_equal(key.length, strlen(key.bytes));
        (void)address_key(text, &place);
        if (registration_number_parse(text, &number))
            assert_in_range(number.prefecture, 1, PREFECTURES);
        if (date_parse(text, today, &date) == DATE_OK)
            assert_true(date_valid(date));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_key_of_a_key_is_itself),
        cmocka_unit_test(test_F085_spaces_and_selectors_do_not_count),
        cmocka_unit_test(test_F085_anybody_matches_oneself),
        cmocka_unit_test(test_F085_era_and_digits_agree),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
