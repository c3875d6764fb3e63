/* What every method of PortalService has in common: the applicant's application, which is this portal's, and how it
 * stands, without anything of its content (F050, F051). */
#ifndef SEKISHO_SERVICES_PORTAL_OPEN_H
#define SEKISHO_SERVICES_PORTAL_OPEN_H

#include "sekisho/v1/portal_service.pb-c.h"
#include "server/card/card.h"
#include "server/portal/name.h"
#include "server/services/application_open.h"

struct portal {
    struct opened opened;
    stored_application *corrected; /* not NULL: opened.application is the draft of its correction */
    struct applicant_name applicant;
    const struct card_trust *trust; /* NULL: this server has no authorities for cards */
};

/* For what makes or lists applications of `parent`. False after register_fail. */
bool portal_begin(struct register_call *call, const char *parent, struct portal *portal);
/* The application of this name; of another applicant or portal there is none. False after register_fail. */
bool portal_open(struct register_call *call, const char *name, struct portal *portal);

/* The draft to work on in place of what was opened: the application while DRAFT, else its correction's, within the
 * deadline. False after register_fail. */
bool portal_open_draft(struct portal *portal);
/* The same for the signature that waits for a certificate's status; a deadline does not end it. */
bool portal_open_pending(struct portal *portal);

/* NULL after register_fail. Of a correction's draft: of the application. */
Sekisho__V1__ApplicationStatus *portal_status(struct portal *portal);

/* Methods of the drafts (portal_draft.c). */
register_handler portal_create, portal_begin_correction, portal_update, portal_render;
/* Renders anew: equal bytes for an equal application. False after register_fail. */
bool portal_text(struct portal *portal, ProtobufCBinaryData *text);

#endif
