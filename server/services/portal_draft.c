/* Drafts of PortalService: content, nonce, and the text that is to be signed. */
#include <string.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "server/applications/correction.h"
#include "server/identity/identity.h"
#include "server/portal/nonce.h"
#include "server/portal/render.h"
#include "server/register/entry.h"
#include "server/services/portal_open.h"

#define KIND(kind)   SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define NUMBER(rule) SEKISHO__V1__BLOB_RULE__BLOB_RULE_##rule
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

/* ---- content ---- */

static bool kind_allowed(Sekisho__V1__ApplicationKind kind)
{
    return kind == KIND(NEW) || kind == KIND(REWRITE) || kind == KIND(REISSUE) || kind == KIND(DELETE);
}

/* The registration as the applicant names it; whether there is one, an officer finds out: the portal reads nothing of
 * the register. */
static bool take_registration(struct portal *portal, const char *text)
{
    struct register_call *call = portal->opened.call;
    Sekisho__V1__Application *application = portal->opened.application->application;
    struct registration_number number;
    char *name = register_alloc(call, ENTRY_NAME_SIZE);

    application->registration = name;
    if (!name)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (text[0] == '\0')
        return true;
    if (application->kind == KIND(NEW) || !registration_number_parse(text, &number) ||
        number.prefecture != call->reg->tenant)
        return register_fail(call, REGISTER_BAD_FIELD, "content.registration_number",
                             "must be a number of registration of this prefecture; empty for NEW");
    entry_name_format(call->reg->tenant, number.serial, name);
    return true;
}

static bool take_content(struct portal *portal, const Sekisho__V1__ApplicationContent *content)
{
    struct register_call *call = portal->opened.call;
    Sekisho__V1__Application *application = portal->opened.application->application;
    ProtobufCBinaryData unread;

    if (!kind_allowed(content->kind) || (application->kind != 0 && application->kind != content->kind))
        return register_fail(call, REGISTER_BAD_FIELD, "content.kind",
                             "must be NEW, REWRITE, REISSUE or DELETE, and stay what it is");
    application->kind = content->kind;
    application->person = content->person;
    application->register_kind = content->register_kind;
    application->route = content->route;
    application->qualified_month = content->qualified_month;
    application->cause = content->cause;
    application->card_attached = content->card_attached;
    application->no_disqualification_declared = content->no_disqualification_declared;
    return take_registration(portal, content->registration_number) && portal_text(portal, &unread);
}

/* A text that was made for other content, or with another nonce, is void. */
static bool renew_nonce(struct portal *portal, Sekisho__V1__SubmissionNonce **shown)
{
    struct register_call *call = portal->opened.call;
    stored_application *application = portal->opened.application;
    uint8_t *nonce = register_alloc(call, NONCE_LEN);
    Sekisho__V1__SubmissionNonce *message =
        REGISTER_NEW(call, Sekisho__V1__SubmissionNonce, SEKISHO__V1__SUBMISSION_NONCE__INIT);
    int rc = 0;

    if (!nonce || !message)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (application->nonce.len == NONCE_LEN)
        rc = nonce_drop(call->reg, call->txn, application->nonce.data);
    if (rc == 0)
        rc = nonce_make(call->reg, call->txn, call->now_us, application->id.data, nonce, &message->expire_time_us);
    if (rc != 0)
        return register_fail_store(call, rc);
    application->nonce = message->nonce = (ProtobufCBinaryData){NONCE_LEN, nonce};
    application->signing_text = application->number_blob = (ProtobufCBinaryData){0};
    application->application->number_state = SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_UNSPECIFIED;
    *shown = message;
    return true;
}

static bool start(struct portal *portal)
{
    struct register_call *call = portal->opened.call;
    stored_application *application = REGISTER_NEW(call, stored_application, SEKISHO__STORED__STORED_APPLICATION__INIT);
    Sekisho__V1__Application *shown = REGISTER_NEW(call, Sekisho__V1__Application, SEKISHO__V1__APPLICATION__INIT);

    if (!application || !shown)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    application->application = shown;
    application->applicant = portal->applicant.pseudonym;
    application->portal = (char *)(uintptr_t)portal->opened.account;
    shown->channel = SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PORTAL;
    portal->opened.application = application;
    return true;
}

const ProtobufCMessage *portal_create(struct register_call *call)
{
    const Sekisho__V1__CreateApplicationRequest *request = (const void *)call->request;
    Sekisho__V1__CreateApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CreateApplicationResponse, SEKISHO__V1__CREATE_APPLICATION_RESPONSE__INIT);
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_begin(call, request->parent, &portal) || !start(&portal))
        return NULL;
    if (!request->content)
        return register_fail(call, REGISTER_MISSING_FIELD, "content", NULL);
    if (!take_content(&portal, request->content) ||
        !application_settle(&portal.opened, application_create(&portal.opened.context, portal.opened.application)) ||
        !renew_nonce(&portal, &response->nonce) || !application_store(&portal.opened))
        return NULL;
    response->application = portal.opened.application->application->name;
    response->status = portal_status(&portal);
    return response->status ? &response->base : NULL;
}

/* ---- corrections ---- */

static Sekisho__V1__BlobRule blob_rule(const stored_application *application)
{
    if (!correction_may_change_number(application))
        return NUMBER(STAYS);
    return correction_needs_number(application) ? NUMBER(REQUIRED) : NUMBER(MAY_CHANGE);
}

