#include "auth/serve.h"

#include <errno.h>
#include <poll.h>

#include "auth/account_sweep.h"
#include "auth/session_ends.h"
#include "sandbox/sandbox.h"
#include "wire/ledger_messages.h"

/* Sessions end, and what could not be recorded is tried again, as often; accounts that nobody uses are looked for. */
#define TICK_MS  1000
#define SWEEP_MS (10 * 60 * 1000)

#define EXACTLY(type) sizeof(struct type), sizeof(struct type)

const struct frame_rule auth_rules[] = {
    CHILD_CONTROL_RULES,
    {FRAME_CHALLENGE, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(challenge_request)},
    {FRAME_LOGIN, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(login_request)},
    {FRAME_LOGOUT, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(logout_request)},
    {FRAME_ACCOUNT_CALL, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(account_call)},
    {FRAME_ACCESS_REFUSED, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(access_refused)},
    {FRAME_ACCESS_HEAD, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(ledger_head_request)},
    {FRAME_ACCESS_PROOF, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(ledger_proof_request)},
    {FRAME_ACCESS_HASHES, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(ledger_hashes_request)},
    {FRAME_SESSION_WORKED, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(session_used)},
    {FRAME_SESSION_USED, PEER_VAULT, IN(PHASE_SERVING) | IN(PHASE_DRAINING), EXACTLY(session_used)},
    {FRAME_SESSION_OPEN_REPLY, PEER_VAULT, IN(PHASE_SERVING) | IN(PHASE_DRAINING), EXACTLY(session_open_reply)},
    {FRAME_SESSION_CLOSE_REPLY, PEER_VAULT, IN(PHASE_SERVING) | IN(PHASE_DRAINING), EXACTLY(session_close_reply)},
};
const size_t auth_rule_count = sizeof auth_rules / sizeof auth_rules[0];

enum { POLL_CONTROL, POLL_FRONT, POLL_VAULT, POLL_COUNT };

static enum phase phase = PHASE_SEALED;
static _Alignas(8) uint8_t buffer[FRAME_MAX];

static void phase_advance(enum phase next)
{
    if (next <= phase)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_WARDEN, FRAME_NOT_PERMITTED, 0);
    phase = next;
}

/* Nobody is in any more. */
static void end_all(struct auth *auth)
{
    for (size_t i = 0; i < auth->sessions.count; i++)
        ends_now(auth, &auth->sessions.entries[i], ACCESS_SESSION_TERMINATED);
    ends_record(auth);
}

/* The end of the others is the end of all sessions, and of this process. */
static void peer_gone(struct auth *auth, enum peer peer)
{
    end_all(auth);
    child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, peer, 0, 0);
}

/* False when there is nothing to receive now. */
static bool receive(struct auth *auth, struct channel *channel, struct frame_view *view)
{
    enum frame_verdict verdict;

    switch (channel_receive(channel, buffer, sizeof buffer, phase, auth_rules, auth_rule_count, view, &verdict)) {
    case CHANNEL_OK:
        return true;
    case CHANNEL_EMPTY:
    case CHANNEL_FULL:
        return false;
    case CHANNEL_CLOSED:
        peer_gone(auth, channel->peer);
        break;
    case CHANNEL_VIOLATION:
        break;
    }
    child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, 0);
}

typedef enum frame_verdict handler(struct auth *auth, const struct frame_view *frame, bool *gone);

static const struct {
    uint16_t type;
    handler *handler;
} handlers[] = {
    {FRAME_CHALLENGE, auth_challenge},
    {FRAME_LOGIN, auth_login},
    {FRAME_LOGOUT, auth_logout},
    {FRAME_ACCOUNT_CALL, auth_account_call},
    {FRAME_ACCESS_REFUSED, auth_access_refused},
    {FRAME_ACCESS_HEAD, auth_access_read},
    {FRAME_ACCESS_PROOF, auth_access_read},
    {FRAME_ACCESS_HASHES, auth_access_read},
    {FRAME_SESSION_OPEN_REPLY, auth_session_opened},
    {FRAME_SESSION_CLOSE_REPLY, auth_session_closed},
    {FRAME_SESSION_USED, auth_session_used},
    {FRAME_SESSION_WORKED, auth_session_used},
};

static void handle(struct auth *auth, struct channel *channel, const struct frame_view *frame)
{
    enum frame_verdict verdict = FRAME_NOT_PERMITTED;
    bool gone = false;

    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (handlers[i].type == frame->header->type)
            verdict = handlers[i].handler(auth, frame, &gone);
    if (verdict != FRAME_OK)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, frame->header->type);
    if (gone)
        peer_gone(auth, channel->peer);
}

