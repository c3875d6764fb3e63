/*
 * Bodies of the ledger's frames, front -> vault and back (FRAME_LEDGER_*).
 * Heads, proofs and hashes say nothing of anybody (leaves are salted): whoever may connect may have them. Entries are
 * read by a sealed call (crypto/sealed.h, READ_LEDGER).
 */
#ifndef SEKISHO_WIRE_LEDGER_MESSAGES_H
#define SEKISHO_WIRE_LEDGER_MESSAGES_H

#include "wire/messages.h"

struct ledger_head_request {
    uint16_t tenant;
    uint16_t zero;
    uint32_t zero2;
};

struct ledger_head_reply {
    uint16_t known; /* 0: no such tenant here */
    uint16_t zero;
    uint32_t zero2;
    uint64_t size;
    uint8_t root[32];
    uint8_t signature[64];
    uint8_t public_key[32]; /* Ed25519, of this tenant's ledger */
};
_Static_assert(sizeof(struct ledger_head_reply) == 144, "ledger_head_reply layout");

enum ledger_status { LEDGER_OK, LEDGER_UNKNOWN_TENANT, LEDGER_OUT_OF_RANGE, LEDGER_UNAVAILABLE };
enum ledger_proof { LEDGER_INCLUSION = 1, LEDGER_CONSISTENCY = 2 };

struct ledger_proof_request {
    uint16_t tenant;
    uint16_t kind; /* enum ledger_proof */
    uint32_t zero;
    uint64_t first; /* INCLUSION: leaf index; CONSISTENCY: the smaller size, at least 1 */
    uint64_t size;  /* of the tree proven against; at most the committed size */
};

struct ledger_hashes_request {
    uint16_t tenant;
    uint16_t level; /* 0: leaf hashes; 8, 16, ...: roots of complete subtrees of 2^level leaves */
    uint32_t count; /* 1..LEDGER_HASHES_MAX */
    uint64_t first;
};
#define LEDGER_HASHES_MAX 1024

/* Answer to PROOF and HASHES: `count` hashes of 32 bytes follow. */
struct ledger_hashes_reply {
    uint16_t status; /* enum ledger_status */
    uint16_t zero;
    uint32_t count;
};

#endif
