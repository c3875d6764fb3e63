/* Inside the library: the eras (era.def). */
#ifndef SEKISHO_IDENTITY_ERA_H
#define SEKISHO_IDENTITY_ERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/identity/identity.h"

struct era {
    const char *name, *short_name;
    int32_t first, last; /* yyyymmdd */
    int16_t before;      /* Gregorian year = before + year of the era */
    uint8_t digit;
    char letter;
};

const struct era *era_of_digit(unsigned digit); /* NULL: none */
/* The era that a text begins with, by name, short name or letter; *used: its bytes. NULL: none. */
const struct era *era_of_text(const char *text, size_t *used);
const struct era *era_of_date(struct civil_date date); /* the later one on a double day; NULL: none, or not known */
/* Whether the date, or some day of its known part, lies in the era. */
bool era_has(const struct era *era, struct civil_date date);

#endif
