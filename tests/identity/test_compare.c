/* Matching field by field (domain 4.6 step 5, 4.7 step 2, 4.8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/identity/identity.h"

#define HOME "埼玉県さいたま市浦和区見本町1丁目2番3号"

static const struct identity registered = {
    .name = "山崎\u3000花子",
    .kana = "ヤマザキ\u3000ハナコ",
    .former_surname = "渡辺",
    .common_name = "山田花子",
    .roman_name = "YAMAZAKI HANAKO",
    .address = HOME,
    .birth = {1988, 4, 1},
    .sex = 2,
};

static struct identity_match compare(struct identity theirs)
{
    struct identity_match match, back;

    identity_compare(&registered, &theirs, &match);
    identity_compare(&theirs, &registered, &back); /* the order of the two does not matter */
    assert_memory_equal(&match, &back, sizeof match);
    assert_int_equal(match.fold_table_version, FOLD_TABLE_VERSION);
    return match;
}

static void test_F085_match_of_equal_fields(void **state)
{
    (void)state;
    struct identity_match match = compare(registered);

    assert_int_equal(match.level, MATCH_MATCH);
    assert_int_equal(match.name, NAME_EXACT_RAW);
    assert_int_equal(match.birth, FIELD_EQUAL);
    assert_int_equal(match.sex, FIELD_EQUAL);
    assert_int_equal(match.address, FIELD_EQUAL);
    assert_false(match.needs_person);
}

struct name_row {
    const char *name, *wildcards;
    enum name_level level;
    enum match_level result;
};

