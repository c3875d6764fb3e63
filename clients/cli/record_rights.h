/*
 * Who could use numbers in a period, and from which terminals: told from the access records alone, from the first one
 * on. An account can when its role has a permit for a number (wire/roles.def), it has been issued, its password changed
 * and the terms agreed to (where anybody has agreed to any), and it is not locked, suspended or returned. What the
 * records say of a delay after bad logins or of a session that is open is not looked at: it takes no right away.
 */
#ifndef SEKISHO_CLI_RECORD_RIGHTS_H
#define SEKISHO_CLI_RECORD_RIGHTS_H

#include "sekisho_access.h"

struct account_right {
    char account[SEKISHO_ACCOUNT_MAX + 1];
    unsigned role; /* 0: not known yet */
    bool issued, changed, agreed, closed;
    bool could;      /* at some moment of the period */
    uint64_t logins; /* in the period */
};

struct terminal_right {
    char terminal[SEKISHO_TERMINAL_MAX + 1];
    bool listed;
    bool could; /* was on the list at some moment of the period */
};

/* Who logged in from where in the period. */
struct login_place {
    char account[SEKISHO_ACCOUNT_MAX + 1], terminal[SEKISHO_TERMINAL_MAX + 1];
};

struct rights { /* free with rights_free */
    int64_t start_us, end_us;
    bool begun; /* the period has */
    bool terms; /* there are terms of use */
    struct account_right *accounts;
    size_t account_count;
    struct terminal_right *terminals;
    size_t terminal_count;
    struct login_place *places;
    size_t place_count;
};

/* Takes every record of a prefecture, in order; aborts without memory. */
void rights_take(struct rights *rights, const struct sekisho_access_record *record);
/* After the last one: what had been so when the period began is so in it. */
void rights_finish(struct rights *rights);
void rights_free(struct rights *rights);

/* The role can be permitted to use numbers. */
bool role_uses_numbers(unsigned role);
bool right_now(const struct rights *rights, const struct account_right *account);

#endif
