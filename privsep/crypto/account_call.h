/*
 * Account calls, client <-> auth, sealed past the front: accounts, terminals and access records (F090-F103, F165).
 *
 * Of the keys of a session (crypto/sealed.h) two are auth's own:
 *     account       = HKDF-Expand(prk, "sekisho/v1 account", 32)          client -> auth
 *     account_reply = HKDF-Expand(prk, "sekisho/v1 account reply", 32)    auth -> client
 * Call:  AES-256-GCM(account), nonce as of number calls, aad = "sekisho/v1 account" || session id || u64 call_seq,
 *        plaintext = struct account_call_plain. call_seq is strictly ascending: auth answers one call at a time.
 * Reply: AES-256-GCM(account_reply), same nonce, aad = "sekisho/v1 account reply" || session id || u64 call_seq,
 *        plaintext = struct account_reply_plain.
 *
 * Texts are UTF-8 without control characters, zero-padded, not terminated when they fill their field. Times are UTC in
 * microseconds, 0: never. Dates are yyyymmdd, 0: none.
 */
#ifndef SEKISHO_CRYPTO_ACCOUNT_CALL_H
#define SEKISHO_CRYPTO_ACCOUNT_CALL_H

#include "crypto/sealed.h"
#include "wire/access_entry.h"
#include "wire/account_messages.h"

#define TEXT_PERSON_LEN       128 /* name of a person or, for machines, of what it is */
#define TEXT_ORGANISATION_LEN 128
#define TEXT_NOTE_LEN         256 /* a reason, a finding, a place */
#define TERMINAL_ID_LEN       32  /* as an account id */
#define OTP_SECRET_LEN        20  /* RFC 4226 section 4, R6: 160 bits */

/* Numbers cross and are recorded: they never change. Which role may do what: auth/duties.def. */
enum account_operation {
    ACCOUNT_OPERATION_NONE,
    /* one's own account; with a temporary password or terms not agreed to, nothing but these three is done */
    ACCOUNT_CHANGE_PASSWORD = 1, /* password, new_password */
    ACCOUNT_AGREE_TERMS = 2,     /* terms_version, digest: SHA-256 of the text that was shown (F165) */
    ACCOUNT_SHOW_OWN = 3,        /* -> one account_row */
    ACCOUNT_ENROLL_OTP = 4,      /* password -> otp_secret; in use once ACCOUNT_CONFIRM_OTP has seen a code of it */
    ACCOUNT_CONFIRM_OTP = 5,     /* otp */
    /* life of an account (domain 10.4) */
    ACCOUNT_REQUEST = 10,        /* account, role, kind, person, organisation, until, note -> REQUESTED */
    ACCOUNT_APPROVE = 11,        /* account; by another person than requested it -> APPROVED */
    ACCOUNT_ISSUE = 12,          /* account -> ISSUED: ledger number, temporary password (F098) */
    ACCOUNT_LOCK = 13,           /* account, note */
    ACCOUNT_UNLOCK = 14,         /* account, note; never one's own */
    ACCOUNT_SUSPEND = 15,        /* account, note */
    ACCOUNT_RESUME = 16,         /* account, note; until: a new date, when the contract goes on */
    ACCOUNT_RETURN = 17,         /* account, note: terminal; ends the ledger line */
    ACCOUNT_RESET_PASSWORD = 18, /* account, note -> temporary password; ends its sessions and its second factor */
    ACCOUNT_INSPECT = 19,        /* account, note: a line of the ID ledger has been inspected (F098) */
    ACCOUNT_LIST = 20,           /* filter: account, role, state; -> account_row */
    /* sessions */
    ACCOUNT_LIST_SESSIONS = 30, /* who is in, from where (F095) -> live_session_row */
    ACCOUNT_END_SESSION = 31,   /* account, note */
    /* terminals (F097) */
    TERMINAL_ADD = 40,    /* terminal, certificate, kind, place in note */
    TERMINAL_REMOVE = 41, /* terminal, note; ends sessions from it */
    TERMINAL_LIST = 42,   /* -> terminal_row */
    /* access records (F103, F096) */
    ACCESS_LIST = 50,   /* filter: account (as actor or object), terminal, role, from/until, event -> access_row */
    ACCESS_REVIEW = 51, /* from/until, count (findings), note (improvement): bad logins of a period were looked at */
};

