/* Frames of the front about accounts and access records. */
#include <string.h>

#include "auth/access_records.h"
#include "auth/account_calls.h"
#include "auth/auth.h"
#include "auth/session_ends.h"
#include "crypto/aead.h"
#include "sandbox/sandbox.h"

static bool usable(const struct auth *auth, const struct session_entry *entry)
{
    uint64_t now_ms = auth_now_ms();

    return entry && entry->state == SESSION_OPEN && entry->expires_ms > now_ms &&
           entry->last_used_ms + (uint64_t)auth->config.accounts.idle_s * 1000 > now_ms;
}

static enum account_call_status open_call(struct auth *auth, struct session_entry *entry,
                                          const struct account_call *request)
{
    struct account_call_plain *call = &auth->secrets->call.call;
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_AAD_LEN];

    if (!usable(auth, entry))
        return ACCOUNT_CALL_UNKNOWN_SESSION;
    if (request->call_seq <= entry->call_seq)
        return ACCOUNT_CALL_REPLAYED;
    sealed_nonce(request->call_seq, nonce);
    account_call_aad(entry->id, request->call_seq, aad);
    struct aead *aead = aead_new(entry->call_key);
    if (!aead)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    bool opened = aead_open(aead, nonce, aad, sizeof aad, request->sealed, sizeof request->sealed, call) == 0;
    aead_free(aead);
    if (!opened)
        return ACCOUNT_CALL_BAD_SEAL;
    entry->call_seq = request->call_seq;
    entry->last_used_ms = auth_now_ms();
    entry->last_used_us = auth_now_us();
    if (!account_call_well_formed(call))
        return ACCOUNT_CALL_MALFORMED;
    return call->operation == request->operation ? ACCOUNT_CALL_OK : ACCOUNT_CALL_WRONG_METHOD;
}

static enum account_call_status perform(struct auth *auth, const struct session_entry *entry)
{
    struct call_scratch *scratch = &auth->secrets->call;
    const struct account_tenant *tenant = account_store_tenant(&auth->store, entry->tenant);

    int rc = account_store_begin(&auth->store);
    if (rc == 0) {
        rc = account_call(&auth->store, &auth->sessions, &auth->config.accounts, entry, auth_now_us(), &scratch->call,
                          &scratch->reply);
        if (rc == 0)
            rc = ends_commit(auth);
        else
            ends_abort(auth);
    }
    if (rc != 0) {
        auth_store_failed(rc, 3);
        return ACCOUNT_CALL_UNAVAILABLE;
    }
    scratch->reply.checkpoint = tenant->committed.checkpoint;
    return ACCOUNT_CALL_OK;
}

static void seal_reply(const struct session_entry *entry, uint64_t call_seq, const struct account_reply_plain *plain,
                       uint8_t *sealed)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_REPLY_AAD_LEN];
    struct aead *aead = aead_new(entry->reply_key);

    sealed_nonce(call_seq, nonce);
    account_reply_aad(entry->id, call_seq, aad);
    if (!aead || aead_seal(aead, nonce, aad, sizeof aad, plain, sizeof *plain, sealed) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    aead_free(aead);
}

enum frame_verdict auth_account_call(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    static struct account_call_reply reply;
    struct account_call request;

    memcpy(&request, frame->body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        return FRAME_RESERVED_SET;
    struct session_entry *entry = sessions_find(&auth->sessions, request.session);
    enum account_call_status status = open_call(auth, entry, &request);
    if (status == ACCOUNT_CALL_OK)
        status = perform(auth, entry);
    memset(&reply, 0, sizeof reply);
    reply.status = (uint16_t)status;
    if (status == ACCOUNT_CALL_OK)
        seal_reply(entry, request.call_seq, &auth->secrets->call.reply, reply.sealed);
    crypto_wipe(&auth->secrets->call, sizeof auth->secrets->call);
    *gone = outbox_put(&auth->to_front, FRAME_ACCOUNT_CALL_REPLY, frame->header->seq, &reply, sizeof reply) == 0;
    return FRAME_OK;
}

static int record_refused(struct auth *auth, const struct session_entry *entry, const struct access_refused *refused)
{
    struct access_entry leaf = {
        .event = refused->reason, .operation = refused->method, .role = entry->role, .time_us = auth_now_us()};

    memcpy(leaf.session, entry->id, sizeof leaf.session);
    memcpy(leaf.account, entry->account, sizeof leaf.account);
    memcpy(leaf.certificate, refused->certificate, sizeof leaf.certificate);
    int rc = account_store_begin(&auth->store);
    if (rc != 0)
        return rc;
    rc = access_append(&auth->store, account_store_tenant(&auth->store, entry->tenant), &leaf, NULL);
    if (rc == 0)
        return ends_commit(auth);
    ends_abort(auth);
    return rc;
}

enum frame_verdict auth_access_refused(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct access_refused refused;

    (void)gone;
    memcpy(&refused, frame->body, sizeof refused);
    if (refused.zero != 0)
        return FRAME_RESERVED_SET;
    if (refused.reason != ACCESS_METHOD_REFUSED && refused.reason != ACCESS_CERTIFICATE_REFUSED)
        return FRAME_BAD_BODY;
    /* Only of a session: a front that lies fills the records at the cost of somebody who is in. */
    const struct session_entry *entry = sessions_find(&auth->sessions, refused.session);
    int rc = usable(auth, entry) ? record_refused(auth, entry, &refused) : 0;
    if (rc != 0)
        auth_store_failed(rc, 4);
    return FRAME_OK;
}

enum frame_verdict auth_access_read(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    static _Alignas(8) uint8_t reply[TREE_REPLY_MAX];
    uint16_t type = frame->header->type;
    size_t length = 0;

    int rc = access_read(&auth->store, type, frame->body, reply, &length);
    if (rc != 0) {
        auth_store_failed(rc, 5);
        child_exit(EXIT_STORE, EVENT_NONE, 0, 0, 0);
    }
    if (length == 0)
        return FRAME_BAD_BODY;
    *gone = outbox_put(&auth->to_front, (uint16_t)(type + 1), frame->header->seq, reply, length) == 0;
    return FRAME_OK;
}
