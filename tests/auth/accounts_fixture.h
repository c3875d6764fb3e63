/*
 * A store of accounts in a folder of its own, with sessions that only note which of them end: everything of auth's
 * accounts but the process. Times are made up, so that days pass at once.
 */
#ifndef SEKISHO_TESTS_AUTH_ACCOUNTS_FIXTURE_H
#define SEKISHO_TESTS_AUTH_ACCOUNTS_FIXTURE_H

#include <stdbool.h>
#include <string.h>

#include "auth/access_records.h"
#include "auth/account_calls.h"
#include "auth/account_store.h"
#include "auth/sessions.h"
#include "cmocka_includes.h"

#define TENANT_A         11
#define TENANT_B         13
#define FIXTURE_PASSWORD "Correct-Horse-7"
#define FIXTURE_NOW      INT64_C(1761955200000000) /* 2025-11-01 00:00 UTC */
#define SECOND_US        INT64_C(1000000)
#define MINUTE_US        (60 * SECOND_US)
#define DAY_US           (86400 * SECOND_US)
#define SESSIONS_MAX     8

struct fixture {
    char folder[64];
    struct account_store store;
    struct account_tenant *tenant; /* TENANT_A's */
    struct account_rules rules;
    struct session_entry entries[SESSIONS_MAX];
    struct sessions sessions;
    int64_t now_us;
    struct account_call_plain call;
    struct account_reply_plain reply;
};

/* cmocka set-up and tear-down: an empty store with terminal "desk" (certificate 0xc0...) in TENANT_A. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* Closes the store and opens it again, as a restart does. */
void fixture_reopen(struct fixture *fixture);

void copy_id(char id[ACCOUNT_LEN], const char *text);

/* An ACTIVE account with FIXTURE_PASSWORD and agreed terms, used now; its person is its id. */
void make_account(struct fixture *fixture, const char *id, uint16_t role);
void load_account(struct fixture *fixture, const char *id, struct stored_account *account);
void store_account(struct fixture *fixture, const char *id, const struct stored_account *account);
uint16_t state_of(struct fixture *fixture, const char *id);

/* A session that is ready, of an account that is there. Lives until tear-down. */
struct session_entry *make_session(struct fixture *fixture, const char *account);

/* Begins fixture->call anew; what a test puts in next goes with it. */
struct account_call_plain *begin_call(struct fixture *fixture, uint16_t operation, const char *account);
/* Does fixture->call for the session and commits; returns the result. Checks that it left one more leaf, its own. */
enum account_result do_call(struct fixture *fixture, const struct session_entry *actor);
/* begin_call with a note, and do_call. */
enum account_result call_about(struct fixture *fixture, const struct session_entry *actor, uint16_t operation,
                               const char *account);

/* The last leaf, or the one `back` before it. */
struct access_row record_at(struct fixture *fixture, uint64_t back);
uint64_t record_count(const struct fixture *fixture);

#endif
