/*
 * Accounts, terms of use, second factors, sessions and terminals. Every call is sealed for the auth process, and its
 * answer checked: a front that lies is noticed. Rules of errors, ownership and threads: sekisho.h. Calls of one session
 * go one after the other.
 *
 * What auth refuses is SEKISHO_ERROR_REFUSED with one of the reasons NOT_PERMITTED, UNKNOWN_OBJECT, ALREADY_EXISTS,
 * WRONG_STATE, SAME_PERSON, BAD_FIELD (`field` says which), WRONG_PASSWORD, WRONG_OTP, WRONG_TERMS, or why a password
 * is too weak: PASSWORD_NOT_TEXT, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_FEW_KINDS, PASSWORD_COMMON,
 * PASSWORD_USED. It has changed nothing and is recorded.
 */
#ifndef SEKISHO_ACCOUNTS_H
#define SEKISHO_ACCOUNTS_H

#include "sekisho.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longest texts, in bytes of UTF-8; without control characters. */
#define SEKISHO_PERSON_MAX       128
#define SEKISHO_ORGANISATION_MAX 128
#define SEKISHO_REASON_MAX       256
#define SEKISHO_TERMINAL_MAX     32 /* [a-z0-9][a-z0-9._-]* */
#define SEKISHO_OTP_SECRET_LEN   20
#define SEKISHO_TEMPORARY_MAX    32 /* a temporary password */

enum sekisho_account_kind {
    SEKISHO_OFFICER = 1,
    SEKISHO_ADMINISTRATOR,
    SEKISHO_CONTRACTOR, /* needs a date at which it ends (INV-20) */
    SEKISHO_MACHINE,
};

enum sekisho_account_state {
    SEKISHO_REQUESTED = 1,
    SEKISHO_APPROVED,
    SEKISHO_ISSUED, /* has a temporary password */
    SEKISHO_ACTIVE,
    SEKISHO_LOCKED,
    SEKISHO_SUSPENDED,
    SEKISHO_RETURNED, /* for ever */
};

/* A line of the list of accounts and of the ID ledger. Times are 0 for never. */
struct sekisho_account {
    char account[SEKISHO_ACCOUNT_MAX + 1];
    unsigned role; /* sekisho_role_name */
    enum sekisho_account_kind kind;
    enum sekisho_account_state state;
    bool second_factor;
    uint32_t until;         /* its last day, yyyymmdd; 0: none */
    uint32_t terms_version; /* agreed to; 0: none */
    uint64_t issue_number;  /* of its line in the ID ledger, 1..; 0: not issued */
    int64_t requested_us, approved_us, issued_us, returned_us, inspected_us, last_login_us;
    int64_t locked_until_us; /* logins are refused until then, after too many bad ones */
    char requested_by[SEKISHO_ACCOUNT_MAX + 1], approved_by[SEKISHO_ACCOUNT_MAX + 1],
        issued_by[SEKISHO_ACCOUNT_MAX + 1], inspected_by[SEKISHO_ACCOUNT_MAX + 1];
    char person[SEKISHO_PERSON_MAX + 1];
    char organisation[SEKISHO_ORGANISATION_MAX + 1];
    char purpose[SEKISHO_REASON_MAX + 1];    /* why it was requested */
    char inspection[SEKISHO_REASON_MAX + 1]; /* finding of the last inspection */
};

/* ---- one's own account ---- */

/* Both passwords are wiped in every case. A session that had to do this gets no other rights by it: log in again. */
enum sekisho_status sekisho_change_password(struct sekisho_session *session, char *password, size_t password_length,
                                            char *new_password, size_t new_password_length,
                                            struct sekisho_error *error);

struct sekisho_terms { /* free with sekisho_terms_free */
    uint32_t version;
    const char *text; /* UTF-8, zero-terminated, without control characters but line ends and tabs */
    size_t length;
    uint8_t digest[32]; /* SHA-256 of the text */
};
/* Refused with NO_TERMS when the server has none. */
enum sekisho_status sekisho_get_terms(struct sekisho_client *client, struct sekisho_terms **terms,
                                      struct sekisho_error *error);
void sekisho_terms_free(struct sekisho_terms *terms);
/* Agrees to a text that the person has seen. A session that had to do this gets no other rights by it: log in again. */
enum sekisho_status sekisho_agree_to_terms(struct sekisho_session *session, const struct sekisho_terms *terms,
                                           struct sekisho_error *error);

enum sekisho_status sekisho_own_account(struct sekisho_session *session, struct sekisho_account *account,
                                        struct sekisho_error *error);

/* Makes the secret of a second factor (TOTP, RFC 6238: SHA-1, 6 digits, 30 s). The password is wiped in every case. */
enum sekisho_status sekisho_enroll_otp(struct sekisho_session *session, char *password, size_t password_length,
                                       uint8_t secret[SEKISHO_OTP_SECRET_LEN], struct sekisho_error *error);
/* Six digits of the secret: from now on a login needs them. */
enum sekisho_status sekisho_confirm_otp(struct sekisho_session *session, const char *otp, struct sekisho_error *error);

/* ---- life of an account ---- */

