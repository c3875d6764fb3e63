/*
 * Sessions that auth has opened: their keys, permits and replay windows, in guarded memory. Fixed capacity; nothing of
 * a session is ever written to the store but its id in ledger entries.
 */
#ifndef SEKISHO_VAULT_SESSION_H
#define SEKISHO_VAULT_SESSION_H

#include "crypto/aead.h"
#include "crypto/sealed.h"
#include "vault/store.h"

struct session {
    uint8_t id[SESSION_ID_LEN];
    bool open;
    struct tenant *tenant;
    uint16_t role;
    uint16_t permit[PERMIT_LEN];
    uint32_t misses;          /* wrong guesses so far (budget.h) */
    int64_t used_reported_ms; /* when auth was last told that it is in use; 0: not yet */
    int64_t expires_ms;       /* CLOCK_BOOTTIME: a step of the wall clock neither ends nor prolongs a session */
    char account[ACCOUNT_LEN];
    struct aead *call_key, *reply_key;
    struct replay_window window;
};

struct session_table {
    struct session *slot;
    uint32_t capacity, used;
    uint16_t *bucket; /* open addressing: slot + 1, 0 empty; 4 * capacity rounded to a power of two */
    uint32_t bucket_mask;
};

/* Milliseconds of CLOCK_BOOTTIME. */
int64_t session_clock_ms(void);

/* Takes its memory from the secret arena (session_table_bytes says how much). 0, or -1. */
size_t session_table_bytes(uint32_t capacity);
int session_table_init(struct session_table *table, uint32_t capacity);

/* False when the tenant is not served here, the id is in use, or the table is full even without its expired sessions.
 */
bool session_open(struct session_table *table, struct store *store, const struct session_open *open, int64_t now_ms);
bool session_close(struct session_table *table, const uint8_t id[SESSION_ID_LEN]);
struct session *session_find(struct session_table *table, const uint8_t id[SESSION_ID_LEN]);

#endif
