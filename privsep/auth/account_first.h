/*
 * The first administrators of a register, made on the server's machine while it is stopped: there is no account that is
 * there by itself (F099, INV-14).
 */
#ifndef SEKISHO_AUTH_ACCOUNT_FIRST_H
#define SEKISHO_AUTH_ACCOUNT_FIRST_H

#include "auth/account_store.h"

struct first_administrator {
    uint16_t role; /* ROLE_OWN or ROLE_ADM */
    char account[ACCOUNT_LEN], terminal[TERMINAL_ID_LEN];
    char person[TEXT_PERSON_LEN], organisation[TEXT_ORGANISATION_LEN];
    uint8_t certificate[CERT_HASH_LEN]; /* that the terminal is bound to; zero: the local socket */
    const char *password;               /* a temporary one, of the same rules as any */
    size_t password_length;
};

enum first_result {
    FIRST_DONE,
    FIRST_BAD_FIELD,
    FIRST_WEAK_PASSWORD,
    FIRST_NOT_FIRST, /* there is an account of this role that can log in */
    FIRST_EXISTS,    /* the account's id is taken */
    FIRST_TERMINAL,  /* the terminal's id has another certificate, or the certificate another terminal */
};

/*
 * Makes the account ISSUED and the terminal, if that is not there. An account that is locked, suspended or returned, or
 * whose temporary password has grown too old, cannot log in: so that whoever has the machine can always let somebody in
 * again, and it is recorded. In the open transaction; 0 or an LMDB code, and *result: anything but DONE has changed
 * nothing.
 */
int account_first(struct account_store *store, struct account_tenant *tenant,
                  const struct first_administrator *administrator, uint32_t password_min_chars, int64_t now_us,
                  enum first_result *result);

#endif
