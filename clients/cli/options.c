#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

struct option_row {
    const char *name, *argument, *environment, *help[2];
};

static const struct option_row rows[OPTIONS_COUNT] = {
#define OPTION(id, name, argument, environment, en, ja) {name, argument, environment, {en, ja}},
#include "options.def"
#undef OPTION
};

const option_set common_options = OPT_BIT(LANG) | OPT_BIT(HELP);

/* Length in bytes of the digit at `text` (ASCII, or U+FF10..U+FF19), 0 for another character. */
static size_t digit_length(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    if (at[0] >= '0' && at[0] <= '9')
        return 1;
    return at[0] == 0xef && at[1] == 0xbc && at[2] >= 0x90 && at[2] <= 0x99 ? 3 : 0;
}

bool looks_like_number(const char *argument)
{
    const char *at = argument, *value = strchr(argument, '=');
    unsigned digits = 0;

    if (argument[0] == '-' && value)
        at = value + 1;
    while (*at) {
        size_t length = digit_length(at);
        digits += length > 0;
        if (length == 0 && *at != ' ' && *at != '-')
            return false;
        at += length > 0 ? length : 1;
    }
    return digits == 12;
}

static void take_value(struct options *options, enum option_id option, const char *value)
{
    options->value[option] = value;
    if (option == OPT_CLIENT && options->client_count < OPTION_VALUES_MAX)
        options->clients[options->client_count++] = value;
    if (option == OPT_PREFECTURE && options->prefecture_count < OPTION_VALUES_MAX)
        options->prefectures[options->prefecture_count++] = value;
    if (option == OPT_SET && options->set_count < OPTION_VALUES_MAX)
        options->sets[options->set_count++] = value;
}

static void take_environment(struct options *options)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const char *value = rows[i].environment ? getenv(rows[i].environment) : NULL;
        if (value && *value)
            options->value[i] = value;
    }
}

int options_refuse_numbers(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (looks_like_number(argv[i])) {
            SAY(stderr, TEXT_NUMBER_IN_ARGUMENT);
            return -1;
        }
    return 0;
}

/* Never echoes a value: it may be a secret given by mistake. */
static void refuse_option(int got, const char *argument)
{
    char name[32];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    SAY(stderr, got == ':' ? TEXT_OPTION_NEEDS_VALUE : TEXT_UNKNOWN_OPTION, name);
}

int options_parse(int argc, char **argv, option_set accepts, struct options *options)
{
    struct option long_options[OPTIONS_COUNT + 1] = {0};
    int count = 0, got;

    memset(options, 0, sizeof *options);
    take_environment(options);
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (((accepts | common_options) >> i) & 1)
            long_options[count++] = (struct option){
                .name = rows[i].name, .has_arg = rows[i].argument ? required_argument : no_argument, .val = i + 256};
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        if (got < 256) {
            refuse_option(got, argv[optind - 1]);
            return -1;
        }
        take_value(options, (enum option_id)(got - 256), optarg ? optarg : "");
    }
    if (optind < argc) {
        SAY(stderr, TEXT_UNEXPECTED_ARGUMENT);
        return -1;
    }
    if (options->value[OPT_LANG] && language_set(options->value[OPT_LANG]) < 0) {
        SAY(stderr, TEXT_BAD_LANGUAGE);
        return -1;
    }
    return 0;
}

const char *option_named(const struct options *options, const char *name, size_t length)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        size_t same = 0;
        while (same < length && (rows[i].name[same] == name[same] || (rows[i].name[same] == '-' && name[same] == '_')))
            same++;
        if (same == length && rows[i].name[same] == '\0')
            return options->value[i];
    }
    return NULL;
}

const char *option_name(enum option_id option)
{
    return rows[option].name;
}

void options_help(option_set accepts)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        char left[48];
        if (!(((accepts | common_options) >> i) & 1))
            continue;
        snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        printf("  %-24s %s%s%s%s\n", left, rows[i].help[language()], rows[i].environment ? " [" : "",
               rows[i].environment ? rows[i].environment : "", rows[i].environment ? "]" : "");
    }
}

int options_number(const struct options *options, enum option_id option, uint64_t least, uint64_t most,
                   uint64_t otherwise, uint64_t *value)
{
    const char *given = options->value[option];
    char *end = NULL;

    *value = otherwise;
    if (!given)
        return 0;
    errno = 0;
    *value = strtoull(given, &end, 10);
    if (given[0] >= '0' && given[0] <= '9' && *end == '\0' && errno == 0 && *value >= least && *value <= most)
        return 0;
    SAY(stderr, TEXT_BAD_NUMBER_OPTION, rows[option].name, count_text(least), count_text(most));
    return -1;
}
