/* Keys of names: every row of domain 4.3, and 4.7 step 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/identity/identity.h"

struct same {
    const char *one, *other;
};

static void key_of(const char *text, struct text_key *key)
{
    assert_true(name_key(text, 200, key));
    assert_int_equal(key->length, strlen(key->bytes));
}

static void assert_same(const char *one, const char *other)
{
    struct text_key first, second;

    key_of(one, &first);
    key_of(other, &second);
    assert_string_equal(first.bytes, second.bytes);
}

static void assert_other(const char *one, const char *other)
{
    struct text_key first, second;

    key_of(one, &first);
    key_of(other, &second);
    assert_string_not_equal(first.bytes, second.bytes);
}

static void test_F085_shapes_of_surnames(void **state)
{
    (void)state;
    static const struct same groups[] = {
        {"\u9AD8橋", "\u9AD9橋"},
        {"山\u5D0E", "山\uFA11"},
        {"\u5D0E", "\u5D5C"},
        {"\u5D0E", "\u7895"},
        {"中\u5CF6", "中\u5D8B"},
        {"\u5CF6", "\u5D8C"},
        {"\u658E藤", "\u9F4B藤"},
        {"\u6589藤", "\u9F4A藤"},
        {"渡\u8FBA", "渡\u908A"},
        {"渡\u8FBA", "渡\u9089"},
        {"\u6D5C", "\u6FF1"},
        {"\u6D5C", "\u6FF5"},
        {"沢", "澤"},
        {"広", "廣"},
        {"桜", "櫻"},
        {"国", "國"},
        {"鉄", "鐵"},
        {"\u5409田", "\U00020BB7田"},
        {"\u5FB3", "\u5FB7"},
        {"\u702C", "\u7028"},
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        assert_same(groups[i].one, groups[i].other);
}

static void test_F085_two_groups_that_stay_apart(void **state)
{
    (void)state;
    assert_other("斎藤", "斉藤");
    assert_other("齋藤", "齊藤");
}

static void test_F085_compatibility_ideographs(void **state)
{
    (void)state;
    static const struct same pairs[] = {
        {"\uFA19", "\u795E"}, {"\uFA1B", "\u798F"}, {"\uF9DC", "\u9686"}, {"\uFA10", "\u585A"},
        {"\uFA12", "\u6674"}, {"\uFA1A", "\u7965"}, {"\uFA1C", "\u9756"}, {"\uFA1E", "\u7FBD"},
        {"\uFA26", "\u90FD"}, {"\uFA2A", "\u98EF"}, {"\uFA2C", "\u9928"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_same(pairs[i].one, pairs[i].other);
}

/* The twelve of that block that are ideographs of their own stay what they are, but for 﨑, which folds. */
static void test_F085_twelve_unified_ideographs(void **state)
{
    (void)state;
    static const char *const twelve[] = {"\uFA0E", "\uFA0F", "\uFA13", "\uFA14", "\uFA1F", "\uFA21",
                                         "\uFA23", "\uFA24", "\uFA27", "\uFA28", "\uFA29"};
    struct text_key key;

    for (size_t i = 0; i < sizeof twelve / sizeof twelve[0]; i++) {
        key_of(twelve[i], &key);
        assert_string_equal(key.bytes, twelve[i]);
    }
}

static void test_F085_variation_selectors(void **state)
{
    (void)state;
    struct text_key key;

    assert_same("\u8FBA\U000E0101", "\u8FBA");
    assert_same("\u845B\U000E0100飾", "\u845B飾");
    assert_same("\u845B\U000E01EF", "\u845B");
    assert_same("\u795E\uFE00", "\u795E");
    assert_same("\u795E\uFE0F", "\u795E");
    key_of("\u845B\U000E0100", &key);
    assert_int_equal(key.flags, TEXT_HAS_VARIATION);
    key_of("\u845B", &key);
    assert_int_equal(key.flags, 0);
}

static void test_F085_radicals(void **state)
{
    (void)state;
    struct text_key key;

    assert_same("\u2F00郎", "一郎");
    assert_same("\u2E9F", "\u6BCD");
    key_of("\u2F00", &key);
    assert_int_equal(key.flags, TEXT_HAS_RADICAL);
    key_of("\u2E9F", &key);
    assert_int_equal(key.flags, TEXT_HAS_RADICAL);
}

static void test_F085_spaces_and_widths(void **state)
{
    (void)state;
    struct text_key key;

    assert_same("山田\u3000太郎", "山田太郎");
    assert_same("山田 太郎", "山田\u00A0太郎");
    assert_same("ﾔﾏﾀﾞ", "ヤマダ");
    assert_same("ＳＭＩＴＨ　ＪＯＨＮ", "Smith John");
    assert_same("マリー・アンヌ", "ﾏﾘｰ･ｱﾝﾇ");
    assert_same("マリー・アンヌ", "マリーアンヌ");
    key_of("Smith\u3000john 3", &key);
    assert_string_equal(key.bytes, "SMITHJOHN3");
}

