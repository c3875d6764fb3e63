#include <lmdb.h>
#include <string.h>
#include <time.h>

#include "auth/auth.h"
#include "auth/session_ends.h"
#include "sandbox/sandbox.h"
#include "wire/access_entry.h"

static struct timespec clock_now(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
    return now;
}

uint64_t auth_now_ms(void)
{
    struct timespec now = clock_now(CLOCK_BOOTTIME);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t auth_now_us(void)
{
    struct timespec now = clock_now(CLOCK_REALTIME);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void auth_store_failed(int rc, uint32_t place)
{
    if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_PANIC || rc == MDB_BAD_TXN)
        child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)rc, place, 0);
    child_event(EVENT_STORE_FAILED, (uint32_t)rc, place, 0, 0);
}

static void wait_for_vault(struct auth *auth, uint64_t vault_seq, uint64_t front_seq, const struct login_reply *reply)
{
    for (unsigned i = 0; i < OPENINGS_MAX; i++) {
        if (auth->opening[i].vault_seq != 0)
            continue;
        auth->opening[i] = (struct opening){.vault_seq = vault_seq, .front_seq = front_seq, .reply = *reply};
        auth->opening_count++;
        return;
    }
    child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_FRONT, FRAME_NOT_PERMITTED, 0);
}

/* The login that a reply of the vault answers, taken out of the table; vault_seq 0 when there is none: a violation. */
static struct opening take_opening(struct auth *auth, uint64_t vault_seq)
{
    for (unsigned i = 0; vault_seq != 0 && i < OPENINGS_MAX; i++) {
        if (auth->opening[i].vault_seq != vault_seq)
            continue;
        struct opening taken = auth->opening[i];
        auth->opening[i] = (struct opening){0};
        auth->opening_count--;
        return taken;
    }
    return (struct opening){0};
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
    if (account_store_tenant(&auth->store, request.tenant)) {
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

/* What the login displaces is closed in the vault first. */
static void open_in_vault(struct auth *auth, uint64_t front_seq, const struct login_reply *reply, bool *gone)
{
    enum peer peer;

    *gone = !ends_tell(auth, &peer);
    if (*gone)
        return;
    uint64_t seq = outbox_put(&auth->secrets->to_vault, FRAME_SESSION_OPEN, 0, &auth->secrets->scratch.open,
                              sizeof(struct session_open));
    *gone = seq == 0;
    if (!*gone)
        wait_for_vault(auth, seq, front_seq, reply);
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
    if (status == LOGIN_OK)
        open_in_vault(auth, frame->header->seq, &reply, gone);
    else
        refuse_login(auth, frame->header->seq, request.tenant, status, gone);
    crypto_wipe(&auth->secrets->scratch, sizeof auth->secrets->scratch);
    return FRAME_OK;
}

enum frame_verdict auth_session_opened(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct session_open_reply opened;

    memcpy(&opened, frame->body, sizeof opened);
    if (opened.zero != 0 || opened.zero2 != 0)
        return FRAME_RESERVED_SET;
    struct opening opening = take_opening(auth, frame->header->reply_to);
    struct session_entry *entry = sessions_find(&auth->sessions, opening.reply.session);
    if (opening.vault_seq == 0 || !entry || opened.opened > 1)
        return FRAME_BAD_BODY;
    if (opened.opened) {
        if (entry->state == SESSION_OPENING)
            entry->state = SESSION_OPEN;
        entry->told = true;
        child_event(EVENT_LOGIN_OK, entry->tenant, entry->role, 0, 0);
        answer(auth, FRAME_LOGIN_REPLY, opening.front_seq, &opening.reply, sizeof opening.reply, gone);
        return FRAME_OK;
    }
    if (entry->vault == VAULT_HAS_IT)
        entry->vault = VAULT_HAS_IT_NOT;
    ends_now(auth, entry, ACCESS_SESSION_TERMINATED);
    ends_record(auth);
    refuse_login(auth, opening.front_seq, entry->tenant, LOGIN_BUSY, gone);
    return FRAME_OK;
}

enum frame_verdict auth_logout(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct logout_request request;
    const struct logout_reply unknown = {.ended = 0};

    memcpy(&request, frame->body, sizeof request);
    struct session_entry *entry = sessions_find(&auth->sessions, request.session);
    if (!entry || entry->state == SESSION_ENDED) {
        answer(auth, FRAME_LOGOUT_REPLY, frame->header->seq, &unknown, sizeof unknown, gone);
        return FRAME_OK;
    }
    /* ends_tell answers, when the vault has closed the session and the end is recorded. */
    entry->front_seq = frame->header->seq;
    ends_now(auth, entry, ACCESS_LOGOUT);
    ends_record(auth);
    return FRAME_OK;
}

enum frame_verdict auth_session_closed(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct session_close_reply closed;

    (void)gone;
    memcpy(&closed, frame->body, sizeof closed);
    if (closed.zero != 0 || closed.zero2 != 0)
        return FRAME_RESERVED_SET;
    /* The vault may have ended the session by its expiry a moment before: it is ended either way. */
    return closed.closed <= 1 && ends_closed(auth, frame->header->reply_to) ? FRAME_OK : FRAME_BAD_BODY;
}

enum frame_verdict auth_session_used(struct auth *auth, const struct frame_view *frame, bool *gone)
{
    struct session_used used;

    (void)gone;
    memcpy(&used, frame->body, sizeof used);
    /* It may have ended while the frame was under way. */
    struct session_entry *entry = sessions_find(&auth->sessions, used.session);
    if (entry) {
        entry->last_used_ms = auth_now_ms();
        entry->last_used_us = auth_now_us();
    }
    return FRAME_OK;
}
