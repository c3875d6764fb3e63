/* Keys of addresses (domain 4.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"
#include "server/identity/numeral.h"

struct row {
    const char *text, *municipality, *town, *number, *building;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct address_key key;

        assert_true(address_key(rows[i].text, &key));
        if (strcmp(key.municipality, rows[i].municipality) || strcmp(key.town, rows[i].town) ||
            strcmp(key.number, rows[i].number) || strcmp(key.building, rows[i].building))
            print_error("%s: %s|%s|%s|%s\n", rows[i].text, key.municipality, key.town, key.number, key.building);
        assert_string_equal(key.municipality, rows[i].municipality);
        assert_string_equal(key.town, rows[i].town);
        assert_string_equal(key.number, rows[i].number);
        assert_string_equal(key.building, rows[i].building);
    }
}

#define URAWA "埼玉県さいたま市浦和区"

static void test_F085_lot_numbers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {URAWA "見本町1丁目2番3号", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町一丁目二番三号", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1-2-3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町１－２－３", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\u20102\u20103", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\u20112\u20123", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\u20132\u20143", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\u20152\u22123", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\u30FC2\u25003", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1\uFF702-3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1丁目2番地3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1丁目2番地の3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1丁目2番の3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1丁目2-3号", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1の2の3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1ノ2ノ3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町 1丁目 2番 3号", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町1丁目2番3", URAWA, "見本町", "1-2-3", ""},
        {URAWA "見本町二十一番地", URAWA, "見本町", "21", ""},
        {URAWA "見本町廿一番地", URAWA, "見本町", "21", ""},
        {URAWA "見本町百二十三番地の四", URAWA, "見本町", "123-4", ""},
        {URAWA "見本町一〇三番地", URAWA, "見本町", "103", ""},
        {URAWA "見本町壱番地", URAWA, "見本町", "1", ""},
        {URAWA "見本町", URAWA, "見本町", "", ""},
        {"埼玉県", "埼玉県", "", "", ""},
        {"大阪府堺市堺区見本町東3丁2番5号", "大阪府堺市堺区", "見本町東", "3-2-5", ""},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_F085_buildings(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {URAWA "見本町1-2-3 例示ハイツ101号室", URAWA, "見本町", "1-2-3", "例示ハイツ101"},
        {URAWA "見本町1-2-3例示ハイツ101", URAWA, "見本町", "1-2-3", "例示ハイツ101"},
        {URAWA "見本町1丁目2番3号例示ハイツ２棟１０１号", URAWA, "見本町", "1-2-3", "例示ハイツ2-101"},
        {URAWA "見本町1丁目2番3号例示ハイツ2号棟101号室", URAWA, "見本町", "1-2-3", "例示ハイツ2-101"},
        {URAWA "見本町1丁目2番3号201号室", URAWA, "見本町", "1-2-3-201", ""},
        {URAWA "見本町1-2-3スカイタワー1201", URAWA, "見本町", "1-2-3", "スカイタワー1201"},
        {URAWA "見本町1-2-3コーポabc", URAWA, "見本町", "1-2-3", "コーポABC"},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_F085_names_that_look_like_numbers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"東京都千代田区三番町5", "東京都千代田区", "三番町", "5", ""},
        {"東京都八王子市例示町1-2", "東京都八王子市", "例示町", "1-2", ""},
        {"宮城県仙台市青葉区一番町1丁目", "宮城県仙台市青葉区", "一番町", "1", ""},
        {"大阪府大阪市北区例示三番街5", "大阪府大阪市北区", "例示三番街", "5", ""},
        {"和歌山県和歌山市三番丁1", "和歌山県和歌山市", "三番丁", "1", ""},
        {"秋田県横手市十文字町例示5番地", "秋田県横手市", "十文字町例示", "5", ""},
        {"三重県四日市市例示町1-1", "三重県四日市市", "例示町", "1-1", ""},
        {"千葉県千葉市美浜区例示二番館", "千葉県千葉市美浜区", "例示二番館", "", ""},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_F085_sections_and_grids(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"埼玉県比企郡見本町大字例示字架空123番地", "埼玉県比企郡見本町", "例示架空", "123", ""},
        {"埼玉県比企郡見本町例示架空123", "埼玉県比企郡見本町", "例示架空", "123", ""},
        {"埼玉県比企郡見本町大字例示小字架空123-1", "埼玉県比企郡見本町", "例示架空", "123-1", ""},
        {"北海道札幌市中央区北1条西2丁目3番4号", "北海道札幌市中央区", "北1-西", "2-3-4", ""},
        {"北海道札幌市中央区北一条西二丁目3-4", "北海道札幌市中央区", "北1-西", "2-3-4", ""},
        {"北海道例示郡見本町東一線北二号5番地", "北海道例示郡見本町", "東1線北", "2-5", ""},
        {"東京都千代田区霞\u30F6関1-2", "東京都千代田区", "霞ケ関", "1-2", ""},
        {"東京都千代田区霞ケ関1-2", "東京都千代田区", "霞ケ関", "1-2", ""},
        {"群馬県例示郡見本町八\u30C3場1", "群馬県例示郡見本町", "八ツ場", "1", ""},
        {"群馬県例示郡見本町八ツ場1", "群馬県例示郡見本町", "八ツ場", "1", ""},
        {"埼玉県所\u6FA4市見本町1", "埼玉県所沢市", "見本町", "1", ""},
        {"埼玉県代々木市見本町1", "埼玉県代代木市", "見本町", "1", ""},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_F085_municipalities(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"東京都町田市例示1", "東京都町田市", "例示", "1", ""},
        {"東京都東村山市例示1", "東京都東村山市", "例示", "1", ""},
        {"千葉県市川市例示1", "千葉県市川市", "例示", "1", ""},
        {"千葉県市原市例示1", "千葉県市原市", "例示", "1", ""},
        {"広島県廿日市市例示1", "広島県廿日市市", "例示", "1", ""},
        {"石川県野々市市例示1", "石川県野野市市", "例示", "1", ""},
        {"新潟県十日町市例示1", "新潟県十日町市", "例示", "1", ""},
        {"長野県大町市例示1", "長野県大町市", "例示", "1", ""},
        {"福島県郡山市例示1", "福島県郡山市", "例示", "1", ""},
        {"奈良県大和郡山市例示1", "奈良県大和郡山市", "例示", "1", ""},
        {"岐阜県郡上市例示1", "岐阜県郡上市", "例示", "1", ""},
        {"愛知県蒲郡市例示1", "愛知県蒲郡市", "例示", "1", ""},
        {"福岡県小郡市例示1", "福岡県小郡市", "例示", "1", ""},
        {"山形県村山市例示1", "山形県村山市", "例示", "1", ""},
        {"山形県北村山郡大石田町例示1", "山形県北村山郡大石田町", "例示", "1", ""},
        {"福島県田村郡三春町例示1", "福島県田村郡三春町", "例示", "1", ""},
        {"福島県田村市例示1", "福島県田村市", "例示", "1", ""},
        {"北海道余市郡余市町例示1", "北海道余市郡余市町", "例示", "1", ""},
        {"奈良県高市郡明日香村例示1", "奈良県高市郡明日香村", "例示", "1", ""},
        {"群馬県佐波郡玉村町例示1", "群馬県佐波郡玉村町", "例示", "1", ""},
        {"佐賀県杵島郡大町町例示1", "佐賀県杵島郡大町町", "例示", "1", ""},
        {"富山県中新川郡上市町例示1", "富山県中新川郡上市町", "例示", "1", ""},
        {"三重県津市例示1", "三重県津市", "例示", "1", ""},
        {"東京都千代田区例示市1", "東京都千代田区", "例示市", "1", ""},
        {"東京都八丈町例示1", "東京都八丈町", "例示", "1", ""},
        {"神奈川県横浜市保土ケ谷区例示1", "神奈川県横浜市保土ケ谷区", "例示", "1", ""},
        {"神奈川県横浜市保土ヶ谷区例示1", "神奈川県横浜市保土ケ谷区", "例示", "1", ""},
        {"愛知県名古屋市中村区例示1", "愛知県名古屋市中村区", "例示", "1", ""},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_F085_missing_prefecture(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"さいたま市浦和区見本町1", URAWA, "見本町", "1", ""},
        {"川口市見本町1", "埼玉県川口市", "見本町", "1", ""},
        {"鶴ヶ島市見本町1", "埼玉県鶴ケ島市", "見本町", "1", ""},
        {"横浜市中区見本町1", "神奈川県横浜市中区", "見本町", "1", ""},
        {"京都市北区見本町1", "京都府京都市北区", "見本町", "1", ""},
        {"那覇市見本町1", "沖縄県那覇市", "見本町", "1", ""},
        {"津市見本町1", "三重県津市", "見本町", "1", ""},
        {"府中市見本町1", "府中市", "見本町", "1", ""},           /* Tokyo and Hiroshima */
        {"伊達市見本町1", "伊達市", "見本町", "1", ""},           /* Hokkaido and Fukushima */
        {"東松山市見本町1", "埼玉県東松山市", "見本町", "1", ""}, /* not 松山市 */
        {"架空市見本町1", "架空市", "見本町", "1", ""},
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

