#include "server/identity/identity.h"

static const int8_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static int days_of(int year, int month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : month_days[month - 1];
}

int32_t date_number(struct civil_date date)
{
    return (int32_t)date.year * 10000 + date.month * 100 + date.day;
}

struct civil_date date_of_number(int32_t number)
{
    struct civil_date date = {0};

    if (number < 0 || number > 99999999)
        return date;
    date.year = (int16_t)(number / 10000);
    date.month = (int8_t)(number / 100 % 100);
    date.day = (int8_t)(number % 100);
    return date;
}

bool date_valid(struct civil_date date)
{
    if (date.year == 0)
        return date.month == 0 && date.day == 0;
    if (date.year < 1868 || date.year > 9999 || date.month < 0 || date.month > 12 || date.day < 0)
        return false;
    if (date.month == 0)
        return date.day == 0;
    if (date.day > days_of(date.year, date.month))
        return false;
    return date.year > 1868 || date.month > 1 || date.day == 0 || date.day >= 25;
}

/* Days since 1970-01-01 and back (proleptic Gregorian), years counted from March so that the leap day stands last. */
static int64_t days_since_epoch(struct civil_date date)
{
    int64_t year = date.year - (date.month <= 2), month = (date.month + 9) % 12;
    int64_t era = year / 400, of_era = year % 400;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (month * 153 + 2) / 5 + date.day - 1 - 719468;
}

static struct civil_date date_of_days(int64_t days)
{
    days += 719468;
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (year * 365 + year / 4 - year / 100), month = (of_year * 5 + 2) / 153;
    struct civil_date date = {
        .month = (int8_t)(month < 10 ? month + 3 : month - 9),
        .day = (int8_t)(of_year - (month * 153 + 2) / 5 + 1),
    };
    date.year = (int16_t)(era * 400 + year + (date.month <= 2));
    return date;
}

struct civil_date date_of_time_us(int64_t us)
{
    const int64_t day = INT64_C(86400000000), japan = INT64_C(9) * 3600 * 1000000;

    if (us < 0)
        us = 0;
    return date_of_days((us + japan) / day);
}

struct civil_date date_add_days(struct civil_date date, int days)
{
    return date_of_days(days_since_epoch(date) + days);
}
