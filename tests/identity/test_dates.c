/* Dates and eras (domain 4.5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/identity/identity.h"

static const struct civil_date today = {2026, 4, 1};

struct reading {
    const char *text;
    enum date_result result;
    int32_t number;
};

static void check_readings(const struct reading *readings, size_t count,
                           enum date_result (*parse)(const char *, struct civil_date, struct civil_date *))
{
    for (size_t i = 0; i < count; i++) {
        struct civil_date date = {1, 1, 1};
        enum date_result result = parse(readings[i].text, today, &date);

        if (result != readings[i].result || date_number(date) != readings[i].number)
            print_error("%s: %d, %d\n", readings[i].text, (int)result, date_number(date));
        assert_int_equal(result, readings[i].result);
        assert_int_equal(date_number(date), readings[i].number);
    }
}

static void test_F085_dates_on_paper(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        {"S63.4.1", DATE_OK, 19880401},           {"s63-04-01", DATE_OK, 19880401},
        {"昭和63年4月1日", DATE_OK, 19880401},    {"昭和６３年４月１日", DATE_OK, 19880401},
        {"昭和 63年 4月 1日", DATE_OK, 19880401}, {"昭63.4.1", DATE_OK, 19880401},
        {"1988-04-01", DATE_OK, 19880401},        {"1988年4月1日", DATE_OK, 19880401},
        {"1988/4/1", DATE_OK, 19880401},          {"１９８８－０４－０１", DATE_OK, 19880401},
        {"19880401", DATE_OK, 19880401},          {"明治45.7.30", DATE_OK, 19120730},
        {"大正1.7.30", DATE_OK, 19120730},        {"大正元年7月30日", DATE_OK, 19120730},
        {"大正15.12.25", DATE_OK, 19261225},      {"昭和1.12.25", DATE_OK, 19261225},
        {"昭和元年12月25日", DATE_OK, 19261225},  {"昭和64年1月7日", DATE_OK, 19890107},
        {"平成元年1月8日", DATE_OK, 19890108},    {"H31.4.30", DATE_OK, 20190430},
        {"令和元年5月1日", DATE_OK, 20190501},    {"\u32FF元年5月1日", DATE_OK, 20190501},
        {"明治6年1月1日", DATE_OK, 18730101},     {"2000-02-29", DATE_OK, 20000229},
        {"2026-04-01", DATE_OK, 20260401},
    };
    check_readings(readings, sizeof readings / sizeof readings[0], date_parse);
}

static void test_F085_unknown_days(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        {"昭和63年4月日不詳", DATE_OK, 19880400}, {"昭和63年4月不詳", DATE_OK, 19880400},
        {"昭和63年月日不詳", DATE_OK, 19880000},  {"昭和63年不詳", DATE_OK, 19880000},
        {"1988年4月日不詳", DATE_OK, 19880400},   {"19880400", DATE_OK, 19880400},
        {"19880000", DATE_OK, 19880000},          {"不詳", DATE_OK, 0},
        {"昭和63年4月", DATE_MALFORMED, 0}, /* a part left out is not a part not known */
        {"昭和63年", DATE_MALFORMED, 0},          {"19880001", DATE_NO_SUCH_DAY, 0},
    };
    check_readings(readings, sizeof readings / sizeof readings[0], date_parse);
}

static void test_F085_dates_that_are_none(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        {"", DATE_MALFORMED, 0},
        {"昭和", DATE_MALFORMED, 0},
        {"昭和0年4月1日", DATE_MALFORMED, 0},
        {"昭和63年4月1日生", DATE_MALFORMED, 0},
        {"63.4.1", DATE_MALFORMED, 0},
        {"1988401", DATE_MALFORMED, 0},
        {"198804011", DATE_MALFORMED, 0},
        {"1988-4", DATE_MALFORMED, 0},
        {"1988-0-1", DATE_MALFORMED, 0},
        {"00000000", DATE_MALFORMED, 0},
        {"\xff", DATE_MALFORMED, 0},
        {"1988-02-30", DATE_NO_SUCH_DAY, 0},
        {"1900-02-29", DATE_NO_SUCH_DAY, 0},
        {"1988-13-01", DATE_NO_SUCH_DAY, 0},
        {"1868-01-24", DATE_NO_SUCH_DAY, 0},
        {"昭和64年1月8日", DATE_WRONG_ERA, 0},
        {"平成元年1月7日", DATE_WRONG_ERA, 0},
        {"大正元年7月29日", DATE_WRONG_ERA, 0},
        {"明治45年7月31日", DATE_WRONG_ERA, 0},
        {"昭和元年12月24日", DATE_WRONG_ERA, 0},
        {"大正15年12月26日", DATE_WRONG_ERA, 0},
        {"平成31年5月1日", DATE_WRONG_ERA, 0},
        {"令和元年4月30日", DATE_WRONG_ERA, 0},
        {"平成32年月日不詳", DATE_WRONG_ERA, 0},
        {"明治5年12月1日", DATE_WRONG_ERA, 0}, /* lunisolar */
        {"2026-04-02", DATE_IN_FUTURE, 0},
        {"令和8年5月日不詳", DATE_IN_FUTURE, 0},
        {"令和9年月日不詳", DATE_IN_FUTURE, 0},
    };
    check_readings(readings, sizeof readings / sizeof readings[0], date_parse);
}

