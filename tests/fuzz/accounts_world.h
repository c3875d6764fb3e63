/* The accounts, terminals and sessions of a fuzzed prefecture, and what they look like at one moment. */
#ifndef SEKISHO_TESTS_FUZZ_ACCOUNTS_WORLD_H
#define SEKISHO_TESTS_FUZZ_ACCOUNTS_WORLD_H

#include "auth/access_records.h"
#include "auth/account_store.h"
#include "auth/sessions.h"
#include "support/fuzz.h"

#define WORLD_TENANT       11
#define WORLD_NOW          INT64_C(1761955200000000) /* 2025-11-01 00:00 UTC */
#define WORLD_ACCOUNTS     8
#define WORLD_SESSIONS     6
#define WORLD_CERTIFICATES 4
#define WORLD_PASSWORD     "Correct-Horse-7"

extern const char world_ids[WORLD_ACCOUNTS][ACCOUNT_LEN]; /* the last is nobody's at first */
extern const char world_terminals[3][TERMINAL_ID_LEN];

struct world {
    struct account_store store;
    struct account_tenant *tenant;
    struct account_rules rules;
    struct session_entry entries[WORLD_SESSIONS];
    struct sessions sessions;
    int64_t now_us;
};

/* What there is to be changed. */
struct moment {
    bool exists[WORLD_ACCOUNTS];
    struct stored_account account[WORLD_ACCOUNTS];
    bool bound[WORLD_CERTIFICATES]; /* to a terminal that may log in */
    uint8_t terminals[32];
    uint64_t records;
};

/* Opens the store when there is none; empties it, and fills it anew. */
void world_begin(struct world *world);

/* Requires on the way that each terminal and its binding agree. Begins and aborts a transaction. */
void world_look(struct world *world, struct moment *moment);

/* The last leaf, or the one `back` before it. */
struct access_entry world_record(struct world *world, uint64_t back);

/* As the process does after each commit: what is marked is gone. */
void world_end_marked(struct world *world);
/* A session of this account, which has no other one; none when there is no room. */
void world_enter(struct world *world, const char account[ACCOUNT_LEN], uint16_t role,
                 const char terminal[TERMINAL_ID_LEN], bool fresh);

/* The first is that of the terminal that is there. */
void world_certificate(unsigned which, uint8_t certificate[CERT_HASH_LEN]);

#endif
