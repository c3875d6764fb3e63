#include <string.h>

#include "auth/auth.h"
#include "auth/login_check.h"
#include "auth/session_ends.h"
#include "crypto/aead.h"
#include "sandbox/sandbox.h"

static enum login_status use_challenge(struct auth *auth, const uint8_t challenge[CHALLENGE_LEN])
{
    switch (challenge_use(auth->challenges, auth_now_ms(), challenge)) {
    case CHALLENGE_ACCEPTED:
        return LOGIN_OK;
    case CHALLENGE_USED:
        return LOGIN_CHALLENGE_USED;
    case CHALLENGE_SET_FULL:
        return LOGIN_BUSY;
    case CHALLENGE_FOREIGN:
        break;
    }
    return LOGIN_CHALLENGE_UNKNOWN;
}

static enum login_status open_seal(struct auth *auth, const struct login_request *request)
{
    struct login_scratch *scratch = &auth->secrets->scratch;
    uint8_t info[LOGIN_INFO_LEN];

    sealed_login_info(request->tenant, request->challenge, info);
    if (hpke_setup_recipient(auth->secrets->login_private, request->encapsulated, info, sizeof info, &scratch->hpke) !=
        0)
        return LOGIN_BAD_SEAL;
    if (hpke_open(&scratch->hpke, NULL, 0, request->sealed, sizeof request->sealed, &scratch->plain) != 0)
        return LOGIN_BAD_SEAL;
    return LOGIN_OK;
}

static enum login_status check_plain(const struct login_plain *plain, const struct login_request *request)
{
    if (plain->version != 1 || plain->tenant != request->tenant)
        return LOGIN_MALFORMED;
    if (plain->account_length < 1 || plain->account_length > ACCOUNT_LEN ||
        strnlen(plain->account, ACCOUNT_LEN) != plain->account_length)
        return LOGIN_MALFORMED;
    if (plain->password_length < 1 || plain->password_length > PASSWORD_MAX)
        return LOGIN_MALFORMED;
    if (!crypto_all_zero(plain->account + plain->account_length, ACCOUNT_LEN - plain->account_length) ||
        !crypto_all_zero(plain->password + plain->password_length, PASSWORD_MAX - plain->password_length))
        return LOGIN_MALFORMED;
    if (!crypto_all_zero(plain->zero, sizeof plain->zero))
        return LOGIN_MALFORMED;
    if (!crypto_equal(plain->certificate, request->connection_cert, CERT_HASH_LEN))
        return LOGIN_WRONG_CERTIFICATE;
    return LOGIN_OK;
}

/* Session id, fresh server key and the session's keys. */
static enum login_status make_keys(struct login_scratch *scratch, const struct login_request *request,
                                   struct login_reply *reply)
{
    const struct session_transcript transcript = {
        .tenant = request->tenant,
        .challenge = request->challenge,
        .encapsulated = request->encapsulated,
        .client_ephemeral = scratch->plain.client_ephemeral,
        .server_ephemeral = reply->server_ephemeral,
        .session = reply->session,
        .certificate = request->connection_cert,
    };

    if (x25519_key_pair(scratch->ephemeral_private, reply->server_ephemeral) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    /* Fails for a client's low-order point only (RFC 7748 section 6.1). */
    if (x25519(scratch->ephemeral_private, scratch->plain.client_ephemeral, scratch->shared) != 0)
        return LOGIN_MALFORMED;
    if (hpke_export(&scratch->hpke, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), scratch->exported,
                    sizeof scratch->exported) != 0 ||
        sealed_derive(&transcript, scratch->exported, scratch->shared, &scratch->keys) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    return LOGIN_OK;
}

/* What the login says, and the sessions that end by it. */
static int check(struct auth *auth, struct account_tenant *tenant, const struct login_attempt *attempt,
                 struct login_grant *grant)
{
    int rc = login_check(&auth->store, tenant, &auth->config.accounts, attempt, grant);

