/*
 * The keyed index: from a number to its reference. 10^11 numbers make any unkeyed hash a plaintext, so a number stands
 * in the store as tags: halves of one PRF of it. One half names its index row, the other its guess budget (budget.h):
 * neither table's rows lead to the other's. A caller computes the tags once for all its look-ups. Every write of the
 * index database is here, and with it what memory knows of it (pairs.h).
 */
#ifndef SEKISHO_VAULT_NUMBER_INDEX_H
#define SEKISHO_VAULT_NUMBER_INDEX_H

#include "vault/store.h"

#define NUMBER_TAG_LEN 16

struct number_tag {
    uint8_t index[NUMBER_TAG_LEN], candidate[NUMBER_TAG_LEN];
};
_Static_assert(sizeof(struct number_tag) == HASH_LEN, "a tag is a whole PRF output");

struct number_tags {
    struct number_tag under[KEY_AGES];
    bool former; /* a rotation goes on: rows can be under the former key */
};

/* Reads all index rows into memory (pairs.h), once, with no transaction open: 0 or an LMDB code. A store that has not
 * done it answers the same, later. */
int index_load(struct store *store);

/* 0 or EACCES. */
int number_tags(struct tenant *tenant, const char number[NUMBER_LEN], struct number_tags *tags);

/* True: the number is the reference's current one, by memory alone. False says nothing: ask index_get. */
bool index_knows(const struct tenant *tenant, const struct number_tags *tags, const uint8_t reference[REFERENCE_LEN]);
/* Has what index_knows will read fetched meanwhile. */
void index_prefetch(const struct tenant *tenant, const struct number_tags *tags);

/* Rows by number, whichever key they are under: 0, MDB_NOTFOUND or an LMDB code; index_put overwrites. */
int index_get(struct store *store, struct tenant *tenant, const struct number_tags *tags, struct stored_index *index);
int index_put(struct store *store, struct tenant *tenant, const struct number_tags *tags,
              const uint8_t reference[REFERENCE_LEN], enum index_kind kind);
int index_delete_number(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN]);
/* Moves the number's row from under the former index key; MDB_CORRUPTED when it is under neither key. */
int index_move(struct store *store, struct tenant *tenant, const char number[NUMBER_LEN]);

#endif
