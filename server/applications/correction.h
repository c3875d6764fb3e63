/*
 * Corrections (補正) that an applicant makes online: a draft beside the application as it was handed in. Officers see
 * nothing of it until its signature is good; then it is taken over whole, or it is dropped with the state.
 */
#ifndef SEKISHO_APPLICATIONS_CORRECTION_H
#define SEKISHO_APPLICATIONS_CORRECTION_H

#include "server/applications/applications.h"

/* Value of the row of application_by_state of an application whose correction waits for a certificate's status. */
#define CORRECTION_IS_PENDING 1

bool correction_is_pending(const stored_application *application);
/* The last day for it is over in Japan, or there is none. */
bool correction_is_overdue(const stored_application *application, int64_t now_us);

/* A draft with nothing in it but the kind, in application->correction. False: no memory. */
bool correction_begin(struct application_context *context, stored_application *application);
/* The draft to work on; the context is its until correction_close. There must be one. */
stored_application *correction_open(struct application_context *context, stored_application *application);
/* The application that is corrected; without correction_open: `application`. */
stored_application *correction_close(struct application_context *context, stored_application *application);

/* What the vault has, or may have soon, is not exchanged. */
bool correction_may_change_number(const stored_application *application);
bool correction_needs_number(const stored_application *application);

/* The open draft's signature is good: content, files, number and evidence are taken over, and the application goes on
 * (CORRECTED). The context is closed. */
enum application_result correction_take(struct application_context *context);
/* Drops the draft, if there is one, with its files. An LMDB code. */
int correction_drop(struct application_context *context, stored_application *application);

/* What was compared and answered for other items says nothing of the new ones. */
void correction_forget_findings(stored_application *application);

/* What was signed last, in the first submission or in a correction that was taken over; length 0: nothing. */
ProtobufCBinaryData correction_last_text(const stored_application *application);

#endif
