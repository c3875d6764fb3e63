/*
 * Sealed calls of one operation in one session, and the check of their answers: the clear part of every one, the sealed
 * part of every answer to a batch and of every 64th other, since what is measured is the set, not the client's AES.
 */
#ifndef SEKISHO_BENCH_SEALED_H
#define SEKISHO_BENCH_SEALED_H

#include <protobuf-c/protobuf-c.h>

#include "core/people.h"
#include "load/load.h"
#include "sekisho.h"

#define SEALED_ARENA_BYTES (256 * 1024) /* above the largest answer */

struct sealed_calls {
    struct sekisho_session *session; /* stays the caller's */
    enum sekisho_operation operation;
    enum sekisho_purpose purpose;
    enum sekisho_outcome outcome; /* of every item */
    uint32_t batch;
    struct sekisho_item *items; /* of the next call: filled before sealed_calls_next, zero where not used */
    struct sekisho_result *results;
    char session_name[64];
    uint64_t answered;
    ProtobufCAllocator allocator;
    size_t arena_used;
    _Alignas(16) uint8_t arena[SEALED_ARENA_BYTES];
};

struct sealed_request {
    grpc_slice message;
    uint64_t sequence;
};

/* session, operation, purpose, outcome and batch are set. 0, or -1 without memory; sealed_calls_close in every case. */
int sealed_calls_open(struct sealed_calls *calls);
void sealed_calls_close(struct sealed_calls *calls);

/* Seals the items. 0, or -1 with a line on standard error. */
int sealed_calls_next(struct sealed_calls *calls, struct sealed_request *request);
/* Takes the message of a request. */
grpc_byte_buffer *sealed_request_take(struct sealed_request *request);

/* Whether the reply to the call of this sequence number is right. */
bool sealed_calls_right(struct sealed_calls *calls, uint64_t sequence, grpc_byte_buffer *reply);

#endif
