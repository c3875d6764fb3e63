/*
 * The peers of a fuzzed auth: what they have sent, what must come of it, and what has come back. One auth at a time.
 */
#ifndef SEKISHO_TESTS_FUZZ_AUTH_WORLD_H
#define SEKISHO_TESTS_FUZZ_AUTH_WORLD_H

#include "auth/auth.h"
#include "support/process.h"

#define LOGINS     32
#define TTL_S      600
#define PASSWORD   "Correct-Horse-7"
#define CHALLENGES 256 /* more than an input can ask for */
#define ACCOUNTS   5

/* A login that the harness has sealed. */
struct login {
    uint64_t seq; /* of the front's frame */
    struct login_plain plain;
    struct login_request request;
    uint8_t exported[32];
    bool good; /* all but the challenge is as it must be */
    bool answered;
    struct session_keys keys; /* of a login that was answered, when they are the honest client's */
    uint8_t session[SESSION_ID_LEN];
    uint64_t call_seq;
};

/* Of an account that is there. */
struct world_account {
    uint16_t tenant, role, state;
    char id[ACCOUNT_LEN];
};

struct world {
    struct input input;
    unsigned steps;
    struct peer_end front, vault;
    bool started, drained, doomed, doomed_control, suspect, closed;
    uint8_t challenge[CHALLENGES][CHALLENGE_LEN]; /* as auth gave them */
    unsigned challenge_count;
    bool challenge_used[CHALLENGES];
    struct login login[LOGINS];
    unsigned login_count, good_count; /* sealed; of them, those that may succeed */
    struct session_open open[LOGINS]; /* as the vault got them */
    uint64_t open_seq[LOGINS];
    unsigned open_count;
    uint64_t asked; /* last request of auth to the vault */
};

extern struct world world;
extern const struct world_account world_accounts[ACCOUNTS];
extern uint8_t client_private[X25519_LEN]; /* of the honest client's ephemeral pair */

/* Sends a whole record as it is; a frame of this body. False when it did not fit. */
bool world_send_record(enum peer peer, const uint8_t *data, size_t length);
bool world_send(enum peer peer, uint16_t type, uint64_t reply_to, const void *data, size_t length);

/* Must this login succeed, if its challenge is fresh? Written from sealed.h's text, not from login.c. */
bool world_login_good(const struct login_plain *plain, const struct login_request *request);

/* Reads and checks what auth has sent. True when there was anything. */
bool world_read(void);

#endif
