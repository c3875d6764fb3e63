#include "crypto/hpke.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"

/* RFC 9180 sections 4.1 and 5.1: labels are bound to the KEM, or to the whole suite. */
static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02};
static const uint8_t version_label[] = {'H', 'P', 'K', 'E', '-', 'v', '1'};

#define MODE_BASE 0x00

struct suite {
    const uint8_t *id;
    size_t length;
};
static const struct suite kem = {kem_suite, sizeof kem_suite};
static const struct suite whole = {hpke_suite, sizeof hpke_suite};

/* LabeledExtract of RFC 9180 section 4. */
static int labeled_extract(struct suite suite, const void *salt, size_t salt_length, const char *label, const void *ikm,
                           size_t ikm_length, uint8_t prk[HASH_LEN])
{
    const struct iovec parts[] = {
        piece(version_label, sizeof version_label),
        piece(suite.id, suite.length),
        piece(label, strlen(label)),
        piece(ikm, ikm_length),
    };
    return hkdf_extract_parts(salt, salt_length, parts, 4, prk);
}

/* LabeledExpand of RFC 9180 section 4. */
static int labeled_expand(struct suite suite, const uint8_t prk[HASH_LEN], const char *label, const void *info,
                          size_t info_length, uint8_t *out, size_t length)
{
    const uint8_t wanted[2] = {(uint8_t)(length >> 8), (uint8_t)length};
    const struct iovec parts[] = {
        piece(wanted, sizeof wanted),  piece(version_label, sizeof version_label),
        piece(suite.id, suite.length), piece(label, strlen(label)),
        piece(info, info_length),
    };
    return hkdf_expand_parts(prk, parts, 5, out, length);
}

int hpke_derive_key_pair(const void *ikm, size_t ikm_length, uint8_t private_key[HPKE_KEY_LEN],
                         uint8_t public_key[HPKE_KEY_LEN])
{
    uint8_t prk[HASH_LEN];
    int result = -1;

    if (labeled_extract(kem, NULL, 0, "dkp_prk", ikm, ikm_length, prk) == 0 &&
        labeled_expand(kem, prk, "sk", NULL, 0, private_key, HPKE_KEY_LEN) == 0 &&
        x25519_public(private_key, public_key) == 0)
        result = 0;
    crypto_wipe(prk, sizeof prk);
    if (result != 0)
        crypto_wipe(private_key, HPKE_KEY_LEN);
    return result;
}

/* ExtractAndExpand of RFC 9180 section 4.1: dh, bound to both public keys, becomes the shared secret. */
static int extract_and_expand(const uint8_t dh[HPKE_KEY_LEN], const uint8_t enc[HPKE_KEY_LEN],
                              const uint8_t recipient_public[HPKE_KEY_LEN], uint8_t shared[HASH_LEN])
{
    uint8_t kem_context[2 * HPKE_KEY_LEN], prk[HASH_LEN];
    int result = -1;

    memcpy(kem_context, enc, HPKE_KEY_LEN);
    memcpy(kem_context + HPKE_KEY_LEN, recipient_public, HPKE_KEY_LEN);
    if (labeled_extract(kem, NULL, 0, "eae_prk", dh, HPKE_KEY_LEN, prk) == 0 &&
        labeled_expand(kem, prk, "shared_secret", kem_context, sizeof kem_context, shared, HASH_LEN) == 0)
        result = 0;
    crypto_wipe(prk, sizeof prk);
    return result;
}

/* KeySchedule of RFC 9180 section 5.1 for mode_base: no PSK, so psk and psk_id are empty. */
static int key_schedule(const uint8_t shared[HASH_LEN], const void *info, size_t info_length,
                        struct hpke_context *context)
{
    uint8_t schedule[1 + 2 * HASH_LEN] = {MODE_BASE}, secret[HASH_LEN];
    int result = -1;

    if (labeled_extract(whole, NULL, 0, "psk_id_hash", NULL, 0, schedule + 1) == 0 &&
        labeled_extract(whole, NULL, 0, "info_hash", info, info_length, schedule + 1 + HASH_LEN) == 0 &&
        labeled_extract(whole, shared, HASH_LEN, "secret", NULL, 0, secret) == 0 &&
        labeled_expand(whole, secret, "key", schedule, sizeof schedule, context->key, sizeof context->key) == 0 &&
        labeled_expand(whole, secret, "base_nonce", schedule, sizeof schedule, context->base_nonce,
                       sizeof context->base_nonce) == 0 &&
        labeled_expand(whole, secret, "exp", schedule, sizeof schedule, context->exporter_secret,
                       sizeof context->exporter_secret) == 0)
        result = 0;
    crypto_wipe(secret, sizeof secret);
    context->seq = 0;
    return result;
}

