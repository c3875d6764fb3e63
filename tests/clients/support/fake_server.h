/*
 * A server in this process: auth's and vault's side of the sealed sessions, for one session at a time, on a unix
 * socket. It can lie as a hostile front can.
 */
#ifndef SEKISHO_CLIENT_TEST_FAKE_SERVER_H
#define SEKISHO_CLIENT_TEST_FAKE_SERVER_H

#include <stdbool.h>

#include "internal.h"

#define FAKE_ACCOUNT  "reception01"
#define FAKE_PASSWORD "Correct-Horse-9"

enum lie {
    LIE_NONE,
    LIE_LOGIN_KEY,    /* shows a login key of its own */
    LIE_WELCOME,      /* changes a bit of the welcome */
    LIE_EPHEMERAL,    /* shows another ephemeral key */
    LIE_SESSION_NAME, /* a session of another prefecture */
    LIE_RESULT,       /* changes an outcome in the clear part */
    LIE_SEQUENCE,     /* labels an answer with another call's number */
    LIE_SWAP,         /* gives the answer of the call before */
    LIE_BUSY_ONCE,    /* refuses one call with BUSY; no lie */
    LIE_END_STREAM,   /* ends a stream before its answers */
};

struct fake_server;
struct fake_accounts;

struct fake_server *fake_start(const char *socket_path);
void fake_stop(struct fake_server *server);
void fake_lie(struct fake_server *server, enum lie lie);
/* What the next welcome says that the account must do (enum welcome_flag). */
void fake_must(struct fake_server *server, unsigned flags);
/* The second factor of the last login, zero-terminated. */
const char *fake_otp(const struct fake_server *server);
/* Its side of account calls (support/fake_accounts.h). */
struct fake_accounts *fake_accounts_of(struct fake_server *server);
/* What clients pin. */
void fake_pin(const struct fake_server *server, char pin[SEKISHO_FINGERPRINT_LEN + 1]);

/* Opens a citizen's blob as the vault does. 0, or -1. */
int fake_open_citizen(const struct fake_server *server, unsigned prefecture, const uint8_t nonce[APPLICATION_NONCE_LEN],
                      const char *portal, const uint8_t blob[CITIZEN_BLOB_LEN], char number[NUMBER_LEN]);

/* The fake vault's rule: a reference matches when its first byte is the number's first digit. */
static inline bool fake_matches(const uint8_t reference[REFERENCE_LEN], char first_digit)
{
    return reference[0] == (uint8_t)first_digit;
}

#endif
