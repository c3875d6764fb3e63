#include "auth/otp.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/hash.h"

#define SHA1_LEN  20
#define SECOND_US INT64_C(1000000)
#define AAD_LABEL "sekisho/v1 second factor"
#define AAD_LEN   (sizeof AAD_LABEL - 1 + sizeof(uint16_t) + ACCOUNT_LEN)

int otp_code(const uint8_t secret[OTP_SECRET_LEN], uint64_t step, char code[8])
{
    uint8_t counter[8], mac[SHA1_LEN];
    unsigned length = sizeof mac;

    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (uint8_t)step;
    if (!HMAC(EVP_sha1(), secret, OTP_SECRET_LEN, counter, sizeof counter, mac, &length) || length != SHA1_LEN)
        return -1;
    const uint8_t *at = mac + (mac[SHA1_LEN - 1] & 0x0f); /* dynamic truncation */
    uint32_t value = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    crypto_wipe(mac, sizeof mac);
    memset(code, 0, 8);
    for (int i = OTP_DIGITS - 1; i >= 0; i--, value /= 10)
        code[i] = (char)('0' + value % 10);
    return 0;
}

bool otp_accept(const uint8_t secret[OTP_SECRET_LEN], const char code[8], int64_t now_us, uint64_t *last_step)
{
    uint64_t now = now_us > 0 ? (uint64_t)(now_us / SECOND_US) / OTP_STEP_S : 0;
    uint64_t found = 0;
    char right[8];

    if (now == 0)
        return false;
    for (uint64_t step = now - 1; step <= now + 1; step++)
        if (step > *last_step && otp_code(secret, step, right) == 0 && crypto_equal(right, code, sizeof right))
            found = step;
    crypto_wipe(right, sizeof right);
    if (found == 0)
        return false;
    *last_step = found;
    return true;
}

int otp_key(struct account_store *store, const uint8_t login_private[X25519_LEN])
{
    static const uint8_t any[OTP_SECRET_LEN];
    static const char info[] = "sekisho/v1 second factors";
    uint8_t prk[HASH_LEN], key[AEAD_KEY_LEN];
    char code[8];

    int rc = hkdf_extract("", 0, login_private, X25519_LEN, prk);
    if (rc == 0)
        rc = hkdf_expand(prk, info, sizeof info - 1, key, sizeof key);
    store->otp_key = rc == 0 ? aead_new(key) : NULL;
    crypto_wipe(prk, sizeof prk);
    crypto_wipe(key, sizeof key);
    return store->otp_key && otp_code(any, 1, code) == 0 ? 0 : -1;
}

static void fill_aad(uint16_t tenant, const char account[ACCOUNT_LEN], uint8_t aad[AAD_LEN])
{
    uint8_t *at = aad;

    memcpy(at, AAD_LABEL, sizeof AAD_LABEL - 1);
    at += sizeof AAD_LABEL - 1;
    memcpy(at, &tenant, sizeof tenant);
    memcpy(at + sizeof tenant, account, ACCOUNT_LEN);
}

int otp_seal(const struct account_store *store, uint16_t tenant, const char account[ACCOUNT_LEN],
             const uint8_t secret[OTP_SECRET_LEN], uint8_t sealed[SEALED_OTP_SECRET_LEN])
{
    uint8_t aad[AAD_LEN];

    if (!store->otp_key)
        return -1;
    fill_aad(tenant, account, aad);
    crypto_random(sealed, AEAD_NONCE_LEN);
    return aead_seal(store->otp_key, sealed, aad, sizeof aad, secret, OTP_SECRET_LEN, sealed + AEAD_NONCE_LEN);
}

int otp_open(const struct account_store *store, uint16_t tenant, const char account[ACCOUNT_LEN],
             const uint8_t sealed[SEALED_OTP_SECRET_LEN], uint8_t secret[OTP_SECRET_LEN])
{
    uint8_t aad[AAD_LEN];

    if (!store->otp_key)
        return -1;
    fill_aad(tenant, account, aad);
    return aead_open(store->otp_key, sealed, aad, sizeof aad, sealed + AEAD_NONCE_LEN,
                     SEALED_OTP_SECRET_LEN - AEAD_NONCE_LEN, secret);
}
