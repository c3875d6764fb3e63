/*
 * The readable part of a leaf of the ledger of number use (vault/ledger.h): kept by the vault, listed through the front
 * (FRAME_LEDGER_LIST), hashed again by whoever verifies it. Leaf data is SHA-256 of the entry and its items; the leaf
 * hash is SHA-256(0x00 || leaf data), RFC 6962 section 2.1.
 */
#ifndef SEKISHO_WIRE_LEDGER_ENTRY_H
#define SEKISHO_WIRE_LEDGER_ENTRY_H

#include "wire/messages.h"

struct ledger_entry {
    uint16_t version; /* 1 */
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
    uint8_t salt[32];
};
_Static_assert(sizeof(struct ledger_entry) == 128, "ledger_entry layout");

struct ledger_item {
    uint8_t reference[REFERENCE_LEN]; /* the reference touched; zero when there was none */
    uint8_t outcome;                  /* enum outcome */
    uint8_t detail;                   /* enum detail */
    uint8_t zero[6];
};
_Static_assert(sizeof(struct ledger_item) == 24, "ledger_item layout");

#endif
