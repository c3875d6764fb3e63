/*
 * The auth process behind its sandbox: what it keeps while it serves and what it does with each frame. Nothing here
 * changes what is permitted; the frame table (serve.c) does that.
 */
#ifndef SEKISHO_AUTH_AUTH_H
#define SEKISHO_AUTH_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/account_file.h"
#include "auth/challenge.h"
#include "auth/outbox.h"
#include "auth/sessions.h"
#include "crypto/hpke.h"
#include "crypto/sealed.h"
#include "wire/channel.h"
#include "wire/messages.h"

/* Requests that wait for the vault. Logins leave room for logouts, which must always get through. */
#define WAITING_MAX        64
#define WAITING_LOGINS_MAX 48

/* A login or logout that waits for the vault's answer before the front gets its own. */
struct waiting {
    uint64_t vault_seq; /* of SESSION_OPEN or SESSION_CLOSE; 0: the entry is free */
    uint64_t front_seq; /* of LOGIN or LOGOUT */
    uint16_t tenant;
    struct login_reply login; /* a login's answer when the vault has opened the session */
};

/* All that must not be read from outside: lives in the locked arena. */
struct auth_secrets {
    uint8_t login_private[X25519_LEN];
    struct outbox to_vault; /* SESSION_OPEN bodies hold session keys */
    /* One login at a time; wiped after each. */
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
};

struct auth {
    struct launch_config config;
    struct account_table accounts;
    struct password_hash unknown_account; /* verified when there is no such account: equal work */
    struct challenges *challenges;
    struct sessions sessions;
    uint8_t login_public[X25519_LEN];
    struct auth_secrets *secrets;
    struct channel front, vault;
    struct outbox to_front;
    struct waiting waiting[WAITING_MAX];
    unsigned waiting_count;
};

/* Milliseconds of CLOCK_BOOTTIME. */
uint64_t auth_now_ms(void);

bool auth_serves(const struct auth *auth, uint16_t tenant);

/* Keeps a request until the vault answers its frame `vault_seq`. There is room: the loop reads the front only then. */
struct waiting *auth_wait(struct auth *auth, uint64_t vault_seq, uint64_t front_seq, uint16_t tenant);

/*
 * Handlers of frames whose header and length the channel has checked. They return FRAME_OK, or why the content is a
 * violation, which ends the process. False from a send is the peer's end: *gone.
 */
enum frame_verdict auth_challenge(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_login(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_logout(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_session_opened(struct auth *auth, const struct frame_view *frame, bool *gone);
enum frame_verdict auth_session_closed(struct auth *auth, const struct frame_view *frame, bool *gone);

/* login.c: decides a login. LOGIN_OK fills scratch.open and *reply (with the welcome), and has entered the session. */
enum login_status login_decide(struct auth *auth, const struct login_request *request, struct login_reply *reply);

#endif
