/*
 * What auth keeps on disk: one LMDB environment, and in it for each tenant
 *
 *   <tenant>.account   account id[32]          -> struct stored_account
 *   <tenant>.terminal  terminal id[32]         -> struct stored_terminal
 *   <tenant>.binding   certificate hash[32]    -> terminal id[32]    (terminals that are not removed)
 *   <tenant>.meta      "issued"                -> u64: lines of the ID ledger so far
 *   <tenant>.access    u64 index               -> struct access_entry, note   (access_records.h)
 *   <tenant>.leaf, .node                       as of the ledger of number use (vault/store.h)
 *
 * INV-05: no individual number, no name but those of the people who hold accounts. Passwords are there as Argon2id
 * hashes; secrets of second factors are sealed under a key of auth's own (otp.h).
 *
 * Opened without LMDB's lock file: one thread, and the warden's flock makes auth the only user, as its own does of the
 * offline command (F099). Without MDB_WRITEMAP: the map stays read-only.
 * All functions return 0 or an LMDB code; any but 0 spoils the transaction, which must be aborted.
 */
#ifndef SEKISHO_AUTH_ACCOUNT_STORE_H
#define SEKISHO_AUTH_ACCOUNT_STORE_H

#include <lmdb.h>

#include "auth/password.h"
#include "auth/roles.h"
#include "crypto/account_call.h"
#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "ledger/merkle.h"

#define FORMER_PASSWORDS_MAX  24 /* the rule says how many of them count; never fewer than 10 (domain 10.4) */
#define SEALED_OTP_SECRET_LEN (AEAD_NONCE_LEN + OTP_SECRET_LEN + AEAD_TAG_LEN)

struct stored_account {
    uint16_t version; /* 1 */
    uint16_t role, kind, state;
    uint32_t until; /* yyyymmdd, 0: none */
    uint32_t terms_version;
    uint8_t must_change;  /* the password is a temporary one */
    uint8_t otp_state;    /* 0 none, 1 enrolled but not confirmed, 2 in use */
    uint8_t former_count; /* of former[] in use */
    uint8_t zero[5];
    uint64_t issue_number;
    uint64_t otp_last_step; /* a code is good once (RFC 6238 section 5.2) */
    int64_t requested_us, approved_us, issued_us, returned_us, inspected_us;
    int64_t last_login_us, password_set_us;
    int64_t dormant_from_us; /* not used since: the last login, issue, unlocking or resumption */
    int64_t failed_last_us;  /* the last bad login that failed_count counts */
    int64_t locked_until_us; /* rising delay; 0: not delayed. LOCKED is a state, not a time */
    uint32_t failed_count;   /* bad logins since the last delay, none longer than the window after the one before */
    uint32_t lock_count;     /* delays in a row: each doubles the next; a good login ends the row */
    char requested_by[ACCOUNT_LEN], approved_by[ACCOUNT_LEN], issued_by[ACCOUNT_LEN], inspected_by[ACCOUNT_LEN];
    char person[TEXT_PERSON_LEN];
    char organisation[TEXT_ORGANISATION_LEN];
    char purpose[TEXT_NOTE_LEN];
    char inspection[TEXT_NOTE_LEN];
    uint8_t otp_secret[SEALED_OTP_SECRET_LEN];
    /* One salt for the account's life, so that one Argon2id tells whether a password is among the last: ten would keep
     * every other login waiting for a second. */
    struct password_hash hash;
    uint8_t former[FORMER_PASSWORDS_MAX][PASSWORD_DIGEST_LEN]; /* under hash.salt, newest first */
};
_Static_assert(sizeof(struct stored_account) % 8 == 0, "stored_account layout");

struct stored_terminal {
    uint16_t version; /* 1 */
    uint16_t kind;
    uint32_t zero;
    int64_t added_us, removed_us;
    char added_by[ACCOUNT_LEN];
    uint8_t certificate[CERT_HASH_LEN];
    char place[TEXT_NOTE_LEN];
};
_Static_assert(sizeof(struct stored_terminal) == 344, "stored_terminal layout");

/* The access records of a tenant (access_records.h). */
struct access_state {
    struct merkle tree;                  /* its size is the index of the next leaf */
    struct ledger_checkpoint checkpoint; /* the last signed head; of the whole tree once committed */
};

struct account_tenant {
    uint16_t id;
    MDB_dbi account, terminal, binding, meta, access, leaf, node;
    struct access_state now, committed; /* kept twice, to go back to on abort */
};

struct account_store {
    MDB_env *env;
    MDB_txn *txn;                /* the open write transaction, or NULL */
    struct ed25519 *records_key; /* signs heads of the access records; NULL offline: the next start signs */
    uint8_t records_public[ED25519_KEY_LEN];
    struct aead *otp_key; /* seals secrets of second factors (otp.h); NULL offline */
    size_t tenant_count;
    struct account_tenant tenant[TENANTS_MAX];
};

/* Opens or makes the store in `folder`. records_key, records_public and otp_key are set before, the rest is written. */
int account_store_open(struct account_store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
                       size_t tenant_count);
void account_store_close(struct account_store *store);
struct account_tenant *account_store_tenant(struct account_store *store, uint16_t tenant); /* NULL: not served */

/* One write transaction at a time; commit returns only when everything is on stable storage. */
int account_store_begin(struct account_store *store);
int account_store_commit(struct account_store *store);
void account_store_abort(struct account_store *store);

/* MDB_NOTFOUND when there is none; a row of another size or version is MDB_CORRUPTED. */
int account_get(struct account_store *store, const struct account_tenant *tenant, const char id[ACCOUNT_LEN],
                struct stored_account *account);
int account_put(struct account_store *store, const struct account_tenant *tenant, const char id[ACCOUNT_LEN],
                const struct stored_account *account);
/* The first account after `id` (zero: the first of all); writes its id. MDB_NOTFOUND at the end. */
int account_next(struct account_store *store, const struct account_tenant *tenant, char id[ACCOUNT_LEN],
                 struct stored_account *account);
/* The next line of the ID ledger, counted up: 1, 2 ... (F098). */
int account_ledger_line(struct account_store *store, const struct account_tenant *tenant, uint64_t *number);

int terminal_get(struct account_store *store, const struct account_tenant *tenant, const char id[TERMINAL_ID_LEN],
                 struct stored_terminal *terminal);
/* Writes the terminal and its binding, or takes the binding away when it has been removed. */
int terminal_put(struct account_store *store, const struct account_tenant *tenant, const char id[TERMINAL_ID_LEN],
                 const struct stored_terminal *terminal);
int terminal_next(struct account_store *store, const struct account_tenant *tenant, char id[TERMINAL_ID_LEN],
                  struct stored_terminal *terminal);
/* The terminal of a certificate. MDB_NOTFOUND when it is none of this tenant. */
int terminal_of(struct account_store *store, const struct account_tenant *tenant,
                const uint8_t certificate[CERT_HASH_LEN], char id[TERMINAL_ID_LEN]);

#endif
