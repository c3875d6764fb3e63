/*
 * Guess budgets: how many wrong guesses the vault answers (domain: 10^11 possible numbers make every answered guess
 * worth something; SECURITY.md has the arithmetic). Five counters, each with a limit by purpose (struct guess_limits):
 *
 *   reference   wrong numbers tried on one person            24 h, and in its life
 *   candidate   one number tried on many persons (a spray)   24 h, under a tag of the number (number_index.h)
 *   session     all misses of a session                      dies with it
 *   account     all misses of an account                     24 h
 *   tenant      all misses of a prefecture                   24 h
 *
 * A right guess costs nothing; a wrong one is charged in the call's own transaction, so that it is durable before the
 * answer and no crash or restart gives it back. A spent budget looks like a miss to the front. The day is counted on
 * store_clock_ms: a step of the wall clock gives nothing back.
 */
#ifndef SEKISHO_VAULT_BUDGET_H
#define SEKISHO_VAULT_BUDGET_H

#include "vault/number_index.h"
#include "vault/session.h"

#define BUDGET_DAY_MS (24 * 3600 * 1000ll)

/* The budgets of one call: those of its account and tenant are read once and written back once. */
struct budget {
    struct store *store;
    struct session *session;
    const struct guess_limits *limits;
    int64_t now_ms;
    struct stored_budget account, tenant;
    bool charged;
};

/* All return 0 or an LMDB code that spoils the transaction. `limits` are those of the call's purpose. */
int budget_open(struct budget *budget, struct store *store, struct session *session, const struct guess_limits *limits);
/* May one more guess be answered? reference may be NULL (no one's number is guessed), and number (none is given). */
int budget_allows(struct budget *budget, const uint8_t *reference, const struct number_tags *number, bool *allowed);
/* Charges one miss, to the same budgets. */
int budget_charge(struct budget *budget, const uint8_t *reference, const struct number_tags *number);
/* A replacement that is done: the number before is a former one then, and asking for it again a guess. It counts for
 * the reference alone, so that any number of people's can be replaced. */
int budget_charge_replacement(struct budget *budget, const uint8_t reference[REFERENCE_LEN]);
/* The same work without a charge: what is refused for a spent budget takes the time of a miss. */
int budget_pretend(struct budget *budget, const uint8_t *reference, const struct number_tags *number);
/* Stands for a reference that does not exist: rows for it would be an attacker's to make, for ever. */
extern const uint8_t budget_nobody[REFERENCE_LEN];
int budget_close(struct budget *budget);

/* UNLOCK: gives a reference's or an account's budget back. *spender is the account that was charged last;
 * MDB_NOTFOUND when nothing is charged. */
int budget_find_reference(struct budget *budget, const uint8_t reference[REFERENCE_LEN], char spender[ACCOUNT_LEN]);
int budget_find_account(struct budget *budget, const char account[ACCOUNT_LEN]);
int budget_clear_reference(struct budget *budget, const uint8_t reference[REFERENCE_LEN]);
int budget_clear_account(struct budget *budget, const char account[ACCOUNT_LEN]);

#endif
