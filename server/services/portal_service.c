/* PortalService: what citizens hand in through the portal (F023, F024, F050, F051, F059, F060, F026). */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/applications/correction.h"
#include "server/portal/nonce.h"
#include "server/portal/submission.h"
#include "server/services/methods.h"
#include "server/services/portal_open.h"
#include "server/services/register_page.h"

#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

/* ---- submission ---- */

static bool has_trust(struct portal *portal)
{
    return portal->trust || register_fail(portal->opened.call, REGISTER_NO_CARD_TRUST, NULL, NULL);
}

/* Step 1, over the bytes that were rendered for this application and no others. */
static struct card_submission *parse(struct portal *portal, ProtobufCBinaryData ocsp, struct card_signature *signature)
{
    struct card_submission *submission;

    submission_signature(portal->opened.application, ocsp.data, ocsp.len, signature);
    if (card_parse(signature, &submission) == CARD_GOOD)
        return submission;
    (void)register_fail(portal->opened.call, REGISTER_SIG_MALFORMED, NULL, NULL);
    return NULL;
}

/* Step 2. Taken in the transaction that records the outcome: it stays taken, whatever the outcome is. */
static bool take_nonce(struct portal *portal)
{
    struct register_call *call = portal->opened.call;
    const stored_application *application = portal->opened.application;
    int rc = application->nonce.len == NONCE_LEN
                 ? nonce_take(call->reg, call->txn, call->now_us, application->nonce.data, application->id.data)
                 : MDB_NOTFOUND;

    if (rc == MDB_NOTFOUND)
        return register_fail(call, REGISTER_NONCE_REPLAY, NULL, NULL);
    if (rc == ETIME)
        return register_fail(call, REGISTER_NONCE_EXPIRED, NULL, NULL);
    return rc == 0 || register_fail_store(call, rc);
}

/* What was rendered is what the application says now: files may have come or gone meanwhile. */
static bool text_stands(struct portal *portal)
{
    const stored_application *application = portal->opened.application;
    ProtobufCBinaryData now;

    if (application->signing_text.len == 0)
        return register_fail(portal->opened.call, REGISTER_TEXT_CHANGED, NULL, NULL);
    if (!portal_text(portal, &now))
        return false;
    return (now.len == application->signing_text.len &&
            memcmp(now.data, application->signing_text.data, now.len) == 0) ||
           register_fail(portal->opened.call, REGISTER_TEXT_CHANGED, NULL, NULL);
}

/* Of an application that waits for a correction the draft of it is submitted, not what was submitted before. */
static bool open_submission(struct portal *portal)
{
    return portal->opened.application->application->state != STATE(CORRECTION_WAIT) || portal_open_draft(portal);
}

static bool decide(struct portal *portal, const struct card_submission *submission)
{
    return application_settle(&portal->opened, submission_decide(&portal->opened.context, portal->trust, submission,
                                                                 portal->opened.application));
}

static const ProtobufCMessage *submit(struct register_call *call)
{
    const Sekisho__V1__SubmitApplicationRequest *request = (const void *)call->request;
    Sekisho__V1__SubmitApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__SubmitApplicationResponse, SEKISHO__V1__SUBMIT_APPLICATION_RESPONSE__INIT);
    struct card_signature signature;
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal) || !has_trust(&portal) || !open_submission(&portal))
        return NULL;
    if (request->cms.len > 0 && (request->raw_signature.len > 0 || request->certificate.len > 0))
        return register_fail(call, REGISTER_SIG_MALFORMED, "cms", "excludes raw_signature and certificate");
    stored_application *application = portal.opened.application;
    application->signature = request->cms.len > 0 ? request->cms : request->raw_signature;
    application->certificate = request->certificate;
    struct card_submission *submission = parse(&portal, request->ocsp_response, &signature);
    if (!submission)
        return NULL;
    bool done = take_nonce(&portal) && text_stands(&portal);
    if (done) {
        application->application->receive_time_us = call->now_us;
        done = (portal.opened.context.corrected || application_fire(&portal.opened, APPLICATION_SUBMIT, NULL)) &&
               decide(&portal, submission);
    }
    card_submission_free(submission);
    response->status = done ? portal_status(&portal) : NULL;
    return response->status ? &response->base : NULL;
}

