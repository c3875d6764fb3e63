/* HMAC-SHA-256 and HKDF over input in pieces, so that labelled input (RFC 9180 section 4) needs no buffer of its own.
 * Private to privsep/crypto. 0, or -1 when libcrypto fails. */
#ifndef SEKISHO_CRYPTO_HMAC_H
#define SEKISHO_CRYPTO_HMAC_H

#include "crypto/hash.h"

/* A piece of input; nothing here writes through it. */
static inline struct iovec piece(const void *data, size_t length)
{
    return (struct iovec){.iov_base = (void *)data, .iov_len = length};
}

/* An empty salt stands for HASH_LEN zero bytes (RFC 5869 section 2.2). */
int hkdf_extract_parts(const void *salt, size_t salt_length, const struct iovec *ikm, size_t ikm_count,
                       uint8_t prk[HASH_LEN]);
/* info_count <= HKDF_INFO_PARTS_MAX, length <= 255 * HASH_LEN; out is wiped on failure. */
#define HKDF_INFO_PARTS_MAX 5
int hkdf_expand_parts(const uint8_t prk[HASH_LEN], const struct iovec *info, size_t info_count, uint8_t *out,
                      size_t length);

#endif
