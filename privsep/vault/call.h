/*
 * One SESSION_CALL from seal to seal: replay window, opening, layout, permit, operation, ledger leaf; then, when the
 * group is complete and its tree head signed, the sealed reply. Runs inside a transaction that the loop commits before
 * any reply leaves.
 */
#ifndef SEKISHO_VAULT_CALL_H
#define SEKISHO_VAULT_CALL_H

#include "vault/operations.h"
#include "vault/session.h"

/* Largest reply: struct session_call_reply, clear part, sealed details. */
#define CALL_REPLY_MAX                                                                                                 \
    (sizeof(struct session_call_reply) + sizeof(struct call_result_head) +                                             \
     CALL_ITEMS_MAX * (sizeof(struct call_result_item) + sizeof(struct call_detail_item)) + SEAL_TAG_LEN)

struct call_engine {
    struct store *store;
    struct session_table *sessions;
    const struct guess_limits *limits; /* index enum purpose */
    /* scratch of one call, wiped after it */
    uint8_t *plain; /* FRAME_MAX bytes of guarded memory: the only place where sealed numbers are opened into */
    struct ledger_item *items; /* CALL_ITEMS_MAX */
};

size_t call_engine_bytes(void); /* of the secret arena */
int call_engine_init(struct call_engine *engine, struct store *store, struct session_table *sessions,
                     const struct guess_limits *limits);

struct call_clock {
    int64_t now_us;  /* UTC, for the ledger */
    int64_t boot_ms; /* session_clock_ms */
};

/* What became of a call, until its group is sealed and committed. */
struct call_answer {
    enum call_status status;
    uint32_t items;          /* worked on, or as much work as that */
    size_t length;           /* of the reply's body */
    struct session *session; /* whose reply key seals it; NULL when there is nothing to seal */
    uint64_t call_seq;
};

/*
 * Handles the body of a SESSION_CALL frame whose length the frame table has checked to be at least
 * sizeof(struct session_call). False when the body is not what its length fields say: a violation by the front.
 * Else writes the reply's body, still unsealed (at most CALL_REPLY_MAX bytes).
 * *rc is not 0 when the store failed: the transaction must be aborted and the reply thrown away.
 */
bool call_handle(struct call_engine *engine, const struct call_clock *clock, const uint8_t *body, size_t body_length,
                 uint8_t *reply, struct call_answer *answer, int *rc);

/* When all calls of the group are in the ledger (ledger_sign): puts the tree head into the reply and seals it, in
 * place. No frame of auth may be handled between the two: the session must still be there. 0, or EACCES. */
int call_seal(const struct call_answer *answer, uint8_t *reply);

#endif
