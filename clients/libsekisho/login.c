#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "sekisho/v1/session_service.pb-c.h"

/* What a login leaves behind on the client until its answer comes. Wiped by the caller. */
struct attempt {
    struct sealing_key key;
    uint8_t ephemeral_private[X25519_LEN], ephemeral_public[X25519_LEN];
    uint8_t encapsulated[X25519_LEN], sealed[LOGIN_SEALED_LEN], exported[32];
    struct session_keys keys;
    struct welcome_plain welcome;
};

static int seal_login(const struct sekisho_client *client, unsigned prefecture, const char *account,
                      const char *password, size_t password_length, const char *otp, struct attempt *attempt)
{
    struct login_plain plain = {.version = 1,
                                .tenant = (uint16_t)prefecture,
                                .account_length = (uint16_t)strlen(account),
                                .password_length = (uint16_t)password_length};
    struct hpke_context context;
    uint8_t info[LOGIN_INFO_LEN];

    memcpy(plain.certificate, client->certificate, sizeof plain.certificate);
    memcpy(plain.account, account, plain.account_length);
    memcpy(plain.password, password, password_length);
    if (otp)
        memcpy(plain.otp, otp, OTP_LEN);
    sealed_login_info(plain.tenant, attempt->key.challenge, info);
    int result = -1;
    if (x25519_key_pair(attempt->ephemeral_private, attempt->ephemeral_public) == 0 &&
        hpke_setup_sender(attempt->key.login_key, info, sizeof info, NULL, 0, attempt->encapsulated, &context) == 0) {
        memcpy(plain.client_ephemeral, attempt->ephemeral_public, sizeof plain.client_ephemeral);
        if (hpke_seal(&context, NULL, 0, &plain, sizeof plain, attempt->sealed) == 0)
            result = hpke_export(&context, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), attempt->exported,
                                 sizeof attempt->exported);
    }
    crypto_wipe(&plain, sizeof plain);
    crypto_wipe(&context, sizeof context);
    return result;
}

