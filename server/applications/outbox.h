/*
 * What is to be done in the vault for an application (number_outbox): written with the change that wants it, in one
 * transaction, before the vault is asked, and struck out when the vault has said that it is done. So a crash of either
 * side at any moment leaves a row from which both can be brought together: the vault's operations are idempotent by
 * their request_id, which is the application's id.
 */
#ifndef SEKISHO_APPLICATIONS_OUTBOX_H
#define SEKISHO_APPLICATIONS_OUTBOX_H

#include "server/applications/applications.h"

enum number_action { NUMBER_ACTION_NONE, NUMBER_ACTION_ENROLL, NUMBER_ACTION_CONFIRM, NUMBER_ACTION_RELEASE };
const char *number_action_name(enum number_action action); /* "ENROLL"; "" for none */
enum number_action number_action_of(const char *name);     /* NONE for anything else */
enum number_action number_pending(const stored_application *application);

/* Wants `action` instead of what was wanted before; NONE strikes out. Does not store the application. An LMDB code. */
int number_want(struct application_context *context, stored_application *application, enum number_action action);

/* When what is pending was wanted. An LMDB code; MDB_NOTFOUND: nothing is pending. */
int number_since(struct application_context *context, const stored_application *application, int64_t *since_us);

/* The vault has done `action`: strikes it out if it is what is pending (or RELEASE where ENROLL was), and takes over
 * the number's state. `reference`: of ENROLL. False in *taken: something else is pending by now, nothing was changed.
 * Does not store the application. An LMDB code. */
int number_done(struct application_context *context, stored_application *application, enum number_action action,
                const uint8_t *reference, bool *taken);

/* The applicant takes the number back (it was wrong): RELEASE where it is in the vault or may be. The application is to
 * be accepted again. Does not store the application. An LMDB code. */
int number_withdraw(struct application_context *context, stored_application *application);

#endif