static bool begin_correction(struct portal *portal)
{
    stored_application *application = portal->opened.application;

    if (application->application->state == STATE(CORRECTION_WAIT) && !application->correction &&
        !correction_begin(&portal->opened.context, application))
        return register_fail(portal->opened.call, REGISTER_FULL, NULL, NULL);
    if (application->application->state == STATE(DRAFT))
        return register_fail(portal->opened.call, REGISTER_WRONG_STATE, NULL, NULL);
    return portal_open_draft(portal);
}

const ProtobufCMessage *portal_begin_correction(struct register_call *call)
{
    const Sekisho__V1__BeginCorrectionRequest *request = (const void *)call->request;
    Sekisho__V1__BeginCorrectionResponse *response =
        REGISTER_NEW(call, Sekisho__V1__BeginCorrectionResponse, SEKISHO__V1__BEGIN_CORRECTION_RESPONSE__INIT);
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal))
        return NULL;
    if (!request->content)
        return register_fail(call, REGISTER_MISSING_FIELD, "content", NULL);
    if (!begin_correction(&portal) || !take_content(&portal, request->content) ||
        !renew_nonce(&portal, &response->nonce) || !application_store(&portal.opened))
        return NULL;
    response->status = portal_status(&portal);
    response->application = portal.opened.application->application->name;
    response->blob_rule = blob_rule(portal.opened.application);
    return response->status ? &response->base : NULL;
}

const ProtobufCMessage *portal_update(struct register_call *call)
{
    const Sekisho__V1__UpdateApplicationRequest *request = (const void *)call->request;
    Sekisho__V1__UpdateApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__UpdateApplicationResponse, SEKISHO__V1__UPDATE_APPLICATION_RESPONSE__INIT);
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal) || !portal_open_draft(&portal) ||
        (request->content && !take_content(&portal, request->content)) || !renew_nonce(&portal, &response->nonce) ||
        !application_store(&portal.opened))
        return NULL;
    response->status = portal_status(&portal);
    return response->status ? &response->base : NULL;
}

/* ---- the text ---- */

bool portal_text(struct portal *portal, ProtobufCBinaryData *text)
{
    struct register_call *call = portal->opened.call;
    const char *field;

    switch (render_application(&portal->opened.context, portal->opened.application, text, &field)) {
    case RENDER_OK:
        return true;
    case RENDER_UNSEEN:
        return register_fail(call, REGISTER_BAD_FIELD, field,
                             "is too long, not of its kind, or has a character that cannot be seen");
    case RENDER_DIGITS:
        return register_fail(call, REGISTER_TWELVE_DIGITS, field, NULL);
    default:
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    }
}

/* The state of what was handed in stays until the correction is taken over. */
static bool take_corrected_blob(struct portal *portal, ProtobufCBinaryData blob)
{
    Sekisho__V1__BlobRule rule = blob_rule(portal->opened.context.corrected);

    if ((blob.len == CITIZEN_BLOB_LEN && rule != NUMBER(STAYS)) || (blob.len == 0 && rule != NUMBER(REQUIRED))) {
        portal->opened.application->number_blob = blob;
        return true;
    }
    return register_fail(portal->opened.call, REGISTER_BAD_FIELD, "number_blob",
                         rule == NUMBER(STAYS) ? "must be empty: the number stays" : "must have 60 bytes");
}

static bool take_blob(struct portal *portal, ProtobufCBinaryData blob)
{
    stored_application *application = portal->opened.application;

    if (portal->opened.context.corrected)
        return take_corrected_blob(portal, blob);
    bool carries = application->application->kind != KIND(REISSUE);

    if (blob.len != (carries ? CITIZEN_BLOB_LEN : 0))
        return register_fail(portal->opened.call, REGISTER_BAD_FIELD, "number_blob",
                             carries ? "must have 60 bytes" : "must be empty for this kind");
    application->number_blob = blob;
    application->application->number_state =
        carries ? SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_SEALED : SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_UNSPECIFIED;
    return true;
}

/* The officers' path of a field as this service calls it. */
static const char *own_path(struct register_call *call, const char *field)
{
    static const char prefix[] = "application.";

    if (strncmp(field, prefix, sizeof prefix - 1) != 0)
        return field;
    const char *rest = field + sizeof prefix - 1;
    return register_printf(call, "content.%s", strcmp(rest, "registration") == 0 ? "registration_number" : rest);
}

static bool is_complete(struct portal *portal)
{
    struct register_call *call = portal->opened.call;
    const Sekisho__V1__Application *application = portal->opened.application->application;
    const char *missing = application_missing(&portal->opened.context, application);

    if (missing)
        return register_fail(call, REGISTER_INCOMPLETE, own_path(call, missing), NULL);
    for (size_t i = 0; i < application->n_attachments; i++)
        if (!application->attachments[i]->complete)
            return register_fail(call, REGISTER_INCOMPLETE, "attachments", NULL);
    return true;
}

const ProtobufCMessage *portal_render(struct register_call *call)
{
    const Sekisho__V1__RenderApplicationRequest *request = (const void *)call->request;
    Sekisho__V1__RenderApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RenderApplicationResponse, SEKISHO__V1__RENDER_APPLICATION_RESPONSE__INIT);
    uint8_t *hash = register_alloc(call, HASH_LEN);
    struct portal portal;

    if (!response || !hash)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal) || !portal_open_draft(&portal) ||
        !take_blob(&portal, request->number_blob) || !is_complete(&portal) || !portal_text(&portal, &response->content))
        return NULL;
    portal.opened.application->signing_text = response->content;
    if (sha256(response->content.data, response->content.len, hash) != 0)
        return register_fail(call, REGISTER_STORE_FAILED, NULL, NULL);
    response->content_sha256 = (ProtobufCBinaryData){HASH_LEN, hash};
    return application_store(&portal.opened) ? &response->base : NULL;
}
