/*
 * libsekisho, the access records (アクセス記録): who logged in, failed to, logged out, and every account call, with
 * account, terminal, time, operation and object. Heads, proofs and the whole tree are those of sekisho_ledger.h with
 * SEKISHO_LEDGER_ACCESS; here are the records themselves. Conventions are those of sekisho.h, reasons of refusals those
 * of sekisho_accounts.h.
 */
#ifndef SEKISHO_ACCESS_H
#define SEKISHO_ACCESS_H

#include "sekisho_accounts.h"
#include "sekisho_ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

enum sekisho_access_event {
    SEKISHO_ACCESS_LOGIN = 1,
    SEKISHO_ACCESS_LOGIN_FAILED, /* `result` says why: sekisho_login_refusal_name */
    SEKISHO_ACCESS_LOGOUT,
    SEKISHO_ACCESS_SESSION_EXPIRED,
    SEKISHO_ACCESS_SESSION_DISPLACED,  /* the account logged in again */
    SEKISHO_ACCESS_SESSION_TERMINATED, /* by an administrator, or because account or terminal were closed */
    SEKISHO_ACCESS_OPERATION,          /* an account call: sekisho_account_operation_name, _result_name */
    SEKISHO_ACCESS_LOCKED,             /* too many bad logins */
    SEKISHO_ACCESS_DORMANT,
    SEKISHO_ACCESS_CONTRACT_ENDED,
    SEKISHO_ACCESS_METHOD_REFUSED,      /* as the front says: may be untrue. `operation` is the method's number */
    SEKISHO_ACCESS_CERTIFICATE_REFUSED, /* as the front says: may be untrue */
    SEKISHO_ACCESS_FIRST_ADMINISTRATOR, /* made offline */
};

struct sekisho_access_record {
    uint64_t index;
    int64_t time_us;
    unsigned prefecture;
    enum sekisho_access_event event;
    unsigned operation, result;
    unsigned role, object_role;              /* sekisho_role_name; 0: none */
    char account[SEKISHO_ACCOUNT_MAX + 1];   /* who; empty: no account of this prefecture */
    char terminal[SEKISHO_TERMINAL_MAX + 1]; /* from where; empty: none of the list */
    char object[SEKISHO_ACCOUNT_MAX + 1];    /* what it was done to; of LOGIN_FAILED the id as it was sent */
    uint8_t session[16], certificate[32];    /* of the connection; zero: none, or the local socket */
    int64_t start_us, end_us;                /* of lists and reviews of access records: the period */
    uint32_t findings;                       /* of a review */
    char note[SEKISHO_REASON_MAX + 1];       /* text that came with it: the leaf has its hash */
    uint8_t leaf_hash[SEKISHO_HASH_LEN];     /* computed from `data` */
    uint8_t data[264];                       /* the exact bytes of the leaf's readable part */
};

/* Decodes the readable part of a leaf and the note that was kept with it (NULL: none): false when it is none, or the
 * note is not the one that the leaf was made with. */
bool sekisho_access_decode(const uint8_t data[264], const char *note, size_t note_length,
                           struct sekisho_access_record *record);

/* What is NULL or 0 takes everything. */
struct sekisho_access_filter {
    const char *account; /* as who did it, or whom it was done to */
    const char *terminal;
    enum sekisho_access_event event;
    unsigned role;            /* of who did it */
    int64_t start_us, end_us; /* end is exclusive */
};
bool sekisho_access_matches(const struct sekisho_access_filter *filter, const struct sekisho_access_record *record);

struct sekisho_access_reader; /* free with sekisho_access_close, before its session */

/* Records of the session's prefecture, oldest first, of leaves below `size`. The filter's strings must outlive it. */
enum sekisho_status sekisho_access_read(struct sekisho_session *session, const struct sekisho_access_filter *filter,
                                        uint64_t size, struct sekisho_access_reader **reader,
                                        struct sekisho_error *error);
/* *record is valid until the next call; NULL after the last one. Its bytes are not checked against the tree yet:
 * sekisho_ledger_inclusion does. */
enum sekisho_status sekisho_access_next(struct sekisho_access_reader *reader,
                                        const struct sekisho_access_record **record, struct sekisho_error *error);
void sekisho_access_close(struct sekisho_access_reader *reader);

/* As sekisho_ledger_visit. */
typedef enum sekisho_status sekisho_access_visit(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                                 const struct sekisho_access_record *record,
                                                 struct sekisho_error *error);
/* As sekisho_ledger_walk, of the access records: with a session every record is read and compared with its leaf. */
enum sekisho_status sekisho_access_walk(struct sekisho_client *client, struct sekisho_session *session,
                                        const struct sekisho_checkpoint *head, sekisho_access_visit *visit, void *user,
                                        struct sekisho_error *error);

struct sekisho_login_review {
    int64_t start_us, end_us; /* the period that was looked at: over, end is exclusive */
    uint32_t findings;
    const char *note; /* what is to be improved; a must with findings, else may be NULL */
};
/* Signs off that the failed logins of a period were looked at. *index is the sign-off's in the access records. */
enum sekisho_status sekisho_review_logins(struct sekisho_session *session, const struct sekisho_login_review *review,
                                          uint64_t *index, struct sekisho_error *error);

/* Stable English names; "UNKNOWN" for another value. */
const char *sekisho_access_event_name(enum sekisho_access_event event);
const char *sekisho_account_operation_name(unsigned operation);
const char *sekisho_account_result_name(unsigned result);
const char *sekisho_login_refusal_name(unsigned refusal);
/* 0 for a name that is none. */
enum sekisho_access_event sekisho_access_event_of(const char *name);

#ifdef __cplusplus
}
#endif

#endif
