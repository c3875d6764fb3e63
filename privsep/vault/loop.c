#include "vault/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "crypto/hash.h"
#include "vault/ledger.h"
#include "vault/rotation.h"
#include "vault/rules.h"

enum { POLL_CONTROL, POLL_AUTH, POLL_FRONT, POLL_COUNT };

/* An orderly end. What only the redo log has would come back at the next start; offline tools are to find it committed.
 */
__attribute__((noreturn)) static void leave(struct vault *vault, int code, enum event event, enum peer peer)
{
    store_abort(&vault->store);
    (void)store_flush(&vault->store, session_clock_ms());
    child_exit(code, event, peer, 0, 0);
}

static enum channel_result receive(struct vault *vault, struct channel *channel, struct frame_view *view)
{
    enum frame_verdict verdict;
    uint8_t *buffer = channel->batched ? vault->front_buffer : vault->receive_buffer;
    enum channel_result result =
        channel_receive(channel, buffer, FRAME_MAX, vault->phase, vault_rules, vault_rule_count, view, &verdict);

    if (result == CHANNEL_CLOSED)
        leave(vault, EXIT_PEER_GONE, EVENT_PEER_GONE, channel->peer);
    if (result == CHANNEL_VIOLATION)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, 0);
    return result;
}

__attribute__((noreturn)) static void violation(enum peer peer, uint16_t type)
{
    child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, peer, FRAME_BAD_BODY, type);
}

__attribute__((noreturn)) static void store_failed(int rc, uint32_t place)
{
    child_exit(EXIT_STORE, store_damaged(rc) ? EVENT_STORE_DAMAGED : EVENT_STORE_FAILED, (uint32_t)rc, place, 0);
}

static void flush_replies(struct vault *vault)
{
    if (replies_flush(&vault->replies, &vault->front) == CHANNEL_CLOSED)
        leave(vault, EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_FRONT);
}

/* ---- frames from the front ---- */

static void report_refusal(struct vault *vault, enum call_status status, int64_t now_ms)
{
    if (now_ms - vault->refusals_reported_ms < 1000)
        return;
    vault->refusals_reported_ms = now_ms;
    child_event(EVENT_CALL_REFUSED, 0, status, 0, 0);
}

static struct call_clock read_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (struct call_clock){
        .now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
        .boot_ms = session_clock_ms(),
    };
}

/* auth ends sessions that nobody uses, and does not see their number calls. */
static void report_use(struct vault *vault, struct session *session, int64_t now_ms)
{
    struct session_used used;

    if (session->used_reported_ms != 0 && now_ms - session->used_reported_ms < SESSION_USED_MS)
        return;
    memcpy(used.session, session->id, SESSION_ID_LEN);
    /* When auth does not read now, the next call says the same. */
    if (channel_send(&vault->auth, FRAME_SESSION_USED, 0, &used, sizeof used) == CHANNEL_OK)
        session->used_reported_ms = now_ms;
}

/* Returns the store's code; the caller aborts the group when it is not 0. */
static int on_session_call(struct vault *vault, const struct call_clock *clock, const struct frame_view *view,
                           uint32_t *group_items)
{
    struct call_answer answer;
    int rc = 0;

    if (!vault->store.in_group && (rc = store_begin(&vault->store)) != 0)
        store_failed(rc, 1);
    if (!call_handle(&vault->engine, clock, view->body, view->body_length, replies_room(&vault->replies), &answer, &rc))
        violation(PEER_FRONT, view->header->type);
    replies_add(&vault->replies, FRAME_SESSION_CALL_REPLY, view->header->seq, answer.length)->answer = answer;
    *group_items += answer.items;
    if (answer.session)
        report_use(vault, answer.session, clock->boot_ms);
    if (answer.status != CALL_OK)
        report_refusal(vault, answer.status, clock->boot_ms);
    return rc;
}

static void on_citizen_key(struct vault *vault, const struct frame_view *view)
{
    struct citizen_key_request request;
    struct citizen_key_reply reply = {0};

    memcpy(&request, view->body, sizeof request);
    if (request.zero != 0 || request.zero2 != 0)
        violation(PEER_FRONT, view->header->type);
    const struct tenant *tenant = store_tenant(&vault->store, request.tenant);
    if (tenant) {
        reply.known = 1;
        memcpy(reply.public_key, tenant->keys->citizen_public, X25519_LEN);
    }
    memcpy(replies_room(&vault->replies), &reply, sizeof reply);
    replies_add(&vault->replies, FRAME_CITIZEN_KEY_REPLY, view->header->seq, sizeof reply);
}

