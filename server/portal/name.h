/* Names by which the portal calls its applicants and their applications (F051): a pseudonym, never a register's key. */
#ifndef SEKISHO_PORTAL_NAME_H
#define SEKISHO_PORTAL_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "server/register/register.h"

#define PSEUDONYM_MAX           64                                /* bytes */
#define APPLICANT_NAME_SIZE     (12 + 2 + 12 + PSEUDONYM_MAX + 1) /* with terminator */
#define PORTAL_APPLICATION_SIZE (APPLICANT_NAME_SIZE + 14 + 2 * REGISTER_ID_LEN)

struct applicant_name {
    uint16_t tenant;
    char pseudonym[PSEUDONYM_MAX + 1];
};

/* "prefectures/11/applicants/{pseudonym}"; what has no letter is refused: it could be a number (INV-03). `rest`: what
 * follows, "" or from a slash on; NULL: nothing may. */
bool applicant_name_parse(const char *name, struct applicant_name *applicant, const char **rest);

/* "prefectures/11/applicants/{pseudonym}/applications/{32 lower-case hex digits}" */
bool portal_application_parse(const char *name, struct applicant_name *applicant, uint8_t id[REGISTER_ID_LEN]);
void portal_application_format(const struct applicant_name *applicant, const uint8_t id[REGISTER_ID_LEN],
                               char name[PORTAL_APPLICATION_SIZE]);

#endif
