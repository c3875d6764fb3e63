#include "crypto/aead.h"

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>

#include "crypto/algorithms.h"
#include "crypto/hash.h"

struct aead {
    EVP_CIPHER_CTX *cipher; /* the key schedule stays; each message sets direction and nonce only */
};

struct aead *aead_new(const uint8_t key[AEAD_KEY_LEN])
{
    struct aead *aead = OPENSSL_zalloc(sizeof *aead);

    if (!aead)
        return NULL;
    aead->cipher = EVP_CIPHER_CTX_new();
    if (aead->cipher && EVP_EncryptInit_ex(aead->cipher, algorithm_aes256gcm, NULL, key, NULL) == 1)
        return aead;
    aead_free(aead);
    return NULL;
}

void aead_free(struct aead *aead)
{
    if (!aead)
        return;
    EVP_CIPHER_CTX_free(aead->cipher);
    OPENSSL_free(aead);
}

static int add_data(EVP_CIPHER_CTX *cipher, const void *data, size_t length)
{
    int ignored;

    if (length == 0)
        return 0;
    if (length > INT_MAX)
        return -1;
    return EVP_CipherUpdate(cipher, NULL, &ignored, data, (int)length) == 1 ? 0 : -1;
}

/* GCM has no padding: what goes in comes out at once, and the final call yields no bytes. */
static int crypt_text(EVP_CIPHER_CTX *cipher, const uint8_t *in, size_t length, uint8_t *out)
{
    int produced;

    if (length == 0)
        return 0;
    if (length > INT_MAX)
        return -1;
    return EVP_CipherUpdate(cipher, out, &produced, in, (int)length) == 1 && produced == (int)length ? 0 : -1;
}

int aead_seal2(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad1, size_t aad1_length,
               const void *aad2, size_t aad2_length, const void *plain, size_t length, uint8_t *out)
{
    EVP_CIPHER_CTX *cipher = aead->cipher;
    uint8_t none[AEAD_TAG_LEN];
    int ignored;

    if (EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, nonce) != 1)
        return -1;
    if (add_data(cipher, aad1, aad1_length) != 0 || add_data(cipher, aad2, aad2_length) != 0)
        return -1;
    if (crypt_text(cipher, plain, length, out) != 0 || EVP_EncryptFinal_ex(cipher, none, &ignored) != 1)
        return -1;
    return EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_LEN, out + length) == 1 ? 0 : -1;
}

static int open_text(EVP_CIPHER_CTX *cipher, const uint8_t *sealed, size_t length, uint8_t *out)
{
    uint8_t tag[AEAD_TAG_LEN], none[AEAD_TAG_LEN];
    int ignored;

    /* Copied: EVP takes the tag by a pointer to non-const. */
    memcpy(tag, sealed + length, sizeof tag);
    if (EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_LEN, tag) != 1)
        return -1;
    if (crypt_text(cipher, sealed, length, out) != 0)
        return -1;
    return EVP_DecryptFinal_ex(cipher, none, &ignored) == 1 ? 0 : -1;
}

int aead_open2(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad1, size_t aad1_length,
               const void *aad2, size_t aad2_length, const uint8_t *sealed, size_t sealed_length, void *out)
{
    EVP_CIPHER_CTX *cipher = aead->cipher;

    if (sealed_length < AEAD_TAG_LEN)
        return -1;
    size_t length = sealed_length - AEAD_TAG_LEN;
    if (EVP_DecryptInit_ex(cipher, NULL, NULL, NULL, nonce) == 1 && add_data(cipher, aad1, aad1_length) == 0 &&
        add_data(cipher, aad2, aad2_length) == 0 && open_text(cipher, sealed, length, out) == 0)
        return 0;
    /* GCM decrypts before it knows the tag: unauthenticated text must not stay where a caller could use it. */
    crypto_wipe(out, length);
    return -1;
}

int aead_seal(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_length,
              const void *plain, size_t length, uint8_t *out)
{
    return aead_seal2(aead, nonce, aad, aad_length, NULL, 0, plain, length, out);
}

int aead_open(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_length,
              const uint8_t *sealed, size_t sealed_length, void *out)
{
    return aead_open2(aead, nonce, aad, aad_length, NULL, 0, sealed, sealed_length, out);
}
