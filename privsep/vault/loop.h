/* The vault's one thread: receives, works in groups, commits, answers. */
#ifndef SEKISHO_VAULT_LOOP_H
#define SEKISHO_VAULT_LOOP_H

#include "sandbox/sandbox.h"
#include "vault/replies.h"
#include "vault/upkeep.h"

struct vault {
    struct child *child;
    struct channel front, auth;
    enum phase phase;
    struct store store;
    struct session_table sessions;
    struct call_engine engine;
    uint8_t *front_buffer; /* FRAME_MAX: the front's record, until all its frames are taken */
    struct replies replies;
    uint8_t *receive_buffer; /* FRAME_MAX; holds sealed bytes, and session keys only while a SESSION_OPEN is handled */
    int64_t refusals_reported_ms;
    struct upkeep upkeep;
};

/* Runs until drained or until something ends the process. */
__attribute__((noreturn)) void vault_run(struct vault *vault);

#endif