static void on_status(struct vault *vault, const struct frame_view *view)
{
    struct vault_status_reply reply = {
        .sessions = vault->sessions.used,
        .tenant_count = (uint32_t)vault->store.tenant_count,
    };

    for (size_t i = 0; i < vault->store.tenant_count; i++) {
        const struct tenant *tenant = &vault->store.tenant[i];
        const struct stored_rotation *rotation = &tenant->committed.rotation;
        reply.tenant[i].tenant = tenant->id;
        reply.tenant[i].rotation = (uint16_t)rotation_status(tenant);
        reply.tenant[i].record_key = tenant->keys->data.record_id;
        reply.tenant[i].index_key = tenant->keys->data.index_id;
        reply.tenant[i].subjects = tenant->committed.subjects;
        reply.tenant[i].ledger_leaves = tenant->committed.ledger.size;
        reply.tenant[i].rotation_done = rotation->done;
        reply.tenant[i].rotation_total = rotation->total;
    }
    memcpy(replies_room(&vault->replies), &reply, sizeof reply);
    replies_add(&vault->replies, FRAME_VAULT_STATUS_REPLY, view->header->seq, sizeof reply);
}

/* Reads share the group's transaction; they see what was committed before it. */
static void on_ledger_read(struct vault *vault, const struct frame_view *view)
{
    uint8_t *reply = replies_room(&vault->replies);
    uint16_t type = view->header->type;
    int rc = 0;

    if (!vault->store.in_group && (rc = store_begin(&vault->store)) != 0)
        store_failed(rc, 5);
    size_t length = ledger_read(&vault->store, type, view->body, reply);
    if (length == 0)
        violation(PEER_FRONT, type);
    replies_add(&vault->replies, (uint16_t)(type + 1), view->header->seq, length);
}

static void on_backup_read(struct vault *vault, const struct frame_view *view)
{
    struct backup_read_reply reply;
    size_t length;
    uint64_t pieces = vault->store.backup.pieces;
    int rc = backup_read(&vault->store, view->body, replies_room(&vault->replies), &length);

    if (store_damaged(rc))
        store_failed(rc, 7);
    if (rc != 0)
        child_event(EVENT_STORE_FAILED, (uint32_t)rc, 7, 0, 0);
    memcpy(&reply, replies_room(&vault->replies), sizeof reply);
    if (reply.last)
        child_event(EVENT_BACKUP_TAKEN, (uint32_t)pieces + 1, 0, 0, 0);
    replies_add(&vault->replies, FRAME_BACKUP_READ_REPLY, view->header->seq, length);
}

static int on_front_frame(struct vault *vault, const struct call_clock *clock, const struct frame_view *view,
                          uint32_t *group_items)
{
    switch (view->header->type) {
    case FRAME_SESSION_CALL:
        return on_session_call(vault, clock, view, group_items);
    case FRAME_CITIZEN_KEY:
        on_citizen_key(vault, view);
        return 0;
    case FRAME_VAULT_STATUS:
        on_status(vault, view);
        return 0;
    case FRAME_LEDGER_HEAD:
    case FRAME_LEDGER_PROOF:
    case FRAME_LEDGER_HASHES:
        on_ledger_read(vault, view);
        ++*group_items;
        return 0;
    case FRAME_BACKUP_READ:
        on_backup_read(vault, view);
        *group_items += GROUP_ITEMS / 4;
        return 0;
    default:
        violation(PEER_FRONT, view->header->type);
    }
}

/* One group: drain the channel, one transaction, one fdatasync, then answer. */
static void serve_front(struct vault *vault)
{
    struct call_clock clock = read_clock();
    uint32_t group_items = 0;
    struct frame_view view;
    int rc = 0;

    while (rc == 0 && group_items < GROUP_ITEMS && replies_fit(&vault->replies) &&
           receive(vault, &vault->front, &view) == CHANNEL_OK)
        rc = on_front_frame(vault, &clock, &view, &group_items);
    if (vault->store.in_group && rc == 0)
        rc = replies_seal(&vault->replies, &vault->store);
    if (vault->store.in_group && rc == 0)
        rc = store_commit(&vault->store);
    store_abort(&vault->store);
    if (store_damaged(rc))
        store_failed(rc, 2);
    if (rc != 0) {
        child_event(EVENT_STORE_FAILED, (uint32_t)rc, 3, 0, 0);
        /* The pages that a snapshot keeps may be the room that is missing. */
        if (backup_drop(&vault->store))
            child_event(EVENT_BACKUP_DROPPED, (uint32_t)vault->store.backup.pieces, 0, 0, 0);
        replies_refuse(&vault->replies);
    }
    flush_replies(vault);
}

