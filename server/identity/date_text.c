/* Dates as people and certificates write them. */
#include <string.h>

#include "server/identity/code_points.h"
#include "server/identity/era.h"

#define DATE_CHARACTERS 40

static bool take(const char **text, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

/* A number of 1..most digits; -1: none. */
static int take_number(const char **text, unsigned most)
{
    int value = 0;
    unsigned digits = 0;

    for (; digits < most && **text >= '0' && **text <= '9'; digits++)
        value = value * 10 + (*(*text)++ - '0');
    return digits > 0 ? value : -1;
}

static bool take_separator(const char **text, const char *unit)
{
    return take(text, unit) || take(text, "-") || take(text, ".") || take(text, "/");
}

/* What follows a year: month and day, or that they are not known (「月日不詳」, 「5月日不詳」). */
static bool take_month_and_day(const char **text, struct civil_date *date)
{
    if (!take_separator(text, "年"))
        return false;
    if (take(text, "月日不詳") || take(text, "不詳"))
        return true;
    int month = take_number(text, 2);
    if (month < 1 || !take_separator(text, "月"))
        return false;
    date->month = (int8_t)month;
    if (take(text, "日不詳") || take(text, "不詳"))
        return true;
    int day = take_number(text, 2);
    if (day < 1)
        return false;
    date->day = (int8_t)day;
    (void)take(text, "日");
    return true;
}

static enum date_result take_year(const char **text, const struct era **era, struct civil_date *date)
{
    size_t used;

    *era = era_of_text(*text, &used);
    if (!*era) {
        int year = take_number(text, 4);
        date->year = (int16_t)year;
        return year >= 1000 ? DATE_OK : DATE_MALFORMED;
    }
    *text += used;
    int count = take(text, "元") ? 1 : take_number(text, 2);
    if (count < 1)
        return DATE_MALFORMED;
    date->year = (int16_t)((*era)->before + count);
    return DATE_OK;
}

/* ASCII where NFKC makes it so; hyphens of any kind to one. */
static bool plain(const char *text, char out[DATE_CHARACTERS * 4 + 1])
{
    struct code_points points;

    if (!code_points_of(text, NULL, DATE_CHARACTERS, &points))
        return false;
    for (size_t i = 0; i < points.count; i++) {
        if (code_point_hyphen(points.at[i]) || points.at[i] == 0x30FC)
            points.at[i] = '-';
    }
    return code_points_text(points.at, points.count, out, DATE_CHARACTERS * 4 + 1);
}

static bool eight_digits(const char *text, struct civil_date *date)
{
    const char *next = text;

    if (strlen(text) != 8 || strspn(text, "0123456789") != 8)
        return false;
    *date = date_of_number(take_number(&next, 8));
    return true;
}

static enum date_result check(struct civil_date date, const struct era *era, struct civil_date today)
{
    if (!date_valid(date))
        return DATE_NO_SUCH_DAY;
    /* Months of the years up to 明治5 were lunisolar: such a date is not the Gregorian one it looks like. */
    if (era && (!era_has(era, date) || date.year < 1873))
        return DATE_WRONG_ERA;
    struct civil_date first = {date.year, date.month ? date.month : 1, date.day ? date.day : 1};
    return date.year != 0 && date_number(first) > date_number(today) ? DATE_IN_FUTURE : DATE_OK;
}

enum date_result date_parse(const char *text, struct civil_date today, struct civil_date *date)
{
    char buffer[DATE_CHARACTERS * 4 + 1];
    const char *next = buffer;
    const struct era *era = NULL;
    struct civil_date read = {0};

    *date = (struct civil_date){0};
    if (!plain(text, buffer))
        return DATE_MALFORMED;
    if (strcmp(buffer, "不詳") == 0)
        return DATE_OK;
    if (!eight_digits(buffer, &read)) {
        enum date_result result = take_year(&next, &era, &read);
        if (result != DATE_OK)
            return result;
        if (!take_month_and_day(&next, &read) || *next != '\0')
            return DATE_MALFORMED;
    } else if (read.year == 0) {
        return DATE_MALFORMED;
    }
    enum date_result result = check(read, era, today);
    if (result == DATE_OK)
        *date = read;
    return result;
}

enum date_result month_parse(const char *text, struct civil_date today, struct civil_date *month)
{
    char buffer[DATE_CHARACTERS * 4 + 1];
    const char *next = buffer;
    const struct era *era = NULL;
    struct civil_date read = {0};

    *month = (struct civil_date){0};
    if (!plain(text, buffer))
        return DATE_MALFORMED;
    enum date_result result = take_year(&next, &era, &read);
    if (result != DATE_OK)
        return result;
    bool separated = take_separator(&next, "年");
    int count = take_number(&next, 2);
    (void)take(&next, "月");
    if (count < 1 || *next != '\0' || (!separated && strlen(buffer) != 6))
        return DATE_MALFORMED;
    read.month = (int8_t)count;
    result = check(read, era, today);
    if (result == DATE_OK)
        *month = read;
    return result;
}

enum date_result date_parse_jpki(const char text[9], struct civil_date *date, bool *era_unknown)
{
    struct civil_date read;

    *date = (struct civil_date){0};
    *era_unknown = false;
    for (int i = 0; i < 9; i++) {
        if (text[i] < '0' || text[i] > '9')
            return DATE_MALFORMED;
    }
    char digits[9] = {0};
    memcpy(digits, text + 1, 8);
    (void)eight_digits(digits, &read);
    if (read.year == 0 || !date_valid(read))
        return DATE_NO_SUCH_DAY;
    *era_unknown = text[0] == '0';
    if (!*era_unknown) {
        const struct era *era = era_of_digit((unsigned)(text[0] - '0'));
        if (!era || !era_has(era, read))
            return DATE_WRONG_ERA;
    }
    *date = read;
    return DATE_OK;
}
