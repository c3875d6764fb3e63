/*
 * Which (number, reference) pairs are current, in memory beside the index database: a MATCH of a right number is
 * answered without a look into LMDB. One table a tenant, 12 bytes a pair, filled at the start, never on disk.
 *
 * It only ever says yes. Whatever it does not know is asked of LMDB, so a pair that is missing costs time, nothing
 * else: there may be no memory for it, a neighbour's removal may have taken it along, its transaction may have been too
 * large. What must not be is a yes that is not true any more: a removal takes effect at once, whatever becomes of its
 * transaction; an addition when its transaction has been committed.
 *
 * A slot is 96 bits: 32 of the number's tag, and the tag's next 64 with a 64-bit hash of the whole reference over them.
 * The hash is strongly universal under a random key of the table: an asker chooses references, and bits of the
 * reference itself would let him make up others that pass for one, each with guess budgets of its own. A pair that is
 * not current gets a yes with 2^-64 when it is the number's own slot that meets it under another reference, else with
 * 2^-96 a slot (2^-72 of 10^7); a guessed number is right with 10^-11.
 *
 * Slots lie in the order of their first 32 bits, each at the place that these bits are of the whole or as little behind
 * it as others before it require: the index database's own order, so that the start writes the table from end to end,
 * and growing moves it into a larger one from end to end and gives the old one back behind itself.
 */
#ifndef SEKISHO_VAULT_PAIRS_H
#define SEKISHO_VAULT_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/sealed.h"

#define PAIRS_TAG_LEN   12           /* so much of a number's index tag is looked at */
#define PAIRS_BYTES_MAX (512u << 20) /* of address space, for all tables together, while one grows, too */

struct pairs_slot {
    uint32_t place, mark[2]; /* all zero: empty */
};

struct pairs {
    struct pairs_slot *slots; /* private anonymous memory; NULL: knows nothing and learns nothing */
    uint32_t capacity, used;
    uint64_t key[2][REFERENCE_LEN / 4 + 1];
};

/* Of the open transaction, in their order. */
#define PAIRS_CHANGES_MAX 12288 /* two for each item of the largest group (replies.h): REPLACE */
struct pairs_changes {
    uint32_t count;
    bool too_many; /* then none of the transaction's additions is made */
    struct pairs_change {
        struct pairs *pairs;
        struct pairs_slot slot;
        bool added; /* else only what was added before it is taken out */
    } change[PAIRS_CHANGES_MAX];
};

/* Room for `rows` pairs and a few more; without memory it stays without slots. pairs_close it. */
void pairs_open(struct pairs *pairs, uint64_t rows);
void pairs_close(struct pairs *pairs);

/* At once and whatever is there: for filling a table. */
void pairs_fill(struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN], const uint8_t reference[REFERENCE_LEN]);

/* True: this is a current pair. */
bool pairs_contain(const struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN], const uint8_t reference[REFERENCE_LEN]);
/* Has the processor fetch what pairs_contain will read. */
void pairs_prefetch(const struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN]);

/* What the open transaction does to a tag's row: it is gone; it is a current pair in place of what it was. */
void pairs_remove(struct pairs *pairs, struct pairs_changes *changes, const uint8_t tag[PAIRS_TAG_LEN]);
void pairs_put(struct pairs *pairs, struct pairs_changes *changes, const uint8_t tag[PAIRS_TAG_LEN],
               const uint8_t reference[REFERENCE_LEN]);
/* The transaction has been committed, or not. */
void pairs_settle(struct pairs_changes *changes, bool committed);

#endif
