/* A vault's main loop in this process, with a front that keeps it busy: bursts of mixed calls, sent as a front sends
 * them, some while the answers of the last burst are still out. */
#ifndef SEKISHO_TESTS_VAULT_POWER_WORKLOAD_H
#define SEKISHO_TESTS_VAULT_POWER_WORKLOAD_H

#include "history.h"

#define POWER_MAP_BYTES (64u << 20)
extern const uint16_t power_tenants[2];
extern const uint8_t power_root_key[32];
/* No budget runs out: what is counted is what matters here. */
extern const struct guess_limits power_limits;

struct workload {
    unsigned bursts; /* to be sent */
    unsigned burst_calls;
    bool rotate; /* begin a rotation of all keys in the middle */
    uint64_t seed;
};

/* Makes a store in the folder: keys, no leaves. */
void power_make_store(const char *folder);
/* Runs a vault over it, recorded, until all is answered. */
void power_run(const char *folder, const struct workload *workload, struct history *history);

#endif
