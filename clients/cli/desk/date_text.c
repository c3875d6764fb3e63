/* Dates as an office writes them, with the years of eras (元号). */
#include <stdlib.h>
#include <string.h>

#include "desk/fields.h"

static const struct {
    const char *name;
    char letter;
    int before; /* year 0 of the era */
} eras[] = {
    {"明治", 'M', 1867}, {"大正", 'T', 1911}, {"昭和", 'S', 1925}, {"平成", 'H', 1988}, {"令和", 'R', 2018},
};

/* The era at the beginning: moves past it and returns its year 0; 0 when there is none. */
static int take_era(const char **at)
{
    for (size_t i = 0; i < sizeof eras / sizeof eras[0]; i++) {
        size_t length = strlen(eras[i].name);
        if (strncmp(*at, eras[i].name, length) == 0) {
            *at += length;
            return eras[i].before;
        }
        if ((*at)[0] == eras[i].letter && (*at)[1] >= '0' && (*at)[1] <= '9') {
            *at += 1;
            return eras[i].before;
        }
    }
    return 0;
}

static bool take_number(const char **at, size_t most, int *value)
{
    size_t digits = strspn(*at, "0123456789");

    if (digits == 0 || digits > most)
        return false;
    *value = atoi(*at);
    *at += digits;
    return true;
}

/* What may stand after a part. 0: nothing of it; 1: it ended the date; 2: a further part follows. */
static int take_separator(const char **at, const char *unit)
{
    size_t length = strlen(unit);

    if (strncmp(*at, unit, length) == 0) {
        *at += length;
        return **at == '\0' ? 1 : 2;
    }
    if (**at == '\0')
        return 1;
    if (**at != '-' && **at != '/' && **at != '.')
        return 0;
    *at += 1;
    return 2;
}

bool date_of_text(const char *text, int *year, int *month, int *day)
{
    int before = take_era(&text), more;

    *year = *month = *day = 0;
    if (before != 0 && strncmp(text, "元", strlen("元")) == 0) {
        *year = 1;
        text += strlen("元");
    } else if (!take_number(&text, before != 0 ? 2 : 4, year)) {
        return false;
    }
    *year += before;
    if (*year < 1868 || (more = take_separator(&text, "年")) == 0)
        return false;
    if (more == 1)
        return true;
    if (!take_number(&text, 2, month) || *month < 1 || *month > 12 || (more = take_separator(&text, "月")) == 0)
        return false;
    if (more == 1)
        return true;
    return take_number(&text, 2, day) && *day >= 1 && *day <= 31 && (*text == '\0' || strcmp(text, "日") == 0);
}