static const ProtobufCMessage *retry(struct register_call *call)
{
    const Sekisho__V1__RetrySignatureRequest *request = (const void *)call->request;
    Sekisho__V1__RetrySignatureResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RetrySignatureResponse, SEKISHO__V1__RETRY_SIGNATURE_RESPONSE__INIT);
    struct card_signature signature;
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal) || !has_trust(&portal) || !portal_open_pending(&portal))
        return NULL;
    struct card_submission *submission = parse(&portal, request->ocsp_response, &signature);
    if (!submission)
        return NULL;
    bool done = decide(&portal, submission);
    card_submission_free(submission);
    response->status = done ? portal_status(&portal) : NULL;
    return response->status ? &response->base : NULL;
}

/* ---- how it stands ---- */

static const ProtobufCMessage *get_status(struct register_call *call)
{
    const Sekisho__V1__GetApplicationStatusRequest *request = (const void *)call->request;
    Sekisho__V1__GetApplicationStatusResponse *response = REGISTER_NEW(
        call, Sekisho__V1__GetApplicationStatusResponse, SEKISHO__V1__GET_APPLICATION_STATUS_RESPONSE__INIT);
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal))
        return NULL;
    response->status = portal_status(&portal);
    return response->status ? &response->base : NULL;
}

/* Adds the application of this id, unless it is another portal's. False after register_fail. */
static bool add_status(struct portal *portal, const MDB_val *id, Sekisho__V1__ListApplicationStatusesResponse *response)
{
    if (id->mv_size != REGISTER_ID_LEN)
        return register_fail(portal->opened.call, REGISTER_STORE_FAILED, NULL, NULL);
    portal->opened.application = application_get(&portal->opened.context, id->mv_data);
    if (!portal->opened.application)
        return register_fail_store(portal->opened.call, portal->opened.context.rc);
    if (strcmp(portal->opened.application->portal, portal->opened.account) != 0)
        return true;
    Sekisho__V1__ApplicationStatus *status = portal_status(portal);
    if (!status)
        return false;
    response->statuses[response->n_statuses++] = status;
    return true;
}

/* Rows of one applicant from the page's beginning; *next is set when there are more. */
static bool add_statuses(struct portal *portal, const struct register_page *page, MDB_cursor *cursor,
                         Sekisho__V1__ListApplicationStatusesResponse *response)
{
    struct register_call *call = portal->opened.call;
    MDB_val key = {strlen(portal->applicant.pseudonym), portal->applicant.pseudonym};
    MDB_val id = {page->key_length, (void *)(uintptr_t)page->key};
    int rc = mdb_cursor_get(cursor, &key, &id, page->key_length > 0 ? MDB_GET_BOTH_RANGE : MDB_SET_KEY);

    while (rc == 0 && response->n_statuses < page->rows) {
        if (!add_status(portal, &id, response))
            return false;
        rc = mdb_cursor_get(cursor, &key, &id, MDB_NEXT_DUP);
    }
    if (rc == 0) {
        response->next_page_token = register_page_token(call, page, id.mv_data, id.mv_size);
        return response->next_page_token || register_fail(call, REGISTER_FULL, NULL, NULL);
    }
    return rc == MDB_NOTFOUND || register_fail_store(call, rc);
}

static const ProtobufCMessage *list_statuses(struct register_call *call)
{
    const Sekisho__V1__ListApplicationStatusesRequest *request = (const void *)call->request;
    Sekisho__V1__ListApplicationStatusesResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListApplicationStatusesResponse, SEKISHO__V1__LIST_APPLICATION_STATUSES_RESPONSE__INIT);
    struct register_page page;
    struct portal portal;
    MDB_cursor *cursor;

    if (!portal_begin(call, request->parent, &portal) || !register_page(call, &page))
        return NULL;
    if (response)
        response->statuses = register_alloc(call, page.rows * sizeof(Sekisho__V1__ApplicationStatus *));
    if (!response || !response->statuses)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    int rc = mdb_cursor_open(call->txn, call->reg->table[TABLE_application_by_applicant], &cursor);
    if (rc != 0)
        return register_fail_store(call, rc);
    bool done = add_statuses(&portal, &page, cursor, response);
    mdb_cursor_close(cursor);
    memset(call->object, 0, sizeof call->object);
    return done ? &response->base : NULL;
}

/* ---- the end of the portal's part ---- */

