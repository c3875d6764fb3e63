#include "driver/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"
#include "core/statistics.h"

#define REGISTRANTS_MOST 9000000u /* ten times as many are eight digits */

enum option_id {
    OPTION_QUICK = 1,
    OPTION_FULL,
    OPTION_PEERS,
    OPTION_RECORD,
    OPTION_LIST,
    OPTION_ONLY,
    OPTION_SECONDS,
    OPTION_ROUNDS,
    OPTION_PEOPLE,
    OPTION_LARGE,
    OPTION_REGISTRANTS,
    OPTION_SOURCE,
    OPTION_BUILD,
    OPTION_DATA,
    OPTION_COMMIT,
    OPTION_FORMAT,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"quick", no_argument, NULL, OPTION_QUICK},
    {"full", no_argument, NULL, OPTION_FULL},
    {"peers", no_argument, NULL, OPTION_PEERS},
    {"record", no_argument, NULL, OPTION_RECORD},
    {"list", no_argument, NULL, OPTION_LIST},
    {"only", required_argument, NULL, OPTION_ONLY},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"rounds", required_argument, NULL, OPTION_ROUNDS},
    {"people", required_argument, NULL, OPTION_PEOPLE},
    {"large", required_argument, NULL, OPTION_LARGE},
    {"registrants", required_argument, NULL, OPTION_REGISTRANTS},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"build", required_argument, NULL, OPTION_BUILD},
    {"data", required_argument, NULL, OPTION_DATA},
    {"commit", required_argument, NULL, OPTION_COMMIT},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static void print_usage(FILE *out)
{
    fputs("usage: scripts/bench [--quick | --full] [--peers] [--record] [--only REGEX] [--list]\n"
          "                     [--rounds N] [--seconds S] [--people N] [--large N] [--registrants N]\n"
          "\n"
          "  --quick     the default: five rounds of 0.8 s a side, 100,000 people\n"
          "  --full      seven rounds of 3 s, every side, 1,000,000 people, and 10,000,000 in a second store\n"
          "  --peers     install the Debian packages of the peers (as root) and measure them, too\n"
          "  --record    write bench/RESULTS.md and bench/results/*.svg, too\n"
          "  --only      run only the sides whose names match the POSIX extended regular expression\n"
          "  --list      name the sides and end\n"
          "  --large     people in the second store; 0: none\n"
          "  --registrants  in the register, default 300,000; others have a tenth and, with --full, ten times as many\n"
          "also: --build FOLDER (default build/bench), --no-build, --data FOLDER (default build/bench-data)\n",
          out);
}

static int usage(void)
{
    print_usage(stderr);
    return -1;
}

static int parse_count(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || parsed < min || parsed > max) {
        fprintf(stderr, "bench: %s is not a number from %llu to %llu\n", text, (unsigned long long)min,
                (unsigned long long)max);
        return -1;
    }
    *value = parsed;
    return 0;
}

static int parse_rounds(const char *text, unsigned *rounds)
{
    uint64_t value;
    if (parse_count(text, 1, ROUNDS_MAX, &value) != 0) {
        return -1;
    }
    *rounds = (unsigned)value;
    return 0;
}

static int parse_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(*seconds >= 0.05 && *seconds <= 600.0)) {
        fprintf(stderr, "bench: %s is not a time from 0.05 to 600 seconds\n", text);
        return -1;
    }
    return 0;
}

static int parse_only(const char *text, struct options *options)
{
    if (options->chosen || regcomp(&options->only, text, REG_EXTENDED | REG_NOSUB) != 0) {
        fprintf(stderr, "bench: %s is not one regular expression\n", text);
        return -1;
    }
    options->chosen = true;
    return 0;
}

static int set_option(struct options *options, int id, const char *text)
{
    switch (id) {
    case OPTION_QUICK:
        options->full = false;
        return 0;
    case OPTION_FULL:
        options->full = true;
        return 0;
    case OPTION_PEERS:
        options->peers = true;
        return 0;
    case OPTION_RECORD:
        options->record = true;
        return 0;
    case OPTION_LIST:
        options->list = true;
        return 0;
    case OPTION_ONLY:
        return parse_only(text, options);
    case OPTION_SECONDS:
        return parse_seconds(text, &options->seconds);
    case OPTION_ROUNDS:
        return parse_rounds(text, &options->rounds);
    case OPTION_PEOPLE:
        return parse_count(text, 1000, PEOPLE_MAX / 2, &options->people);
    case OPTION_LARGE:
        return parse_count(text, 0, PEOPLE_MAX / 2, &options->large);
    case OPTION_REGISTRANTS:
        return parse_count(text, 1000, REGISTRANTS_MOST, &options->registrants);
    case OPTION_SOURCE:
        options->source = text;
        return 0;
    case OPTION_BUILD:
        options->build = text;
        return 0;
    case OPTION_DATA:
        options->data = text;
        return 0;
    case OPTION_COMMIT:
        options->commit = text;
        return 0;
    case OPTION_FORMAT:
        options->format = text;
        return 0;
    default:
        return -1;
    }
}

static void set_defaults(struct options *options, bool large_given)
{
    options->seconds = options->seconds > 0.0 ? options->seconds : options->full ? 3.0 : 0.8;
    options->rounds = options->rounds != 0 ? options->rounds : options->full ? 7 : 5;
    options->people = options->people != 0 ? options->people : options->full ? 1000000 : 100000;
    options->registrants = options->registrants != 0 ? options->registrants : 300000;
    options->large = large_given ? options->large : options->full ? 10000000 : 0;
}

int options_parse(int argc, char **argv, struct options *options)
{
    bool large_given = false;
    *options = (struct options){.commit = "unknown", .format = "0"};
    optind = 1;
    for (int id = getopt_long(argc, argv, "", long_options, NULL); id != -1;
         id = getopt_long(argc, argv, "", long_options, NULL)) {
        if (id == OPTION_HELP) {
            print_usage(stdout);
            return 1;
        }
        if (id == '?' || set_option(options, id, optarg) != 0) {
            return usage();
        }
        large_given = large_given || id == OPTION_LARGE;
    }
    set_defaults(options, large_given);
    bool folders = options->source != NULL && options->build != NULL && options->data != NULL;
    return optind == argc && (folders || options->list) ? 0 : usage();
}

void options_free(struct options *options)
{
    if (options->chosen) {
        regfree(&options->only);
    }
}
