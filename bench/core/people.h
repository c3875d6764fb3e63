/*
 * The synthetic people of a bench: valid individual numbers without anyone behind them, and the table of the references
 * that the store gave them. The table is a file of struct person, native byte order: it is made and used on one
 * machine.
 */
#ifndef SEKISHO_BENCH_PEOPLE_H
#define SEKISHO_BENCH_PEOPLE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/sealed.h"

struct person {
    char number[NUMBER_LEN];
    uint8_t reference[REFERENCE_LEN];
};
_Static_assert(sizeof(struct person) == 28, "person layout");

#define PEOPLE_MAX 200000000u

/* The number of person `index` (below PEOPLE_MAX): each index has another one, scattered over all 10^11, always the
 * same. */
void people_number(uint64_t index, char number[NUMBER_LEN]);

/* `count` people with their numbers; references zero. NULL without memory. */
struct person *people_make(uint64_t count);

/* 0, or -1 with errno. people_load gives memory that the caller frees. */
int people_save(const char *path, const struct person *people, uint64_t count);
int people_load(const char *path, struct person **people, uint64_t *count);

/* xorshift64*: the next index below `count`. The same seed gives the same sequence; *state is not 0. */
uint64_t people_pick(uint64_t *state, uint64_t count);

#endif
