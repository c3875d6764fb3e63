#include "server/applications/correction.h"

#include <string.h>

#include "server/applications/attachments.h"
#include "server/applications/internal.h"
#include "server/applications/outbox.h"

#define STATE(state)  SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define NUMBER(state) SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_##state

bool correction_is_pending(const stored_application *application)
{
    return application->correction && application->correction->application->state == STATE(SIGNATURE_PENDING);
}

bool correction_begin(struct application_context *context, stored_application *application)
{
    stored_application *draft = arena_alloc(context, sizeof *draft);
    Sekisho__V1__Application *content = arena_alloc(context, sizeof *content);

    if (!draft || !content)
        return false;
    sekisho__stored__stored_application__init(draft);
    sekisho__v1__application__init(content);
    content->kind = application->application->kind;
    content->state = STATE(DRAFT);
    draft->application = content;
    application->correction = draft;
    return true;
}

stored_application *correction_open(struct application_context *context, stored_application *application)
{
    stored_application *draft = application->correction;

    context->corrected = application;
    draft->id = application->id;
    draft->application->name = application->application->name;
    draft->next_attachment = application->next_attachment;
    return draft;
}

stored_application *correction_close(struct application_context *context, stored_application *application)
{
    stored_application *whole = context->corrected ? context->corrected : application;

    context->corrected = NULL;
    return whole;
}

bool correction_needs_number(const stored_application *application)
{
    Sekisho__V1__NumberState state = application->application->number_state;

    return state == NUMBER(INVALID) || state == NUMBER(MISSING);
}

bool correction_may_change_number(const stored_application *application)
{
    return number_pending(application) == NUMBER_ACTION_NONE &&
           (correction_needs_number(application) || application->application->number_state == NUMBER(SEALED));
}

void correction_forget_findings(stored_application *application)
{
    for (size_t i = 0; i < application->n_checks; i++) {
        application->checks[i]->result = SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_UNSPECIFIED;
        application->checks[i]->decision = (char *)(uintptr_t) "";
    }
    application->n_matches = 0;
}

ProtobufCBinaryData correction_last_text(const stored_application *application)
{
    size_t count = application->n_corrections;

    return count > 0 ? application->corrections[count - 1]->signing_text : application->signing_text;
}

/* ---- taking it over ---- */

static void take_content(Sekisho__V1__Application *shown, const Sekisho__V1__Application *content)
{
    shown->person = content->person;
    shown->registration = content->registration;
    shown->register_kind = content->register_kind;
    shown->route = content->route;
    shown->qualified_month = content->qualified_month;
    shown->cause = content->cause;
    shown->card_attached = content->card_attached;
    shown->no_disqualification_declared = content->no_disqualification_declared;
    shown->signature_code = content->signature_code;
    shown->portal_purged = false; /* the portal has a copy again (INV-04) */
}

/* A blob opens with the nonce that it was sealed with: both come, or both stay. */
static void take_number(stored_application *application, const stored_application *draft)
{
    if (draft->number_blob.len == 0)
        return;
    application->number_blob = draft->number_blob;
    application->nonce = draft->nonce;
    application->application->number_state = NUMBER(SEALED);
}

/* `count` pointers and `more_count` behind them; NULL: no memory. */
static void *joined(const struct application_context *context, const void *rows, size_t count, const void *more,
                    size_t more_count)
{
    void **all = arena_alloc(context, (count + more_count) * sizeof *all);

    if (all && count > 0)
        memcpy(all, rows, count * sizeof *all);
    if (all && more_count > 0)
        memcpy(all + count, more, more_count * sizeof *all);
    return all;
}

static bool take_files(const struct application_context *context, Sekisho__V1__Application *shown,
                       const Sekisho__V1__Application *content)
{
    if (content->n_attachments == 0)
        return true;
    shown->attachments = joined(context, (void *)shown->attachments, shown->n_attachments, (void *)content->attachments,
                                content->n_attachments);
    shown->n_attachments += content->n_attachments;
    return shown->attachments != NULL;
}

static bool take_evidence(const struct application_context *context, stored_application *application,
                          const stored_application *draft)
{
    Sekisho__Stored__StoredSubmission *kept = arena_alloc(context, sizeof *kept);
    Sekisho__Stored__StoredSubmission **all =
        kept ? joined(context, (void *)application->corrections, application->n_corrections, (void *)&kept, 1) : NULL;

    if (!all)
        return false;
    sekisho__stored__stored_submission__init(kept);
    kept->signing_text = draft->signing_text;
    kept->signature = draft->signature;
    kept->certificate = draft->certificate;
    kept->certificate_sha256 = draft->certificate_sha256;
    kept->serial_sha256 = draft->serial_sha256;
    kept->issuer_key_id = draft->issuer_key_id;
    kept->status_checked_us = draft->status_checked_us;
    kept->status_this_update_us = draft->status_this_update_us;
    kept->status_next_update_us = draft->status_next_update_us;
    kept->receive_time_us = draft->application->receive_time_us;
    application->corrections = all;
    application->n_corrections++;
    correction_forget_findings(application);
    application->matches = draft->matches; /* with the certificate */
    application->n_matches = draft->n_matches;
    return true;
}

enum application_result correction_take(struct application_context *context)
{
    stored_application *application = correction_close(context, NULL);
    const stored_application *draft = application->correction;

    if (!take_files(context, application->application, draft->application) ||
        !take_evidence(context, application, draft)) {
        context->rc = MDB_MAP_FULL;
        return APPLICATION_STORE;
    }
    take_content(application->application, draft->application);
    take_number(application, draft);
    application->correction = NULL;
    return application_event(context, application, APPLICATION_CORRECTED, NULL);
}

int correction_drop(struct application_context *context, stored_application *application)
{
    stored_application *draft = application->correction;

    if (!draft)
        return 0;
    draft->id = application->id;
    application->correction = NULL;
    return attachments_drop(context, draft);
}
