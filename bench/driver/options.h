/* The command line of bench-driver, which scripts/bench runs. */
#ifndef SEKISHO_BENCH_DRIVER_OPTIONS_H
#define SEKISHO_BENCH_DRIVER_OPTIONS_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

struct options {
    bool full;      /* every side, longer runs, larger stores */
    bool peers;     /* run the peers that are installed */
    bool record;    /* write RESULTS.md and the plots */
    bool list;      /* name the sides and end */
    bool chosen;    /* `only` is set */
    regex_t only;   /* names of the sides to run */
    double seconds; /* of one run */
    unsigned rounds;
    uint64_t people;            /* in the stores */
    uint64_t large;             /* in the second, larger store; 0: none */
    uint64_t registrants;       /* in the register */
    const char *source, *build; /* folders: the tree, and what was built from it */
    const char *data;           /* folder of the stores that are made once */
    const char *commit;         /* of the source, for the page */
    const char *format;         /* names the version of the store's layout: a store of another one is made anew */
};

/* 0, 1 after --help, or -1 with the usage on standard error. Strings point into argv. */
int options_parse(int argc, char **argv, struct options *options);
void options_free(struct options *options);

#endif
