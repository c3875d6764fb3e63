#include "server/services/call_arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define PIECE ((size_t)16 << 10)

struct call_arena_piece {
    struct call_arena_piece *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

static struct call_arena_piece *add_piece(struct call_arena *arena, size_t size)
{
    size_t room = size > PIECE ? size : PIECE;

    if (size > CALL_ARENA_MAX || arena->total + room > CALL_ARENA_MAX)
        return NULL;
    struct call_arena_piece *piece = calloc(1, sizeof *piece + room);
    if (!piece)
        return NULL;
    piece->size = room;
    piece->next = arena->pieces;
    arena->pieces = piece;
    arena->total += room;
    return piece;
}

void *call_arena_alloc(struct call_arena *arena, size_t size)
{
    struct call_arena_piece *piece = arena->pieces;

    if (size > CALL_ARENA_MAX)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!piece || size > piece->size - piece->used)
        piece = add_piece(arena, size);
    if (!piece)
        return NULL;
    void *memory = piece->bytes + piece->used;
    piece->used += size;
    return memory;
}

void call_arena_free(struct call_arena *arena)
{
    while (arena->pieces) {
        struct call_arena_piece *next = arena->pieces->next;
        free(arena->pieces);
        arena->pieces = next;
    }
    arena->total = 0;
}

static void *allocate(void *data, size_t size)
{
    return call_arena_alloc(data, size);
}

static void release(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

ProtobufCAllocator call_arena_allocator(struct call_arena *arena)
{
    return (ProtobufCAllocator){.alloc = allocate, .free = release, .allocator_data = arena};
}
