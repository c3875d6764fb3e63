#include "load/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"

enum option_id {
    OPTION_TARGET = 1,
    OPTION_CA,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_IN_FLIGHT,
    OPTION_SECONDS,
    OPTION_WARM_UP,
    OPTION_PID,
    OPTION_METHOD,
    OPTION_PAYLOAD,
    OPTION_RATE,
    OPTION_FIRST,
    OPTION_ACCOUNT,
    OPTION_ENROLL_ACCOUNT,
    OPTION_PASSWORD_FILE,
    OPTION_TABLE,
    OPTION_PREFECTURE,
    OPTION_BATCH,
    OPTION_COUNT_OF,
    OPTION_SEAL_AHEAD,
    OPTION_BESIDE,
};

static const struct option long_options[] = {
    {"target", required_argument, NULL, OPTION_TARGET},
    {"ca", required_argument, NULL, OPTION_CA},
    {"cert", required_argument, NULL, OPTION_CERTIFICATE},
    {"key", required_argument, NULL, OPTION_KEY},
    {"in-flight", required_argument, NULL, OPTION_IN_FLIGHT},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"warm-up", required_argument, NULL, OPTION_WARM_UP},
    {"pid", required_argument, NULL, OPTION_PID},
    {"method", required_argument, NULL, OPTION_METHOD},
    {"payload", required_argument, NULL, OPTION_PAYLOAD},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"first", required_argument, NULL, OPTION_FIRST},
    {"enroll-account", required_argument, NULL, OPTION_ENROLL_ACCOUNT},
    {"account", required_argument, NULL, OPTION_ACCOUNT},
    {"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
    {"table", required_argument, NULL, OPTION_TABLE},
    {"prefecture", required_argument, NULL, OPTION_PREFECTURE},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"count", required_argument, NULL, OPTION_COUNT_OF},
    {"seal-ahead", required_argument, NULL, OPTION_SEAL_AHEAD},
    {"beside", no_argument, NULL, OPTION_BESIDE},
    {0},
};

static int usage(void)
{
    fputs(
        "usage: bench-load ping --method /package.Service/Method [--payload BYTES]\n"
        "       bench-load connections --method /package.Service/Method --count CONNECTIONS\n"
        "       bench-load enroll --first PERSON --count PEOPLE --batch ITEMS  SESSION\n"
        "       bench-load match [--seal-ahead CALLS]  SESSION\n"
        "       bench-load match-stream --batch ITEMS  SESSION\n"
        "       bench-load mixed --enroll-account NAME --first PERSON --count PEOPLE  SESSION\n"
        "       bench-load rotation|backup  SESSION\n"
        "       bench-load register-get|-number|-reference|-name|-prefix --count REGISTRANTS  SESSION\n"
        "       bench-load register-import --first SERIAL --count REGISTRANTS --batch ROWS  SESSION\n"
        "       bench-load logins  SESSION   (--in-flight clients, as the accounts NAME0, NAME1 ...)\n"
        "SESSION: --prefecture CODE --account NAME --password-file FILE [--table FILE]\n"
        "all:     --target ADDRESS [--ca FILE --cert FILE --key FILE] [--in-flight CALLS] [--seconds S] [--warm-up S]\n"
        "         [--rate CALLS_PER_SECOND] [--pid NAME:PID ...] [--beside]\n"
        "--beside, rotation, backup: until SIGTERM\n",
        stderr);
    return -1;
}

static int parse_unsigned(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || parsed < min || parsed > max) {
        fprintf(stderr, "bench-load: %s is not a number from %llu to %llu\n", text, (unsigned long long)min,
                (unsigned long long)max);
        return -1;
    }
    *value = parsed;
    return 0;
}

static int parse_seconds(const char *text, uint64_t *ns)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds >= 0.0 && seconds <= 3600.0)) {
        fprintf(stderr, "bench-load: %s is not a time from 0 to 3600 seconds\n", text);
        return -1;
    }
    *ns = (uint64_t)(seconds * 1e9);
    return 0;
}

static int parse_rate(const char *text, double *rate)
{
    char *end;
    *rate = strtod(text, &end);
    if (end == text || *end != '\0' || !(*rate >= 1.0 && *rate <= 1e7)) {
        fprintf(stderr, "bench-load: %s is not a rate from 1 to 10,000,000 a second\n", text);
        return -1;
    }
    return 0;
}

