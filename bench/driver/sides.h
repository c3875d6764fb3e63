/* A side is something that can be measured again and again: a name and the command of one run. */
#ifndef SEKISHO_BENCH_SIDES_H
#define SEKISHO_BENCH_SIDES_H

#include "driver/bench.h"

/* Who measures: a program of this bench, with a line of JSON (core/report.h), or another one, in its own words. */
enum tool { TOOL_OURS, TOOL_H2LOAD, TOOL_REDIS_BENCHMARK, TOOL_PGBENCH };

enum when {
    QUICK, /* in every bench */
    FULL,  /* with --full, or when --only names it */
    ONCE,  /* in every bench, but only in its first round */
};

/* Sides whose closed loop tells what rates the open loops offer. */
enum capacity { CAPACITY_NONE, CAPACITY_OURS, CAPACITY_ASYNC, CAPACITY_MATCH, CAPACITIES };

/* What runs on the same set while a side is measured. */
enum beside {
    BESIDE_NOTHING,
    BESIDE_STREAMS,  /* streamed Match as far as its windows go, several times */
    BESIDE_ROTATION, /* record keys are exchanged */
    BESIDE_BACKUP,   /* backups are taken */
    BESIDE_LOGINS,   /* clients log in and out */
    BESIDE_MATCHES,  /* unary Match, 64 in flight */
};

struct side {
    const char *name;
    enum when when;
    enum part part;
    enum tool tool;
    /* The command of one run, which warms up and measures for options.seconds. */
    void (*words)(struct bench *bench, const struct side *side, struct command *command);
    int kind; /* which server, or which command of the program; the function knows */
    unsigned items_per_call, in_flight;
    unsigned percent;       /* open loop: calls started a second, of the capacity */
    enum capacity capacity; /* open loop: of whom; closed loop: what this side tells */
    const char *title;
    enum beside beside;
};

extern const struct side sides[];
extern const size_t side_count;

/* Index of a side; SIZE_MAX when there is none of that name. */
size_t side_find(const char *name);

/* Whether the options choose a side. */
bool side_chosen(const struct options *options, const struct side *side);

/* The process whose CPU time a foreign tool's calls are charged to; 0: none. */
pid_t side_server(const struct bench *bench, const struct side *side);

/* commands.c: the functions of struct side. */
typedef void side_words(struct bench *bench, const struct side *side, struct command *command);
side_words words_ping_mtls, words_ping_unix, words_h2load, words_open_ping;
side_words words_store, words_store_rows, words_echo, words_fdatasync, words_argon2, words_logins;
side_words words_register_look, words_register_rows, words_register, words_register_import;
side_words words_front, words_match, words_stream, words_mixed, words_enroll, words_open_match, words_connections;
/* Of the load with this number that runs beside the side, until it is told to end. */
void words_beside(struct bench *bench, const struct side *side, size_t number, struct command *command);
side_words words_redis_benchmark, words_redis, words_pgbench, words_postgres, words_barbican;

#endif
