#include "unseal/unseal.h"

#include <stddef.h>

static const char *const texts[UNSEAL_STATUS_COUNT] = {
    [UNSEAL_DONE] = "the root key is open",
    [UNSEAL_NO_SECRET] = "no passphrase or PIN: the line is missing, empty or too long, or the prompt was left",
    [UNSEAL_NOT_WRAPPED] = "the file is not a wrapped root key of a known version, or is cut short",
    [UNSEAL_OTHER_SOURCE] = "the file is wrapped for the other source (passphrase, token)",
    [UNSEAL_BAD_COSTS] = "the file's Argon2id costs are out of bounds",
    [UNSEAL_NO_MEMORY] = "there is not the memory that the file's Argon2id costs ask for",
    [UNSEAL_REFUSED] = "the root key does not open: wrong passphrase, another token's file, or the file was changed",
    [UNSEAL_BAD_URI] = "not a PKCS#11 URI of a key on a token without a PIN in it",
    [UNSEAL_NO_MODULE] = "the PKCS#11 module cannot be loaded",
    [UNSEAL_NO_TOKEN] = "the PKCS#11 module shows not exactly one such token",
    [UNSEAL_PIN_REFUSED] = "the token refuses the PIN",
    [UNSEAL_PIN_LOCKED] = "the token's PIN is locked",
    [UNSEAL_NO_KEY] = "the token has no such AES key",
    [UNSEAL_OTHER_KEY] = "the token has several such keys, or one that is not AES-256",
    [UNSEAL_TOKEN_FAILED] = "the token failed",
    [UNSEAL_BAD_USE] = "was not started by a warden of this build",
};

const char *unseal_status_text(unsigned status)
{
    return status < UNSEAL_STATUS_COUNT ? texts[status] : "ended without a known reason";
}
