/*
 * The erasure journal: every reference whose number has been erased, in a file beside the store. A store that is put
 * back from a backup is older than the journal; at its start the vault erases again what had been erased since, so that
 * no backup brings a number back into use. The journal is never part of a backup and never restored from one.
 *
 * File "erasures": records of 64 bytes, little-endian, append-only, each with a hash over it and all before it.
 * A group's erasures are in the journal, durably, before the store commits them, and taken out again when it cannot:
 * an erasure that only the journal has was asked for, permitted and not yet answered, and is completed at the next
 * start, with a leaf in the ledger under the account "erasure-journal".
 *
 * A journal that is missing, or that knows fewer erasures than the store, has been lost; erasures beside an empty store
 * say that the store has been. The vault does not start then, unless the operator has begun a new journal knowingly
 * (erasures_restart).
 *
 * References are random and say nothing of a number. Functions return 0, an errno or an LMDB code.
 */
#ifndef SEKISHO_VAULT_ERASURES_H
#define SEKISHO_VAULT_ERASURES_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "wire/messages.h"

#define ERASURES_NAME    "erasures"
#define ERASURES_MAGIC   "sekisho erasures" /* 16 bytes */
#define ERASURES_VERSION 1u
/* Erasures of one transaction at most: a group that is full but for one item, and one more full batch. */
#define ERASURES_PENDING (4096 + CALL_ITEMS_MAX)

enum erasure_kind {
    ERASURE_HEAD = 1, /* first record; count: 1 when a journal before it has been lost, else 0 */
    ERASURE_BASE,     /* count: erasures of the tenant that were before this journal */
    ERASURE_DONE,     /* count: number of this erasure in its tenant, 1, 2, ... */
};

struct erasure_record {
    uint16_t kind; /* enum erasure_kind */
    uint16_t tenant;
    uint32_t version;
    uint64_t count;
    uint8_t reference[REFERENCE_LEN]; /* HEAD: the magic */
    uint8_t chain[HASH_LEN]; /* SHA-256 of the chain of the record before (zero for HEAD) and of what is above */
};
_Static_assert(sizeof(struct erasure_record) == 64, "erasure_record layout");

struct erasures {
    int fd; /* -1: closed */
    uint64_t end;
    uint8_t chain[HASH_LEN]; /* of the last record, pending ones included */
    uint8_t committed_chain[HASH_LEN];
    struct erasure_record *pending; /* ERASURES_PENDING */
    size_t pending_count;
    size_t written; /* bytes of them that may be in the file */
};

struct store;
struct tenant;

/* Opens the journal of a store whose tenants are open, in its transaction, and completes what only the journal has.
 * Makes one for a store without leaves. ESTALE: lost, see above. EBADMSG: damaged. */
int erasures_open(struct store *store, const char *folder);
void erasures_close(struct erasures *erasures);

/* Notes an erasure in the open transaction. */
int erasures_note(struct store *store, struct tenant *tenant, const uint8_t reference[REFERENCE_LEN]);

/* For store_commit and store_abort. erasures_write makes what is pending durable; afterwards erasures_keep or
 * erasures_take_back, which returns not 0 when the disk refuses even that: then nothing but a new start helps. */
int erasures_write(struct erasures *erasures);
void erasures_keep(struct erasures *erasures);
int erasures_take_back(struct erasures *erasures);
void erasures_forget(struct erasures *erasures);

/* Begins a new journal for a store whose own has been lost, on a store that no vault has open; what there is of the
 * old one is kept as "erasures.lost". EALREADY: nothing is lost, a vault would start with what is there; nothing is
 * changed. EEXIST: there is such a file already. */
int erasures_restart(const char *folder);

#endif
