#include "crypto/ed25519.h"

#include <stdlib.h>

#include <openssl/evp.h>

struct ed25519 {
    EVP_PKEY *key;
    EVP_MD_CTX *context;
};

struct ed25519 *ed25519_new(const uint8_t seed[ED25519_KEY_LEN], uint8_t public_key[ED25519_KEY_LEN])
{
    struct ed25519 *key = calloc(1, sizeof *key);
    size_t length = ED25519_KEY_LEN;

    if (!key)
        return NULL;
    key->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_KEY_LEN);
    key->context = EVP_MD_CTX_new();
    if (key->key && key->context && EVP_PKEY_get_raw_public_key(key->key, public_key, &length) == 1)
        return key;
    ed25519_free(key);
    return NULL;
}

void ed25519_free(struct ed25519 *key)
{
    if (!key)
        return;
    EVP_MD_CTX_free(key->context);
    EVP_PKEY_free(key->key);
    free(key);
}

int ed25519_sign(struct ed25519 *key, const void *message, size_t length, uint8_t signature[ED25519_SIGNATURE_LEN])
{
    size_t signature_length = ED25519_SIGNATURE_LEN;

    /* One-shot by nature (RFC 8032 hashes the message twice); a context signs once and is reset. */
    int ok = EVP_MD_CTX_reset(key->context) == 1 && EVP_DigestSignInit(key->context, NULL, NULL, NULL, key->key) == 1 &&
             EVP_DigestSign(key->context, signature, &signature_length, message, length) == 1 &&
             signature_length == ED25519_SIGNATURE_LEN;
    return ok ? 0 : -1;
}

bool ed25519_verify(const uint8_t public_key[ED25519_KEY_LEN], const void *message, size_t length,
                    const uint8_t signature[ED25519_SIGNATURE_LEN])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ED25519_KEY_LEN);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, ED25519_SIGNATURE_LEN, message, length) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}
