#include "server/identity/era.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Before 1873 the months were lunisolar: a Gregorian date of that time has no era notation here. */
#define GREGORIAN_SINCE 1873

static const struct era eras[] = {
#define ERA(digit, letter, name, short_name, before, first, last)                                                      \
    {name, short_name, first, last, before, digit, letter},
#include "server/identity/era.def"
#undef ERA
};
#define ERAS (sizeof eras / sizeof eras[0])

const struct era *era_of_digit(unsigned digit)
{
    for (size_t i = 0; i < ERAS; i++) {
        if (eras[i].digit == digit)
            return &eras[i];
    }
    return NULL;
}

static size_t prefix(const char *text, const char *start)
{
    size_t length = strlen(start);
    return strncmp(text, start, length) == 0 ? length : 0;
}

const struct era *era_of_text(const char *text, size_t *used)
{
    for (size_t i = 0; i < ERAS; i++) {
        *used = prefix(text, eras[i].name);
        if (*used == 0)
            *used = prefix(text, eras[i].short_name);
        if (*used == 0 && toupper((unsigned char)text[0]) == eras[i].letter)
            *used = 1;
        if (*used > 0)
            return &eras[i];
    }
    return NULL;
}

bool era_has(const struct era *era, struct civil_date date)
{
    int32_t from = date_number((struct civil_date){date.year, date.month ? date.month : 1, date.day ? date.day : 1});
    int32_t to = date_number((struct civil_date){date.year, date.month ? date.month : 12, date.day ? date.day : 31});
    return to >= era->first && from <= era->last;
}

const struct era *era_of_date(struct civil_date date)
{
    const struct era *found = NULL;

    if (date.year < GREGORIAN_SINCE)
        return NULL;
    for (size_t i = 0; i < ERAS; i++) {
        if (era_has(&eras[i], date)) {
            if (found && date.day == 0)
                return NULL; /* which of two it was is not known */
            found = &eras[i];
        }
    }
    return found;
}

void date_format_era(struct civil_date date, char text[48])
{
    const struct era *era = era_of_date(date);
    char year[24];
    int count = era ? date.year - era->before : date.year;

    if (date.year == 0) {
        snprintf(text, 48, "不詳");
        return;
    }
    if (era && count == 1)
        snprintf(year, sizeof year, "%s元", era->name);
    else
        snprintf(year, sizeof year, "%s%d", era ? era->name : "", count);
    if (date.month == 0)
        snprintf(text, 48, "%s年月日不詳", year);
    else if (date.day == 0)
        snprintf(text, 48, "%s年%d月日不詳", year, date.month);
    else
        snprintf(text, 48, "%s年%d月%d日", year, date.month, date.day);
}
