#include "account_options.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *option_needed(const struct options *options, enum option_id option, const char *name)
{
    if (!options->value[option])
        SAY(stderr, TEXT_OPTION_MISSING, name);
    return options->value[option];
}

static void refuse_role(void)
{
    char codes[128];
    size_t used = 0;

    for (unsigned role = 1; strcmp(sekisho_role_name(role), "UNKNOWN") != 0; role++)
        used +=
            (size_t)snprintf(codes + used, sizeof codes - used, "%s%s", used > 0 ? ", " : "", sekisho_role_name(role));
    SAY(stderr, TEXT_BAD_ROLE, codes);
}

int role_option(const struct options *options, unsigned *role)
{
    if (!options->value[OPT_ROLE])
        return CLI_OK;
    *role = sekisho_role_of(options->value[OPT_ROLE]);
    if (*role == 0)
        refuse_role();
    return *role != 0 ? CLI_OK : CLI_USAGE;
}

int kind_option(const struct options *options, enum sekisho_account_kind *kind)
{
    if (!options->value[OPT_KIND])
        return CLI_OK;
    *kind = sekisho_account_kind_of(options->value[OPT_KIND]);
    if (*kind == 0)
        SAY(stderr, TEXT_BAD_ACCOUNT_KIND);
    return *kind != 0 ? CLI_OK : CLI_USAGE;
}

int state_option(const struct options *options, enum sekisho_account_state *state)
{
    if (!options->value[OPT_STATE])
        return CLI_OK;
    *state = sekisho_account_state_of(options->value[OPT_STATE]);
    if (*state == 0)
        SAY(stderr, TEXT_BAD_ACCOUNT_STATE);
    return *state != 0 ? CLI_OK : CLI_USAGE;
}

bool day_parse(const char *text, uint32_t *date)
{
    struct tm parts = {0};

    *date = 0;
    if (*text == '\0')
        return true;
    const char *rest = strptime(text, "%Y-%m-%d", &parts);
    if (!rest || *rest != '\0' || parts.tm_year < 0 || parts.tm_year > 8099)
        return false;
    struct tm same = parts;
    (void)timegm(&same); /* 30 February becomes a day of March */
    if (same.tm_mday != parts.tm_mday)
        return false;
    *date = (uint32_t)((parts.tm_year + 1900) * 10000 + (parts.tm_mon + 1) * 100 + parts.tm_mday);
    return true;
}

int date_option(const struct options *options, uint32_t *date)
{
    if (!options->value[OPT_UNTIL] || day_parse(options->value[OPT_UNTIL], date))
        return CLI_OK;
    SAY(stderr, TEXT_BAD_DATE, "--until");
    return CLI_USAGE;
}

void date_format(uint32_t date, char out[DATE_TEXT_LEN])
{
    if (date == 0)
        snprintf(out, DATE_TEXT_LEN, "-");
    else
        snprintf(out, DATE_TEXT_LEN, "%04u-%02u-%02u", date / 10000 % 10000, date / 100 % 100, date % 100);
}

void minute_format(int64_t us, char out[MINUTE_TEXT_LEN])
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm utc;

    if (us <= 0 || !gmtime_r(&seconds, &utc) || strftime(out, MINUTE_TEXT_LEN, "%Y-%m-%d %H:%MZ", &utc) == 0)
        snprintf(out, MINUTE_TEXT_LEN, "-");
}