/* Rows of the tables are compared with keys: they must be in the form of keys. */
static void test_tables_are_in_the_form_of_keys(void **state)
{
    (void)state;
    static const char *const names[] = {
#define PREFECTURE(code, name) name,
#include "server/identity/prefecture.def"
#define DESIGNATED(prefecture, name) name,
#define CITY(prefecture, name)       name,
#define NESTED(name)                 name,
#define NESTED_DISTRICT(name)        name,
#include "server/identity/municipality.def"
    };
    assert_true(sizeof names / sizeof names[0] > PREFECTURES + 100);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct code_points points;
        char text[64];

        assert_true(code_points_of(names[i], NULL, 20, &points));
        assert_true(code_points_text(points.at, points.count, text, sizeof text));
        assert_string_equal(text, names[i]);
    }
}

/* A prefecture is completed only where one municipality in the country has the name. */
static void test_cities_are_unique(void **state)
{
    (void)state;
    static const char *const cities[] = {
#undef NESTED
#undef NESTED_DISTRICT
#define NESTED(name)
#define NESTED_DISTRICT(name)
#include "server/identity/municipality.def"
    };
    for (size_t i = 0; i < sizeof cities / sizeof cities[0]; i++) {
        assert_string_not_equal(cities[i], "府中市");
        assert_string_not_equal(cities[i], "伊達市");
        for (size_t j = i + 1; j < sizeof cities / sizeof cities[0]; j++)
            assert_string_not_equal(cities[i], cities[j]);
    }
}