static const ProtobufCMessage *withdraw(struct register_call *call)
{
    const Sekisho__V1__PortalServiceWithdrawApplicationRequest *request = (const void *)call->request;
    Sekisho__V1__PortalServiceWithdrawApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__PortalServiceWithdrawApplicationResponse,
                     SEKISHO__V1__PORTAL_SERVICE_WITHDRAW_APPLICATION_RESPONSE__INIT);
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal) || !application_fire(&portal.opened, APPLICATION_WITHDRAW, NULL))
        return NULL;
    response->status = portal_status(&portal);
    return response->status ? &response->base : NULL;
}

/* Whether the portal names what we have: the text that was rendered last, or none. */
static bool same_content(const stored_application *application, ProtobufCBinaryData said, uint8_t hash[HASH_LEN])
{
    ProtobufCBinaryData text = correction_last_text(application);

    memset(hash, 0, HASH_LEN);
    if (text.len == 0)
        return said.len == 0;
    return sha256(text.data, text.len, hash) == 0 && said.len == HASH_LEN && crypto_equal(said.data, hash, HASH_LEN);
}

static bool record_purge(struct portal *portal, const uint8_t content[HASH_LEN])
{
    static const char label[] = "sekisho/v1 purge";
    struct register_call *call = portal->opened.call;
    stored_application *application = portal->opened.application;
    uint8_t *digest = register_alloc(call, HASH_LEN);
    uint64_t time_us = htole64((uint64_t)call->now_us);
    const struct iovec parts[] = {
        {(void *)(uintptr_t)label, sizeof label - 1},
        {application->id.data, REGISTER_ID_LEN},
        {(void *)(uintptr_t)content, HASH_LEN},
        {&time_us, sizeof time_us},
    };

    if (!digest || sha256_parts(parts, sizeof parts / sizeof parts[0], digest) != 0)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    application->purge_digest = (ProtobufCBinaryData){HASH_LEN, digest};
    return application_fire(&portal->opened, APPLICATION_PURGED, NULL);
}

static const ProtobufCMessage *confirm_purge(struct register_call *call)
{
    const Sekisho__V1__ConfirmPurgeRequest *request = (const void *)call->request;
    Sekisho__V1__ConfirmPurgeResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ConfirmPurgeResponse, SEKISHO__V1__CONFIRM_PURGE_RESPONSE__INIT);
    uint8_t content[HASH_LEN];
    struct portal portal;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!portal_open(call, request->name, &portal))
        return NULL;
    if (!same_content(portal.opened.application, request->content_sha256, content))
        return register_fail(call, REGISTER_BAD_FIELD, "content_sha256", "is not that of the content rendered last");
    if (!portal.opened.application->application->portal_purged && !record_purge(&portal, content))
        return NULL;
    response->digest = portal.opened.application->purge_digest;
    response->purge_time_us = portal.opened.application->purged_us;
    response->status = portal_status(&portal);
    return response->status ? &response->base : NULL;
}

/* ---- the table ---- */

#define READ(method, handler)                                                                                          \
    static void on_##handler(struct rpc_call *call, const ProtobufCMessage *request)                                   \
    {                                                                                                                  \
        register_read(call, request, handler);                                                                         \
    }
#define WRITE(method, handler)                                                                                         \
    static void on_##handler(struct rpc_call *call, const ProtobufCMessage *request)                                   \
    {                                                                                                                  \
        register_write(call, request, handler);                                                                        \
    }
#define METHODS                                                                                                        \
    WRITE(CreateApplication, portal_create)                                                                            \
    WRITE(BeginCorrection, portal_begin_correction)                                                                    \
    WRITE(UpdateApplication, portal_update)                                                                            \
    WRITE(RenderApplication, portal_render)                                                                            \
    WRITE(SubmitApplication, submit)                                                                                   \
    WRITE(RetrySignature, retry)                                                                                       \
    READ(GetApplicationStatus, get_status)                                                                             \
    READ(ListApplicationStatuses, list_statuses)                                                                       \
    WRITE(WithdrawApplication, withdraw)                                                                               \
    WRITE(ConfirmPurge, confirm_purge)
METHODS
#undef READ
#undef WRITE

#define ROW(method, handler) {METHOD_ROW(PortalService, method), .kind = RPC_UNARY, .on_message = on_##handler},
#define READ                 ROW
#define WRITE                ROW
const struct rpc_method portal_methods[] = {METHODS};
const size_t portal_method_count = sizeof portal_methods / sizeof portal_methods[0];
