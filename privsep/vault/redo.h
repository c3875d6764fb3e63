/*
 * Redo log of the ledger. Most groups of calls change nothing but the ledger: matches that hit, look-ups that find,
 * refusals. Such a group is made durable by one write and one sync of this log, instead of the dozen scattered pages
 * and the two syncs of an LMDB commit; its pages stay in LMDB's open transaction, and are committed with the next group
 * that changes more, when the log is full, or after REDO_KEEP_MS. After a crash the leaves are appended again.
 *
 * File "redo" beside the store: REDO_BYTES, written with zeros before, so that no sync waits for the file system's own
 * bookkeeping. Records from its beginning, each on a boundary of 4096 bytes, so that what has been acknowledged is
 * never written again with what comes after it: struct redo_record, then for each leaf: u32 length, u32 zero, struct
 * ledger_entry and its items (length bytes) A record names the LMDB transaction that its leaves are part of: once that
 * is committed, the record means nothing. Records are chained by SHA-256; one that does not continue the chain is what
 * a crash left of a group that was not answered. The log is no part of a backup, and what it holds is in the ledger
 * too: no number, no name.
 *
 * Functions return 0, an errno or an LMDB code.
 */
#ifndef SEKISHO_VAULT_REDO_H
#define SEKISHO_VAULT_REDO_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "wire/ledger_entry.h"

#define REDO_NAME    "redo"
#define REDO_BYTES   (4u << 20)
#define REDO_KEEP_MS 1000

struct redo_record {
    uint32_t magic;
    uint32_t length; /* of the leaves that follow */
    uint64_t txn;    /* mdb_txn_id of the transaction they are part of */
    uint64_t number; /* 1, 2, ... within it */
    uint64_t zero;
    uint8_t
        chain[HASH_LEN]; /* SHA-256 of the chain of the record before (number 1: zeros), what is above, the leaves */
};
_Static_assert(sizeof(struct redo_record) == 64, "redo_record layout");

struct redo {
    int fd;           /* -1: closed */
    bool usable;      /* else every group is committed by LMDB */
    uint8_t *buffer;  /* the record that is being made */
    size_t used;      /* bytes of it */
    bool overflowed;  /* the group has more leaves than a record takes */
    uint64_t number;  /* records that LMDB has not committed */
    uint64_t end;     /* of them in the file */
    uint64_t touched; /* bytes of the file that may be other than zero */
    int64_t first_ms; /* when the first of them was written (CLOCK_BOOTTIME) */
    uint8_t chain[HASH_LEN];
};

struct store;

/* Opens or makes the log in `folder`, appends its leaves to the ledgers in the store's open transaction, and keeps the
 * file open. MDB_CORRUPTED: it has leaves that do not continue the ledger. */
int redo_open(struct store *store, const char *folder);
void redo_close(struct redo *redo);
/* Of a store that is looked at (store_look.h): counts the leaves of the transaction `txn` in now.ledger.size. */
int redo_look(struct store *store, const char *folder, uint64_t txn);
/* Once the store's transaction has been committed: takes away what has been read, durably, and makes the log usable.
 * Where the disk has no room for it the store does without. */
int redo_begin(struct redo *redo);
/* The same: writes zeros over all that the log has held, for what of it has expired. */
int redo_wipe(struct redo *redo);

/* Takes a leaf into the open group's record. */
void redo_note(struct redo *redo, const struct ledger_entry *entry, const struct ledger_item *items, size_t count);
/* The open group is over, without a record. */
void redo_drop(struct redo *redo);

/* Has the open group leaves? */
bool redo_noted(const struct redo *redo);
/* And is there room for them? */
bool redo_fits(const struct redo *redo);
/* Makes the group's record durable. */
int redo_write(struct redo *redo, uint64_t txn, int64_t now_ms);
/* LMDB has committed all records. */
void redo_committed(struct redo *redo);

/* Milliseconds until the records are due to be committed; -1: there are none. */
int64_t redo_wait_ms(const struct redo *redo, int64_t now_ms);

/* After the store's transaction was lost: drops the open group's leaves, and appends those of the `number` records to a
 * new one. Where that cannot be done the store has failed. */
void redo_again(struct store *store);

/* Of a folder whose set is stopped. EBUSY: the log has leaves that LMDB has not; a start of the set appends them. */
int redo_settled(MDB_env *env, const char *folder);
/* Removes a settled log, durably; the next start makes a new one. */
int redo_remove(const char *folder);

#endif
