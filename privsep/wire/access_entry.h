/*
 * The access records (アクセス記録, F103): a second ledger beside that of number use, per tenant, kept by auth. One
 * leaf for each login, failed login, logout, end of a session and account call, with account, terminal, time, operation
 * and object; no personal value: no name, no password, no number. Tree, heads and proofs are those of the ledger of
 * number use; the origin of its checkpoints is "sekisho/prefectures/11/access". leaf data = SHA-256(struct
 * access_entry), leaf hash = SHA-256(0x00 || leaf data)   (RFC 6962 section 2.1)
 */
#ifndef SEKISHO_WIRE_ACCESS_ENTRY_H
#define SEKISHO_WIRE_ACCESS_ENTRY_H

#include "wire/messages.h"

/* Numbers are recorded: they never change. */
enum access_event {
    ACCESS_NONE,
    ACCESS_LOGIN = 1,
    ACCESS_LOGIN_FAILED = 2, /* of an account that exists, or an id that does not: `object` has the id as it was sent */
    ACCESS_LOGOUT = 3,
    ACCESS_SESSION_EXPIRED = 4,    /* lifetime or idle time */
    ACCESS_SESSION_DISPLACED = 5,  /* the account logged in again (F102) */
    ACCESS_SESSION_TERMINATED = 6, /* by an administrator, or because account or terminal were closed */
    ACCESS_OPERATION = 7,          /* an account call */
    ACCESS_LOCKED = 8,             /* too many bad logins */
    ACCESS_DORMANT = 9,            /* suspended: not used for too long */
    ACCESS_CONTRACT_ENDED = 10,
    ACCESS_METHOD_REFUSED = 11,      /* as the front says: a method that the session's role may not call */
    ACCESS_CERTIFICATE_REFUSED = 12, /* as the front says: a session used over another connection */
    ACCESS_FIRST_ADMINISTRATOR = 13, /* made offline, on the server's machine */
    ACCESS_EVENT_END
};

/* Why a login was refused. Numbers are recorded: they never change. */
enum login_refusal {
    LOGIN_REFUSAL_NONE,
    LOGIN_REFUSAL_ACCOUNT = 1, /* there is none of this id here */
    LOGIN_REFUSAL_PASSWORD = 2,
    LOGIN_REFUSAL_TERMINAL = 3,    /* the certificate is none of a terminal of this tenant (F097) */
    LOGIN_REFUSAL_CERTIFICATE = 4, /* the connection's is not the one inside the seal */
    LOGIN_REFUSAL_DELAYED = 5,     /* after too many bad logins; the password was not looked at */
    LOGIN_REFUSAL_LOCKED = 6,
    LOGIN_REFUSAL_SUSPENDED = 7, /* also: has just become dormant, or its contract has ended */
    LOGIN_REFUSAL_NOT_ISSUED = 8,
    LOGIN_REFUSAL_RETURNED = 9,
    LOGIN_REFUSAL_TEMPORARY = 10, /* right, but older than a temporary password may be */
    LOGIN_REFUSAL_OTP = 11,       /* right password; the second factor is missing, wrong or used */
    LOGIN_REFUSAL_END
};

#define ACCESS_SALT_LEN 24

struct access_entry {
    uint16_t version; /* 1 */
    uint16_t tenant;
    uint16_t event;     /* enum access_event */
    uint16_t role;      /* of the actor, 0 when there is none */
    uint16_t operation; /* of OPERATION: enum account_operation; of METHOD_REFUSED: the method's number */
    uint16_t result;    /* of OPERATION: enum account_result; of LOGIN_FAILED: enum login_refusal */
    uint32_t count;     /* of ACCESS_REVIEW: findings */
    uint64_t index;
    int64_t time_us; /* UTC */
    uint8_t session[SESSION_ID_LEN];
    char account[ACCOUNT_LEN];          /* who; of what auth does by itself (LOCKED ...), the account it befalls */
    char terminal[32];                  /* from where: terminal id; zero: the local socket or one not on the list */
    uint8_t certificate[CERT_HASH_LEN]; /* of the connection */
    char object[ACCOUNT_LEN];           /* what it was done to: account or terminal */
    int64_t from_us, until_us;          /* of ACCESS_REVIEW and ACCESS_LIST: the period */
    uint8_t note_hash[32];              /* SHA-256 of the call's note, zero when it had none; the text is kept beside */
    uint16_t object_role;               /* of the account it was done to; 0: there is none */
    uint8_t zero[14];
    uint8_t salt[ACCESS_SALT_LEN];
};
_Static_assert(sizeof(struct access_entry) == 264, "access_entry layout");

#endif
