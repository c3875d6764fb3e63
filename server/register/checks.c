#include "server/register/checks.h"

#include <string.h>

#include "server/identity/identity.h"

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* U+0000..U+001F but line feed, U+007F, U+0080..U+009F. */
static bool is_control(const unsigned char *at)
{
    return (at[0] < 0x20 && at[0] != '\n') || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0);
}

/* ASCII space or line feed, or U+3000. */
static bool is_blank(const unsigned char *at)
{
    return at[0] == ' ' || at[0] == '\n' || (at[0] == 0xe3 && at[1] == 0x80 && at[2] == 0x80);
}

bool text_within(const char *text, size_t min, size_t max)
{
    size_t characters = 0;
    bool blank = true;

    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (continues(*at))
            continue;
        if (is_control(at))
            return false;
        blank = blank && is_blank(at);
        characters++;
    }
    return characters >= min && characters <= max && !(min > 0 && blank);
}

bool token_within(const char *text, size_t max)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    return length >= 1 && length <= max && text[length] == '\0';
}

int32_t date_value(const Sekisho__V1__Date *date)
{
    return date ? date->year * 10000 + date->month * 100 + date->day : 0;
}

static bool in_range(const Sekisho__V1__Date *date)
{
    return date && date->year >= 1868 && date->year <= 9999 && date->month >= 0 && date->month <= 12 &&
           date->day >= 0 && date->day <= 31;
}

bool date_is_partial(const Sekisho__V1__Date *date)
{
    return in_range(date) && date_valid(date_of_number(date_value(date)));
}

bool date_is_day(const Sekisho__V1__Date *date)
{
    return date_is_partial(date) && date->month > 0 && date->day > 0;
}

Sekisho__V1__Date *date_new(int32_t value, ProtobufCAllocator *arena)
{
    Sekisho__V1__Date *date = value ? arena->alloc(arena->allocator_data, sizeof *date) : NULL;

    if (!date)
        return NULL;
    sekisho__v1__date__init(date);
    date->year = value / 10000;
    date->month = value / 100 % 100;
    date->day = value % 100;
    return date;
}

int32_t date_today(int64_t now_us)
{
    return date_number(date_of_time_us(now_us));
}

int32_t date_after(int32_t day, int days)
{
    return date_number(date_add_days(date_of_number(day), days));
}
