/*
 * Erasure receipts: a text that shows to whoever knows the ledger's key, without a server, that a person's number was
 * erased, when and for what.
 *
 *     sekisho erasure receipt 1
 *     prefecture 11
 *     reference 00112233445566778899aabbccddeeff
 *     time 2026-11-23T01:02:03.456789Z
 *     operation ERASE
 *     purpose DELETE
 *     account approver01
 *     index 42                          of the leaf in the ledger
 *     entry <hex>                       struct ledger_entry (wire/ledger_entry.h) of the leaf, with its salt
 *     item <hex>                        struct ledger_item of the reference, with its salt
 *     other <hex>                       hash of another item of the same call; items and others are in their order
 *     proof <hex>                       a hash of the inclusion proof (RFC 6962 section 2.1.1), from the leaf up
 *     vkey sekisho/prefectures/11+...   the ledger's key (c2sp.org/signed-note)
 *
 *     sekisho/prefectures/11            the tree head, a checkpoint (c2sp.org/tlog-checkpoint) as a signed note
 *     ...
 *
 * The first lines say in words what entry and item say. A reader writes the text again from what is proven: a receipt
 * in which a byte is different is none.
 */
#ifndef SEKISHO_CLI_ERASURE_RECEIPT_H
#define SEKISHO_CLI_ERASURE_RECEIPT_H

#include "sekisho_ledger.h"
#include "wire/ledger_entry.h"

struct erasure_receipt {
    struct sekisho_checkpoint head;
    struct sekisho_proof proof;
    uint8_t data[sizeof(struct ledger_entry) + sizeof(struct ledger_item)]; /* the leaf's entry and the item */
    size_t item_count, item_at;                                             /* items of the call; which it is */
    uint8_t hash[CALL_ITEMS_MAX][SEKISHO_HASH_LEN];                         /* of every item */
};

enum receipt_fault {
    RECEIPT_GOOD,
    RECEIPT_LINE,        /* a line is not what the others prove */
    RECEIPT_NOT_ERASURE, /* the entry is not of an erasure that was done */
    RECEIPT_LEAF,        /* the entry is not in the tree of the head */
    RECEIPT_SIGNATURE,   /* the head is not signed by the key */
};

/* Of item `at` of an entry that `proof` proves. False when libcrypto fails. */
bool erasure_receipt_make(const struct sekisho_ledger_entry *entry, size_t at, const struct sekisho_proof *proof,
                          const struct sekisho_checkpoint *head, struct erasure_receipt *receipt);
/* Its text, zero-terminated: free it. Aborts without memory. */
char *erasure_receipt_text(const struct erasure_receipt *receipt);

/* Reads a text and checks everything but whose key it is (receipt->head.public_key). *line is the first line that does
 * not fit, with RECEIPT_LINE. */
enum receipt_fault erasure_receipt_check(const char *text, struct erasure_receipt *receipt, unsigned *line);

#endif
