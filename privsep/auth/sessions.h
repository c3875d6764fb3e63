/* The sessions that auth has opened in the vault and that have not ended: what LOGOUT needs, and the bound of their
 * number. */
#ifndef SEKISHO_AUTH_SESSIONS_H
#define SEKISHO_AUTH_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/messages.h"

struct session_entry {
    uint64_t expires_ms; /* CLOCK_BOOTTIME; in the past or 0: the entry is free */
    uint16_t tenant;
    uint8_t id[SESSION_ID_LEN];
};

struct sessions {
    struct session_entry *entries;
    size_t capacity;
};

/* 0, or -1 when there is no memory. */
int sessions_open(struct sessions *sessions, size_t capacity);
void sessions_close(struct sessions *sessions);

bool sessions_full(const struct sessions *sessions, uint64_t now_ms);

/* False when full. */
bool sessions_add(struct sessions *sessions, uint64_t now_ms, uint64_t ttl_ms, uint16_t tenant,
                  const uint8_t id[SESSION_ID_LEN]);

/* Forgets a session and tells its tenant. False when there is none. */
bool sessions_remove(struct sessions *sessions, uint64_t now_ms, const uint8_t id[SESSION_ID_LEN], uint16_t *tenant);

#endif
