/*
 * Lock-out (domain 10.4): after so many bad logins the next is delayed, twice as long with each further row, and after
 * LOCK_ROWS rows the account is LOCKED until an administrator unlocks it. Kept in the account's row, so that neither a
 * restart nor a crash gives guesses back. A row of bad logins ends when none comes for the length of the window: that
 * is never fewer than the rule counts within any window.
 *
 * The wall clock may step. Set forward it ends a delay early, but the count of rows stays: the next is longer. Set back
 * it would lengthen a delay: lockout_settle makes what is left no longer than the delay itself.
 */
#ifndef SEKISHO_AUTH_LOCKOUT_H
#define SEKISHO_AUTH_LOCKOUT_H

#include <stdbool.h>

#include "auth/account_store.h"

#define LOCK_ROWS        10
#define LOCK_DELAY_MAX_S 86400

/* Before a look at a delay: see above. */
void lockout_settle(struct stored_account *account, const struct account_rules *rules, int64_t now_us);
bool lockout_delayed(const struct stored_account *account, int64_t now_us);

/* Counts a bad login. True when the account must be LOCKED now. */
bool lockout_charge(struct stored_account *account, const struct account_rules *rules, int64_t now_us);

/* A good login, or an administrator's unlocking. */
void lockout_clear(struct stored_account *account);

#endif
