/* SHA-256 directly: EVP allocates and frees a context for each message, which costs more than a message of a block. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "crypto/algorithms.h"
#include "crypto/hpke.h"

EVP_CIPHER *algorithm_aes256gcm;

/* X25519 handles cannot be handed to EVP_PKEY: one exchange makes libcrypto fetch and keep them by itself. */
static int warm_x25519(void)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], shared[HPKE_KEY_LEN];
    int result = -1;

    if (x25519_key_pair(private_key, public_key) == 0 && x25519(private_key, public_key, shared) == 0)
        result = 0;
    crypto_wipe(private_key, sizeof private_key);
    crypto_wipe(shared, sizeof shared);
    return result;
}

int crypto_init(void)
{
    uint8_t first[16];

    /* A configuration file could name providers to load: none is read, so the built-in code is all there ever is. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return -1;
    if (!algorithm_aes256gcm)
        algorithm_aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!algorithm_aes256gcm)
        return -1;
    if (RAND_bytes(first, sizeof first) != 1)
        return -1;
    crypto_wipe(first, sizeof first);
    return warm_x25519();
}

void crypto_random(void *out, size_t length)
{
    uint8_t *at = out;

    while (length > 0) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        /* Going on with predictable keys would be worse than ending. */
        if (got <= 0)
            abort();
        at += got;
        length -= (size_t)got;
    }
}

void crypto_wipe(void *memory, size_t length)
{
    OPENSSL_cleanse(memory, length);
}

int crypto_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

bool crypto_all_zero(const void *memory, size_t length)
{
    const uint8_t *bytes = memory;
    uint8_t any = 0;

    for (size_t i = 0; i < length; i++)
        any |= bytes[i];
    return any == 0;
}

int sha256_parts(const struct iovec *parts, size_t count, uint8_t out[HASH_LEN])
{
    SHA256_CTX context;
    int ok = SHA256_Init(&context);

    for (size_t i = 0; ok && i < count; i++)
        ok = SHA256_Update(&context, parts[i].iov_base, parts[i].iov_len);
    return ok && SHA256_Final(out, &context) ? 0 : -1;
}

int sha256(const void *data, size_t length, uint8_t out[HASH_LEN])
{
    const struct iovec part = {(void *)data, length};

    return sha256_parts(&part, 1, out);
}
