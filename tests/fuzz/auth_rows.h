/* The store of a fuzzed auth: one for all inputs, whose rows are dropped before each; nothing waits for a disk. */
#ifndef SEKISHO_TESTS_FUZZ_AUTH_ROWS_H
#define SEKISHO_TESTS_FUZZ_AUTH_ROWS_H

#include "auth_world.h"

extern struct account_store auth_rows;

void auth_rows_open(const struct launch_config *config, const uint8_t login_private[X25519_LEN]);

/* Aborts what an input left open; then there are world_accounts and, in each prefecture, a terminal of 0xc0... */
void auth_rows_fill(void);

#endif
