#include "auth/challenge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_LEN 8
#define MAC_LEN    16
#define SLOTS      16384 /* a power of two */
#define PROBES     16

struct challenge_parts {
    uint64_t expires_ms;
    uint64_t random;
    uint8_t mac[MAC_LEN];
};
_Static_assert(sizeof(struct challenge_parts) == CHALLENGE_LEN, "challenge layout");
_Static_assert(RANDOM_LEN == sizeof(uint64_t), "challenge layout");

struct used {
    uint64_t expires_ms; /* in the past: the slot is free */
    uint64_t random;
};

struct challenges {
    struct prf *prf;
    struct used used[SLOTS];
};

struct challenges *challenges_new(const uint8_t key[HASH_LEN])
{
    struct challenges *challenges = calloc(1, sizeof *challenges);

    if (!challenges)
        return NULL;
    challenges->prf = prf_new(key);
    if (challenges->prf)
        return challenges;
    free(challenges);
    return NULL;
}

void challenges_free(struct challenges *challenges)
{
    prf_free(challenges->prf);
    free(challenges);
}

static int make_mac(struct challenges *challenges, const struct challenge_parts *parts, uint8_t mac[MAC_LEN])
{
    uint8_t full[HASH_LEN];

    if (prf(challenges->prf, parts, offsetof(struct challenge_parts, mac), full) != 0)
        return -1;
    memcpy(mac, full, MAC_LEN);
    return 0;
}

int challenge_make(struct challenges *challenges, uint64_t now_ms, uint8_t challenge[CHALLENGE_LEN])
{
    struct challenge_parts parts = {.expires_ms = now_ms + CHALLENGE_TTL_MS};

    crypto_random(&parts.random, sizeof parts.random);
    if (make_mac(challenges, &parts, parts.mac) != 0)
        return -1;
    memcpy(challenge, &parts, sizeof parts);
    return 0;
}

/* The slots a challenge may be remembered in follow from its random part, which a client cannot choose: the MAC. */
static struct used *slot_of(struct challenges *challenges, uint64_t random, unsigned probe)
{
    return &challenges->used[(random + probe) & (SLOTS - 1)];
}

static bool is_used(struct challenges *challenges, const struct challenge_parts *parts)
{
    for (unsigned probe = 0; probe < PROBES; probe++) {
        const struct used *slot = slot_of(challenges, parts->random, probe);
        if (slot->random == parts->random && slot->expires_ms == parts->expires_ms)
            return true;
    }
    return false;
}

static bool remember(struct challenges *challenges, uint64_t now_ms, const struct challenge_parts *parts)
{
    for (unsigned probe = 0; probe < PROBES; probe++) {
        struct used *slot = slot_of(challenges, parts->random, probe);
        if (slot->expires_ms > now_ms)
            continue;
        *slot = (struct used){.expires_ms = parts->expires_ms, .random = parts->random};
        return true;
    }
    return false;
}

enum challenge_verdict challenge_use(struct challenges *challenges, uint64_t now_ms,
                                     const uint8_t challenge[CHALLENGE_LEN])
{
    struct challenge_parts parts;
    uint8_t mac[MAC_LEN];

    memcpy(&parts, challenge, sizeof parts);
    if (make_mac(challenges, &parts, mac) != 0 || !crypto_equal(mac, parts.mac, MAC_LEN))
        return CHALLENGE_FOREIGN;
    if (parts.expires_ms <= now_ms)
        return CHALLENGE_FOREIGN;
    if (is_used(challenges, &parts))
        return CHALLENGE_USED;
    return remember(challenges, now_ms, &parts) ? CHALLENGE_ACCEPTED : CHALLENGE_SET_FULL;
}
