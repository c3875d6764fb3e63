/*
 * libsekisho, the ledger of number use (番号利用記録): its signed heads, proofs and entries. What comes from the server
 * is checked here: heads under the ledger's public key, leaves and older heads by RFC 6962 proofs against a head. A
 * check that fails is SEKISHO_ERROR_FORGED (reasons at each function); it means that the front lied, or that the ledger
 * was changed behind its signed head. Conventions are those of sekisho.h.
 */
#ifndef SEKISHO_LEDGER_H
#define SEKISHO_LEDGER_H

#include "sekisho.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SEKISHO_HASH_LEN  32
#define SEKISHO_PROOF_MAX 128 /* hashes of a proof */
#define SEKISHO_NOTE_MAX  320 /* with terminator */
#define SEKISHO_VKEY_MAX  128 /* with terminator */

/* Which of a prefecture's two ledgers: that of number use, or the access records (sekisho_access.h). */
enum sekisho_ledger { SEKISHO_LEDGER_NUMBERS, SEKISHO_LEDGER_ACCESS };

/* A signed tree head. */
struct sekisho_checkpoint {
    enum sekisho_ledger ledger;
    unsigned prefecture;
    uint64_t size; /* leaves */
    uint8_t root[SEKISHO_HASH_LEN];
    uint8_t signature[64];  /* Ed25519 over the text of c2sp.org/tlog-checkpoint */
    uint8_t public_key[32]; /* of the ledger */
};

struct sekisho_ledger_item;

struct sekisho_proof {
    size_t count;
    uint8_t hash[SEKISHO_PROOF_MAX][SEKISHO_HASH_LEN];
};

/* ---- verification; no connection is used ---- */

/* RFC 6962 section 2.1: of a leaf whose readable part is `data`. False when that is no entry with whole items. */
bool sekisho_leaf_hash(const void *data, size_t length, uint8_t hash[SEKISHO_HASH_LEN]);
/* What the leaf commits with (crypto/ledger_leaf.h): the data of the leaf, as entry bundles of c2sp.org/tlog-tiles have
 * it. */
bool sekisho_leaf_data(const void *data, size_t length, uint8_t leaf_data[SEKISHO_HASH_LEN]);
/* What stands for an item in the leaf data: of the item's exact bytes. False when libcrypto fails. */
bool sekisho_item_hash(const struct sekisho_ledger_item *item, uint8_t hash[SEKISHO_HASH_LEN]);
/* As sekisho_leaf_hash, of an entry without its items and the hash of each of them. */
bool sekisho_leaf_hash_of_items(const void *head, size_t head_length, const uint8_t (*items)[SEKISHO_HASH_LEN],
                                size_t count, uint8_t hash[SEKISHO_HASH_LEN]);
/* RFC 9162 section 2.1.3.2: the leaf is at `index` in the tree of `size` leaves with this root. */
bool sekisho_verify_inclusion(uint64_t index, uint64_t size, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                              const struct sekisho_proof *proof, const uint8_t root[SEKISHO_HASH_LEN]);
/* RFC 9162 section 2.1.4.2: the tree of `size` leaves grew out of that of `old_size`. 0 < old_size. */
bool sekisho_verify_consistency(uint64_t old_size, const uint8_t old_root[SEKISHO_HASH_LEN], uint64_t size,
                                const uint8_t root[SEKISHO_HASH_LEN], const struct sekisho_proof *proof);
/* The signature is of the key in it. Whose key that is, the caller must know. */
bool sekisho_verify_checkpoint(const struct sekisho_checkpoint *checkpoint);

/* A tree computed from its leaf hashes, in constant memory. */
struct sekisho_tree {
    uint64_t size;
    uint8_t edge[64][SEKISHO_HASH_LEN]; /* roots of the complete subtrees, by level */
};
/* False when libcrypto fails. A zeroed struct is the empty tree. */
bool sekisho_tree_add(struct sekisho_tree *tree, const uint8_t leaf_hash[SEKISHO_HASH_LEN]);
bool sekisho_tree_root(const struct sekisho_tree *tree, uint8_t root[SEKISHO_HASH_LEN]);

/* The head as a signed note, and its key as signed-note verifiers take it (c2sp.org/signed-note). False when libcrypto
 * fails. */
bool sekisho_checkpoint_note(const struct sekisho_checkpoint *checkpoint, char note[SEKISHO_NOTE_MAX]);
bool sekisho_checkpoint_vkey(const struct sekisho_checkpoint *checkpoint, char vkey[SEKISHO_VKEY_MAX]);

/* ---- heads and proofs from the server ---- */

struct sekisho_ledger_options {
    enum sekisho_ledger ledger;
    unsigned prefecture;
    /* Keeps the key and the last head seen: a ledger that is not a growth of that head is noticed. NULL: none. Made
     * when it is not there. */
    const char *state_file;
    /* Fingerprint of the ledger's public key, 64 hex digits; with a state file both must agree. */
    const char *pin;
    /* Without pin and state: take the key as it comes. Whoever answers then can show a ledger of his own. */
    bool trust_on_first_use;
};

/*
 * Fetches the newest head, checks its key and signature and that it continues the last head of the state file, then
 * keeps it there. *last_size is the size of that last head, 0 when there was none.
 * SEKISHO_ERROR_ARGUMENT `LEDGER_KEY_UNKNOWN`; SEKISHO_ERROR_KEY_CHANGED `LEDGER_KEY_CHANGED`; SEKISHO_ERROR_FORGED
 * `LEDGER_SIGNATURE`, `LEDGER_ROLLED_BACK` (smaller than the last head), `LEDGER_FORKED` (not its continuation).
 */
