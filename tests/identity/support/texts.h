/* Random texts of the kinds that names and addresses have, the same for the same seed. */
#ifndef TESTS_IDENTITY_TEXTS_H
#define TESTS_IDENTITY_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};
uint64_t dice_roll(struct dice *dice, uint64_t sides);

#define RANDOM_TEXT_CHARACTERS 24
/* 1..RANDOM_TEXT_CHARACTERS characters that keys accept, UTF-8; returns how many. */
size_t random_text(struct dice *dice, char text[RANDOM_TEXT_CHARACTERS * 4 + 1]);
/* One character of the text after another. */
size_t put_utf8(uint32_t point, char *text);

#endif
