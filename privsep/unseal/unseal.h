/*
 * What the warden's keeper and the unsealing processes agree on. An unsealing process lives for the moment in which a
 * wrapped root key is opened: before any other process of the set exists, and gone before one does.
 *
 *     sekisho-unseal UID              opens a file wrapped under a passphrase (unseal.def: no file system, no network)
 *     sekisho-unseal-token UID URI    has a PKCS#11 token open it (unseal_token.def: wider, for the token's module)
 *
 * UID 0: keep the user (in a user namespace). Nothing secret is an argument. The key goes to descriptor 5, the only
 * other thing that comes back is the exit status.
 */
#ifndef SEKISHO_UNSEAL_UNSEAL_H
#define SEKISHO_UNSEAL_UNSEAL_H

#include "wire/messages.h"

#define ROOT_KEY_LEN 32

enum unseal_fd {
    UNSEAL_FD_FILE = 3,   /* struct wrapped_key, regular file, read-only */
    UNSEAL_FD_SECRET = 4, /* passphrase or PIN: one line of a regular file, or a terminal to ask for it */
    UNSEAL_FD_KEY = 5,    /* memory of ROOT_KEY_LEN bytes that takes the key: secret memory or a memory file */
    UNSEAL_FD_MODULE = 6, /* sekisho-unseal-token only: the PKCS#11 module, regular file, read-only */
};

/* Exit statuses. Those from UNSEAL_STEP_FAILED on are that plus the enum sandbox_step that failed. */
enum unseal_status {
    UNSEAL_DONE = 0,
    UNSEAL_NO_SECRET,    /* no line to read, an empty one, one too long, or the prompt was left by Ctrl-C */
    UNSEAL_NOT_WRAPPED,  /* not a wrapped root key of a version known here, or shorter or longer than one */
    UNSEAL_OTHER_SOURCE, /* wrapped for the other of the two programs */
    UNSEAL_BAD_COSTS,    /* Argon2id costs out of bounds */
    UNSEAL_NO_MEMORY,    /* for these costs */
    UNSEAL_REFUSED,      /* does not open: wrong passphrase, another token's file, or changed (nobody can tell which) */
    UNSEAL_BAD_URI,      /* not a PKCS#11 URI (RFC 7512) of a key on a token, or one with a PIN in it */
    UNSEAL_NO_MODULE,    /* the module cannot be loaded */
    UNSEAL_NO_TOKEN,     /* the module shows no such token, or several */
    UNSEAL_PIN_REFUSED,
    UNSEAL_PIN_LOCKED, /* too many wrong ones: the token wants its security officer */
    UNSEAL_NO_KEY,     /* the token has no such AES key */
    UNSEAL_OTHER_KEY,  /* it has several, or one that is not of 256 bits */
    UNSEAL_TOKEN_FAILED,
    UNSEAL_BAD_USE, /* not started by a warden of this build */
    UNSEAL_STATUS_COUNT,
    UNSEAL_STEP_FAILED = 80,
};
_Static_assert(UNSEAL_STATUS_COUNT < UNSEAL_STEP_FAILED && UNSEAL_STEP_FAILED + STEP_COUNT < 127, "exit statuses");

/* A sentence for the log; never NULL. Not for UNSEAL_STEP_FAILED and above. */
const char *unseal_status_text(unsigned status);

#endif
