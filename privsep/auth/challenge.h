/*
 * Login challenges. A challenge costs auth no memory until it is used: it carries its own expiry and a MAC under a key
 * that lives as long as the process. Used ones are remembered until they expire, so each is accepted once; when too
 * many are remembered, logins are refused rather than a used one forgotten.
 *
 *     u64 expiry (CLOCK_BOOTTIME, ms) || random[8] || HMAC-SHA-256(key, expiry || random) [first 16 bytes]
 */
#ifndef SEKISHO_AUTH_CHALLENGE_H
#define SEKISHO_AUTH_CHALLENGE_H

#include <stdint.h>

#include "crypto/hash.h"
#include "wire/messages.h"

#define CHALLENGE_TTL_MS 60000

enum challenge_verdict {
    CHALLENGE_ACCEPTED, /* and used up by this */
    CHALLENGE_FOREIGN,  /* not made by this process, or expired */
    CHALLENGE_USED,
    CHALLENGE_SET_FULL, /* not used up: may be tried again */
};

struct challenges;

/* `key` is copied into libcrypto's context. NULL when there is no memory. */
struct challenges *challenges_new(const uint8_t key[HASH_LEN]);
void challenges_free(struct challenges *challenges);

/* `now_ms`: CLOCK_BOOTTIME, which also counts a suspended machine. 0, or -1 when libcrypto fails. */
int challenge_make(struct challenges *challenges, uint64_t now_ms, uint8_t challenge[CHALLENGE_LEN]);
enum challenge_verdict challenge_use(struct challenges *challenges, uint64_t now_ms,
                                     const uint8_t challenge[CHALLENGE_LEN]);

#endif
