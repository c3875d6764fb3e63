/* Filters of the ledger commands, and times as they are given and shown. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "job.h"
#include "ledger_job.h"

void time_format(int64_t us, char out[TIME_TEXT_LEN])
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm utc;
    char whole[24];

    if (us < 0 || !gmtime_r(&seconds, &utc) || utc.tm_year > 8099 ||
        strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
        snprintf(out, TIME_TEXT_LEN, "-");
    else
        snprintf(out, TIME_TEXT_LEN, "%s.%06uZ", whole, (unsigned)(us % 1000000));
}

static int two_digits(const char *text)
{
    bool digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';

    return digits ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

/* Seconds east of UTC at the end of the text, as +09:00 or Z; -1 for another end. */
static int parse_offset(const char *text, int *seconds)
{
    *seconds = 0;
    if (strcmp(text, "Z") == 0)
        return 0;
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return -1;
    int hours = two_digits(text + 1), minutes = two_digits(text + 4);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return -1;
    *seconds = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return 0;
}

int time_parse(const char *text, int64_t *us)
{
    struct tm parts = {.tm_isdst = -1};
    const char *rest = strptime(text, "%Y-%m-%d", &parts);
    int offset;

    if (rest && *rest == 'T') {
        const char *clock = rest + 1;
        rest = strptime(clock, "%H:%M:%S", &parts);
        if (!rest)
            rest = strptime(clock, "%H:%M", &parts);
    }
    if (!rest || parts.tm_year < 70)
        return -1;
    if (*rest == '\0') {
        *us = (int64_t)mktime(&parts) * 1000000;
        return *us > 0 ? 0 : -1;
    }
    if (parse_offset(rest, &offset) < 0)
        return -1;
    *us = ((int64_t)timegm(&parts) - offset) * 1000000;
    return *us > 0 ? 0 : -1;
}

int time_option(const struct options *options, enum option_id option, const char *name, int64_t *us)
{
    const char *text = options->value[option];

    if (!text || time_parse(text, us) == 0)
        return CLI_OK;
    SAY(stderr, TEXT_BAD_TIME, name);
    return CLI_USAGE;
}

int ledger_filter_of(const struct options *options, struct ledger_filter *filter)
{
    const char *reference = options->value[OPT_REFERENCE];

    memset(filter, 0, sizeof *filter);
    if (reference) {
        if (!hex16_parse(reference, strlen(reference), filter->reference)) {
            SAY(stderr, TEXT_BAD_HEX16, "--reference");
            return CLI_USAGE;
        }
        filter->given.reference = filter->reference;
    }
    filter->given.account = options->value[OPT_ACCOUNT];
    if (options->value[OPT_PURPOSE] && purpose_of(options->value[OPT_PURPOSE], &filter->given.purpose) != CLI_OK)
        return CLI_USAGE;
    int code = time_option(options, OPT_FROM, "--from", &filter->given.start_us);
    return code == CLI_OK ? time_option(options, OPT_UNTIL, "--until", &filter->given.end_us) : code;
}
