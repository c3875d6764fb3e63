#include "server/services/attachment_open.h"

#include <string.h>

#include "server/applications/correction.h"
#include "server/applications/name.h"
#include "server/services/methods.h"

#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

/* Is there a correction that its applicant is writing? */
static bool may_add(const struct opened *opened, const stored_application *application)
{
    return application->application->state == STATE(CORRECTION_WAIT) && application->correction &&
           !correction_is_pending(application) && !correction_is_overdue(application, opened->call->now_us);
}

static bool visible(const struct opened *opened)
{
    const stored_application *application = opened->application;

    if (opened->call->caller.role != ROLE_SYS)
        return application_visible(opened->call->caller.role, application);
    return strcmp(application->portal, opened->account) == 0 &&
           (application->application->state == STATE(DRAFT) || may_add(opened, application));
}

bool attachment_open(struct register_call *call, const char *name, struct opened *opened, uint32_t *number)
{
    uint8_t id[REGISTER_ID_LEN];
    const char *rest;
    uint16_t tenant;

    *number = 0;
    if (!application_begin(call, opened))
        return false;
    if (!application_name_parse(name, &tenant, id, &rest) ||
        (rest[0] != '\0' && !part_number_parse(rest, "/attachments/", number))) {
        (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", "not the name of an application or of a file");
        return false;
    }
    opened->application = tenant == call->reg->tenant ? application_get(&opened->context, id) : NULL;
    if (opened->application && visible(opened)) {
        if (call->caller.role == ROLE_SYS && opened->application->correction)
            opened->application = correction_open(&opened->context, opened->application);
        return true;
    }
    (void)register_fail_store(call, opened->application || opened->context.rc == 0 ? MDB_NOTFOUND : opened->context.rc);
    return false;
}

Sekisho__V1__Attachment *attachment_opened(struct opened *opened, uint32_t number)
{
    Sekisho__V1__Attachment *attachment = attachment_find(opened->application, number);

    if (!attachment)
        (void)register_fail(opened->call, REGISTER_NOT_FOUND, NULL, NULL);
    return attachment;
}

bool attachment_settle(struct opened *opened, enum attachment_result result)
{
    static const enum register_error errors[] = {
        [ATTACHMENT_UNKNOWN] = REGISTER_NOT_FOUND,           [ATTACHMENT_BAD_FIELD] = REGISTER_BAD_FIELD,
        [ATTACHMENT_BAD_TYPE] = REGISTER_BAD_MEDIA_TYPE,     [ATTACHMENT_BAD_OFFSET] = REGISTER_BAD_OFFSET,
        [ATTACHMENT_HASH_MISMATCH] = REGISTER_HASH_MISMATCH, [ATTACHMENT_TOO_MUCH] = REGISTER_ATTACHMENTS_FULL,
    };

    if (result == ATTACHMENT_OK)
        return true;
    if (result == ATTACHMENT_STORE)
        (void)register_fail_store(opened->call, opened->context.rc);
    else
        (void)register_fail(opened->call, errors[result], result == ATTACHMENT_BAD_FIELD ? opened->context.field : NULL,
                            NULL);
    return false;
}
