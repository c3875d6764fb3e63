/* Resource names of a prefecture (AIP-122) from what an officer writes: a registration number, an id, a number. */
#ifndef SEKISHO_CLI_RESOURCE_H
#define SEKISHO_CLI_RESOURCE_H

#include <stdbool.h>

#include "options.h"

#define RESOURCE_MAX 192

/* Completes the value of a field that names a resource (`registration`, `application`, ...): "12", "012345" and
 * 「埼玉県-012345」 become "prefectures/11/registrations/012345"; a whole name and values of other fields stay. False
 * when it is none, or too long. */
bool resource_complete(const char *field, const char *value, unsigned prefecture, char out[RESOURCE_MAX]);

/* "prefectures/11/" and a pattern as "applications/{application}/receipts/{receipt}", each place filled from the option
 * of its name. The first option that is missing or malformed is named in *missing; then false. An empty pattern gives
 * "prefectures/11". */
bool resource_of_options(const char *pattern, const struct options *options, unsigned prefecture,
                         char out[RESOURCE_MAX], const char **missing);

/* What an officer needs of a name: the id of prefectures/11/applications/{id}; of a name with more parts all after the
 * prefecture. Other texts as they are. */
const char *resource_short(const char *name);
/* Part of a name after its last slash. */
const char *resource_id(const char *name);

#endif
