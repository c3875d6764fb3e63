/*
 * Guess limits in the configuration: a line a purpose,
 *
 *   guesses_register | guesses_change | guesses_delete | guesses_periodic =
 *       reference_day:5 reference_life:10 candidate_day:3 session:100 account_day:200 tenant_day:2000
 *
 * Each name once, in any order; those left out keep their default. What they mean: wire/messages.h struct guess_limits;
 * how the defaults follow from arithmetic: SECURITY.md.
 */
#ifndef SEKISHO_WARDEN_GUESSES_H
#define SEKISHO_WARDEN_GUESSES_H

#include "wire/messages.h"

extern const struct guess_limits guesses_default;

/* Returns NULL, or what is wrong with the value. */
const char *guesses_parse(const char *value, struct guess_limits *limits);

#endif
