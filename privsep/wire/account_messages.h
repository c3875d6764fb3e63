/*
 * Bodies of the frames between front and auth that carry account calls and the ends of sessions.
 *
 * An account call (accounts, terminals, access records: crypto/account_call.h) is sealed by a session's client for
 * auth alone. The front learns which method it is and whether it was accepted as a message, nothing else.
 */
#ifndef SEKISHO_WIRE_ACCOUNT_MESSAGES_H
#define SEKISHO_WIRE_ACCOUNT_MESSAGES_H

#include "wire/messages.h"

#define ACCOUNT_CALL_PLAIN_LEN  1152
#define ACCOUNT_REPLY_PLAIN_LEN 16384 /* of every operation: lengths tell nothing */
#define ACCOUNT_SEAL_TAG_LEN    16

/* ---- front -> auth: FRAME_ACCOUNT_CALL -------------------------------------------------------------------------- */

struct account_call {
    uint8_t session[SESSION_ID_LEN];
    uint64_t call_seq;  /* the client's, 1.., strictly ascending */
    uint16_t operation; /* enum account_operation that the RPC method stands for */
    uint16_t zero;
    uint32_t zero2;
    uint8_t sealed[ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
};
_Static_assert(sizeof(struct account_call) == 32 + 1168, "account_call layout");

/* Outcome of the call as a message; what became of it is sealed. */
enum account_call_status {
    ACCOUNT_CALL_OK,
    ACCOUNT_CALL_UNKNOWN_SESSION, /* never opened, ended, expired, idle for too long, or of an earlier run */
    ACCOUNT_CALL_REPLAYED,
    ACCOUNT_CALL_BAD_SEAL,
    ACCOUNT_CALL_MALFORMED,
    ACCOUNT_CALL_WRONG_METHOD,
    ACCOUNT_CALL_UNAVAILABLE, /* the store refused to write (disk full ...): nothing was changed */
    ACCOUNT_CALL_STATUS_COUNT
};

struct account_call_reply {
    uint16_t status; /* enum account_call_status; sealed is zero unless ACCOUNT_CALL_OK */
    uint16_t zero;
    uint32_t zero2;
    uint8_t sealed[ACCOUNT_REPLY_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
};
_Static_assert(sizeof(struct account_call_reply) == 8 + 16400, "account_call_reply layout");

/* ---- auth -> front: FRAME_SESSION_ENDED, one-way ----------------------------------------------------------------- */

/* A session that auth has ended by itself (account locked, logged in elsewhere, idle): the vault has been told first.
 */
struct session_ended {
    uint8_t session[SESSION_ID_LEN];
};

/* ---- front -> auth: FRAME_ACCESS_REFUSED, one-way ------------------------------------------------------------------
 */

/* What the front refused by itself and wants recorded (F103). The front may lie: entries of this kind say so. */
struct access_refused {
    uint8_t session[SESSION_ID_LEN];
    uint16_t reason; /* enum access_event: ACCESS_METHOD_REFUSED or ACCESS_CERTIFICATE_REFUSED */
    uint16_t method; /* number of the method's row in server/services/methods.def */
    uint32_t zero;
    uint8_t certificate[CERT_HASH_LEN]; /* of the connection */
};
_Static_assert(sizeof(struct access_refused) == 56, "access_refused layout");

/* ---- front -> auth: FRAME_SESSION_WORKED, one-way, struct session_used --------------------------------------------
 */

/*
 * The session's client has made a call of the register, which vault and auth do not see; at most one a session in
 * SESSION_USED_MS. The front may lie: it can keep any session from ending unused, and date its last use, until the
 * session's expiry and no longer. It gains no authority by that: all that vault and auth do for a session is sealed
 * under keys that its client has. A session that auth does not have may have ended a moment before: nothing is done.
 */

#endif
