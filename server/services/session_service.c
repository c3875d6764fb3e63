/* SessionService: the front carries sealed logins to auth and remembers which sessions came of them. */
#include <string.h>

#include "sekisho/v1/session_service.pb-c.h"
#include "server/channel/auth_client.h"
#include "server/channel/vault_client.h"
#include "server/services/errors.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

static Google__Protobuf__Duration duration_of(uint32_t ms)
{
    Google__Protobuf__Duration duration = GOOGLE__PROTOBUF__DURATION__INIT;

    duration.seconds = ms / 1000;
    duration.nanos = (int32_t)(ms % 1000) * 1000000;
    return duration;
}

static ProtobufCBinaryData bytes_of(const uint8_t *data, size_t length)
{
    return (ProtobufCBinaryData){.data = (uint8_t *)data, .len = length};
}

static bool parse_prefecture(struct rpc_call *call, const char *name, uint16_t *tenant)
{
    if (prefecture_name_parse(name, tenant))
        return true;
    finish_with_field(call, FRONT_BAD_PREFECTURE_NAME, "prefecture", "must be prefectures/{01..47}");
    return false;
}

/* ---- GetSealingKey: the vault's key for the prefecture, then auth's key and challenge ---- */

static void on_challenge(void *user, const struct challenge_reply *reply)
{
    struct rpc_call *call = user;
    struct front *front = rpc_call_context(call);
    uint16_t tenant = (uint16_t)(uintptr_t)rpc_call_user(call);
    Sekisho__V1__GetSealingKeyResponse response = SEKISHO__V1__GET_SEALING_KEY_RESPONSE__INIT;

    if (!reply) {
        rpc_call_finish(call, error_of_front(FRONT_AUTH_UNAVAILABLE));
        return;
    }
    if (!reply->known) {
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_PREFECTURE));
        return;
    }
    Google__Protobuf__Duration ttl = duration_of(reply->ttl_ms);
    response.login_key = bytes_of(reply->login_key, sizeof reply->login_key);
    response.challenge = bytes_of(reply->challenge, sizeof reply->challenge);
    response.challenge_ttl = &ttl;
    /* Written once, before this request was sent. */
    response.citizen_key = bytes_of(front->citizen[tenant].key, X25519_LEN);
    rpc_call_reply(call, &response.base);
}

static void ask_challenge(struct rpc_call *call, uint16_t tenant)
{
    const struct front *front = rpc_call_context(call);

    enum link_sent sent = auth_challenge(front->auth, tenant, on_challenge, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_AUTH_UNAVAILABLE));
}

static void on_citizen_key(void *user, const struct citizen_key_reply *reply)
{
    struct rpc_call *call = user;
    struct front *front = rpc_call_context(call);
    uint16_t tenant = (uint16_t)(uintptr_t)rpc_call_user(call);

    if (!reply) {
        rpc_call_finish(call, error_of_front(FRONT_VAULT_UNAVAILABLE));
        return;
    }
    if (!reply->known) {
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_PREFECTURE));
        return;
    }
    pthread_mutex_lock(&front->citizen_lock);
    if (!front->citizen[tenant].known)
        memcpy(front->citizen[tenant].key, reply->public_key, X25519_LEN);
    front->citizen[tenant].known = true;
    pthread_mutex_unlock(&front->citizen_lock);
    ask_challenge(call, tenant);
}

static bool citizen_key_known(struct front *front, uint16_t tenant)
{
    pthread_mutex_lock(&front->citizen_lock);
    bool known = front->citizen[tenant].known;
    pthread_mutex_unlock(&front->citizen_lock);
    return known;
}

