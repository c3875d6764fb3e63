#include "warden/guesses.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 100000000ul

const struct guess_limits guesses_default = {
    .reference_day = 5,
    .reference_life = 10,
    .candidate_day = 3,
    .session = 100,
    .account_day = 200,
    .tenant_day = 2000,
};

static const struct {
    const char *name;
    size_t offset;
} names[] = {
    {"reference_day", offsetof(struct guess_limits, reference_day)},
    {"reference_life", offsetof(struct guess_limits, reference_life)},
    {"candidate_day", offsetof(struct guess_limits, candidate_day)},
    {"session", offsetof(struct guess_limits, session)},
    {"account_day", offsetof(struct guess_limits, account_day)},
    {"tenant_day", offsetof(struct guess_limits, tenant_day)},
};

/* One "name:count" of `length` bytes. The index of the name, or -1. */
static int parse_limit(const char *text, size_t length, struct guess_limits *limits)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t name_length = strlen(names[i].name);
        char *end;
        if (length < name_length + 2 || memcmp(text, names[i].name, name_length) != 0 || text[name_length] != ':')
            continue;
        if (text[name_length + 1] < '0' || text[name_length + 1] > '9')
            return -1;
        unsigned long count = strtoul(text + name_length + 1, &end, 10);
        if (end != text + length || count > LIMIT_MAX)
            return -1;
        uint32_t limit = (uint32_t)count;
        memcpy((char *)limits + names[i].offset, &limit, sizeof limit);
        return (int)i;
    }
    return -1;
}

const char *guesses_parse(const char *value, struct guess_limits *limits)
{
    unsigned seen = 0;

    for (const char *at = value; *at; at += strspn(at, " \t")) {
        size_t length = strcspn(at, " \t");
        int which = parse_limit(at, length, limits);
        if (which < 0)
            return "must be name:count pairs: reference_day, reference_life, candidate_day, session, account_day, "
                   "tenant_day; counts up to 100000000";
        if (seen & (1u << which))
            return "names a limit twice";
        seen |= 1u << which;
        at += length;
    }
    return seen ? NULL : "names no limit";
}