static bool parse_session_name(const char *name, unsigned prefecture, uint8_t id[SESSION_ID_LEN])
{
    char prefix[40];
    int length = snprintf(prefix, sizeof prefix, "prefectures/%02u/sessions/", prefecture);
    const char *hex = name + length;

    if (strncmp(name, prefix, (size_t)length) != 0 || strspn(hex, "0123456789abcdef") != 2 * SESSION_ID_LEN ||
        hex[2 * SESSION_ID_LEN] != '\0')
        return false;
    for (size_t i = 0; i < SESSION_ID_LEN; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        id[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return true;
}

static bool open_welcome(const struct sekisho_client *client, unsigned prefecture, const char *account,
                         const Sekisho__V1__LoginResponse *response, struct attempt *attempt,
                         uint8_t id[SESSION_ID_LEN])
{
    static const uint8_t zero_nonce[AEAD_NONCE_LEN];
    uint8_t dh[X25519_LEN];

    if (response->server_ephemeral_key.len != X25519_LEN || response->welcome.len != WELCOME_SEALED_LEN ||
        !parse_session_name(response->session, prefecture, id) ||
        x25519(attempt->ephemeral_private, response->server_ephemeral_key.data, dh) < 0)
        return false;
    struct session_transcript transcript = {.tenant = (uint16_t)prefecture,
                                            .challenge = attempt->key.challenge,
                                            .encapsulated = attempt->encapsulated,
                                            .client_ephemeral = attempt->ephemeral_public,
                                            .server_ephemeral = response->server_ephemeral_key.data,
                                            .session = id,
                                            .certificate = client->certificate};
    int derived = sealed_derive(&transcript, attempt->exported, dh, &attempt->keys);
    crypto_wipe(dh, sizeof dh);
    struct aead *aead = derived == 0 ? aead_new(attempt->keys.welcome) : NULL;
    int opened = aead ? aead_open(aead, zero_nonce, attempt->keys.salt, sizeof attempt->keys.salt,
                                  response->welcome.data, response->welcome.len, &attempt->welcome)
                      : -1;
    aead_free(aead);
    return opened == 0 && attempt->welcome.version == 1 && attempt->welcome.tenant == prefecture &&
           strncmp(attempt->welcome.account, account, ACCOUNT_LEN) == 0;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fill_state(const struct sekisho_client *client, const struct attempt *attempt,
                       const uint8_t id[SESSION_ID_LEN], struct session_state *state)
{
    memset(state, 0, sizeof *state);
    memcpy(state->magic, SESSION_FILE_MAGIC, sizeof state->magic);
    state->version = SESSION_FILE_VERSION;
    state->tenant = attempt->welcome.tenant;
    state->role = attempt->welcome.role;
    state->flags = attempt->welcome.flags;
    state->expires_us = now_us() + (int64_t)attempt->welcome.ttl_ms * 1000;
    state->sequence = 1;
    memcpy(state->session, id, sizeof state->session);
    memcpy(state->account, attempt->welcome.account, sizeof state->account);
    memcpy(state->permit, attempt->welcome.permit, sizeof attempt->welcome.permit);
    memcpy(state->certificate, client->certificate, sizeof state->certificate);
    memcpy(state->call_key, attempt->keys.call, sizeof state->call_key);
    memcpy(state->reply_key, attempt->keys.reply, sizeof state->reply_key);
    memcpy(state->account_key, attempt->keys.account, sizeof state->account_key);
    memcpy(state->account_reply_key, attempt->keys.account_reply, sizeof state->account_reply_key);
}

static enum sekisho_status send_login(struct sekisho_client *client, unsigned prefecture, struct attempt *attempt,
                                      ProtobufCMessage **answer, struct sekisho_error *error)
{
    char name[32];
    Sekisho__V1__LoginRequest request = SEKISHO__V1__LOGIN_REQUEST__INIT;

    snprintf(name, sizeof name, "prefectures/%02u", prefecture);
    request.prefecture = name;
    request.challenge = (ProtobufCBinaryData){.data = attempt->key.challenge, .len = CHALLENGE_LEN};
    request.encapsulated_key = (ProtobufCBinaryData){.data = attempt->encapsulated, .len = X25519_LEN};
    request.ciphertext = (ProtobufCBinaryData){.data = attempt->sealed, .len = LOGIN_SEALED_LEN};
    return unary_call(client, "/sekisho.v1.SessionService/Login", &request.base,
                      &sekisho__v1__login_response__descriptor, answer, error);
}

static enum sekisho_status login(struct sekisho_client *client, unsigned prefecture, const char *account,
                                 const char *password, size_t password_length, const char *otp, struct attempt *attempt,
                                 struct sekisho_session **session, struct sekisho_error *error)
{
    uint8_t id[SESSION_ID_LEN];
    struct session_state state;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status;

    if ((status = check_account(account, error)) != SEKISHO_OK ||
        (status = sealing_key_get(client, prefecture, &attempt->key, error)) != SEKISHO_OK ||
        (status = check_pin(client, attempt->key.login_key, error)) != SEKISHO_OK)
        return status;
    if (seal_login(client, prefecture, account, password, password_length, otp, attempt) < 0)
        return error_crypto(error);
    if ((status = send_login(client, prefecture, attempt, &answer, error)) != SEKISHO_OK)
        return status;
    bool welcome = open_welcome(client, prefecture, account, (const Sekisho__V1__LoginResponse *)answer, attempt, id);
    protobuf_c_message_free_unpacked(answer, NULL);
    if (!welcome)
        return error_forged(error, "the answer to the login was not made by the holder of the login key",
                            "ログインへの応答が、ログイン用秘密鍵の保有者によるものではありません");
    fill_state(client, attempt, id, &state);
    if (sha256(attempt->key.login_key, X25519_LEN, state.login_key_hash) < 0) {
        crypto_wipe(&state, sizeof state);
        return error_crypto(error);
    }
    return session_new(client, &state, session, error);
}

enum sekisho_status sekisho_login(struct sekisho_client *client, unsigned prefecture, const char *account,
                                  char *password, size_t password_length, struct sekisho_session **session,
                                  struct sekisho_error *error)
{
    return sekisho_login_otp(client, prefecture, account, password, password_length, NULL, session, error);
}

enum sekisho_status sekisho_login_otp(struct sekisho_client *client, unsigned prefecture, const char *account,
                                      char *password, size_t password_length, const char *otp,
                                      struct sekisho_session **session, struct sekisho_error *error)
{
    struct attempt attempt = {0};
    enum sekisho_status status;

    if (password_length < 1 || password_length > PASSWORD_MAX)
        status = error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_PASSWORD", "a password has 1 to 128 bytes",
                           "パスワードは1~128バイトです");
    else if ((status = otp ? check_otp(otp, error) : SEKISHO_OK) == SEKISHO_OK)
        status = login(client, prefecture, account, password, password_length, otp, &attempt, session, error);
    crypto_wipe(&attempt, sizeof attempt);
    crypto_wipe(password, password_length);
    return status;
}

enum sekisho_status sekisho_logout(struct sekisho_session *session, struct sekisho_error *error)
{
    char name[SESSION_NAME_LEN];
    Sekisho__V1__LogoutRequest request = SEKISHO__V1__LOGOUT_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;

    session_name(session->state, name);
    request.session = name;
    enum sekisho_status status = unary_call(session->client, "/sekisho.v1.SessionService/Logout", &request.base,
                                            &sekisho__v1__logout_response__descriptor, &answer, error);
    if (status != SEKISHO_OK)
        return status;
    protobuf_c_message_free_unpacked(answer, NULL);
    pthread_mutex_lock(&session->lock);
    if (session->path)
        unlink(session->path);
    pthread_mutex_unlock(&session->lock);
    return SEKISHO_OK;
}