static void test_F085_hyphens_of_names(void **state)
{
    (void)state;
    static const char *const hyphens[] = {"\uFF0D", "\u2010", "\u2011", "\u2012", "\u2013",
                                          "\u2014", "\u2015", "\u2212", "\u2500"};
    char name[16] = "A";

    for (size_t i = 0; i < sizeof hyphens / sizeof hyphens[0]; i++) {
        strcpy(name, "A");
        strcat(name, hyphens[i]);
        strcat(name, "B");
        assert_same(name, "A-B");
    }
    assert_other("マリ\u30FC", "マリ-"); /* a long vowel is none */
    assert_same("A\u301CB", "A\uFF5EB");
}

static void test_F085_repetition_marks(void **state)
{
    (void)state;
    struct text_key key;

    assert_same("佐々木", "佐佐木");
    assert_same("佐〻木", "佐佐木");
    assert_same("佐〃木", "佐佐木");
    assert_same("澤々", "沢沢");
    key_of("々", &key); /* nothing before it */
    assert_string_equal(key.bytes, "々");
}

static void test_F085_flags(void **state)
{
    (void)state;
    struct text_key key;

    key_of("山\uE000", &key);
    assert_int_equal(key.flags, TEXT_HAS_GAIJI);
    key_of("\U000F0000", &key);
    assert_int_equal(key.flags, TEXT_HAS_GAIJI);
    static const struct same odd[] = {{"\u3231", "(株)"}, {"\u2460", "1"}, {"\u2162", "III"}};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_same(odd[i].one, odd[i].other);
        key_of(odd[i].one, &key);
        assert_int_equal(key.flags, TEXT_HAS_ODD);
    }
}

static void test_F085_small_kana_stay(void **state)
{
    (void)state;
    assert_other("ヶ", "ケ");
    assert_other("やゆよ", "ゃゅょ");
}

static void test_F085_order_of_marks(void **state)
{
    (void)state;
    assert_same("A\u0301\u0323", "A\u0323\u0301");
    assert_same("e\u3000\u0323\u0301", "\u1EB9\u0301");
}

static void test_what_no_name_is(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",         "\u3000 ", "\u30FB",     "a\nb",   "a\x7f",      "\xff",   "\xe3\x81", "\xed\xa0\x80", "\xc0\xaf",
        "a\u202Eb", "\u200B",  "\uFEFF山田", "\uFFFF", "\U0010FFFF", "\uFDD0", "\u2028",   "\U000E0041",   "\uFE00",
    };
    struct text_key key;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(name_key(bad[i], 200, &key));
        assert_false(kana_key(bad[i], 200, &key));
    }
    assert_false(name_key(NULL, 200, &key));
    assert_true(name_key("山田", 2, &key));
    assert_false(name_key("山田", 1, &key));
    assert_true(name_key("\U00020BB7\U00020BB7", 2, &key)); /* characters, not bytes */
}

static void assert_kana(const char *text, const char *expected)
{
    struct text_key key;

    assert_true(kana_key(text, 200, &key));
    assert_string_equal(key.bytes, expected);
}

static void test_F085_kana(void **state)
{
    (void)state;
    assert_kana("やまだ\u3000たろう", "ヤマダタロウ");
    assert_kana("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダタロウ");
    assert_kana("マリ－", "マリー");
    assert_kana("まり‐", "マリー");
    assert_kana("ﾏﾘｰ･ｱﾝﾇ", "マリーアンヌ");
    assert_kana("ゔぁ", "ヴァ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_shapes_of_surnames),
        cmocka_unit_test(test_F085_two_groups_that_stay_apart),
        cmocka_unit_test(test_F085_compatibility_ideographs),
        cmocka_unit_test(test_F085_twelve_unified_ideographs),
        cmocka_unit_test(test_F085_variation_selectors),
        cmocka_unit_test(test_F085_radicals),
        cmocka_unit_test(test_F085_spaces_and_widths),
        cmocka_unit_test(test_F085_hyphens_of_names),
        cmocka_unit_test(test_F085_repetition_marks),
        cmocka_unit_test(test_F085_flags),
        cmocka_unit_test(test_F085_small_kana_stay),
        cmocka_unit_test(test_F085_order_of_marks),
        cmocka_unit_test(test_what_no_name_is),
        cmocka_unit_test(test_F085_kana),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
