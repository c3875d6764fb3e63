/* Options of the command line and of the environment (options.def). */
#ifndef SEKISHO_CLI_OPTIONS_H
#define SEKISHO_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_id {
#define OPTION(id, name, argument, environment, en, ja) OPT_##id,
#include "options.def"
#undef OPTION
    OPTIONS_COUNT
};
/* A set of options: a bit each. */
__extension__ typedef unsigned __int128 option_set;
_Static_assert(OPTIONS_COUNT <= 128, "one bit each");

#define OPT_BIT(id)       ((option_set)1 << OPT_##id)
#define OPTION_VALUES_MAX 64

struct options {
    const char *value[OPTIONS_COUNT];       /* last one given, or of the environment; "" for a given flag; else NULL */
    const char *clients[OPTION_VALUES_MAX]; /* every --client */
    int client_count;
    const char *prefectures[OPTION_VALUES_MAX]; /* every --prefecture */
    int prefecture_count;
    const char *sets[OPTION_VALUES_MAX]; /* every --set */
    int set_count;
};

/* Bits of the options that every command accepts. */
extern const option_set common_options;

/* True when the argument is twelve digits, ASCII or full-width, perhaps with spaces or hyphens between: an individual
 * number, which must not be in an argument (ps(1), shell history). */
bool looks_like_number(const char *argument);
/* 0, or -1 after a message when an argument looks like a number. */
int options_refuse_numbers(int argc, char **argv);

/* Parses argv[1..]; `accepts` are bits of enum option_id. 0, or -1 after a message. */
int options_parse(int argc, char **argv, option_set accepts, struct options *options);
/* Value of the option of a name, hyphens written as underscores too; NULL when it was not given or is none. */
const char *option_named(const struct options *options, const char *name, size_t length);
/* Name of an option, as "route-evidence". */
const char *option_name(enum option_id option);
/* Prints the lines of --help for the options of `accepts`. */
void options_help(option_set accepts);
/* Value of a number option within bounds, or `otherwise` when not given. 0, or -1 after a message. */
int options_number(const struct options *options, enum option_id option, uint64_t least, uint64_t most,
                   uint64_t otherwise, uint64_t *value);

#endif
