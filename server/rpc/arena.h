/*
 * Bounded memory for unpacking one request. protobuf-c turns 4 MiB of empty sub-messages into 250 MB of heap; here it
 * gets what the limit says and then fails cleanly. One message lives at a time (it ends with its callback), so that the
 * server has one arena, used over and over by the thread of the completion queue.
 */
#ifndef SEKISHO_RPC_ARENA_H
#define SEKISHO_RPC_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct rpc_arena {
    uint8_t *memory;
    size_t size, used;
    bool exhausted; /* an allocation did not fit since the last reset */
    ProtobufCAllocator allocator;
};

bool rpc_arena_init(struct rpc_arena *arena, size_t size);
void rpc_arena_reset(struct rpc_arena *arena);
void rpc_arena_free(struct rpc_arena *arena);

#endif
