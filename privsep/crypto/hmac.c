#include "crypto/hmac.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/algorithms.h"

struct prf {
    EVP_MAC_CTX *mac;
};

/* A context with the key schedule made; the digest of a MAC can only be named by a parameter. */
static EVP_MAC_CTX *mac_new(const void *key, size_t key_length)
{
    char digest[] = "SHA2-256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(algorithm_hmac);

    if (mac && EVP_MAC_init(mac, key, key_length, parameters) == 1)
        return mac;
    EVP_MAC_CTX_free(mac);
    return NULL;
}

static int mac_final(EVP_MAC_CTX *mac, uint8_t out[HASH_LEN])
{
    size_t length = 0;

    return EVP_MAC_final(mac, out, &length, HASH_LEN) == 1 && length == HASH_LEN ? 0 : -1;
}

static int mac_update_parts(EVP_MAC_CTX *mac, const struct iovec *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (EVP_MAC_update(mac, parts[i].iov_base, parts[i].iov_len) != 1)
            return -1;
    return 0;
}

struct prf *prf_new(const uint8_t key[HASH_LEN])
{
    struct prf *context = OPENSSL_zalloc(sizeof *context);

    if (!context)
        return NULL;
    context->mac = mac_new(key, HASH_LEN);
    if (context->mac)
        return context;
    OPENSSL_free(context);
    return NULL;
}

void prf_free(struct prf *context)
{
    if (!context)
        return;
    EVP_MAC_CTX_free(context->mac);
    OPENSSL_free(context);
}

int prf(struct prf *context, const void *data, size_t length, uint8_t out[HASH_LEN])
{
    /* No key: the schedule is kept, which is most of the cost of a short message. */
    if (EVP_MAC_init(context->mac, NULL, 0, NULL) != 1 || EVP_MAC_update(context->mac, data, length) != 1)
        return -1;
    return mac_final(context->mac, out);
}

int hkdf_extract_parts(const void *salt, size_t salt_length, const struct iovec *ikm, size_t ikm_count,
                       uint8_t prk[HASH_LEN])
{
    static const uint8_t no_salt[HASH_LEN];
    EVP_MAC_CTX *mac = mac_new(salt_length ? salt : no_salt, salt_length ? salt_length : sizeof no_salt);
    int result = mac && mac_update_parts(mac, ikm, ikm_count) == 0 ? mac_final(mac, prk) : -1;

    EVP_MAC_CTX_free(mac);
    return result;
}

/* T(n) of RFC 5869 section 2.3; `block` holds T(n - 1) before and T(n) after. */
static int expand_block(EVP_MAC_CTX *mac, const struct iovec *info, size_t info_count, uint8_t counter,
                        uint8_t block[HASH_LEN])
{
    if (EVP_MAC_init(mac, NULL, 0, NULL) != 1)
        return -1;
    if (counter > 1 && EVP_MAC_update(mac, block, HASH_LEN) != 1)
        return -1;
    if (mac_update_parts(mac, info, info_count) != 0 || EVP_MAC_update(mac, &counter, 1) != 1)
        return -1;
    return mac_final(mac, block);
}

int hkdf_expand_parts(const uint8_t prk[HASH_LEN], const struct iovec *info, size_t info_count, uint8_t *out,
                      size_t length)
{
    uint8_t block[HASH_LEN];
    size_t done = 0;
    int result = -1;

    if (length > 255 * HASH_LEN)
        return -1;
    EVP_MAC_CTX *mac = mac_new(prk, HASH_LEN);
    if (!mac)
        goto end;
    for (unsigned counter = 1; done < length; counter++) {
        size_t take = length - done < HASH_LEN ? length - done : HASH_LEN;
        if (expand_block(mac, info, info_count, (uint8_t)counter, block) != 0)
            goto end;
        memcpy(out + done, block, take);
        done += take;
    }
    result = 0;
end:
    if (result != 0)
        crypto_wipe(out, length);
    crypto_wipe(block, sizeof block);
    EVP_MAC_CTX_free(mac);
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
