/*
 * The auth process behind its sandbox: what it keeps while it serves and what it does with each frame. Nothing here
 * changes what is permitted; the frame table (serve.c) and the table of duties (duties.def) do that.
 */
#ifndef SEKISHO_AUTH_AUTH_H
#define SEKISHO_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/account_store.h"
#include "auth/challenge.h"
#include "auth/outbox.h"
#include "auth/sessions.h"
#include "crypto/hpke.h"
#include "crypto/sealed.h"
#include "ledger/tree_read.h"
#include "wire/account_messages.h"
#include "wire/channel.h"
#include "wire/messages.h"

/* Logins that wait for the vault, and sessions that the vault is asked to close, at once. */
#define OPENINGS_MAX 48
#define CLOSINGS_MAX 32

#define TO_VAULT_BYTES                                                                                                 \
    (OPENINGS_MAX * OUTBOX_ROOM(sizeof(struct session_open)) + CLOSINGS_MAX * OUTBOX_ROOM(sizeof(struct session_close)))
/* The answer to one request, those that the vault may cause meanwhile, and ends of sessions. */
#define TO_FRONT_ENDS (CLOSINGS_MAX * OUTBOX_ROOM(sizeof(struct session_ended)))
#define TO_FRONT_BYTES                                                                                                 \
    (OUTBOX_ROOM(TREE_REPLY_MAX) + OPENINGS_MAX * OUTBOX_ROOM(sizeof(struct login_reply)) + TO_FRONT_ENDS)
_Static_assert(sizeof(struct account_call_reply) <= TREE_REPLY_MAX, "auth's largest answer");

/* A login that waits for the vault's answer before the front gets its own. */
struct opening {
    uint64_t vault_seq; /* of SESSION_OPEN; 0: the entry is free */
    uint64_t front_seq; /* of LOGIN */
    struct login_reply reply;
};

/* All that must not be read from outside: lives in the locked arena, beside the sessions. */
struct auth_secrets {
    uint8_t login_private[X25519_LEN];
    struct outbox to_vault; /* SESSION_OPEN bodies hold session keys */
    uint8_t to_vault_buffer[TO_VAULT_BYTES];
    /* One login or account call at a time; wiped after each. */
    struct login_scratch {
        struct hpke_context hpke;
        struct login_plain plain;
        struct welcome_plain welcome;
        struct session_keys keys;
        struct session_open open;
        uint8_t ephemeral_private[X25519_LEN];
        uint8_t exported[32];
        uint8_t shared[32];
    } scratch;
    struct call_scratch {
        struct account_call_plain call;
        struct account_reply_plain reply;
    } call;
};

struct auth {
    struct launch_config config;
    struct account_store store;
    struct password_hash unknown_account; /* verified when the tenant is not served: equal work */
    struct challenges *challenges;
    struct sessions sessions;
    size_t ended; /* sessions in state SESSION_ENDED */
    unsigned closings;
    uint64_t ticked_ms, swept_ms; /* when sessions and accounts were last looked through; 0: not yet */
    uint8_t login_public[X25519_LEN];
    struct auth_secrets *secrets;
    struct channel front, vault;
    struct outbox to_front;
    uint8_t to_front_buffer[TO_FRONT_BYTES];
    struct opening opening[OPENINGS_MAX];
    unsigned opening_count;
};

/* Milliseconds of CLOCK_BOOTTIME. */
uint64_t auth_now_ms(void);
/* UTC, in microseconds. */
int64_t auth_now_us(void);

/* The store says that its pages are not what was written, or cannot be used: ends the process. Else logs the code: the
 * request that met it has changed nothing. */
void auth_store_failed(int rc, uint32_t place);

/*
 * Handlers of frames whose header and length the channel has checked. They return FRAME_OK, or why the content is a
 * violation, which ends the process. False from a send is the peer's end: *gone.
 */
enum frame_verdict auth_challenge(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_login(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_logout(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_session_opened(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_session_closed(struct auth *auth, const struct frame_view *frame, bool *gone);
/* By a number call, as the vault says, or a call of the register, as the front says. */
enum frame_verdict auth_session_used(struct auth *auth, const struct frame_view *frame, bool *gone);
/* account_frames.c */
enum frame_verdict auth_account_call(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_access_refused(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_access_read(struct auth *auth, const struct frame_view *frame, bool *gone);

/* login.c: decides a login. LOGIN_OK fills scratch.open and *reply (with the welcome), has entered and recorded the
 * session and marked those that it displaces. */
enum login_status login_decide(struct auth *auth, const struct login_request *request, struct login_reply *reply);

#endif
