/*
 * HPKE, RFC 9180, base mode, one suite: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002.
 * Over libcrypto's X25519; OpenSSL 3.0 has no HPKE of its own (3.2 does).
 */
#ifndef SEKISHO_CRYPTO_HPKE_H
#define SEKISHO_CRYPTO_HPKE_H

#include <stddef.h>
#include <stdint.h>

#define HPKE_KEY_LEN 32 /* public keys, private keys and encapsulated keys */
#define HPKE_TAG_LEN 16

/* RFC 9180 section 7.1.3 DeriveKeyPair for DHKEM(X25519). */
int hpke_derive_key_pair(const void *ikm, size_t ikm_length, uint8_t private_key[HPKE_KEY_LEN],
                         uint8_t public_key[HPKE_KEY_LEN]);

/* Plain X25519 (RFC 7748). x25519 returns -1 on an all-zero result. */
int x25519_key_pair(uint8_t private_key[HPKE_KEY_LEN], uint8_t public_key[HPKE_KEY_LEN]);
int x25519_public(const uint8_t private_key[HPKE_KEY_LEN], uint8_t public_key[HPKE_KEY_LEN]);
int x25519(const uint8_t private_key[HPKE_KEY_LEN], const uint8_t peer_public[HPKE_KEY_LEN], uint8_t out[HPKE_KEY_LEN]);

/* Context after set-up: key schedule of RFC 9180 section 5.1. Wipe with crypto_wipe. All zero after a failed set-up. */
struct hpke_context {
    uint8_t key[32];
    uint8_t base_nonce[12];
    uint8_t exporter_secret[32];
    uint64_t seq;
};

/* SetupBaseS: makes an ephemeral pair (or derives it from ikm_e when not NULL: tests with vectors) and writes `enc`. */
int hpke_setup_sender(const uint8_t recipient_public[HPKE_KEY_LEN], const void *info, size_t info_length,
                      const void *ikm_e, size_t ikm_e_length, uint8_t enc[HPKE_KEY_LEN], struct hpke_context *context);
/* SetupBaseR */
int hpke_setup_recipient(const uint8_t recipient_private[HPKE_KEY_LEN], const uint8_t enc[HPKE_KEY_LEN],
                         const void *info, size_t info_length, struct hpke_context *context);

/* ContextS.Seal: out holds length + HPKE_TAG_LEN. ContextR.Open: out holds sealed_length - HPKE_TAG_LEN. The sequence
 * number advances only on success. */
int hpke_seal(struct hpke_context *context, const void *aad, size_t aad_length, const void *plain, size_t length,
              uint8_t *out);
int hpke_open(struct hpke_context *context, const void *aad, size_t aad_length, const uint8_t *sealed,
              size_t sealed_length, void *out);
/* Context.Export, RFC 9180 section 5.3 */
int hpke_export(const struct hpke_context *context, const void *exporter_context, size_t exporter_context_length,
                uint8_t *out, size_t length);

#endif
