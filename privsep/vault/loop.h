/* The vault's one thread: receives, works in groups, commits, answers. */
#ifndef SEKISHO_VAULT_LOOP_H
#define SEKISHO_VAULT_LOOP_H

#include "sandbox/sandbox.h"
#include "vault/call.h"
#include "vault/ledger_read.h"
#include "vault/upkeep.h"

/* A reply that waits for the commit, or for the front to read. */
struct queued_reply {
    uint16_t type;
    uint64_t reply_to;
    size_t offset, length;     /* in the buffer */
    struct call_answer answer; /* of a SESSION_CALL_REPLY; else zero */
};

/*
 * Group commit: up to GROUP_FRAMES frames or GROUP_ITEMS items share one transaction and one fdatasync. The item bound
 * keeps a group of large batches from delaying a single call behind it for more than a few milliseconds.
 */
#define GROUP_FRAMES 256
#define GROUP_ITEMS  4096
#define QUEUE_BYTES  (8u << 20)
_Static_assert(LEDGER_REPLY_MAX <= CALL_REPLY_MAX && BACKUP_REPLY_MAX <= CALL_REPLY_MAX,
               "a reply's room is that of the largest call");

struct vault {
    struct child *child;
    struct channel front, auth;
    enum phase phase;
    struct store store;
    struct session_table sessions;
    struct call_engine engine;
    uint8_t *front_buffer; /* FRAME_MAX: the front's record, until all its frames are taken */
    struct channel_batch replies;
    uint8_t *receive_buffer; /* FRAME_MAX; holds sealed bytes, and session keys only while a SESSION_OPEN is handled */
    uint8_t *queue_buffer;   /* QUEUE_BYTES */
    struct queued_reply queue[GROUP_FRAMES];
    size_t queue_count, queue_sent, queue_used;
    int64_t refusals_reported_ms;
    struct upkeep upkeep;
};

/* Runs until drained or until something ends the process. */
__attribute__((noreturn)) void vault_run(struct vault *vault);

#endif
