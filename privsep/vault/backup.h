/*
 * A backup of the whole store while it serves: one LMDB snapshot, written as crypto/backup_file.h says, a piece for
 * each frame that asks for one. The asker sets the pace; a piece is a fraction of a millisecond of the vault's one
 * thread.
 *
 * The snapshot keeps the pages that it needs from being used again, so the store grows by what is written meanwhile. It
 * is dropped when nobody has read for BACKUP_IDLE_MS, when it has lasted for BACKUP_LIFE_MS, and when a transaction
 * fails: the disk's room is the service's first.
 */
#ifndef SEKISHO_VAULT_BACKUP_H
#define SEKISHO_VAULT_BACKUP_H

#include <lmdb.h>
#include <stdbool.h>

#include "wire/backup_messages.h"

#define BACKUP_IDLE_MS 60000
#define BACKUP_LIFE_MS (6 * 3600 * 1000ll)

struct backup {
    bool configured; /* there is a key to seal to */
    uint8_t public_key[HPKE_KEY_LEN];
    struct hpke_context *seal; /* guarded */
    MDB_txn *txn;              /* the snapshot; its reader's slot is taken at the start, for the life of the process */
    bool running, snapshot;    /* allowed; and there to be read: from the commit of the group that allowed it on */
    int64_t began_ms, read_ms; /* session_clock_ms */
    struct backup_head head;
    uint64_t pieces; /* given out */
    uint8_t hash[HASH_LEN];
    /* Where it is: */
    size_t database;
    MDB_cursor *cursor;                       /* NULL: the database has not been begun */
    MDB_cursor_op next;                       /* leads to the row to be written next */
    size_t tenants;                           /* of them written */
    struct backup_tenant tenant[TENANTS_MAX]; /* as they are in the snapshot */
};

struct store;
struct tenant;

/* With the store, before the lock-down: takes the reader's slot, which needs fcntl(2). 0 or an LMDB code. */
int backup_open(struct store *store);
void backup_close(struct store *store);

/* The offline key to seal to. 0, EINVAL when nothing can be sealed to it, ENOMEM. */
int backup_set_key(struct store *store, const uint8_t public_key[HPKE_KEY_LEN]);

/* Allows one backup, in the name of a tenant's account. 0; ENOKEY: no key is configured; EBUSY: one is being taken;
 * EACCES. */
int backup_begin(struct store *store, const struct tenant *tenant, int64_t now_us);
/* LMDB has committed a group: takes the snapshot of a backup that was allowed in it. */
void backup_committed(struct store *store);

/* Answers a struct backup_read_request: *length bytes of a reply with its piece, at most BACKUP_REPLY_MAX. 0, or the
 * code that has ended the backup; the reply says so too. */
#define BACKUP_REPLY_MAX (sizeof(struct backup_read_reply) + BACKUP_PIECE_MAX)
int backup_read(struct store *store, const uint8_t *request, uint8_t *reply, size_t *length);

/* Both: true when there was one. */
bool backup_drop(struct store *store);
bool backup_expire(struct store *store, int64_t now_ms);           /* drops it when it is time */
int64_t backup_wait_ms(const struct store *store, int64_t now_ms); /* until then; -1 when there is none */

#endif
