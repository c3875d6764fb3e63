#include "server/services/portal_open.h"

#include <string.h>

#include "server/applications/correction.h"

#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

static void name_object(struct register_call *call, const stored_application *application)
{
    /* The record of operations is the office's: it names the application as the office does (F051). */
    strncpy(call->object, application->application->name, sizeof call->object - 1);
}

bool portal_begin(struct register_call *call, const char *parent, struct portal *portal)
{
    const struct front *front = rpc_call_context(call->rpc);

    *portal = (struct portal){.trust = front->card};
    application_begin(call, &portal->opened);
    memset(call->object, 0, sizeof call->object);
    if (applicant_name_parse(parent, &portal->applicant, NULL) && portal->applicant.tenant == call->reg->tenant)
        return true;
    (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent",
                        "must be prefectures/{01..47}/applicants/{1 to 64 of A-Z a-z 0-9 - _ . with a letter}");
    return false;
}

static bool is_ours(const struct portal *portal)
{
    const stored_application *application = portal->opened.application;

    return strcmp(application->portal, portal->opened.account) == 0 &&
           strcmp(application->applicant, portal->applicant.pseudonym) == 0;
}

bool portal_open(struct register_call *call, const char *name, struct portal *portal)
{
    const struct front *front = rpc_call_context(call->rpc);
    uint8_t id[REGISTER_ID_LEN];

    *portal = (struct portal){.trust = front->card};
    application_begin(call, &portal->opened);
    memset(call->object, 0, sizeof call->object);
    if (!portal_application_parse(name, &portal->applicant, id) || portal->applicant.tenant != call->reg->tenant) {
        (void)register_fail(
            call, REGISTER_BAD_RESOURCE_NAME, "name",
            "must be prefectures/{01..47}/applicants/{pseudonym}/applications/{32 lower-case hex digits}");
        return false;
    }
    portal->opened.application = application_get(&portal->opened.context, id);
    if (!portal->opened.application && portal->opened.context.rc != MDB_NOTFOUND) {
        (void)register_fail_store(call, portal->opened.context.rc);
        return false;
    }
    if (!portal->opened.application || !is_ours(portal)) {
        (void)register_fail(call, REGISTER_NOT_FOUND, NULL, NULL);
        return false;
    }
    name_object(call, portal->opened.application);
    return true;
}

static bool wrong_state(struct portal *portal)
{
    return register_fail(portal->opened.call, REGISTER_WRONG_STATE, NULL, NULL);
}

static void open_correction(struct portal *portal)
{
    portal->corrected = portal->opened.application;
    portal->opened.application = correction_open(&portal->opened.context, portal->corrected);
}

bool portal_open_draft(struct portal *portal)
{
    stored_application *application = portal->opened.application;

    if (application->application->state == STATE(DRAFT))
        return true;
    if (application->application->state != STATE(CORRECTION_WAIT) || !application->correction ||
        correction_is_pending(application))
        return wrong_state(portal);
    if (correction_is_overdue(application, portal->opened.call->now_us))
        return register_fail(portal->opened.call, REGISTER_DEADLINE_PASSED, NULL, NULL);
    open_correction(portal);
    return true;
}

bool portal_open_pending(struct portal *portal)
{
    stored_application *application = portal->opened.application;

    if (application->application->state == STATE(SIGNATURE_PENDING))
        return true;
    if (!correction_is_pending(application))
        return wrong_state(portal);
    open_correction(portal);
    return true;
}

Sekisho__V1__ApplicationStatus *portal_status(struct portal *portal)
{
    struct register_call *call = portal->opened.call;
    Sekisho__V1__ApplicationStatus *status =
        REGISTER_NEW(call, Sekisho__V1__ApplicationStatus, SEKISHO__V1__APPLICATION_STATUS__INIT);
    char *name = register_alloc(call, PORTAL_APPLICATION_SIZE);

    if (!status || !name) {
        (void)register_fail(call, REGISTER_FULL, NULL, NULL);
        return NULL;
    }
    if (portal->corrected) {
        (void)correction_close(&portal->opened.context, portal->corrected);
        portal->opened.application = portal->corrected;
    }
    portal_application_format(&portal->applicant, portal->opened.application->id.data, name);
    name_object(call, portal->opened.application);
    status->name = name;
    const Sekisho__V1__Application *shown = application_show(&portal->opened);
    if (!shown)
        return NULL;
    status->kind = shown->kind;
    status->state = shown->state;
    const stored_application *correction = portal->opened.application->correction;
    status->signature_code = correction ? correction->application->signature_code : shown->signature_code;
    status->reason = shown->reason;
    status->correction_deadline = shown->correction_deadline;
    status->fee_yen = shown->receive_time_us != 0 ? shown->fee_yen : 0;
    status->fee_settled = shown->receive_time_us != 0 && shown->fee_settled;
    status->receive_time_us = shown->receive_time_us;
    status->update_time_us = shown->update_time_us;
    status->portal_purged = shown->portal_purged;
    return status;
}
