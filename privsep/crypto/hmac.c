/* For SHA-256 without EVP, see hash.c. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hmac.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

/* RFC 2104: the two hashes, each with its padded key taken in, so that a message costs no key set-up. */
struct prf {
    SHA256_CTX inner, outer;
};

static int take_pad(SHA256_CTX *hash, const uint8_t *key, size_t key_length, uint8_t fill)
{
    uint8_t pad[SHA256_CBLOCK];

    memset(pad, fill, sizeof pad);
    for (size_t i = 0; i < key_length; i++)
        pad[i] ^= key[i];
    int ok = SHA256_Init(hash) && SHA256_Update(hash, pad, sizeof pad);
    crypto_wipe(pad, sizeof pad);
    return ok ? 0 : -1;
}

static int hmac_key(struct prf *mac, const void *key, size_t key_length)
{
    uint8_t hashed[HASH_LEN];

    if (key_length > SHA256_CBLOCK) {
        if (sha256(key, key_length, hashed) != 0)
            return -1;
        key = hashed;
        key_length = sizeof hashed;
    }
    return take_pad(&mac->inner, key, key_length, 0x36) == 0 ? take_pad(&mac->outer, key, key_length, 0x5c) : -1;
}

/* SHA256_Final wipes what it has taken in, and the state left on the stack is the hash that it put out. */
static int hmac_parts(const struct prf *mac, const struct iovec *parts, size_t count, uint8_t out[HASH_LEN])
{
    SHA256_CTX hash = mac->inner;
    uint8_t inner[HASH_LEN];
    int ok = 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = SHA256_Update(&hash, parts[i].iov_base, parts[i].iov_len);
    ok = ok && SHA256_Final(inner, &hash);
    hash = mac->outer;
    return ok && SHA256_Update(&hash, inner, sizeof inner) && SHA256_Final(out, &hash) ? 0 : -1;
}

struct prf *prf_new(const uint8_t key[HASH_LEN])
{
    struct prf *context = OPENSSL_zalloc(sizeof *context);

    if (context && hmac_key(context, key, HASH_LEN) == 0)
        return context;
    prf_free(context);
    return NULL;
}

void prf_free(struct prf *context)
{
    OPENSSL_clear_free(context, sizeof *context);
}

int prf(struct prf *context, const void *data, size_t length, uint8_t out[HASH_LEN])
{
    const struct iovec part = piece(data, length);

    return hmac_parts(context, &part, 1, out);
}

int hkdf_extract_parts(const void *salt, size_t salt_length, const struct iovec *ikm, size_t ikm_count,
                       uint8_t prk[HASH_LEN])
{
    struct prf mac;

    /* HMAC fills its key with zeros: an empty salt is HASH_LEN zero bytes already. */
    int result = hmac_key(&mac, salt, salt_length) == 0 ? hmac_parts(&mac, ikm, ikm_count, prk) : -1;
    crypto_wipe(&mac, sizeof mac);
    return result;
}

int hkdf_expand_parts(const uint8_t prk[HASH_LEN], const struct iovec *info, size_t info_count, uint8_t *out,
                      size_t length)
{
    uint8_t block[HASH_LEN] = {0}, counter = 1;
    struct iovec parts[HKDF_INFO_PARTS_MAX + 2] = {piece(block, 0)};
    struct prf mac;

    if (length > 255 * HASH_LEN || info_count > HKDF_INFO_PARTS_MAX)
        return -1;
    memcpy(parts + 1, info, info_count * sizeof *info);
    parts[1 + info_count] = piece(&counter, 1);
    int result = hmac_key(&mac, prk, HASH_LEN);
    /* T(n) of RFC 5869 section 2.3; `block` holds T(n - 1) before and T(n) after. */
    for (size_t done = 0; result == 0 && done < length; counter++) {
        size_t take = length - done < HASH_LEN ? length - done : HASH_LEN;
        result = hmac_parts(&mac, parts, info_count + 2, block);
        parts[0].iov_len = HASH_LEN;
        memcpy(out + done, block, take);
        done += take;
    }
    if (result != 0)
        crypto_wipe(out, length);
    crypto_wipe(block, sizeof block);
    crypto_wipe(&mac, sizeof mac);
    return result;
}

int hkdf_extract(const void *salt, size_t salt_length, const void *ikm, size_t ikm_length, uint8_t prk[HASH_LEN])
{
    struct iovec part = piece(ikm, ikm_length);
    return hkdf_extract_parts(salt, salt_length, &part, 1, prk);
}

int hkdf_expand(const uint8_t prk[HASH_LEN], const void *info, size_t info_length, uint8_t *out, size_t length)
{
    struct iovec part = piece(info, info_length);
    return hkdf_expand_parts(prk, &part, 1, out, length);
}
