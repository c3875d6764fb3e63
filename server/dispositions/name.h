/* Resource names of dispositions and of what belongs to one (AIP-122): one spelling each. */
#ifndef SEKISHO_DISPOSITIONS_NAME_H
#define SEKISHO_DISPOSITIONS_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "server/register/register.h"

#define DISPOSITION_NAME_SIZE 80 /* with "/nationalRecord" and terminator */
#define CARD_RETURN           "/cardReturn"
#define NATIONAL_RECORD       "/nationalRecord"

/* "prefectures/11/dispositions/{32 lower-case hex digits}" and `part`: "", CARD_RETURN or NATIONAL_RECORD. Parsing does
 * not look at the prefecture: register_call.h has. */
bool disposition_name_parse(const char *name, const char *part, uint8_t id[REGISTER_ID_LEN]);
void disposition_name_format(uint16_t tenant, const uint8_t id[REGISTER_ID_LEN], const char *part,
                             char name[DISPOSITION_NAME_SIZE]);

/* A registration, an application of this prefecture that a request names; nothing may follow. */
bool disposition_registration_parse(const char *name, uint16_t tenant, uint32_t *serial);
bool disposition_application_parse(const char *name, uint16_t tenant, uint8_t id[REGISTER_ID_LEN]);

#endif
