/*
 * Second factor: TOTP, RFC 6238, with what its authenticators have in common: HMAC-SHA-1, 30 s, 6 digits. A code of the
 * step before or after is taken, too (clocks differ); each step is good once (section 5.2). Secrets are stored sealed
 * under HKDF-Expand(HKDF-Extract("", login key), "sekisho/v1 second factors", 32): a stolen store is no second factor.
 */
#ifndef SEKISHO_AUTH_OTP_H
#define SEKISHO_AUTH_OTP_H

#include "auth/account_store.h"

#define OTP_STEP_S 30
#define OTP_DIGITS 6

enum otp_state { OTP_NONE, OTP_ENROLLED /* no code of it has been seen yet */, OTP_IN_USE };

/* Makes store->otp_key, and libcrypto fetch what codes need. 0, or -1 when libcrypto fails. */
int otp_key(struct account_store *store, const uint8_t login_private[X25519_LEN]);

/* The code of one step (RFC 4226 section 5.3), OTP_DIGITS digits and zeros. 0, or -1 when libcrypto fails. */
int otp_code(const uint8_t secret[OTP_SECRET_LEN], uint64_t step, char code[8]);

/* Whether `code` (zero-padded) is one of the steps about `now_us` after *last_step; takes it. */
bool otp_accept(const uint8_t secret[OTP_SECRET_LEN], const char code[8], int64_t now_us, uint64_t *last_step);

/* Seals for this account of this tenant alone. 0, or -1 when libcrypto fails. */
int otp_seal(const struct account_store *store, uint16_t tenant, const char account[ACCOUNT_LEN],
             const uint8_t secret[OTP_SECRET_LEN], uint8_t sealed[SEALED_OTP_SECRET_LEN]);
/* 0, or -1 when it does not open: another login key, or another account's. */
int otp_open(const struct account_store *store, uint16_t tenant, const char account[ACCOUNT_LEN],
             const uint8_t sealed[SEALED_OTP_SECRET_LEN], uint8_t secret[OTP_SECRET_LEN]);

#endif