/* ---- frames from auth and warden ---- */

static void reply_auth(struct vault *vault, uint16_t type, uint64_t reply_to, const void *body, size_t length)
{
    /* auth has one request in flight at a time: a full channel means that it does not keep to that. */
    if (channel_send(&vault->auth, type, reply_to, body, length) != CHANNEL_OK)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_AUTH, 0, 0);
}

static bool session_open_well_formed(const struct session_open *open)
{
    if (open->ttl_ms == 0 || open->account[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof open->permit / sizeof open->permit[0]; i++) {
        /* A permit wider than the law's table is not an over-generous account: it is an auth that lies. */
        if (open->permit[i] & ~operation_purposes((uint16_t)i))
            return false;
    }
    return true;
}

static void on_session_open(struct vault *vault, const struct frame_view *view)
{
    struct session_open open;
    struct session_open_reply reply = {0};

    memcpy(&open, view->body, sizeof open);
    if (!session_open_well_formed(&open))
        violation(PEER_AUTH, view->header->type);
    reply.opened = session_open(&vault->sessions, &vault->store, &open, session_clock_ms());
    crypto_wipe(&open, sizeof open);
    crypto_wipe(vault->receive_buffer, sizeof(struct frame_header) + sizeof open);
    /* The view's header has just been wiped; the request's seq is the last one received. */
    reply_auth(vault, FRAME_SESSION_OPEN_REPLY, vault->auth.received, &reply, sizeof reply);
}

static void on_session_close(struct vault *vault, const struct frame_view *view)
{
    struct session_close close;
    struct session_close_reply reply = {0};

    memcpy(&close, view->body, sizeof close);
    reply.closed = session_close(&vault->sessions, close.session);
    reply_auth(vault, FRAME_SESSION_CLOSE_REPLY, view->header->seq, &reply, sizeof reply);
}

static void serve_auth(struct vault *vault)
{
    struct frame_view view;

    while (receive(vault, &vault->auth, &view) == CHANNEL_OK) {
        if (view.header->type == FRAME_SESSION_OPEN)
            on_session_open(vault, &view);
        else
            on_session_close(vault, &view);
    }
}

static void serve_warden(struct vault *vault)
{
    struct ready_report ready = {0};
    struct frame_view view;

    while (receive(vault, child_channel(), &view) == CHANNEL_OK) {
        if (view.header->type == FRAME_DRAIN)
            leave(vault, EXIT_DRAINED, EVENT_DRAINED, PEER_WARDEN);
        vault->phase = PHASE_SERVING;
        if (channel_send(child_channel(), FRAME_READY, 0, &ready, sizeof ready) != CHANNEL_OK)
            child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_WARDEN, 0, 0);
    }
}

void vault_run(struct vault *vault)
{
    struct pollfd polled[POLL_COUNT] = {
        [POLL_CONTROL] = {.fd = child_channel()->fd, .events = POLLIN},
        [POLL_AUTH] = {.fd = vault->auth.fd},
        [POLL_FRONT] = {.fd = vault->front.fd},
    };

    for (;;) {
        bool serving = vault->phase == PHASE_SERVING;
        polled[POLL_AUTH].events = serving ? POLLIN : 0;
        bool blocked = replies_wait(&vault->replies), frames_left = serving && !blocked && vault->front.rest_length > 0;
        polled[POLL_FRONT].events = !serving ? 0 : blocked ? POLLOUT : POLLIN;
        int64_t wait_ms = serving ? upkeep_wait_ms(&vault->upkeep, &vault->store, session_clock_ms()) : -1;
        if (frames_left)
            wait_ms = 0;
        const struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
        if (ppoll(polled, POLL_COUNT, wait_ms < 0 ? NULL : &wait, NULL) < 0) {
            if (errno == EINTR)
                continue;
            child_exit(EXIT_SYSTEM, EVENT_STORE_FAILED, (uint32_t)errno, 4, 0);
        }
        if (polled[POLL_CONTROL].revents)
            serve_warden(vault);
        if (polled[POLL_AUTH].revents && vault->phase == PHASE_SERVING)
            serve_auth(vault);
        if ((polled[POLL_FRONT].revents || frames_left) && vault->phase == PHASE_SERVING) {
            flush_replies(vault);
            if (!replies_wait(&vault->replies))
                serve_front(vault);
        }
        if (vault->phase == PHASE_SERVING)
            upkeep_run(&vault->upkeep, &vault->store);
    }
}
