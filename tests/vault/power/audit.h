/* Opens a store that has survived something, and compares it with what was answered before. */
#ifndef SEKISHO_TESTS_VAULT_POWER_AUDIT_H
#define SEKISHO_TESTS_VAULT_POWER_AUDIT_H

#include "history.h"

/*
 * Opens the store in the folder and requires that
 *   - it opens: LMDB, keys, ledger, erasure journal;
 *   - its leaves are those of the history, at least the first `acknowledged` ones; behind them only erasures that the
 *     journal has completed;
 *   - each leaf is the hash of its entry, and the signed head is the tree's;
 *   - people, numbers, former numbers and budgets are what the history says after exactly these leaves.
 * Returns NULL, or what does not hold.
 */
const char *audit(const char *folder, const struct history *history, size_t acknowledged);

#endif