enum account_kind { ACCOUNT_OFFICER = 1, ACCOUNT_ADMINISTRATOR, ACCOUNT_CONTRACTOR, ACCOUNT_MACHINE, ACCOUNT_KIND_END };
enum terminal_kind { TERMINAL_OPERATION = 1, TERMINAL_JUKI, TERMINAL_CENTRE, TERMINAL_MACHINE, TERMINAL_KIND_END };

/* domain 10.4. */
enum account_state {
    ACCOUNT_REQUESTED = 1,
    ACCOUNT_APPROVED,
    ACCOUNT_ISSUED, /* has a temporary password: must change it, and agree to the terms */
    ACCOUNT_ACTIVE,
    ACCOUNT_LOCKED,
    ACCOUNT_SUSPENDED,
    ACCOUNT_RETURNED, /* terminal */
    ACCOUNT_STATE_END
};

struct account_call_plain {
    uint16_t version; /* 1 */
    uint16_t operation;
    uint16_t role;  /* enum role, auth/roles.h */
    uint16_t kind;  /* enum account_kind or enum terminal_kind */
    uint16_t state; /* enum account_state; of ACCESS_LIST enum access_event */
    uint16_t zero;
    uint32_t until; /* the account ends with this date (contract) */
    uint32_t terms_version;
    uint32_t count;            /* rows at most; 0: as many as fit */
    uint8_t next[ACCOUNT_LEN]; /* of a list: the former page's next; zero: from the beginning */
    int64_t from_us, until_us; /* until is exclusive */
    char account[ACCOUNT_LEN]; /* acted on */
    char terminal[TERMINAL_ID_LEN];
    uint8_t digest[32]; /* certificate, or terms */
    char person[TEXT_PERSON_LEN];
    char organisation[TEXT_ORGANISATION_LEN];
    char note[TEXT_NOTE_LEN];
    uint16_t password_length, new_password_length;
    char otp[8];
    uint32_t zero2;
    char password[PASSWORD_MAX];
    char new_password[PASSWORD_MAX];
    uint8_t zero3[200];
};
_Static_assert(sizeof(struct account_call_plain) == ACCOUNT_CALL_PLAIN_LEN, "account_call_plain layout");

/* What became of it. Anything but DONE has changed nothing but the access records. */
enum account_result {
    ACCOUNT_RESULT_NONE,
    ACCOUNT_DONE,
    ACCOUNT_NOT_PERMITTED, /* the role may not, or the session must change its password or agree to the terms first */
    ACCOUNT_UNKNOWN,       /* no such account or terminal here; another tenant's is none */
    ACCOUNT_EXISTS,
    ACCOUNT_WRONG_STATE,    /* the state machine has no such way */
    ACCOUNT_SAME_PERSON,    /* needs another person than did the step before, or than the account's own */
    ACCOUNT_BAD_FIELD,      /* `field` says which */
    ACCOUNT_WRONG_PASSWORD, /* of CHANGE_PASSWORD and ENROLL_OTP; counts as a bad login */
    ACCOUNT_WEAK_PASSWORD,  /* `field` says why: enum password_fault */
    ACCOUNT_WRONG_OTP,
    ACCOUNT_WRONG_TERMS, /* another version or text is current */
    ACCOUNT_RESULT_END
};

enum password_fault {
    PASSWORD_FINE,
    PASSWORD_NOT_TEXT, /* not UTF-8, or with control characters */
    PASSWORD_TOO_SHORT,
    PASSWORD_TOO_LONG,
    PASSWORD_FEW_KINDS,
    PASSWORD_COMMON, /* in the bundled list, or made of the account's own id */
    PASSWORD_USED,   /* one of the last that this account had */
    PASSWORD_FAULT_END
};

