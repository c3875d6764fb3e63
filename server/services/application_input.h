/* What a form says, taken over into an application: at its entry and at a correction. */
#ifndef SEKISHO_SERVICES_APPLICATION_INPUT_H
#define SEKISHO_SERVICES_APPLICATION_INPUT_H

#include "server/services/application_open.h"

/* Checks `input` (lengths, the kind's items, the registration concerned) and takes the applicant's items over; what is
 * output only is left as it is. The kind of an application that has one stays. False after register_fail. */
bool application_take(struct opened *opened, const Sekisho__V1__Application *input);

/* Noon of a day in Japan, microseconds UTC. */
int64_t time_of_day(const Sekisho__V1__Date *day);

#endif