static void test_F085_kanji_numerals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t value;
    } rows[] = {
        {"一", 1},
        {"十", 10},
        {"十一", 11},
        {"二十一", 21},
        {"廿", 20},
        {"廿一", 21},
        {"卅五", 35},
        {"百", 100},
        {"百二十三", 123},
        {"千二百", 1200},
        {"九千九百九十九", 9999},
        {"一〇三", 103},
        {"〇", 0},
        {"壱弐参", 123},
        {"拾", 10},
        {"零五", 5},
        {"九九九九九九", 999999},
        {"一二三四五六七", -1},
        {"十十", -1},
        {"十千", -1},
        {"二二十", -1},
        {"二廿", -1},
        {"廿十", -1},
        {"〇十", -1},
        {"十二三", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct code_points points;

        assert_true(code_points_of(rows[i].text, NULL, 20, &points));
        assert_int_equal(numeral_run(points.at, points.count), points.count);
        if (numeral_value(points.at, points.count) != rows[i].value)
            print_error("%s: %d\n", rows[i].text, numeral_value(points.at, points.count));
        assert_int_equal(numeral_value(points.at, points.count), rows[i].value);
    }
    assert_int_equal(numeral_value(NULL, 0), -1);
}

static void test_what_no_address_is(void **state)
{
    (void)state;
    struct address_key key;
    char text[301 * 3 + 1] = "";

    assert_false(address_key("", &key));
    assert_false(address_key("\xff", &key));
    assert_false(address_key("埼玉県\n", &key));
    for (int i = 0; i < 300; i++)
        strcat(text, "町");
    assert_true(address_key(text, &key));
    strcat(text, "町");
    assert_false(address_key(text, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_lot_numbers),
        cmocka_unit_test(test_F085_buildings),
        cmocka_unit_test(test_F085_names_that_look_like_numbers),
        cmocka_unit_test(test_F085_sections_and_grids),
        cmocka_unit_test(test_F085_municipalities),
        cmocka_unit_test(test_F085_missing_prefecture),
        cmocka_unit_test(test_tables_are_in_the_form_of_keys),
        cmocka_unit_test(test_cities_are_unique),
        cmocka_unit_test(test_F085_kanji_numerals),
        cmocka_unit_test(test_what_no_address_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
