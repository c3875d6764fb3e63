#include <string.h>

#include "auth/auth.h"
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
    /* No account has a second factor in this version: one that is sent would be silently ignored. */
    if (!crypto_all_zero(plain->otp, sizeof plain->otp) || !crypto_all_zero(plain->zero, sizeof plain->zero))
        return LOGIN_MALFORMED;
    if (!crypto_equal(plain->certificate, request->connection_cert, CERT_HASH_LEN))
        return LOGIN_WRONG_CERTIFICATE;
    return LOGIN_OK;
}

/* NULL for a wrong account, a wrong password and a closed account, after the same work. */
static const struct account *verify(const struct auth *auth, const struct login_plain *plain)
{
    const struct account *account =
        auth_serves(auth, plain->tenant) ? account_table_find(&auth->accounts, plain->tenant, plain->account) : NULL;
    const struct password_hash *hash = account ? &account->hash : &auth->unknown_account;

    bool right = password_verify(plain->password, plain->password_length, hash);
    return account && right && account->state == ACCOUNT_ACTIVE ? account : NULL;
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

    crypto_random(reply->session, sizeof reply->session);
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

static void seal_welcome(struct login_scratch *scratch, const struct account *account, struct login_reply *reply)
{
    static const uint8_t zero_nonce[AEAD_NONCE_LEN]; /* the welcome key seals once */
    struct welcome_plain *welcome = &scratch->welcome;

    *welcome =
        (struct welcome_plain){.version = 1, .tenant = account->tenant, .role = account->role, .ttl_ms = reply->ttl_ms};
    memcpy(welcome->account, account->id, ACCOUNT_LEN);
    role_permit(account->role, welcome->permit);
    struct aead *aead = aead_new(scratch->keys.welcome);
    if (!aead || aead_seal(aead, zero_nonce, scratch->keys.salt, sizeof scratch->keys.salt, welcome, sizeof *welcome,
                           reply->welcome) != 0)
        child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
    aead_free(aead);
}

static void fill_open(struct login_scratch *scratch, const struct account *account, const struct login_reply *reply)
{
    struct session_open *open = &scratch->open;

    *open = (struct session_open){.tenant = account->tenant, .role = account->role, .ttl_ms = reply->ttl_ms};
    memcpy(open->session, reply->session, SESSION_ID_LEN);
    memcpy(open->account, account->id, ACCOUNT_LEN);
    role_permit(account->role, open->permit);
    memcpy(open->call_key, scratch->keys.call, SESSION_KEY_LEN);
    memcpy(open->reply_key, scratch->keys.reply, SESSION_KEY_LEN);
}

enum login_status login_decide(struct auth *auth, const struct login_request *request, struct login_reply *reply)
{
    struct login_scratch *scratch = &auth->secrets->scratch;
    uint64_t ttl_ms = (uint64_t)auth->config.session_ttl_s * 1000;

    /* Before the challenge is used up: a client that is told to come back may do so with the same blob. */
    if (sessions_full(&auth->sessions, auth_now_ms()) || auth->waiting_count >= WAITING_LOGINS_MAX)
        return LOGIN_BUSY;
    enum login_status status = use_challenge(auth, request->challenge);
    if (status == LOGIN_OK)
        status = open_seal(auth, request);
    if (status == LOGIN_OK)
        status = check_plain(&scratch->plain, request);
    if (status != LOGIN_OK)
        return status;
    const struct account *account = verify(auth, &scratch->plain);
    if (!account)
        return LOGIN_REFUSED;

    *reply = (struct login_reply){
        .status = LOGIN_OK, .tenant = account->tenant, .role = account->role, .ttl_ms = (uint32_t)ttl_ms};
    memcpy(reply->account, account->id, ACCOUNT_LEN);
    status = make_keys(scratch, request, reply);
    if (status != LOGIN_OK)
        return status;
    seal_welcome(scratch, account, reply);
    fill_open(scratch, account, reply);
    sessions_add(&auth->sessions, auth_now_ms(), ttl_ms, account->tenant, reply->session);
    return LOGIN_OK;
}
