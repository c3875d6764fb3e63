/* What vault, auth and warden may answer to the front, for the fuzz target of the services. */
#ifndef SEKISHO_TESTS_FUZZ_SERVICES_ANSWER_H
#define SEKISHO_TESTS_FUZZ_SERVICES_ANSWER_H

#include "support/fuzz.h"

/* Writes the body of an answer of the right length, its content the input's; returns the length, at most 8192. */
size_t services_answer(uint16_t type, struct input *input, uint8_t *body);

#endif