struct sekisho_account_request {
    const char *account;
    unsigned role; /* sekisho_role_of */
    enum sekisho_account_kind kind;
    const char *person, *organisation;
    const char *purpose; /* why */
    uint32_t until;      /* its last day, yyyymmdd; 0: none */
};
enum sekisho_status sekisho_request_account(struct sekisho_session *session,
                                            const struct sekisho_account_request *request, struct sekisho_error *error);

enum sekisho_account_step {
    SEKISHO_APPROVE_ACCOUNT,
    SEKISHO_ISSUE_ACCOUNT,
    SEKISHO_LOCK_ACCOUNT,
    SEKISHO_UNLOCK_ACCOUNT,
    SEKISHO_SUSPEND_ACCOUNT,
    SEKISHO_RESUME_ACCOUNT,
    SEKISHO_RETURN_ACCOUNT,
    SEKISHO_RESET_PASSWORD,
    SEKISHO_INSPECT_ACCOUNT,
    SEKISHO_END_SESSION, /* of the account */
    SEKISHO_ACCOUNT_STEPS
};
struct sekisho_account_change {
    enum sekisho_account_step step;
    const char *account;
    const char *note; /* why, or what was found; NULL for APPROVE and ISSUE, a must for all others */
    uint32_t until;   /* RESUME: a new last day, yyyymmdd; 0: as it was */
};
/* One step of an account. ISSUE and RESET_PASSWORD give a temporary password, zero-terminated, which the caller wipes;
 * the others, and failures, an empty text. */
enum sekisho_status sekisho_change_account(struct sekisho_session *session, const struct sekisho_account_change *change,
                                           char temporary[SEKISHO_TEMPORARY_MAX + 1], struct sekisho_error *error);

/* ---- terminals ---- */

enum sekisho_terminal_kind {
    SEKISHO_TERMINAL_OPERATION = 1,
    SEKISHO_TERMINAL_JUKI,   /* of the resident network */
    SEKISHO_TERMINAL_CENTRE, /* of the registration centre */
    SEKISHO_TERMINAL_MACHINE,
};

struct sekisho_terminal {
    char terminal[SEKISHO_TERMINAL_MAX + 1];
    enum sekisho_terminal_kind kind;
    bool removed;
    int64_t added_us, removed_us;
    char added_by[SEKISHO_ACCOUNT_MAX + 1];
    uint8_t certificate[32]; /* SHA-256 of the DER certificate; zero: the local socket */
    char place[SEKISHO_REASON_MAX + 1];
};
/* Takes terminal, kind, certificate and place of the struct. */
enum sekisho_status sekisho_add_terminal(struct sekisho_session *session, const struct sekisho_terminal *terminal,
                                         struct sekisho_error *error);
enum sekisho_status sekisho_remove_terminal(struct sekisho_session *session, const char *terminal, const char *note,
                                            struct sekisho_error *error);
/* SHA-256 of the first certificate of a PEM file, as a terminal is bound to it. */
enum sekisho_status sekisho_certificate_hash(const char *path, uint8_t hash[32], struct sekisho_error *error);

/* ---- lists ---- */

struct sekisho_live_session {
    char account[SEKISHO_ACCOUNT_MAX + 1];
    char terminal[SEKISHO_TERMINAL_MAX + 1];
    unsigned role;
    int64_t opened_us, last_used_us;
};

struct sekisho_account_filter { /* what is zero or NULL takes everything */
    const char *account;
    unsigned role;
    enum sekisho_account_state state;
};

/* A list that is read page by page. Free with sekisho_list_free, before its session. */
struct sekisho_list;

/* Each asks for the first page. `filter` may be NULL. */
enum sekisho_status sekisho_list_accounts(struct sekisho_session *session, const struct sekisho_account_filter *filter,
                                          struct sekisho_list **list, struct sekisho_error *error);
enum sekisho_status sekisho_list_sessions(struct sekisho_session *session, struct sekisho_list **list,
                                          struct sekisho_error *error);
enum sekisho_status sekisho_list_terminals(struct sekisho_session *session, struct sekisho_list **list,
                                           struct sekisho_error *error);
/* The next row of a list of this kind. *more is false at the end; then the row is not written. */
enum sekisho_status sekisho_next_account(struct sekisho_list *list, struct sekisho_account *account, bool *more,
                                         struct sekisho_error *error);
enum sekisho_status sekisho_next_session(struct sekisho_list *list, struct sekisho_live_session *row, bool *more,
                                         struct sekisho_error *error);
enum sekisho_status sekisho_next_terminal(struct sekisho_list *list, struct sekisho_terminal *terminal, bool *more,
                                          struct sekisho_error *error);
void sekisho_list_free(struct sekisho_list *list);

/* ---- names ---- */

/* Stable English names, as OFFICER, ACTIVE, OPERATION; "UNKNOWN" for another value. */
const char *sekisho_account_kind_name(enum sekisho_account_kind kind);
const char *sekisho_account_state_name(enum sekisho_account_state state);
const char *sekisho_terminal_kind_name(enum sekisho_terminal_kind kind);
/* The value of such a name in either case; 0: there is none. */
enum sekisho_account_kind sekisho_account_kind_of(const char *name);
enum sekisho_account_state sekisho_account_state_of(const char *name);
enum sekisho_terminal_kind sekisho_terminal_kind_of(const char *name);

#ifdef __cplusplus
}
#endif

#endif
