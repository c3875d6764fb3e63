/*
 * The operations on numbers: the one const table that says for which purposes each is lawful, what its items are and
 * which function does it. None returns a number; none changes what is permitted.
 */
#ifndef SEKISHO_VAULT_OPERATIONS_H
#define SEKISHO_VAULT_OPERATIONS_H

#include "crypto/sealed.h"
#include "vault/budget.h"
#include "vault/store.h"

struct op_context {
    struct store *store; /* with an open transaction */
    struct tenant *tenant;
    int64_t now_us;                 /* UTC */
    struct budget *budget;          /* of the call */
    const uint8_t *case_ref;        /* that the call serves: what it enrols is provisional; NULL: none */
    bool may_know_duplicate;        /* the session may LOOKUP, so it may learn which reference a duplicate is */
    const struct number_tags *tags; /* of the item, when the operation's row says so */
    uint8_t *page;                  /* READ_LEDGER: room for LEDGER_PAGE_LEN bytes of answer; else NULL */
};

struct op_result {
    enum detail detail;
    uint8_t touched[REFERENCE_LEN];   /* for the ledger: the reference that was touched; zero if none */
    uint8_t reference[REFERENCE_LEN]; /* for the front and the client: a new or found reference, else zero */
    uint8_t duplicate[REFERENCE_LEN]; /* for the client alone */
};

/* Does one item. 0, or an LMDB code or EACCES that spoils the transaction. `result` is zeroed by the caller. */
typedef int op_function(struct op_context *context, const void *item, struct op_result *result);

struct op_row {
    uint16_t purposes; /* PURPOSE_BIT(...): lawful uses (domain: vault calls); a permit can only narrow them */
    bool tags_ahead;   /* op_context.tags: made for several items before the first is done */
    enum outcome miss; /* what the front sees of every detail that is not a success */
    op_function *run;
};

/* NULL for an operation that does not exist. */
const struct op_row *operation_row(uint16_t operation);

/* Purposes that a permit may name for an operation: those of its row. */
uint16_t operation_purposes(uint16_t operation);

/* What the front may see of a detail. */
enum outcome operation_outcome(uint16_t operation, enum detail detail);

op_function op_enroll, op_match, op_lookup, op_replace, op_erase, op_enroll_citizen, op_unlock, op_read_ledger,
    op_rotate_keys, op_backup, op_confirm, op_release, op_match_citizen;

/* Enrols a number that is in clear in the caller's memory; shared by ENROLL and ENROLL_CITIZEN. In a case, one request
 * has one number: another one is a conflict until the first is released. */
int enroll_number(struct op_context *context, const char number[NUMBER_LEN], const uint8_t request_id[REQUEST_ID_LEN],
                  struct op_result *result);

/* Is this the reference's number? Shared by MATCH and MATCH_CITIZEN. */
int compare_number(struct op_context *context, const uint8_t reference[REFERENCE_LEN], const char number[NUMBER_LEN],
                   const struct number_tags *tags, struct op_result *result);

#endif
