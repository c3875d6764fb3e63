/* SHA-256 (FIPS 180-4), HMAC (RFC 2104) and HKDF (RFC 5869) over libcrypto, with algorithms fetched once. */
#ifndef SEKISHO_CRYPTO_HASH_H
#define SEKISHO_CRYPTO_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define HASH_LEN 32

/* Fetches every algorithm this library uses and makes the first random bytes, so that nothing is loaded after a sandbox
 * is closed. Call once, before any other function of privsep/crypto, in every process. 0, or -1. */
int crypto_init(void);

/* Random bytes from the kernel (getrandom(2)); aborts the process when the kernel refuses. */
void crypto_random(void *out, size_t length);

/* Overwrites memory in a way the compiler keeps. */
void crypto_wipe(void *memory, size_t length);

/* Equal or not in time that depends on length only. Returns 1 when equal. */
int crypto_equal(const void *a, const void *b, size_t length);

/* Whether all bytes are zero, in time that depends on length only. */
bool crypto_all_zero(const void *memory, size_t length);

int sha256(const void *data, size_t length, uint8_t out[HASH_LEN]);
int sha256_parts(const struct iovec *parts, size_t count, uint8_t out[HASH_LEN]);

/* Keyed PRF with the key schedule kept: HMAC-SHA-256. */
struct prf;
struct prf *prf_new(const uint8_t key[HASH_LEN]);
void prf_free(struct prf *prf);
int prf(struct prf *context, const void *data, size_t length, uint8_t out[HASH_LEN]);

int hkdf_extract(const void *salt, size_t salt_length, const void *ikm, size_t ikm_length, uint8_t prk[HASH_LEN]);
/* length <= 255 * HASH_LEN */
int hkdf_expand(const uint8_t prk[HASH_LEN], const void *info, size_t info_length, uint8_t *out, size_t length);

#endif
