/* Command line of bench-load. Nothing secret is ever an argument: accounts and passwords come from files. */
#ifndef SEKISHO_BENCH_OPTIONS_H
#define SEKISHO_BENCH_OPTIONS_H

#include "load/load.h"

struct options {
    const char *command; /* ping | connections | enroll | match | match-stream | mixed | rotation | backup | logins |
                            register-... */
    struct endpoint endpoint;
    struct load_plan plan;
    struct watched watched[WATCHED_MAX];
    /* ping */
    const char *method;
    size_t payload_bytes;
    /* the others */
    const char *account, *enroll_account, *password_file, *table_file;
    unsigned prefecture;
    unsigned batch;
    uint64_t first;      /* enroll, mixed: the first person to enrol */
    uint64_t count;      /* enroll, mixed: people to enrol at most; connections: how many */
    uint64_t seal_ahead; /* match: calls sealed before the run begins */
};

/* 0, or -1 with the usage on standard error. Strings point into argv. */
int options_parse(int argc, char **argv, struct options *options);

#endif