static void get_sealing_key(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__GetSealingKeyRequest *request = (const void *)message;
    struct front *front = rpc_call_context(call);
    uint16_t tenant;

    if (!parse_prefecture(call, request->prefecture, &tenant))
        return;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    rpc_call_set_user(call, (void *)(uintptr_t)tenant);
    if (citizen_key_known(front, tenant)) {
        ask_challenge(call, tenant);
        return;
    }
    enum link_sent sent = vault_citizen_key(front->vault, tenant, on_citizen_key, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

/* ---- Login ---- */

static void answer_login(struct rpc_call *call, const struct login_reply *reply)
{
    Sekisho__V1__LoginResponse response = SEKISHO__V1__LOGIN_RESPONSE__INIT;
    Google__Protobuf__Duration ttl = duration_of(reply->ttl_ms);
    char name[SESSION_NAME_SIZE];

    session_name_format(reply->tenant, reply->session, name);
    response.session = name;
    response.server_ephemeral_key = bytes_of(reply->server_ephemeral, sizeof reply->server_ephemeral);
    response.welcome = bytes_of(reply->welcome, sizeof reply->welcome);
    response.ttl = &ttl;
    rpc_call_reply(call, &response.base);
}

static void on_login(void *user, const struct login_reply *reply)
{
    struct rpc_call *call = user;
    const struct front *front = rpc_call_context(call);

    if (!reply) {
        rpc_call_finish(call, error_of_front(FRONT_AUTH_UNAVAILABLE));
        return;
    }
    if (reply->status != LOGIN_OK) {
        rpc_call_finish(call, error_of_login((enum login_status)reply->status));
        return;
    }
    uint64_t now_ms = link_now_ms();
    struct session_row row = {.tenant = reply->tenant, .role = reply->role, .expires_ms = now_ms + reply->ttl_ms};
    memcpy(row.id, reply->session, SESSION_ID_LEN);
    memcpy(row.certificate, rpc_call_certificate(call), CERT_HASH_LEN);
    memcpy(row.account, reply->account, ACCOUNT_LEN);
    memcpy(row.person, reply->person, PERSON_TAG_LEN);
    if (session_table_add(front->sessions, &row, now_ms))
        answer_login(call, reply);
    else
        rpc_call_finish(call, error_of_login(LOGIN_BUSY));
}

static bool check_length(struct rpc_call *call, const ProtobufCBinaryData *data, size_t length, const char *field,
                         const char *description)
{
    if (data->len == length)
        return true;
    finish_with_field(call, FRONT_BAD_LENGTH, field, description);
    return false;
}

static void login(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__LoginRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    struct login_request body = {0};

    _Static_assert(LOGIN_SEALED_LEN == 288, "as documented at LoginRequest.ciphertext");
    if (!parse_prefecture(call, request->prefecture, &body.tenant) ||
        !check_length(call, &request->challenge, CHALLENGE_LEN, "challenge", "must have 32 bytes") ||
        !check_length(call, &request->encapsulated_key, X25519_LEN, "encapsulated_key", "must have 32 bytes") ||
        !check_length(call, &request->ciphertext, LOGIN_SEALED_LEN, "ciphertext", "must have 288 bytes"))
        return;
    memcpy(body.challenge, request->challenge.data, CHALLENGE_LEN);
    memcpy(body.connection_cert, rpc_call_certificate(call), CERT_HASH_LEN);
    memcpy(body.encapsulated, request->encapsulated_key.data, X25519_LEN);
    memcpy(body.sealed, request->ciphertext.data, LOGIN_SEALED_LEN);
    enum link_sent sent = auth_login(front->auth, &body, on_login, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_AUTH_UNAVAILABLE));
}

/* ---- Logout ---- */

static void on_logout(void *user, const struct logout_reply *reply)
{
    struct rpc_call *call = user;
    Sekisho__V1__LogoutResponse response = SEKISHO__V1__LOGOUT_RESPONSE__INIT;

    if (!reply)
        rpc_call_finish(call, error_of_front(FRONT_AUTH_UNAVAILABLE));
    else if (!reply->ended)
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_SESSION));
    else
        rpc_call_reply(call, &response.base);
}

static void logout(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__LogoutRequest *request = (const void *)message;
    const struct front *front = rpc_call_context(call);
    uint8_t id[SESSION_ID_LEN];
    struct session_row row;
    uint16_t tenant;

    if (!session_name_parse(request->session, &tenant, id)) {
        finish_with_field(call, FRONT_BAD_SESSION_NAME, "session",
                          "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
        return;
    }
    /* Over another connection the session does not exist: nobody else is to learn that it does. */
    if (session_table_find(front->sessions, id, link_now_ms(), &row) == SESSION_UNKNOWN || row.tenant != tenant ||
        memcmp(row.certificate, rpc_call_certificate(call), CERT_HASH_LEN) != 0) {
        rpc_call_finish(call, error_of_front(FRONT_UNKNOWN_SESSION));
        return;
    }
    enum link_sent sent = auth_logout(front->auth, id, on_logout, call);
    if (sent == LINK_SENT)
        session_table_remove(front->sessions, id);
    else
        rpc_call_finish(call, error_of_link(sent, FRONT_AUTH_UNAVAILABLE));
}

const struct rpc_method session_methods[] = {
    {METHOD_ROW(SessionService, GetSealingKey), .kind = RPC_UNARY, .on_message = get_sealing_key},
    {METHOD_ROW(SessionService, Login), .kind = RPC_UNARY, .on_message = login},
    {METHOD_ROW(SessionService, Logout), .kind = RPC_UNARY, .on_message = logout},
};
const size_t session_method_count = sizeof session_methods / sizeof session_methods[0];
