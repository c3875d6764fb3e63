/*
 * Memory of one call of the register: given back all at once when the call is answered, bounded, so that no request and
 * no page of a list costs more. Zeroed.
 */
#ifndef SEKISHO_SERVICES_CALL_ARENA_H
#define SEKISHO_SERVICES_CALL_ARENA_H

#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

/* A page of a thousand rows and its packed answer. */
#define CALL_ARENA_MAX ((size_t)16 << 20)

struct call_arena {
    struct call_arena_piece *pieces; /* the newest first */
    size_t total;
};

/* Zeroed; NULL when there is none left. */
void *call_arena_alloc(struct call_arena *arena, size_t size);
void call_arena_free(struct call_arena *arena);
/* For protobuf_c_message_unpack; freeing single messages does nothing. Valid as long as the arena stays where it is. */
ProtobufCAllocator call_arena_allocator(struct call_arena *arena);

#endif
