/*
 * Decides a login whose seal has opened: account, password, terminal, state, lock-out, second factor. Whatever the
 * answer, one Argon2id is done and one leaf is appended, so that the time of an answer tells nothing of the account.
 */
#ifndef SEKISHO_AUTH_LOGIN_CHECK_H
#define SEKISHO_AUTH_LOGIN_CHECK_H

#include "auth/account_store.h"
#include "auth/lockout.h"
#include "crypto/hash.h"

struct login_attempt {
    const struct login_plain *plain; /* lengths and padding are checked */
    const uint8_t *certificate;      /* CERT_HASH_LEN bytes: of the connection, and the one inside the seal */
    const uint8_t *session;          /* SESSION_ID_LEN bytes: the id that it will have */
    int64_t now_us;                  /* UTC */
};

struct login_grant {
    bool granted;
    bool closed;                    /* the account has been locked or suspended by this: its session must end */
    uint16_t role;                  /* below: 0 unless granted */
    uint16_t flags;                 /* enum welcome_flag; any: the session is a fresh one */
    char account[ACCOUNT_LEN];      /* also with `closed` */
    char terminal[TERMINAL_ID_LEN]; /* that the certificate is bound to */
    uint8_t person[HASH_LEN];       /* SHA-256 of the holder's name and organisation */
};

/*
 * In the open transaction, which is to be committed also when the login is not granted: what it charges must be durable
 * before the answer. 0 or an LMDB code.
 */
int login_check(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                const struct login_attempt *attempt, struct login_grant *grant);

/* Counts a bad password of this account, and writes it; *closed: it is LOCKED by that, which is recorded. */
int login_charge(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                 const char id[ACCOUNT_LEN], struct stored_account *account, int64_t now_us, bool *closed);

/* The leaf of a login that is refused before login_check, or by it. `account`: NULL when there is none. */
int login_record_refusal(struct account_store *store, struct account_tenant *tenant,
                         const struct login_attempt *attempt, const struct stored_account *account,
                         enum login_refusal refusal);

#endif
