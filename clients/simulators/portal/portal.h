/* The portal: one session of its account (role SYS), calls of PortalService, a log. It never sees a number. */
#ifndef SEKISHO_SIMULATORS_PORTAL_PORTAL_H
#define SEKISHO_SIMULATORS_PORTAL_PORTAL_H

#include <stdio.h>

#include "clients/simulators/portal/card.h"
#include "sekisho.h"
#include "sekisho/v1/portal_service.pb-c.h"

struct portal {
    struct sekisho_client *client;
    struct sekisho_session *session;
    struct sekisho_session_info info;
    const char *folder;
    FILE *log; /* FOLDER/log: each call with its name */
};

/* Address, certificate and session as the command `sekisho` takes them from the environment. False, with a message. */
bool portal_open(const char *folder, struct portal *portal);
void portal_close(struct portal *portal);

/* A call of PortalService; NULL, with a message, when it failed. Free with sekisho_message_free. */
void *portal_call(struct portal *portal, const char *method, const ProtobufCMessage *request, const char *name);
void portal_report(const struct sekisho_error *error);

/* Announces and sends a file of an application (its name for AttachmentService). */
bool portal_attach(struct portal *portal, const char *application, const char *path);

/* ---- what an applicant does through it ---- */

struct apply_options {
    const char *pseudonym, *content_file, *citizen_pin;
    char **files;
    size_t file_count;
    const char *correct;   /* name of the application that is corrected; NULL: a new one */
    const char *ocsp_file; /* NULL: none */
    bool raw;              /* the card's own signature instead of CMS */
    bool other_text;       /* signs something else: for tests of the refusal */
};
/* From a draft to the answer about its signature; prints name, state and code. */
bool portal_apply(struct portal *portal, const struct card *card, const struct apply_options *options);
bool portal_status(struct portal *portal, const char *name);
bool portal_list(struct portal *portal, const char *pseudonym);
bool portal_retry(struct portal *portal, const char *name, const char *ocsp_file);
bool portal_withdraw(struct portal *portal, const char *name);
/* Purges the copy, tells the server, and keeps the receipt. */
bool portal_purge(struct portal *portal, const char *name);

void status_print(const Sekisho__V1__ApplicationStatus *status);
/* A whole file of at most `max` bytes; NULL, with a message. */
uint8_t *whole_file(const char *path, size_t max, size_t *length);

#endif
