/* Ed25519 signatures (RFC 8032) over libcrypto, with the expanded key kept. */
#ifndef SEKISHO_CRYPTO_ED25519_H
#define SEKISHO_CRYPTO_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ED25519_KEY_LEN       32 /* seeds (private) and public keys */
#define ED25519_SIGNATURE_LEN 64

struct ed25519; /* a signing key; wiped by ed25519_free */

/* NULL when libcrypto fails. `public_key` is written. */
struct ed25519 *ed25519_new(const uint8_t seed[ED25519_KEY_LEN], uint8_t public_key[ED25519_KEY_LEN]);
void ed25519_free(struct ed25519 *key); /* NULL is fine */

/* 0, or -1 when libcrypto fails. */
int ed25519_sign(struct ed25519 *key, const void *message, size_t length, uint8_t signature[ED25519_SIGNATURE_LEN]);

bool ed25519_verify(const uint8_t public_key[ED25519_KEY_LEN], const void *message, size_t length,
                    const uint8_t signature[ED25519_SIGNATURE_LEN]);

#endif