#define ACCOUNT_ROWS_LEN (ACCOUNT_REPLY_PLAIN_LEN - 224)

struct account_reply_plain {
    uint16_t version; /* 1 */
    uint16_t operation;
    uint16_t result; /* enum account_result */
    uint16_t field;  /* BAD_FIELD: offset in struct account_call_plain; WEAK_PASSWORD: enum password_fault */
    uint32_t count;  /* rows that follow */
    uint16_t row_length;
    uint16_t zero;
    uint8_t next[ACCOUNT_LEN];           /* where to go on; zero: that was all */
    uint64_t access_index;               /* of this call's leaf in the tenant's access records */
    struct ledger_checkpoint checkpoint; /* of the access records, includes the leaf */
    uint16_t temporary_length;           /* ISSUE, RESET_PASSWORD */
    uint8_t zero2[6];
    char temporary[32];                 /* password that is good for nothing but to change it, within 7 days */
    uint8_t otp_secret[OTP_SECRET_LEN]; /* ENROLL_OTP */
    uint32_t zero3;
    uint8_t rows[ACCOUNT_ROWS_LEN];
};
_Static_assert(sizeof(struct account_reply_plain) == ACCOUNT_REPLY_PLAIN_LEN, "account_reply_plain layout");

/* A line of the list of accounts and of the ID ledger (ID払出名簿). */
struct account_row {
    char account[ACCOUNT_LEN];
    uint16_t role, kind, state;
    uint16_t otp; /* 1: has a second factor */
    uint32_t until;
    uint32_t terms_version; /* agreed to */
    uint64_t issue_number;  /* of the ledger's line, 1..; 0: not issued */
    int64_t requested_us, approved_us, issued_us, returned_us, inspected_us, last_login_us, locked_until_us;
    char requested_by[ACCOUNT_LEN], approved_by[ACCOUNT_LEN], issued_by[ACCOUNT_LEN], inspected_by[ACCOUNT_LEN];
    char person[TEXT_PERSON_LEN];
    char organisation[TEXT_ORGANISATION_LEN];
    char purpose[TEXT_NOTE_LEN];    /* note of ACCOUNT_REQUEST */
    char inspection[TEXT_NOTE_LEN]; /* note of the last ACCOUNT_INSPECT */
};
_Static_assert(sizeof(struct account_row) == 1008, "account_row layout");

struct live_session_row {
    char account[ACCOUNT_LEN];
    char terminal[TERMINAL_ID_LEN]; /* zero: the local socket */
    uint16_t role;
    uint16_t zero[3];
    int64_t opened_us, last_used_us;
};
_Static_assert(sizeof(struct live_session_row) == 88, "live_session_row layout");

struct terminal_row {
    char terminal[TERMINAL_ID_LEN];
    uint16_t kind;
    uint16_t removed;
    uint32_t zero;
    int64_t added_us, removed_us;
    char added_by[ACCOUNT_LEN];
    uint8_t certificate[CERT_HASH_LEN];
    char place[TEXT_NOTE_LEN];
};
_Static_assert(sizeof(struct terminal_row) == 376, "terminal_row layout");

/* A leaf of the access records, oldest first. */
struct access_row {
    struct access_entry entry; /* the leaf's exact bytes */
    char note[TEXT_NOTE_LEN];  /* entry.note_hash is of it */
};
_Static_assert(sizeof(struct access_row) == 520, "access_row layout");

#define ACCOUNT_AAD_LEN       (18 + SESSION_ID_LEN + 8)
#define ACCOUNT_REPLY_AAD_LEN (24 + SESSION_ID_LEN + 8)
void account_call_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[ACCOUNT_AAD_LEN]);
void account_reply_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[ACCOUNT_REPLY_AAD_LEN]);

#endif