/* From the raw exchange to a ready context; sender and recipient do the same from here on. */
static int set_up(const uint8_t dh[HPKE_KEY_LEN], const uint8_t enc[HPKE_KEY_LEN],
                  const uint8_t recipient_public[HPKE_KEY_LEN], const void *info, size_t info_length,
                  struct hpke_context *context)
{
    uint8_t shared[HASH_LEN];
    int result = extract_and_expand(dh, enc, recipient_public, shared);

    if (result == 0)
        result = key_schedule(shared, info, info_length, context);
    crypto_wipe(shared, sizeof shared);
    return result;
}

int hpke_setup_sender(const uint8_t recipient_public[HPKE_KEY_LEN], const void *info, size_t info_length,
                      const void *ikm_e, size_t ikm_e_length, uint8_t enc[HPKE_KEY_LEN], struct hpke_context *context)
{
    uint8_t ephemeral[HPKE_KEY_LEN], dh[HPKE_KEY_LEN];
    int result = ikm_e ? hpke_derive_key_pair(ikm_e, ikm_e_length, ephemeral, enc) : x25519_key_pair(ephemeral, enc);

    if (result == 0)
        result = x25519(ephemeral, recipient_public, dh);
    if (result == 0)
        result = set_up(dh, enc, recipient_public, info, info_length, context);
    crypto_wipe(ephemeral, sizeof ephemeral);
    crypto_wipe(dh, sizeof dh);
    if (result != 0)
        crypto_wipe(context, sizeof *context);
    return result;
}

int hpke_setup_recipient(const uint8_t recipient_private[HPKE_KEY_LEN], const uint8_t enc[HPKE_KEY_LEN],
                         const void *info, size_t info_length, struct hpke_context *context)
{
    uint8_t recipient_public[HPKE_KEY_LEN], dh[HPKE_KEY_LEN];
    int result = x25519_public(recipient_private, recipient_public);

    if (result == 0)
        result = x25519(recipient_private, enc, dh);
    if (result == 0)
        result = set_up(dh, enc, recipient_public, info, info_length, context);
    crypto_wipe(dh, sizeof dh);
    if (result != 0)
        crypto_wipe(context, sizeof *context);
    return result;
}

/* ComputeNonce of RFC 9180 section 5.2. */
static void compute_nonce(const struct hpke_context *context, uint8_t nonce[AEAD_NONCE_LEN])
{
    memcpy(nonce, context->base_nonce, AEAD_NONCE_LEN);
    for (int i = 0; i < 8; i++)
        nonce[AEAD_NONCE_LEN - 1 - i] ^= (uint8_t)(context->seq >> (8 * i));
}

/* The last value is never used, so that the counter cannot wrap into a nonce that was used before. */
static int exhausted(const struct hpke_context *context)
{
    return context->seq == UINT64_MAX;
}

int hpke_seal(struct hpke_context *context, const void *aad, size_t aad_length, const void *plain, size_t length,
              uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE_LEN];

    if (exhausted(context))
        return -1;
    struct aead *aead = aead_new(context->key);
    if (!aead)
        return -1;
    compute_nonce(context, nonce);
    int result = aead_seal(aead, nonce, aad, aad_length, plain, length, out);
    aead_free(aead);
    if (result == 0)
        context->seq++;
    return result;
}

int hpke_open(struct hpke_context *context, const void *aad, size_t aad_length, const uint8_t *sealed,
              size_t sealed_length, void *out)
{
    uint8_t nonce[AEAD_NONCE_LEN];

    if (exhausted(context))
        return -1;
    struct aead *aead = aead_new(context->key);
    if (!aead)
        return -1;
    compute_nonce(context, nonce);
    int result = aead_open(aead, nonce, aad, aad_length, sealed, sealed_length, out);
    aead_free(aead);
    if (result == 0)
        context->seq++;
    return result;
}

int hpke_export(const struct hpke_context *context, const void *exporter_context, size_t exporter_context_length,
                uint8_t *out, size_t length)
{
    return labeled_expand(whole, context->exporter_secret, "sec", exporter_context, exporter_context_length, out,
                          length);
}
