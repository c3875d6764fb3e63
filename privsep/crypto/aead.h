/* AES-256-GCM (NIST SP 800-38D) with a context kept per key: setting a key up costs more than sealing 44 bytes. */
#ifndef SEKISHO_CRYPTO_AEAD_H
#define SEKISHO_CRYPTO_AEAD_H

#include <stddef.h>
#include <stdint.h>

#define AEAD_KEY_LEN   32
#define AEAD_NONCE_LEN 12
#define AEAD_TAG_LEN   16

struct aead; /* owns an expanded key; wiped by aead_free */

struct aead *aead_new(const uint8_t key[AEAD_KEY_LEN]);
void aead_free(struct aead *aead); /* NULL is fine */

/* out holds length + AEAD_TAG_LEN bytes (ciphertext, tag) and may be `plain` itself. 0, or -1 when libcrypto fails. */
int aead_seal(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_length,
              const void *plain, size_t length, uint8_t *out);

/* As aead_seal with the associated data in two pieces. */
int aead_seal2(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad1, size_t aad1_length,
               const void *aad2, size_t aad2_length, const void *plain, size_t length, uint8_t *out);

/* sealed is ciphertext and tag; out holds sealed_length - AEAD_TAG_LEN bytes and is wiped when the tag is wrong. 0, or
 * -1 when it does not open, also when it is shorter than a tag. */
int aead_open(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_length,
              const uint8_t *sealed, size_t sealed_length, void *out);
int aead_open2(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad1, size_t aad1_length,
               const void *aad2, size_t aad2_length, const uint8_t *sealed, size_t sealed_length, void *out);

#endif
