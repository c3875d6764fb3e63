/* The life of an account (domain 10.4) as a table, and which roles an account of each kind may have (INV-20). */
#ifndef SEKISHO_AUTH_LIFE_H
#define SEKISHO_AUTH_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/account_store.h"

enum life_event {
    LIFE_REQUEST,
    LIFE_APPROVE,
    LIFE_ISSUE,
    LIFE_ACTIVATE, /* nothing is left to be done of what a new account must do */
    LIFE_LOCK,     /* by an administrator, or too many bad logins */
    LIFE_UNLOCK,
    LIFE_SUSPEND,
    LIFE_RESUME,
    LIFE_RESET, /* back to a temporary password */
    LIFE_RETURN,
    LIFE_DORMANT,
    LIFE_CONTRACT_ENDED,
    LIFE_EVENT_END
};

/* The state behind `event`; 0 when there is no such way. `from` 0: there is no account yet. */
uint16_t life_next(enum life_event event, uint16_t from);

/* Whether an account of this kind may have this role, and must have an end. */
bool life_kind_fits(uint16_t kind, uint16_t role);
bool life_kind_ends(uint16_t kind);

/* Roles whose accounts give and take power over others'. */
bool life_administers(uint16_t role);

/* What the account must do before anything else: enum welcome_flag. */
uint16_t life_duties(const struct stored_account *account, const struct account_rules *rules);

/* ISSUED becomes ACTIVE as soon as its password is its own and the current terms are agreed to. */
void life_activate(struct stored_account *account, const struct account_rules *rules);

/* Past the day that the account ends with. */
bool life_contract_over(const struct stored_account *account, int64_t now_us);

/* A temporary password is good for so long. */
#define TEMPORARY_DAYS 7
bool life_temporary_over(const struct stored_account *account, int64_t now_us);

#endif
