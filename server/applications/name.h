/* Resource names of applications and of what belongs to one (AIP-122): one spelling each. */
#ifndef SEKISHO_APPLICATIONS_NAME_H
#define SEKISHO_APPLICATIONS_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "server/register/register.h"

#define APPLICATION_NAME_SIZE (12 + 2 + 14 + 2 * REGISTER_ID_LEN + 1) /* with terminator */
#define ATTACHMENT_NAME_SIZE  (APPLICATION_NAME_SIZE + 13 + 10)

/* "prefectures/11/applications/{32 lower-case hex digits}". `rest`: what follows, "" or from a slash on, e.g.
 * "/attachments/3"; NULL: nothing may follow. */
bool application_name_parse(const char *name, uint16_t *tenant, uint8_t id[REGISTER_ID_LEN], const char **rest);
void application_name_format(uint16_t tenant, const uint8_t id[REGISTER_ID_LEN], char name[APPLICATION_NAME_SIZE]);

/* "/attachments/3" with `prefix` "/attachments/": a number from 1 on, decimal, without leading zeros, to the end. */
bool part_number_parse(const char *rest, const char *prefix, uint32_t *number);

#endif
