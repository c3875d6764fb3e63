/*
 * Searching entries. One criterion, the most selective, leads through its index; the others are asked of what it finds.
 * Entries come in the order of the leading index, each once.
 */
#ifndef SEKISHO_REGISTER_ENTRY_SEARCH_H
#define SEKISHO_REGISTER_ENTRY_SEARCH_H

#include "server/register/entry.h"
#include "server/register/entry_index.h"

#define SEARCH_CRITERIA_MAX 4
/* Entries looked at for one page: bounds the time on the caller's thread. A page may have fewer entries than there are.
 */
#define SEARCH_LOOKS_MAX 1000

struct entry_search {
    uint32_t serial; /* 0: any */
    uint32_t states; /* bit 1 << state each; 0: any */
    size_t count;
    struct entry_criterion {
        struct index_row row; /* what an entry has to have */
        bool prefix;          /* a row that begins so will do */
    } criteria[SEARCH_CRITERIA_MAX];
};

/* Adds a criterion by text, which is made a key. False: not a text of this kind. */
bool search_by_name(struct entry_search *search, const char *name, bool prefix);
bool search_by_kana(struct entry_search *search, const char *kana, bool prefix);
void search_by_birth(struct entry_search *search, int32_t day);
void search_by_reference(struct entry_search *search, const uint8_t reference[ENTRY_REFERENCE_LEN]);
/* By registration number (any usual spelling, also without the prefecture). False: no number of this prefecture. */
bool search_by_number(struct entry_search *search, uint16_t tenant, const char *number);

/* By state alone: one state leads, several are asked of every entry. */
void search_by_states(struct entry_search *search, uint32_t states);

/* Where a page begins: the leading index's key and the entry. Length 0 and serial 0: the beginning, or the end. */
struct search_position {
    uint32_t serial;
    uint16_t length;
    uint8_t key[INDEX_KEY_MAX];
};

/*
 * At most `rows` entries from *position on, into found[rows]; *position is then where the next page begins. 0 or a code
 * of the store.
 */
int search_page(const struct reg *reg, MDB_txn *txn, const struct entry_search *search,
                struct search_position *position, ProtobufCAllocator *allocator, size_t rows, stored_entry **found,
                size_t *count);

#endif