enum sekisho_status sekisho_ledger_open(struct sekisho_client *client, const struct sekisho_ledger_options *options,
                                        struct sekisho_checkpoint *head, uint64_t *last_size,
                                        struct sekisho_error *error);
/* Proof, checked, that the leaf is in the head's tree. SEKISHO_ERROR_FORGED `LEDGER_LEAF_MISSING`. */
enum sekisho_status sekisho_ledger_inclusion(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                             uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                             struct sekisho_proof *proof, struct sekisho_error *error);
/* That `head` continues the tree of old_size leaves with old_root. Reasons as of sekisho_ledger_open. */
enum sekisho_status sekisho_ledger_consistency(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                               uint64_t old_size, const uint8_t old_root[SEKISHO_HASH_LEN],
                                               struct sekisho_error *error);
/* That a receipt's head was signed by the ledger's key, `head` continues it, and its leaf is in both. */
enum sekisho_status sekisho_ledger_receipt(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                           const struct sekisho_receipt *receipt, struct sekisho_error *error);

/* ---- entries ---- */

struct sekisho_ledger_entry {
    uint64_t index;
    int64_t time_us;
    char account[SEKISHO_ACCOUNT_MAX + 1];
    uint8_t session[16];
    unsigned prefecture, role;
    enum sekisho_operation operation;
    enum sekisho_purpose purpose;
    unsigned legal_basis; /* code of the provision: sekisho_legal_basis_name; 0: none was given */
    bool permitted;       /* false: refused for want of the right; nothing was touched */
    uint8_t case_reference[SEKISHO_CASE_LEN];
    uint32_t asked;                      /* items asked for */
    size_t count;                        /* items recorded: sekisho_ledger_item; 0 when refused */
    uint8_t leaf_hash[SEKISHO_HASH_LEN]; /* computed from `data` */
    const uint8_t *data;                 /* the exact bytes of the leaf's readable part */
    size_t length;
    size_t head_length; /* bytes of `data` before its items: what a proof for one item shows of the whole */
};

struct sekisho_ledger_item {
    uint8_t reference[SEKISHO_REFERENCE_LEN]; /* zero: none was touched */
    enum sekisho_outcome outcome;
    enum sekisho_detail detail;
    const uint8_t *data; /* the exact bytes of the item, within those of the entry */
    size_t length;
};
/* Decodes the readable part of a leaf, perhaps with fewer items than it has: false when it is none. entry->data is
 * `data`. */
bool sekisho_ledger_decode(const uint8_t *data, size_t length, struct sekisho_ledger_entry *entry);
void sekisho_ledger_item(const struct sekisho_ledger_entry *entry, size_t i, struct sekisho_ledger_item *item);

/* The provision of a code, as "番号法9条1項" in Japanese or "Number Act art. 9(1)"; "-" for a code that is not known.
 */
const char *sekisho_legal_basis_name(unsigned code, bool japanese);

/* What is NULL or 0 takes everything. */
struct sekisho_ledger_filter {
    const uint8_t *reference; /* SEKISHO_REFERENCE_LEN bytes */
    const char *account;
    enum sekisho_purpose purpose;
    int64_t start_us, end_us; /* end is exclusive */
};
bool sekisho_ledger_matches(const struct sekisho_ledger_filter *filter, const struct sekisho_ledger_entry *entry);

struct sekisho_ledger_reader; /* free with sekisho_ledger_close */

/* Entries of the session's prefecture, oldest first, of leaves below `size`. The filter's strings must outlive it. */
enum sekisho_status sekisho_ledger_read(struct sekisho_session *session, const struct sekisho_ledger_filter *filter,
                                        uint64_t size, struct sekisho_ledger_reader **reader,
                                        struct sekisho_error *error);
/* *entry is valid until the next call; NULL after the last one. Its bytes are not checked against the tree yet:
 * sekisho_ledger_inclusion does. */
enum sekisho_status sekisho_ledger_next(struct sekisho_ledger_reader *reader, const struct sekisho_ledger_entry **entry,
                                        struct sekisho_error *error);
/* After the first sekisho_ledger_next: how many of the first leaves have no readable part any more, because the time it
 * is kept is over. */
uint64_t sekisho_ledger_expired(const struct sekisho_ledger_reader *reader);
void sekisho_ledger_close(struct sekisho_ledger_reader *reader);

/* ---- the whole tree ---- */

/* A leaf of the walk: its hash, and its entry, checked against it, when it could be read (else NULL). */
typedef enum sekisho_status sekisho_ledger_visit(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                                 const struct sekisho_ledger_entry *entry, struct sekisho_error *error);

/*
 * Fetches every leaf hash of the head's tree and recomputes its root; with a session, also every entry, each compared
 * with its leaf. Visits each leaf in order (`visit` may be NULL; its errors end the walk): what it saw is proven only
 * when the walk returns SEKISHO_OK. SEKISHO_ERROR_FORGED `LEDGER_ROOT`, `LEDGER_ENTRY_CHANGED`.
 */
enum sekisho_status sekisho_ledger_walk(struct sekisho_client *client, struct sekisho_session *session,
                                        const struct sekisho_checkpoint *head, sekisho_ledger_visit *visit, void *user,
                                        struct sekisho_error *error);

#ifdef __cplusplus
}
#endif

#endif
