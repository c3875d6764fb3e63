/*
 * The readable part of a leaf of the ledger of number use (vault/ledger.h): kept by the vault, listed sealed to those
 * who may read it, hashed again by whoever verifies it. How a leaf commits to it: crypto/ledger_leaf.h.
 */
#ifndef SEKISHO_WIRE_LEDGER_ENTRY_H
#define SEKISHO_WIRE_LEDGER_ENTRY_H

#include "wire/messages.h"

#define LEDGER_SALT_LEN      24
#define LEDGER_ITEM_SALT_LEN 14

struct ledger_entry {
    uint16_t version; /* LEDGER_ENTRY_VERSION */
    uint16_t tenant;
    uint16_t operation; /* enum operation */
    uint16_t purpose;   /* enum purpose */
    uint16_t status;    /* enum call_status: CALL_OK or CALL_NOT_PERMITTED */
    uint16_t role;
    uint32_t count; /* items that follow; when refused, items asked for, and none follow */
    uint64_t index;
    int64_t time_us; /* UTC */
    uint8_t session[SESSION_ID_LEN];
    uint8_t case_ref[16];
    char account[ACCOUNT_LEN];
    uint16_t legal_basis; /* code of wire/legal_bases.def as it stood on the day; 0: the table names none */
    uint16_t zero[3];
    uint8_t salt[LEDGER_SALT_LEN];
};
_Static_assert(sizeof(struct ledger_entry) == 128, "ledger_entry layout");
#define LEDGER_ENTRY_VERSION 2

/* Salted each by itself: shown to a third party, one item tells nothing of the others of its batch. */
struct ledger_item {
    uint8_t reference[REFERENCE_LEN]; /* the reference touched; zero when there was none */
    uint8_t outcome;                  /* enum outcome */
    uint8_t detail;                   /* enum detail */
    uint8_t salt[LEDGER_ITEM_SALT_LEN];
};
_Static_assert(sizeof(struct ledger_item) == 32, "ledger_item layout");

/*
 * What READ_LEDGER answers, sealed: this head, `count` entries, each a u32 length and that many bytes (entry and
 * items), then zeros up to LEDGER_PAGE_LEN, so that the length of an answer tells the front nothing.
 */
struct ledger_page {
    uint32_t count;
    uint32_t zero;
    uint64_t next;    /* where to go on */
    uint64_t size;    /* leaves of the committed ledger: next == size means that all is read */
    uint64_t expired; /* of them, the first leaves whose readable part has been erased */
};
_Static_assert(sizeof(struct ledger_page) == 32, "ledger_page layout");
#define LEDGER_PAGE_LEN (68u << 10)
_Static_assert(sizeof(struct ledger_page) + sizeof(uint32_t) + sizeof(struct ledger_entry) +
                       CALL_ITEMS_MAX * sizeof(struct ledger_item) <=
                   LEDGER_PAGE_LEN,
               "the largest entry fits");

#endif
