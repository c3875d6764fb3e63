/* A call without gRPC: what a handler does to it is recorded. Implements the part of server/rpc/rpc.h that handlers
 * use. */
#ifndef SEKISHO_TESTS_SERVICES_FAKE_CALL_H
#define SEKISHO_TESTS_SERVICES_FAKE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/rpc/rpc.h"

#define FAKE_CALL_BYTES 81920 /* a page of the ledger */

struct rpc_call {
    const struct rpc_method *method;
    void *context, *user;
    uint8_t certificate[32];
    const char *session;  /* request metadata `sekisho-session`; NULL: none */
    size_t queued_bytes;  /* what rpc_call_queued_bytes says */
    bool over;            /* rpc_call_send fails */
    int64_t time_left_ms; /* what rpc_call_time_left_ms says */
    /* Recorded: */
    unsigned next_asked, sent, replied, finished;
    bool failed;            /* finished with `error` */
    struct rpc_error error; /* its texts as given, but the field's, which is copied: it may be the call's own */
    char field[128];
    size_t length; /* the last message sent or replied, packed */
    uint8_t packed[FAKE_CALL_BYTES];
};

#endif
