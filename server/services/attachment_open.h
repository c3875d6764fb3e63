/* An application's file, opened for a caller who may see it. */
#ifndef SEKISHO_SERVICES_ATTACHMENT_OPEN_H
#define SEKISHO_SERVICES_ATTACHMENT_OPEN_H

#include "server/applications/attachments.h"
#include "server/services/application_open.h"

/* The application that `name` names, or that has the file which it names (*number, 0: it names none). Officers see what
 * they see of applications; the portal (SYS) its own drafts, and the files that a correction adds. False after
 * register_fail. */
bool attachment_open(struct register_call *call, const char *name, struct opened *opened, uint32_t *number);

/* The file; NULL after register_fail. */
Sekisho__V1__Attachment *attachment_opened(struct opened *opened, uint32_t number);

/* False after register_fail, for anything but ATTACHMENT_OK. */
bool attachment_settle(struct opened *opened, enum attachment_result result);

#endif
