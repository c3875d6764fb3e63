/*
 * The sessions that auth has opened, in the locked arena: who is in, from where, with which keys. One transaction of
 * the store may end several of them; each end is a leaf of the access records:
 *
 *   marked      event set, still open: ends when the transaction that is open now commits, stays when it aborts
 *   ended       is used no more, by auth; the vault is told, then the front. One that ended by itself (logout,
 * lifetime) keeps its event until that is recorded removed     recorded, and the vault has it no more
 *
 * session_ends.h takes them from one to the next.
 */
#ifndef SEKISHO_AUTH_SESSIONS_H
#define SEKISHO_AUTH_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/account_call.h"

enum session_state { SESSION_OPENING /* the vault is asked */, SESSION_OPEN, SESSION_ENDED };
enum session_vault { VAULT_HAS_IT, VAULT_IS_ASKED /* to close it */, VAULT_HAS_IT_NOT };

struct session_entry {
    uint8_t id[SESSION_ID_LEN];
    uint16_t tenant;
    uint16_t role;  /* enum role */
    uint16_t event; /* enum access_event of its end; 0: none, or recorded */
    uint8_t state;  /* enum session_state */
    uint8_t vault;  /* enum session_vault */
    bool told;      /* the front knows of it */
    bool fresh;     /* the password is a temporary one, or the terms not agreed to: duties.def */
    char account[ACCOUNT_LEN];
    char terminal[TERMINAL_ID_LEN];
    uint8_t certificate[CERT_HASH_LEN];
    int64_t opened_us, last_used_us;   /* UTC, to be shown */
    uint64_t expires_ms, last_used_ms; /* CLOCK_BOOTTIME, to decide by */
    uint64_t call_seq;                 /* of the last account call */
    uint64_t vault_seq;                /* of the SESSION_CLOSE that the vault has not answered */
    uint64_t front_seq;                /* of the LOGOUT that waits for the end; 0: none */
    uint8_t call_key[SESSION_KEY_LEN], reply_key[SESSION_KEY_LEN]; /* of account calls */
};

struct sessions {
    struct session_entry *entries; /* the first `count`, in no order */
    size_t capacity, count;
};

/* Of the secret arena. */
size_t sessions_bytes(size_t capacity);
/* 0, or -1 when the arena has no room. */
int sessions_open(struct sessions *sessions, size_t capacity);

/* A new entry, zero but for its id. NULL when full. Entries move when another is removed. */
struct session_entry *sessions_add(struct sessions *sessions, const uint8_t id[SESSION_ID_LEN]);
/* In any state. NULL when there is none. */
struct session_entry *sessions_find(const struct sessions *sessions, const uint8_t id[SESSION_ID_LEN]);
void sessions_remove(struct sessions *sessions, struct session_entry *entry);

/* Mark the sessions of an account or from a terminal; `event` says why (enum access_event). */
void sessions_end_account(struct sessions *sessions, uint16_t tenant, const char account[ACCOUNT_LEN], uint16_t event);
void sessions_end_terminal(struct sessions *sessions, uint16_t tenant, const char terminal[TERMINAL_ID_LEN],
                           uint16_t event);
/* Marks one; one that is marked or has ended is left as it is. */
void session_end(struct session_entry *entry, uint16_t event);

#endif
