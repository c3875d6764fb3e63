#include <string.h>
#include <time.h>

#include "auth/auth.h"
#include "sandbox/sandbox.h"

uint64_t auth_now_ms(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool auth_serves(const struct auth *auth, uint16_t tenant)
{
    for (uint32_t i = 0; i < auth->config.tenant_count; i++)
        if (auth->config.tenants[i] == tenant)
            return true;
    return false;
}

struct waiting *auth_wait(struct auth *auth, uint64_t vault_seq, uint64_t front_seq, uint16_t tenant)
{
    for (unsigned i = 0; i < WAITING_MAX; i++) {
        struct waiting *entry = &auth->waiting[i];
        if (entry->vault_seq != 0)
            continue;
        *entry = (struct waiting){.vault_seq = vault_seq, .front_seq = front_seq, .tenant = tenant};
        auth->waiting_count++;
        return entry;
    }
    child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_FRONT, FRAME_NOT_PERMITTED, 0);
}

/* The request that a reply of the vault answers, taken out of the table; vault_seq 0 when there is none: a violation.
 */
static struct waiting take_waiting(struct auth *auth, uint64_t vault_seq, bool login)
{
    for (unsigned i = 0; vault_seq != 0 && i < WAITING_MAX; i++) {
        struct waiting *entry = &auth->waiting[i];
        if (entry->vault_seq != vault_seq || (entry->login.tenant != 0) != login)
            continue;
        struct waiting taken = *entry;
        *entry = (struct waiting){0};
        auth->waiting_count--;
        return taken;
    }
    return (struct waiting){0};
}

static void answer(struct auth *auth, uint16_t type, uint64_t reply_to, const void *body, size_t length, bool *gone)
{
    *gone = outbox_put(&auth->to_front, type, reply_to, body, length) == 0;
}

enum frame_verdict auth_challenge(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct challenge_request request;
    struct challenge_reply reply = {0};

    memcpy(&request, frame->body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        return FRAME_RESERVED_SET;
    if (auth_serves(auth, request.tenant)) {
        reply.known = 1;
        reply.ttl_ms = CHALLENGE_TTL_MS;
        if (challenge_make(auth->challenges, auth_now_ms(), reply.challenge) != 0)
            child_exit(EXIT_CRYPTO, EVENT_NONE, 0, 0, 0);
        memcpy(reply.login_key, auth->login_public, X25519_LEN);
    }
    answer(auth, FRAME_CHALLENGE_REPLY, frame->header->seq, &reply, sizeof reply, gone);
    return FRAME_OK;
}

static void refuse_login(struct auth *auth, uint64_t front_seq, uint16_t tenant, enum login_status status, bool *gone)
{
    const struct login_reply reply = {.status = (uint16_t)status};

    child_event(EVENT_LOGIN_REFUSED, tenant, status, 0, 0);
    answer(auth, FRAME_LOGIN_REPLY, front_seq, &reply, sizeof reply, gone);
}

enum frame_verdict auth_login(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct login_request request;
    struct login_reply reply;

    memcpy(&request, frame->body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        return FRAME_RESERVED_SET;
    if (request.tenant < 1 || request.tenant > TENANTS_MAX)
        return FRAME_BAD_BODY;
    enum login_status status = login_decide(auth, &request, &reply);
    if (status == LOGIN_OK) {
        uint64_t seq = outbox_put(&auth->secrets->to_vault, FRAME_SESSION_OPEN, 0, &auth->secrets->scratch.open,
                                  sizeof(struct session_open));
        *gone = seq == 0;
        if (!*gone)
            auth_wait(auth, seq, frame->header->seq, reply.tenant)->login = reply;
    } else {
        refuse_login(auth, frame->header->seq, request.tenant, status, gone);
    }
    crypto_wipe(&auth->secrets->scratch, sizeof auth->secrets->scratch);
    return FRAME_OK;
}

enum frame_verdict auth_session_opened(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct session_open_reply opened;
    uint16_t tenant;

    memcpy(&opened, frame->body, sizeof opened);
    if (opened.zero != 0 || opened.zero2 != 0)
        return FRAME_RESERVED_SET;
    struct waiting waiting = take_waiting(auth, frame->header->reply_to, true);
    if (waiting.vault_seq == 0 || opened.opened > 1)
        return FRAME_BAD_BODY;
    if (opened.opened) {
        child_event(EVENT_LOGIN_OK, waiting.tenant, waiting.login.role, 0, 0);
        answer(auth, FRAME_LOGIN_REPLY, waiting.front_seq, &waiting.login, sizeof waiting.login, gone);
    } else {
        sessions_remove(&auth->sessions, auth_now_ms(), waiting.login.session, &tenant);
        refuse_login(auth, waiting.front_seq, waiting.tenant, LOGIN_BUSY, gone);
    }
    return FRAME_OK;
}

enum frame_verdict auth_logout(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct logout_request request;
    uint16_t tenant;

    memcpy(&request, frame->body, sizeof request);
    if (!sessions_remove(&auth->sessions, auth_now_ms(), request.session, &tenant)) {
        const struct logout_reply reply = {.ended = 0};
        answer(auth, FRAME_LOGOUT_REPLY, frame->header->seq, &reply, sizeof reply, gone);
        return FRAME_OK;
    }
    struct session_close close;
    memcpy(close.session, request.session, SESSION_ID_LEN);
    uint64_t seq = outbox_put(&auth->secrets->to_vault, FRAME_SESSION_CLOSE, 0, &close, sizeof close);
    *gone = seq == 0;
    if (!*gone)
        auth_wait(auth, seq, frame->header->seq, tenant);
    return FRAME_OK;
}

enum frame_verdict auth_session_closed(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    /* The vault may have ended the session by its expiry a moment before: it is ended either way. */
    const struct logout_reply reply = {.ended = 1};
    struct session_close_reply closed;

    memcpy(&closed, frame->body, sizeof closed);
    if (closed.zero != 0 || closed.zero2 != 0)
        return FRAME_RESERVED_SET;
    struct waiting waiting = take_waiting(auth, frame->header->reply_to, false);
    if (waiting.vault_seq == 0 || closed.closed > 1)
        return FRAME_BAD_BODY;
    child_event(EVENT_SESSION_ENDED, waiting.tenant, 0, 0, 0);
    answer(auth, FRAME_LOGOUT_REPLY, waiting.front_seq, &reply, sizeof reply, gone);
    return FRAME_OK;
}