static void handle_control(struct auth *auth, struct channel *control)
{
    const struct ready_report ready = {0};
    struct frame_view frame;

    while (receive(auth, control, &frame)) {
        if (frame.header->type == FRAME_DRAIN) {
            phase_advance(PHASE_DRAINING);
            continue;
        }
        phase_advance(PHASE_SERVING);
        if (channel_send(control, FRAME_READY, 0, &ready, sizeof ready) != CHANNEL_OK)
            peer_gone(auth, PEER_WARDEN);
    }
}

/* The front is read only when there is room for whatever its next request makes. */
static bool may_read_front(const struct auth *auth)
{
    return phase == PHASE_SERVING && auth->opening_count < OPENINGS_MAX && auth->to_front.count == 0 &&
           auth->secrets->to_vault.count == 0;
}

static bool drained(const struct auth *auth)
{
    return phase == PHASE_DRAINING && auth->opening_count == 0 && auth->closings == 0 && auth->to_front.count == 0;
}

/* F096, domain 10.4: accounts that are not used, and those whose contract is over. */
static void sweep(struct auth *auth)
{
    int rc = account_store_begin(&auth->store);

    if (rc == 0) {
        for (size_t i = 0; rc == 0 && i < auth->store.tenant_count; i++)
            rc = account_sweep(&auth->store, &auth->store.tenant[i], &auth->config.accounts, &auth->sessions,
                               auth_now_us());
        if (rc == 0)
            rc = ends_commit(auth);
        else
            ends_abort(auth);
    }
    if (rc != 0)
        auth_store_failed(rc, 6);
}

static void tick(struct auth *auth)
{
    uint64_t now_ms = auth_now_ms();

    if (phase != PHASE_SERVING || (auth->ticked_ms != 0 && now_ms - auth->ticked_ms < TICK_MS))
        return;
    auth->ticked_ms = now_ms;
    ends_expire(auth);
    if (auth->swept_ms != 0 && now_ms - auth->swept_ms < SWEEP_MS)
        return;
    auth->swept_ms = now_ms;
    sweep(auth);
}

static void wait_for_any(struct auth *auth, struct channel *control, struct pollfd fds[POLL_COUNT])
{
    const struct outbox *to_vault = &auth->secrets->to_vault;
    bool open = phase >= PHASE_SERVING;
    short front = (short)((may_read_front(auth) ? POLLIN : 0) | (auth->to_front.count ? POLLOUT : 0));

    /* Without a wish for it a descriptor is left out: POLLHUP would wake the loop again and again. */
    fds[POLL_CONTROL] = (struct pollfd){.fd = control->fd, .events = POLLIN};
    fds[POLL_FRONT] = (struct pollfd){.fd = front ? auth->front.fd : -1, .events = front};
    fds[POLL_VAULT] =
        (struct pollfd){.fd = open ? auth->vault.fd : -1, .events = (short)(POLLIN | (to_vault->count ? POLLOUT : 0))};
    const long wait_ms = auth->sessions.count > 0 ? TICK_MS : SWEEP_MS;
    const struct timespec wait = {.tv_sec = wait_ms / 1000};
    if (ppoll(fds, POLL_COUNT, phase == PHASE_SERVING ? &wait : NULL, NULL) < 0 && errno != EINTR)
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
}

void auth_serve(struct auth *auth, struct channel *control)
{
    struct pollfd fds[POLL_COUNT];
    struct frame_view frame;
    enum peer peer;

    while (!drained(auth)) {
        tick(auth);
        if (!ends_tell(auth, &peer))
            peer_gone(auth, peer);
        wait_for_any(auth, control, fds);
        if (fds[POLL_CONTROL].revents)
            handle_control(auth, control);
        if (fds[POLL_VAULT].revents) {
            if (!outbox_flush(&auth->secrets->to_vault))
                peer_gone(auth, PEER_VAULT);
            while (receive(auth, &auth->vault, &frame))
                handle(auth, &auth->vault, &frame);
        }
        if (fds[POLL_FRONT].revents) {
            if (!outbox_flush(&auth->to_front))
                peer_gone(auth, PEER_FRONT);
            /* One request a turn: a login takes long, and the vault and the warden come in between. */
            if (may_read_front(auth) && receive(auth, &auth->front, &frame))
                handle(auth, &auth->front, &frame);
        }
    }
    end_all(auth);
}
