/* Where invented people live. */
#ifndef SEKISHO_CLI_SYNTH_PLACES_H
#define SEKISHO_CLI_SYNTH_PLACES_H

#include "synth/synth.h"

/* Address and municipality code. */
void synth_place(const struct synth *synth, uint64_t index, struct person *person);

#endif
