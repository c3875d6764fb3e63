/* The signature of a stored application: checked as it was handed in, and what of it is recorded (step 12). */
#ifndef SEKISHO_PORTAL_SUBMISSION_H
#define SEKISHO_PORTAL_SUBMISSION_H

#include "server/applications/applications.h"
#include "server/card/card.h"

/* The stored signature as card_parse takes it; it points into *application. `ocsp`: NULL or an answer of `ocsp_length`
 * bytes. */
void submission_signature(const stored_application *application, const uint8_t *ocsp, size_t ocsp_length,
                          struct card_signature *signature);

/*
 * Steps 3 to 12 for an application that is SUBMITTED or SIGNATURE_PENDING, with receive_time_us set: puts evidence and
 * code into it and brings it to RECEIVED, REJECTED_SIGNATURE or SIGNATURE_PENDING (where it stays when the status is
 * still unknown). With context->corrected it is the draft of a correction: taken over, or a draft again, or waiting.
 */
enum application_result submission_decide(struct application_context *context, const struct card_trust *trust,
                                          const struct card_submission *submission, stored_application *application);

/* The same for up to `max` applications and corrections that are SIGNATURE_PENDING, after a newer revocation list has
 * come; *decided is how many are not any more, *left how many of all still are. */
enum application_result submission_retry_all(struct application_context *context, const struct card_trust *trust,
                                             uint32_t max, uint32_t *decided, uint32_t *left);

#endif
