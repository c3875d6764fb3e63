#include "crypto/hpke.h"

#include <openssl/evp.h>

#include "crypto/hash.h"

/* libcrypto clamps a private key whenever it uses one (RFC 7748 section 5, decodeScalar25519). */

int x25519_public(const uint8_t private_key[HPKE_KEY_LEN], uint8_t public_key[HPKE_KEY_LEN])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key, HPKE_KEY_LEN);
    size_t length = HPKE_KEY_LEN;
    int ok = key && EVP_PKEY_get_raw_public_key(key, public_key, &length) == 1 && length == HPKE_KEY_LEN;

    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}

int x25519_key_pair(uint8_t private_key[HPKE_KEY_LEN], uint8_t public_key[HPKE_KEY_LEN])
{
    crypto_random(private_key, HPKE_KEY_LEN);
    if (x25519_public(private_key, public_key) == 0)
        return 0;
    crypto_wipe(private_key, HPKE_KEY_LEN);
    return -1;
}

static int derive(EVP_PKEY *own, EVP_PKEY *peer, uint8_t out[HPKE_KEY_LEN])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
    size_t length = HPKE_KEY_LEN;
    int ok = context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1 &&
             EVP_PKEY_derive(context, out, &length) == 1 && length == HPKE_KEY_LEN;

    EVP_PKEY_CTX_free(context);
    return ok ? 0 : -1;
}

int x25519(const uint8_t private_key[HPKE_KEY_LEN], const uint8_t peer_public[HPKE_KEY_LEN], uint8_t out[HPKE_KEY_LEN])
{
    static const uint8_t zero[HPKE_KEY_LEN];
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key, HPKE_KEY_LEN);
    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer_public, HPKE_KEY_LEN);
    int result = own && peer ? derive(own, peer, out) : -1;

    /* A peer key of small order makes a secret that everyone knows (RFC 7748 section 6.1, RFC 9180 section 7.1.4). */
    if (result == 0 && crypto_equal(out, zero, HPKE_KEY_LEN))
        result = -1;
    if (result != 0)
        crypto_wipe(out, HPKE_KEY_LEN);
    EVP_PKEY_free(own);
    EVP_PKEY_free(peer);
    return result;
}