static void test_months(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        {"1988-04", DATE_OK, 19880400},   {"198804", DATE_OK, 19880400},      {"昭和63年4月", DATE_OK, 19880400},
        {"S63.4", DATE_OK, 19880400},     {"昭和64年2月", DATE_WRONG_ERA, 0}, {"1988", DATE_MALFORMED, 0},
        {"1988-13", DATE_NO_SUCH_DAY, 0}, {"1988-04-01", DATE_MALFORMED, 0},  {"2026-05", DATE_IN_FUTURE, 0},
        {"19884", DATE_MALFORMED, 0},     {"S634", DATE_MALFORMED, 0},
    };
    check_readings(readings, sizeof readings / sizeof readings[0], month_parse);
}

static void test_F085_dates_of_certificates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum date_result result;
        int32_t number;
        bool era_unknown;
    } readings[] = {
        {"119120729", DATE_OK, 19120729, false},   {"119120730", DATE_OK, 19120730, false},
        {"219120730", DATE_OK, 19120730, false},   {"219261225", DATE_OK, 19261225, false},
        {"319261225", DATE_OK, 19261225, false},   {"319890107", DATE_OK, 19890107, false},
        {"419890108", DATE_OK, 19890108, false},   {"420190430", DATE_OK, 20190430, false},
        {"520190501", DATE_OK, 20190501, false},   {"118680125", DATE_OK, 18680125, false},
        {"019880401", DATE_OK, 19880401, true},    {"319880400", DATE_OK, 19880400, false},
        {"219120729", DATE_WRONG_ERA, 0, false},   {"119120731", DATE_WRONG_ERA, 0, false},
        {"319890108", DATE_WRONG_ERA, 0, false},   {"419890107", DATE_WRONG_ERA, 0, false},
        {"520190430", DATE_WRONG_ERA, 0, false},   {"619880401", DATE_WRONG_ERA, 0, false},
        {"319880431", DATE_NO_SUCH_DAY, 0, false}, {"118680124", DATE_NO_SUCH_DAY, 0, false},
        {"300000000", DATE_NO_SUCH_DAY, 0, false}, {"S63040101", DATE_MALFORMED, 0, false},
    };
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        struct civil_date date;
        bool era_unknown;

        assert_int_equal(date_parse_jpki(readings[i].text, &date, &era_unknown), readings[i].result);
        assert_int_equal(date_number(date), readings[i].number);
        assert_int_equal(era_unknown, readings[i].era_unknown);
    }
}

static void test_F085_dates_written_with_eras(void **state)
{
    (void)state;
    static const struct {
        int32_t number;
        const char *text;
    } dates[] = {
        {19880401, "昭和63年4月1日"},   {19120729, "明治45年7月29日"},
        {19120730, "大正元年7月30日"},  {19261224, "大正15年12月24日"},
        {19261225, "昭和元年12月25日"}, {19890107, "昭和64年1月7日"},
        {19890108, "平成元年1月8日"},   {20190430, "平成31年4月30日"},
        {20190501, "令和元年5月1日"},   {18730101, "明治6年1月1日"},
        {18721231, "1872年12月31日"},   {19880400, "昭和63年4月日不詳"},
        {19880000, "昭和63年月日不詳"}, {19890000, "1989年月日不詳"},
        {19261200, "1926年12月日不詳"}, {0, "不詳"},
    };
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        char text[48];

        date_format_era(date_of_number(dates[i].number), text);
        assert_string_equal(text, dates[i].text);
    }
}

static void test_valid_dates(void **state)
{
    (void)state;
    static const int32_t good[] = {0, 18680125, 18680100, 18680000, 20000229, 19990400, 99991231};
    static const int32_t bad[] = {18680124, 18671231, 19000229, 20230229, 19880431, 19880001, 401, 19881301};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(date_valid(date_of_number(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(date_valid(date_of_number(bad[i])));
    assert_false(date_valid((struct civil_date){1988, -1, 0}));
    assert_false(date_valid((struct civil_date){1988, 1, -1}));
    assert_false(date_valid((struct civil_date){-1, 1, 1}));
}

static void test_days_of_japan(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600000000);

    assert_int_equal(date_number(date_of_time_us(0)), 19700101);
    assert_int_equal(date_number(date_of_time_us(15 * hour - 1)), 19700101);
    assert_int_equal(date_number(date_of_time_us(15 * hour)), 19700102);
    assert_int_equal(date_number(date_of_time_us(INT64_C(951750000000000))), 20000229); /* 2000-02-28T15:00Z */
    assert_int_equal(date_number(date_of_time_us(-1)), 19700101);
}

static void test_adding_days(void **state)
{
    (void)state;
    struct civil_date date = {1868, 1, 25};

    for (int day = 0; day < 100000; day++) { /* one by one through more than two centuries */
        struct civil_date next = date_add_days(date, 1);

        assert_true(date_valid(next));
        assert_true(date_number(next) > date_number(date));
        assert_int_equal(date_number(date_add_days(next, -1)), date_number(date));
        date = next;
    }
    assert_int_equal(date_number(date_add_days((struct civil_date){2024, 2, 28}, 2)), 20240301);
    assert_int_equal(date_number(date_add_days((struct civil_date){2023, 12, 31}, 366)), 20241231);
    assert_int_equal(date_number(date_add_days((struct civil_date){1868, 1, 25}, 100000)), date_number(date));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_dates_on_paper),
        cmocka_unit_test(test_F085_unknown_days),
        cmocka_unit_test(test_F085_dates_that_are_none),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_F085_dates_of_certificates),
        cmocka_unit_test(test_F085_dates_written_with_eras),
        cmocka_unit_test(test_valid_dates),
        cmocka_unit_test(test_days_of_japan),
        cmocka_unit_test(test_adding_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