    /* F102: an account is in once. */
    if (rc == 0 && (grant->granted || grant->closed))
        sessions_end_account(&auth->sessions, tenant->id, grant->account,
                             grant->granted ? ACCESS_SESSION_DISPLACED : ACCESS_SESSION_TERMINATED);
    return rc;
}

/* Decides and records, in one transaction that is on the disk before anybody is answered. */
static enum login_status verify(struct auth *auth, enum login_status status, const struct login_reply *reply,
                                const struct login_request *request, struct login_grant *grant)
{
    struct account_tenant *tenant = account_store_tenant(&auth->store, request->tenant);
    const struct login_plain *plain = &auth->secrets->scratch.plain;
    const struct login_attempt attempt = {
        .plain = plain, .certificate = request->connection_cert, .session = reply->session, .now_us = auth_now_us()};

    if (!tenant) {
        if (status == LOGIN_OK)
            (void)password_verify(plain->password, plain->password_length, &auth->unknown_account);
        return status == LOGIN_OK ? LOGIN_REFUSED : status;
    }
    int rc = account_store_begin(&auth->store);
    if (rc == 0) {
        /* A blob of another connection: whoever relays it does not have the terminal's key. */
        rc = status == LOGIN_OK ? check(auth, tenant, &attempt, grant)
                                : login_record_refusal(&auth->store, tenant, &attempt, NULL, LOGIN_REFUSAL_CERTIFICATE);
        if (rc == 0)
            rc = ends_commit(auth);
        else
            ends_abort(auth);
    }
    if (rc != 0) {
        auth_store_failed(rc, 2);
        return LOGIN_BUSY;
    }
    return status != LOGIN_OK ? status : grant->granted ? LOGIN_OK : LOGIN_REFUSED;
}

static void seal_welcome(struct login_scratch *scratch, const struct login_grant *grant, struct login_reply *reply)
{
    static const uint8_t zero_nonce[AEAD_NONCE_LEN]; /* the welcome key seals once */
    struct welcome_plain *welcome = &scratch->welcome;

    *welcome = (struct welcome_plain){
        .version = 1, .tenant = reply->tenant, .role = reply->role, .flags = grant->flags, .ttl_ms = reply->ttl_ms};
    memcpy(welcome->account, grant->account, ACCOUNT_LEN);
    memcpy(welcome->permit, scratch->open.permit, sizeof welcome->permit);
    struct aead *aead = aead_new(scratch->keys.welcome);
    if (!aead || aead_seal(aead, zero_nonce, scratch->keys.salt, sizeof scratch->keys.salt, welcome, sizeof *welcome,
                           reply->welcome) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    aead_free(aead);
}

static void fill_open(struct login_scratch *scratch, const struct login_grant *grant, const struct login_reply *reply)
{
    struct session_open *open = &scratch->open;

    *open = (struct session_open){.tenant = reply->tenant, .role = reply->role, .ttl_ms = reply->ttl_ms};
    memcpy(open->session, reply->session, SESSION_ID_LEN);
    memcpy(open->account, grant->account, ACCOUNT_LEN);
    /* F099, F165: no number is used with a temporary password, or by who has not agreed to the terms. */
    if (grant->flags == 0)
        role_permit(reply->role, open->permit);
    memcpy(open->call_key, scratch->keys.call, SESSION_KEY_LEN);
    memcpy(open->reply_key, scratch->keys.reply, SESSION_KEY_LEN);
}

static void enter(struct auth *auth, const struct login_grant *grant, const struct login_request *request,
                  const struct login_reply *reply)
{
    struct session_entry *entry = sessions_add(&auth->sessions, reply->session);
    const struct session_keys *keys = &auth->secrets->scratch.keys;

    entry->tenant = reply->tenant;
    entry->role = reply->role;
    entry->fresh = grant->flags != 0;
    entry->opened_us = entry->last_used_us = auth_now_us();
    entry->last_used_ms = auth_now_ms();
    entry->expires_ms = entry->last_used_ms + reply->ttl_ms;
    memcpy(entry->account, grant->account, ACCOUNT_LEN);
    memcpy(entry->terminal, grant->terminal, TERMINAL_ID_LEN);
    memcpy(entry->certificate, request->connection_cert, CERT_HASH_LEN);
    memcpy(entry->call_key, keys->account, SESSION_KEY_LEN);
    memcpy(entry->reply_key, keys->account_reply, SESSION_KEY_LEN);
}

/* Two accounts of one person in one organisation have one tag: the front can tell whether two steps were taken by the
 * same person, and not who it is. */
static void tag_person(struct auth *auth, const struct login_grant *grant, struct login_reply *reply)
{
    static const char label[] = "sekisho/v1 person";
    uint8_t prk[HASH_LEN], info[sizeof label + sizeof reply->tenant + sizeof grant->person];

    memcpy(info, label, sizeof label);
    memcpy(info + sizeof label, &reply->tenant, sizeof reply->tenant);
    memcpy(info + sizeof label + sizeof reply->tenant, grant->person, sizeof grant->person);
    if (hkdf_extract("", 0, auth->secrets->login_private, X25519_LEN, prk) != 0 ||
        hkdf_expand(prk, info, sizeof info, reply->person, sizeof reply->person) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    crypto_wipe(prk, sizeof prk);
}

enum login_status login_decide(struct auth *auth, const struct login_request *request, struct login_reply *reply)
{
    struct login_scratch *scratch = &auth->secrets->scratch;
    struct login_grant grant = {0};

    /* Before the challenge is used up: a client that is told to come back may do so with the same blob. */
    if (auth->sessions.count == auth->sessions.capacity || auth->opening_count >= OPENINGS_MAX)
        return LOGIN_BUSY;
    *reply = (struct login_reply){.status = LOGIN_OK, .tenant = request->tenant};
    crypto_random(reply->session, sizeof reply->session);
    enum login_status status = use_challenge(auth, request->challenge);
    if (status == LOGIN_OK)
        status = open_seal(auth, request);
    if (status == LOGIN_OK)
        status = check_plain(&scratch->plain, request);
    if (status == LOGIN_OK)
        status = make_keys(scratch, request, reply);
    if (status == LOGIN_OK || status == LOGIN_WRONG_CERTIFICATE)
        status = verify(auth, status, reply, request, &grant);
    if (status != LOGIN_OK)
        return status;

    reply->role = grant.role;
    reply->ttl_ms = auth->config.session_ttl_s * 1000;
    memcpy(reply->account, grant.account, ACCOUNT_LEN);
    tag_person(auth, &grant, reply);
    fill_open(scratch, &grant, reply);
    seal_welcome(scratch, &grant, reply);
    enter(auth, &grant, request, reply);
    return LOGIN_OK;
}
