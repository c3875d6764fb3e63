/*
 * The text that an applicant signs (domain 5.6): every item of the application in Japanese, the hashes of its files and
 * of the sealed number, the nonce. Deterministic: the same application gives the same bytes. One line an item; empty
 * items are said to be empty, so that nothing can be added to a signed text.
 */
#ifndef SEKISHO_PORTAL_RENDER_H
#define SEKISHO_PORTAL_RENDER_H

#include "server/applications/applications.h"

#define RENDER_MAX 32768 /* bytes */

enum render_result {
    RENDER_OK,
    RENDER_UNSEEN, /* *field has a character that cannot be seen, or is too long */
    RENDER_DIGITS, /* *field has twelve digits in a row */
    RENDER_MEMORY,
};

/* The bytes are of the context's arena; *field is static. The content is complete (application_missing). Of a
 * correction (context->corrected) the text says so, names the application and why, and nothing else of what was handed
 * in before. */
enum render_result render_application(const struct application_context *context, const stored_application *application,
                                      ProtobufCBinaryData *text, const char **field);

#endif