static void test_F085_match_levels_of_names(void **state)
{
    (void)state;
    static const struct name_row rows[] = {
        {"山崎\u3000花子", NULL, NAME_EXACT_RAW, MATCH_MATCH},
        {"山崎\u3000花子", "00000", NAME_EXACT_RAW, MATCH_MATCH},
        {"山\uFA11 花子", NULL, NAME_EXACT_KEY, MATCH_MATCH},
        {"山崎花子", NULL, NAME_EXACT_KEY, MATCH_MATCH},
        {"山嵜\u3000花子", NULL, NAME_EXACT_KEY, MATCH_MATCH},
        {"山＊\u3000花子", "01000", NAME_KEY_WILDCARD, MATCH_SOFT},
        {"＊崎\u3000＊子", "10010", NAME_KEY_WILDCARD, MATCH_SOFT},
        {"＊崎\u3000桃子", "10000", NAME_KANA_ONLY, MATCH_SOFT}, /* what is not a wildcard must be equal */
        {"山＊\u3000花子", "0100", NAME_KANA_ONLY, MATCH_SOFT},  /* flags of another length: no name */
        {"山＊\u3000花子", "01x00", NAME_KANA_ONLY, MATCH_SOFT},
        {"山＊\u3000花子", NULL, NAME_KANA_ONLY, MATCH_SOFT},
        {"渡邊\u3000花子", NULL, NAME_ALT, MATCH_SOFT}, /* 旧氏 */
        {"山田花子", NULL, NAME_ALT, MATCH_SOFT},       /* 通称 */
        {"Yamazaki Hanako", NULL, NAME_ALT, MATCH_SOFT},
        {"渡辺\u3000桃子", NULL, NAME_KANA_ONLY, MATCH_SOFT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct identity theirs = registered;

        theirs.name = rows[i].name;
        theirs.name_wildcards = rows[i].wildcards;
        theirs.former_surname = theirs.common_name = theirs.roman_name = NULL;
        struct identity_match match = compare(theirs);
        if (match.name != rows[i].level)
            print_error("%s: %d\n", rows[i].name, (int)match.name);
        assert_int_equal(match.name, rows[i].level);
        assert_int_equal(match.level, rows[i].result);
    }
}

static void test_F085_name_of_nobody(void **state)
{
    (void)state;
    struct identity theirs = registered;

    theirs.name = "鈴木\u3000一郎";
    theirs.kana = "スズキ\u3000イチロウ";
    theirs.former_surname = theirs.common_name = theirs.roman_name = NULL;
    struct identity_match match = compare(theirs);
    assert_int_equal(match.name, NAME_NONE);
    assert_int_equal(match.level, MATCH_MISMATCH);
    theirs.kana = "";
    theirs.name = "";
    assert_int_equal(compare(theirs).name, NAME_NONE);
    theirs.kana = NULL;
    theirs.name = NULL;
    assert_int_equal(compare(theirs).level, MATCH_MISMATCH);
}

static void test_F085_match_of_birth_dates(void **state)
{
    (void)state;
    static const struct {
        struct civil_date birth;
        enum field_level level;
        enum match_level result;
    } rows[] = {
        {{1988, 4, 1}, FIELD_EQUAL, MATCH_MATCH},      {{1988, 4, 2}, FIELD_DIFFERS, MATCH_MISMATCH},
        {{1988, 5, 1}, FIELD_DIFFERS, MATCH_MISMATCH}, {{1987, 4, 1}, FIELD_DIFFERS, MATCH_MISMATCH},
        {{1988, 4, 0}, FIELD_SOFT, MATCH_SOFT},        {{1988, 0, 0}, FIELD_SOFT, MATCH_SOFT},
        {{1988, 5, 0}, FIELD_DIFFERS, MATCH_MISMATCH}, {{1987, 0, 0}, FIELD_DIFFERS, MATCH_MISMATCH},
        {{0, 0, 0}, FIELD_UNKNOWN, MATCH_SOFT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct identity theirs = registered;

        theirs.birth = rows[i].birth;
        struct identity_match match = compare(theirs);
        assert_int_equal(match.birth, rows[i].level);
        assert_int_equal(match.level, rows[i].result);
    }
}

/* The day is known to neither: equal as far as known is not equal. */
static void test_F085_unknown_birth_on_both_sides(void **state)
{
    (void)state;
    struct identity one = registered;
    struct identity_match match;

    one.birth = (struct civil_date){1988, 4, 0};
    identity_compare(&one, &one, &match);
    assert_int_equal(match.birth, FIELD_SOFT);
    assert_int_equal(match.level, MATCH_SOFT);
}

static void test_F085_match_of_sex(void **state)
{
    (void)state;
    struct identity theirs = registered;

    theirs.sex = 0;
    assert_int_equal(compare(theirs).sex, FIELD_UNKNOWN);
    assert_int_equal(compare(theirs).level, MATCH_MATCH);
    theirs.sex = 9;
    assert_int_equal(compare(theirs).sex, FIELD_UNKNOWN);
    theirs.sex = 1; /* never rejects alone */
    assert_int_equal(compare(theirs).sex, FIELD_DIFFERS);
    assert_int_equal(compare(theirs).level, MATCH_SOFT);
}

static void test_F085_match_of_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address, *wildcards;
        enum field_level level;
        enum match_level result;
    } rows[] = {
        {"さいたま市浦和区見本町一丁目2-3", NULL, FIELD_EQUAL, MATCH_MATCH},
        {HOME "例示ハイツ101", NULL, FIELD_SOFT, MATCH_SOFT},
        {"埼玉県さいたま市浦和区見本町1丁目2番4号", NULL, FIELD_DIFFERS, MATCH_SOFT},
        {"埼玉県さいたま市浦和区例示町1丁目2番3号", NULL, FIELD_DIFFERS, MATCH_SOFT},
        {"埼玉県さいたま市大宮区見本町1丁目2番3号", NULL, FIELD_DIFFERS, MATCH_SOFT},
        {"東京都さいたま市浦和区見本町1丁目2番3号", NULL, FIELD_DIFFERS, MATCH_SOFT},
        {"埼玉県さいたま市浦和区見＊町1-2-3", "000000000000100000000", FIELD_DIFFERS, MATCH_SOFT}, /* a wrong length */
        {"埼玉県さいたま市浦和区見＊町1-2-3", "0000000000001000000", FIELD_SOFT, MATCH_SOFT},
        {"", NULL, FIELD_UNKNOWN, MATCH_SOFT},
        {NULL, NULL, FIELD_UNKNOWN, MATCH_SOFT},
        {"\xff", NULL, FIELD_DIFFERS, MATCH_SOFT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct identity theirs = registered;

        theirs.address = rows[i].address;
        theirs.address_wildcards = rows[i].wildcards;
        struct identity_match match = compare(theirs);
        if (match.address != rows[i].level)
            print_error("%s: %d\n", rows[i].address, (int)match.address);
        assert_int_equal(match.address, rows[i].level);
        assert_int_equal(match.level, rows[i].result);
    }
}

static void test_F085_a_person_looks(void **state)
{
    (void)state;
    static const char *const names[] = {"山崎\u3000花\uE000", "\u2F2D崎\u3000花子", "山崎\u3000花子\u2162"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct identity theirs = registered;
        struct identity_match match;

        theirs.name = names[i];
        assert_true(compare(theirs).needs_person);
        identity_compare(&theirs, &theirs, &match); /* also when equal to the byte */
        assert_int_equal(match.level, MATCH_MATCH);
        assert_true(match.needs_person);
    }
    struct identity theirs = registered;
    theirs.era_unknown = true;
    assert_true(compare(theirs).needs_person);
    theirs = registered;
    theirs.address = "埼玉県さいたま市浦和区見本\uE001町1";
    assert_true(compare(theirs).needs_person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_match_of_equal_fields),
        cmocka_unit_test(test_F085_match_levels_of_names),
        cmocka_unit_test(test_F085_name_of_nobody),
        cmocka_unit_test(test_F085_match_of_birth_dates),
        cmocka_unit_test(test_F085_unknown_birth_on_both_sides),
        cmocka_unit_test(test_F085_match_of_sex),
        cmocka_unit_test(test_F085_match_of_addresses),
        cmocka_unit_test(test_F085_a_person_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