static int add_watched(struct options *options, const char *text)
{
    if (options->plan.watched_count == WATCHED_MAX ||
        watched_parse(text, &options->watched[options->plan.watched_count]) != 0) {
        fputs("bench-load: --pid wants NAME:PID, eight at most\n", stderr);
        return -1;
    }
    options->plan.watched_count++;
    return 0;
}

static int set_number(struct options *options, int id, const char *text)
{
    uint64_t value = 0;
    switch (id) {
    case OPTION_IN_FLIGHT:
        if (parse_unsigned(text, 1, IN_FLIGHT_MAX, &value) != 0) {
            return -1;
        }
        options->plan.in_flight = (unsigned)value;
        return 0;
    case OPTION_PAYLOAD:
        if (parse_unsigned(text, 0, 1 << 20, &value) != 0) {
            return -1;
        }
        options->payload_bytes = value;
        return 0;
    case OPTION_PREFECTURE:
        if (parse_unsigned(text, 1, 47, &value) != 0) {
            return -1;
        }
        options->prefecture = (unsigned)value;
        return 0;
    case OPTION_BATCH:
        if (parse_unsigned(text, 1, 2048, &value) != 0) {
            return -1;
        }
        options->batch = (unsigned)value;
        return 0;
    case OPTION_COUNT_OF:
        return parse_unsigned(text, 1, PEOPLE_MAX, &options->count);
    case OPTION_FIRST:
        return parse_unsigned(text, 0, PEOPLE_MAX, &options->first);
    default:
        return parse_unsigned(text, 0, 10000000, &options->seal_ahead);
    }
}

static int set_option(struct options *options, int id, const char *text)
{
    switch (id) {
    case OPTION_TARGET:
        options->endpoint.target = text;
        return 0;
    case OPTION_CA:
        options->endpoint.ca_file = text;
        return 0;
    case OPTION_CERTIFICATE:
        options->endpoint.certificate_file = text;
        return 0;
    case OPTION_KEY:
        options->endpoint.key_file = text;
        return 0;
    case OPTION_SECONDS:
        return parse_seconds(text, &options->plan.measure_ns);
    case OPTION_WARM_UP:
        return parse_seconds(text, &options->plan.warm_up_ns);
    case OPTION_PID:
        return add_watched(options, text);
    case OPTION_RATE:
        return parse_rate(text, &options->plan.rate);
    case OPTION_METHOD:
        options->method = text;
        return 0;
    case OPTION_ACCOUNT:
        options->account = text;
        return 0;
    case OPTION_ENROLL_ACCOUNT:
        options->enroll_account = text;
        return 0;
    case OPTION_PASSWORD_FILE:
        options->password_file = text;
        return 0;
    case OPTION_TABLE:
        options->table_file = text;
        return 0;
    case OPTION_BESIDE:
        options->plan.beside = true;
        return 0;
    case '?':
        return -1;
    default:
        return set_number(options, id, text);
    }
}

static bool complete(const struct options *options)
{
    const struct endpoint *endpoint = &options->endpoint;
    bool tls_whole = (endpoint->ca_file == NULL) == (endpoint->certificate_file == NULL) &&
                     (endpoint->ca_file == NULL) == (endpoint->key_file == NULL);
    if (endpoint->target == NULL || !tls_whole) {
        return false;
    }
    if (strcmp(options->command, "ping") == 0 || strcmp(options->command, "connections") == 0) {
        return options->method != NULL;
    }
    if (strcmp(options->command, "mixed") == 0 && options->enroll_account == NULL) {
        return false;
    }
    bool needs_table = strncmp(options->command, "register-", sizeof("register-") - 1) != 0;
    return options->account != NULL && options->password_file != NULL && options->prefecture != 0 &&
           (options->table_file != NULL || !needs_table);
}

int options_parse(int argc, char **argv, struct options *options)
{
    if (argc < 2 || argv[1][0] == '-') {
        return usage();
    }
    *options = (struct options){
        .command = argv[1],
        .plan = {.in_flight = 64, .warm_up_ns = 500000000, .measure_ns = 2000000000},
        .batch = 1,
        .count = 1,
    };
    options->plan.watched = options->watched;
    for (int id = getopt_long(argc - 1, argv + 1, "", long_options, NULL); id != -1;
         id = getopt_long(argc - 1, argv + 1, "", long_options, NULL)) {
        if (set_option(options, id, optarg) != 0) {
            return usage();
        }
    }
    return optind == argc - 1 && complete(options) ? 0 : usage();
}
