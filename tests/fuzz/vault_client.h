/* The client's side of a session with the vault, for the vault's fuzz target: keys by session number, calls that are
 * sealed whatever they say, answers that are checked as a suspicious client would. */
#ifndef SEKISHO_TESTS_FUZZ_VAULT_CLIENT_H
#define SEKISHO_TESTS_FUZZ_VAULT_CLIENT_H

#include "support/fuzz.h"
#include "vault/store.h"
#include "wire/ledger_entry.h"

#define SESSIONS   6 /* the table has room for fewer: it must also be seen full */
#define NUMBERS    6 /* valid numbers that calls are about */
#define REFERENCES 8

/* Bytes of a session's id and its keys. */
void client_session(uint8_t session, struct session_open *open);

/* Permit `kind`: everything, one operation only, nothing. */
void client_permit(uint8_t kind, uint16_t permit[PERMIT_LEN]);

/* Writes the body of a SESSION_CALL with this plaintext; returns its length. */
size_t client_seal(uint8_t session, uint64_t call_seq, uint16_t method, const void *plain, size_t length,
                   uint8_t *body);

/* Number n is valid for n < NUMBERS and from FURTHER_NUMBERS on; between, each is invalid in another way. */
#define FURTHER_NUMBERS 1000
void client_number(uint16_t n, char number[NUMBER_LEN]);

/* A blob of number n for the tenant whose public key is given. */
void client_blob(uint8_t n, uint16_t tenant, const uint8_t public_key[X25519_LEN], struct call_item_citizen *item);

struct client_answer {
    struct call_result_head head;
    struct call_result_item results[CALL_ITEMS_MAX];
    union {
        struct call_detail_item details[CALL_ITEMS_MAX];
        uint8_t page[LEDGER_PAGE_LEN]; /* of READ_LEDGER */
    };
};

/* Opens the body of an OK answer; every length, the seal, the signed tree head and the agreement of outcome and detail
 * must be right. */
void client_open(uint8_t session, uint64_t call_seq, const struct tenant *tenant, const uint8_t *body, size_t length,
                 struct client_answer *answer);

/* Has one of these tenants, and the one with this key, signed the tree head? */
bool client_signed(const struct tenant *tenants, size_t count, const uint8_t public_key[ED25519_KEY_LEN],
                   const struct ledger_checkpoint *checkpoint);

/* No valid number of ours is in these bytes. */
void client_require_no_number(const void *bytes, size_t length);

#endif
