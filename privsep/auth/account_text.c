#include "auth/account_text.h"

#include <string.h>

#define DAY_US   (86400 * INT64_C(1000000))
#define JAPAN_US (9 * 3600 * INT64_C(1000000)) /* ahead of UTC, all the year */

static bool id_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool zero_from(const char *text, size_t at, size_t size)
{
    while (at < size)
        if (text[at++] != '\0')
            return false;
    return true;
}

bool account_id_valid(const char id[ACCOUNT_LEN])
{
    size_t length = strnlen(id, ACCOUNT_LEN);

    if (length == 0 || !id_start(id[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!id_start(id[i]) && id[i] != '.' && id[i] != '_' && id[i] != '-')
            return false;
    return zero_from(id, length, ACCOUNT_LEN);
}

size_t utf8_sequence(const uint8_t *text, size_t left)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first_low || text[0] > forms[i].first_high)
            continue;
        if (left < forms[i].length)
            return 0;
        if (forms[i].length > 1 && (text[1] < forms[i].second_low || text[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if ((text[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

static bool control(const uint8_t *sequence)
{
    return sequence[0] < 0x20 || sequence[0] == 0x7f || (sequence[0] == 0xc2 && sequence[1] < 0xa0);
}

bool account_text_valid(const char *text, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t length = strnlen(text, size);

    for (size_t at = 0, step; at < length; at += step) {
        step = utf8_sequence(bytes + at, length - at);
        if (step == 0 || control(bytes + at))
            return false;
    }
    return zero_from(text, length, size);
}

static bool leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_in(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

bool account_date_valid(uint32_t date)
{
    uint32_t year = date / 10000, month = date / 100 % 100, day = date % 100;

    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

uint32_t date_in_japan(int64_t now_us)
{
    int64_t left = (now_us + JAPAN_US) / DAY_US;
    uint32_t year = 1970, month = 1;

    while (left >= (leap(year) ? 366 : 365))
        left -= leap(year++) ? 366 : 365;
    while (left >= days_in(year, month))
        left -= days_in(year, month++);
    return year * 10000 + month * 100 + (uint32_t)left + 1;
}
