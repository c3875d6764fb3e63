/*
 * The vault's store: one LMDB environment, and in it for each tenant (prefecture) its own databases and keys (F111,
 * F112), so that one person in two tenants has two unrelated references.
 *
 *   <tenant>.meta    "keys"                      -> wrapped tenant keys (tenant_keys.h)
 *                    "rotation"                  -> struct stored_rotation  (rotation.h)
 *                    "erased"                    -> u64: erasures so far    (erasures.h)
 *                    "expired"                   -> u64: entries expired    (retention.h)
 *   <tenant>.index   PRF(index key, number)[16]  -> struct stored_index     (which reference, current or former)
 *   <tenant>.record  reference[16]               -> struct stored_record    (sealed number, state)
 *   <tenant>.former  reference[16] || u32 order  -> struct stored_record    (numbers before a REPLACE, still sealed)
 *   <tenant>.blob    application nonce[16]       -> struct stored_blob      (citizen blobs that have been opened)
 *   <tenant>.case    request id[16]              -> reference[16]           (enrolled for a case, case_row.h)
 *   <tenant>.budget  u8 kind || id               -> struct stored_budget     (wrong guesses, budget.h)
 *   <tenant>.entry   u64 index                   -> struct ledger_entry, items   (readable part of a leaf)
 *   <tenant>.leaf    u64 index                   -> leaf hash[32]
 *   <tenant>.node    u64 level << 56 | index     -> inner node[32] of a stored level (merkle.h)
 *
 *   clock            "ms"                        -> i64: the vault's own clock, in milliseconds of service
 *
 * INV-05: there is no name, address, qualification, payment or pseudonym in any of them.
 *
 * Opened without MDB_WRITEMAP (the map stays read-only, so that a stray store cannot rewrite a record), MDB_NOSYNC or
 * MDB_NOMEMINIT. One thread. The warden's flock makes the vault the only user; LMDB's own lock file, "lock.mdb", is
 * there for its table of readers: it keeps the pages of a backup's snapshot (backup.h) from being used again.
 *
 * Files: data.mdb and lock.mdb of LMDB, "erasures" (erasures.h), "redo" (redo.h).
 *
 * All functions return 0 or an LMDB code (mdb_strerror); any but 0 spoils the transaction, which must be aborted.
 */
#ifndef SEKISHO_VAULT_STORE_H
#define SEKISHO_VAULT_STORE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "disk/reserve.h"
#include "ledger/merkle.h"
#include "vault/backup.h"
#include "vault/erasures.h"
#include "vault/pairs.h"
#include "vault/redo.h"
#include "vault/stored.h"
#include "vault/tenant_keys.h"
#include "wire/messages.h"

/* What a transaction changes besides the pages: kept twice, to go back to on abort. */
struct tenant_state {
    uint64_t subjects;                   /* references with a number */
    struct merkle ledger;                /* its size is the index of the next leaf */
    struct ledger_checkpoint checkpoint; /* the last signed tree head; of the whole ledger once committed */
    struct stored_rotation rotation;
    uint64_t erased;  /* erasures so far (erasures.h) */
    uint64_t expired; /* first leaves whose readable part has been erased (retention.h) */
};

struct tenant {
    uint16_t id;
    MDB_dbi meta, index, record, former, blob, cases, budget, entry, leaf, node;
    struct pairs pairs; /* of the index database, in memory */
    struct tenant_keys *keys;
    struct data_keys next_keys; /* in place of keys->data as soon as the transaction is committed; empty: no change */
    bool rotation_halted;       /* something cannot be put under the new keys; until the next start */
    struct tenant_state now, committed;
};

/* A database of the environment, of a tenant that is served or not. */
struct store_database {
    char name[24];
    unsigned flags; /* LMDB's */
    MDB_dbi dbi;
};
#define TENANT_DATABASES_MAX 12 /* of one tenant, at most */
#define DATABASES_MAX        (1 + TENANTS_MAX * TENANT_DATABASES_MAX)

/* Of the ledger: key stream under a key of this start (ledger.c). */
#define SALTS_AHEAD 4096
struct salts {
    struct aead *key;
    uint64_t drawn; /* pieces of SALTS_AHEAD bytes so far */
    size_t left;    /* bytes of the last one, at the stream's end */
    uint8_t stream[SALTS_AHEAD + AEAD_TAG_LEN];
};

struct store {
    MDB_env *env;
    MDB_txn *txn; /* the open write transaction, or NULL; outside of a group it has leaves that the redo log has, too */
    bool in_group;
    bool more_than_leaves; /* the group has changed something besides the ledger */
    bool failed;           /* a transaction was lost and could not be made again: nothing more is done */
    struct redo redo;
    struct reserve reserve;
    MDB_dbi clock;
    int64_t clock_base_ms, clock_saved_ms, boot_at_open_ms;
    size_t tenant_count;
    struct erasures erasures;
    struct backup backup;
    size_t database_count;
    struct store_database database[DATABASES_MAX];
    struct salts salts;
    struct tenant tenant[TENANTS_MAX];
    struct pairs_changes pairs_changes; /* of the open transaction */
};

/* Opens or makes the store in `folder`; tenants that are new get keys. `root_key` (32 bytes) is read, not kept.
 * ESTALE or EBADMSG: the erasure journal is lost or damaged (erasures.h). */
int store_open(struct store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
               size_t tenant_count, const uint8_t root_key[32]);
/* The same without the journal, in a transaction that stays open: to look at a store that is no vault's yet. */
int store_open_tenants(struct store *store, const char *folder, uint64_t map_bytes, const uint16_t *tenants,
                       size_t tenant_count, const uint8_t root_key[32]);
void store_close(struct store *store);

/* A code that says that pages of the store are not what was written: nothing more may be read of it or written to it.
 * MDB_BAD_TXN is what follows such a code within a transaction. */
bool store_damaged(int rc);

/* Touches the pages in use so that the first calls after a start do not wait for the disk. */
void store_prefault(struct store *store);

struct tenant *store_tenant(struct store *store, uint16_t id); /* NULL: not served here */

/*
 * The vault's own clock: milliseconds during which this store has been served, over all runs. Guess budgets are
 * measured on it, because it cannot be moved: setting the wall clock forward would give budgets back. It stands still
 * while the vault is down, which errs on the strict side. Saved with commits at most CLOCK_SAVE_MS apart.
 */
#define CLOCK_SAVE_MS 1000
int64_t store_clock_ms(const struct store *store);

/*
 * One group of changes at a time. store_commit returns only when all of it is on stable storage: in LMDB, or, when it
 * is leaves of the ledger alone, in the redo log (redo.h). Everything but leaves is changed through these functions,
 * which see to that. MDB_PANIC: nobody can say whether it is there; the process has to end, and says nothing of it to
 * anyone.
 */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_abort(struct store *store);
int store_put(struct store *store, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags);
int store_del(struct store *store, MDB_dbi dbi, MDB_val *key);
int store_cursor_put(struct store *store, MDB_cursor *cursor, MDB_val *key, MDB_val *value, unsigned flags);
int store_cursor_del(struct store *store, MDB_cursor *cursor);

/* Commits what only the redo log has; between groups. */
int store_flush(struct store *store, int64_t now_ms);

#endif
