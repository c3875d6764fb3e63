#include "server/channel/auth_client.h"

#include <string.h>

const struct link_options auth_link_options = {
    .in_flight_max = AUTH_IN_FLIGHT_MAX,
    .timeout_ms = 20000,
    .queue_bytes = AUTH_IN_FLIGHT_MAX * sizeof(struct account_call),
    .ordered = false, /* a challenge overtakes a login that waits for the vault */
};

static enum link_sent request(struct link *auth, uint16_t type, const void *body, size_t length, link_decode *decode,
                              void (*callback)(void), void *user)
{
    const struct iovec part = {.iov_base = (void *)body, .iov_len = length};

    return link_send(
        auth, &(struct link_request){
                  .type = type, .parts = &part, .part_count = 1, .decode = decode, .callback = callback, .user = user});
}

static bool decode_challenge(void (*callback)(void), void *user, const struct frame_view *reply)
{
    auth_challenge_done *done = (auth_challenge_done *)callback;
    struct challenge_reply challenge;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&challenge, reply->body, sizeof challenge);
    if (challenge.known > 1 || challenge.zero != 0)
        return false;
    done(user, &challenge);
    return true;
}

enum link_sent auth_challenge(struct link *auth, uint16_t tenant, auth_challenge_done *done, void *user)
{
    const struct challenge_request body = {.tenant = tenant};
    return request(auth, FRAME_CHALLENGE, &body, sizeof body, decode_challenge, (void (*)(void))done, user);
}

static bool decode_login(void (*callback)(void), void *user, const struct frame_view *reply)
{
    auth_login_done *done = (auth_login_done *)callback;
    struct login_reply login;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&login, reply->body, sizeof login);
    if (login.status >= LOGIN_STATUS_COUNT || login.zero != 0 || login.zero2 != 0)
        return false;
    if (login.status == LOGIN_OK && (login.tenant < 1 || login.tenant > TENANTS_MAX || login.ttl_ms == 0))
        return false;
    done(user, &login);
    return true;
}

enum link_sent auth_login(struct link *auth, const struct login_request *body, auth_login_done *done, void *user)
{
    return request(auth, FRAME_LOGIN, body, sizeof *body, decode_login, (void (*)(void))done, user);
}

static bool decode_logout(void (*callback)(void), void *user, const struct frame_view *reply)
{
    auth_logout_done *done = (auth_logout_done *)callback;
    struct logout_reply logout;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&logout, reply->body, sizeof logout);
    if (logout.ended > 1 || logout.zero != 0 || logout.zero2 != 0)
        return false;
    done(user, &logout);
    return true;
}

enum link_sent auth_logout(struct link *auth, const uint8_t session[SESSION_ID_LEN], auth_logout_done *done, void *user)
{
    struct logout_request body;

    memcpy(body.session, session, SESSION_ID_LEN);
    return request(auth, FRAME_LOGOUT, &body, sizeof body, decode_logout, (void (*)(void))done, user);
}

static bool decode_account(void (*callback)(void), void *user, const struct frame_view *reply)
{
    auth_account_done *done = (auth_account_done *)callback;
    struct account_call_reply account;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&account, reply->body, sizeof account);
    if (account.status >= ACCOUNT_CALL_STATUS_COUNT || account.zero != 0 || account.zero2 != 0)
        return false;
    done(user, &account);
    return true;
}

enum link_sent auth_account_call(struct link *auth, const struct account_call *call, auth_account_done *done,
                                 void *user)
{
    return request(auth, FRAME_ACCOUNT_CALL, call, sizeof *call, decode_account, (void (*)(void))done, user);
}

bool auth_access_refused(struct link *auth, const struct access_refused *refused)
{
    return request(auth, FRAME_ACCESS_REFUSED, refused, sizeof *refused, NULL, NULL, NULL) == LINK_SENT;
}

void auth_session_worked(struct link *auth, const uint8_t session[SESSION_ID_LEN])
{
    struct session_used body;

    memcpy(body.session, session, SESSION_ID_LEN);
    (void)request(auth, FRAME_SESSION_WORKED, &body, sizeof body, NULL, NULL, NULL);
}
