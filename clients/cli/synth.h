/* Synthetic people: valid random numbers, invented persons. The same seed and index always give the same person. */
#ifndef SEKISHO_CLI_SYNTH_H
#define SEKISHO_CLI_SYNTH_H

#include <stdint.h>

struct synth {
    uint64_t seed;
    unsigned prefecture;     /* 1..47 */
    uint64_t factor, offset; /* of the walk through all numbers */
};

struct person {
    char number[13];
    char name[48], kana[64], address[128]; /* UTF-8 */
    char birth_date[11];                   /* YYYY-MM-DD */
};

#define SYNTH_MAX 10000000 /* people of one seed: all numbers differ */

void synth_start(struct synth *synth, uint64_t seed, unsigned prefecture);
void synth_person(const struct synth *synth, uint64_t index, struct person *person);

#endif
