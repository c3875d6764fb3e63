#include "auth/session_ends.h"

#include <string.h>

#include "auth/access_records.h"
#include "sandbox/sandbox.h"

static int record(struct auth *auth, const struct session_entry *entry, int64_t now_us)
{
    struct access_entry leaf = {.event = entry->event, .role = entry->role, .time_us = now_us};

    memcpy(leaf.session, entry->id, sizeof leaf.session);
    memcpy(leaf.account, entry->account, sizeof leaf.account);
    memcpy(leaf.terminal, entry->terminal, sizeof leaf.terminal);
    memcpy(leaf.certificate, entry->certificate, sizeof leaf.certificate);
    return access_append(&auth->store, account_store_tenant(&auth->store, entry->tenant), &leaf, NULL);
}

static void settle(struct auth *auth, bool committed)
{
    for (size_t i = 0; i < auth->sessions.count; i++) {
        struct session_entry *entry = &auth->sessions.entries[i];
        if (entry->event == 0 || (!committed && entry->state == SESSION_ENDED))
            continue;
        entry->event = 0;
        if (!committed || entry->state == SESSION_ENDED)
            continue;
        entry->state = SESSION_ENDED;
        auth->ended++;
    }
}

int ends_commit(struct auth *auth)
{
    int64_t now_us = auth_now_us();
    int rc = 0;

    for (size_t i = 0; i < auth->sessions.count && rc == 0; i++)
        if (auth->sessions.entries[i].event != 0)
            rc = record(auth, &auth->sessions.entries[i], now_us);
    if (rc == 0)
        rc = account_store_commit(&auth->store);
    if (rc == 0)
        settle(auth, true);
    else
        ends_abort(auth);
    return rc;
}

void ends_abort(struct auth *auth)
{
    account_store_abort(&auth->store);
    settle(auth, false);
}

void ends_now(struct auth *auth, struct session_entry *entry, uint16_t event)
{
    if (entry->state == SESSION_ENDED)
        return;
    entry->state = SESSION_ENDED;
    entry->event = event;
    auth->ended++;
}

static bool unrecorded(const struct auth *auth)
{
    for (size_t i = 0; auth->ended > 0 && i < auth->sessions.count; i++)
        if (auth->sessions.entries[i].event != 0)
            return true;
    return false;
}

void ends_record(struct auth *auth)
{
    if (!unrecorded(auth))
        return;
    int rc = account_store_begin(&auth->store);
    if (rc == 0)
        rc = ends_commit(auth);
    if (rc != 0)
        auth_store_failed(rc, 1);
}

void ends_expire(struct auth *auth)
{
    uint64_t now_ms = auth_now_ms(), idle_ms = (uint64_t)auth->config.accounts.idle_s * 1000;

    for (size_t i = 0; i < auth->sessions.count; i++) {
        struct session_entry *entry = &auth->sessions.entries[i];
        if (entry->state == SESSION_OPEN && (entry->expires_ms <= now_ms || entry->last_used_ms + idle_ms <= now_ms))
            ends_now(auth, entry, ACCESS_SESSION_EXPIRED);
    }
    ends_record(auth);
}

/* ---- telling ---- */

static bool tell_vault(struct auth *auth, struct session_entry *entry)
{
    struct session_close close;

    memcpy(close.session, entry->id, SESSION_ID_LEN);
    entry->vault_seq = outbox_put(&auth->secrets->to_vault, FRAME_SESSION_CLOSE, 0, &close, sizeof close);
    entry->vault = VAULT_IS_ASKED;
    auth->closings++;
    return entry->vault_seq != 0;
}

static bool tell_front(struct auth *auth, const struct session_entry *entry)
{
    const struct logout_reply reply = {.ended = 1};
    struct session_ended ended;

    child_event(EVENT_SESSION_ENDED, entry->tenant, 0, 0, 0);
    if (!entry->told)
        return true;
    if (entry->front_seq != 0)
        return outbox_put(&auth->to_front, FRAME_LOGOUT_REPLY, entry->front_seq, &reply, sizeof reply) != 0;
    memcpy(ended.session, entry->id, SESSION_ID_LEN);
    return outbox_put(&auth->to_front, FRAME_SESSION_ENDED, 0, &ended, sizeof ended) != 0;
}

bool ends_tell(struct auth *auth, enum peer *peer)
{
    /* Backwards: the last entry takes the place of one that is removed. */
    for (size_t i = auth->sessions.count; auth->ended > 0 && i-- > 0;) {
        struct session_entry *entry = &auth->sessions.entries[i];
        if (entry->state != SESSION_ENDED)
            continue;
        if (entry->vault == VAULT_HAS_IT && auth->closings < CLOSINGS_MAX && !tell_vault(auth, entry)) {
            *peer = PEER_VAULT;
            return false;
        }
        if (entry->vault != VAULT_HAS_IT_NOT || entry->event != 0 ||
            auth->to_front.used + OUTBOX_ROOM(sizeof(struct session_ended)) > TO_FRONT_ENDS)
            continue;
        if (!tell_front(auth, entry)) {
            *peer = PEER_FRONT;
            return false;
        }
        sessions_remove(&auth->sessions, entry);
        auth->ended--;
    }
    return true;
}

bool ends_closed(struct auth *auth, uint64_t vault_seq)
{
    for (size_t i = 0; vault_seq != 0 && i < auth->sessions.count; i++) {
        struct session_entry *entry = &auth->sessions.entries[i];
        if (entry->vault != VAULT_IS_ASKED || entry->vault_seq != vault_seq)
            continue;
        entry->vault = VAULT_HAS_IT_NOT;
        auth->closings--;
        return true;
    }
    return false;
}
