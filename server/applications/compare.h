/* Comparison of an application with the register, field by field (突合, F085): levels are kept, never values. */
#ifndef SEKISHO_APPLICATIONS_COMPARE_H
#define SEKISHO_APPLICATIONS_COMPARE_H

#include "server/applications/applications.h"
#include "server/identity/identity.h"

/* What identity_compare looks at; borrows the person's texts. */
void identity_of_person(const Sekisho__V1__Person *person, struct identity *identity);

/* Adds the result of a comparison; *added is in application->matches. `with`: "register", "certificate" (static). Does
 * not store the application. An LMDB code. */
int match_add(struct application_context *context, stored_application *application, const char *with,
              const struct identity_match *match, Sekisho__Stored__MatchResult **added);

/* Compares with a registration and adds the result. An LMDB code; MDB_NOTFOUND: no such registration. */
int compare_with_register(struct application_context *context, stored_application *application, uint32_t serial,
                          Sekisho__Stored__MatchResult **added);

/* The latest with it; NULL: there is none. */
Sekisho__Stored__MatchResult *match_latest(const stored_application *application, const char *with);

/* As the API shows it; borrows its texts. */
void match_show(const Sekisho__Stored__MatchResult *match, Sekisho__V1__Comparison *shown);

#endif
