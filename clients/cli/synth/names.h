/* What invented people are called. */
#ifndef SEKISHO_CLI_SYNTH_NAMES_H
#define SEKISHO_CLI_SYNTH_NAMES_H

#include "synth/synth.h"

/* Names, kana and nationality, for the sex and birth that the person has. */
void synth_names(const struct synth *synth, uint64_t index, struct person *person);

#endif
