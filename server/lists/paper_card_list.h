/* Rows of the list of cards (保育士証交付簿): of pages and of exports. */
#ifndef SEKISHO_LISTS_PAPER_CARD_LIST_H
#define SEKISHO_LISTS_PAPER_CARD_LIST_H

#include "server/lists/paper_card.h"

struct paper_card_filter {
    Sekisho__V1__PaperCardState state; /* UNSPECIFIED: all */
    int32_t from, to;                  /* yyyymmdd of the last change, 0: open */
};

/* The card of a row of paper_card or paper_card_by_state; NULL when the filter leaves it out: also a void one that
 * waits to be made or sent, in the work list of a state. An LMDB code. */
int paper_card_row(const struct reg *reg, MDB_txn *txn, const struct paper_card_filter *filter, MDB_val key,
                   ProtobufCAllocator *arena, Sekisho__V1__PaperCard **card);

#endif
