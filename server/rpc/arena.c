#include "server/rpc/arena.h"

#include <stdalign.h>
#include <stdlib.h>

static void *arena_alloc(void *data, size_t size)
{
    struct rpc_arena *arena = data;
    size_t start = (arena->used + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (start > arena->size || size > arena->size - start) {
        arena->exhausted = true;
        return NULL;
    }
    arena->used = start + size;
    return arena->memory + start;
}

static void arena_free(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

bool rpc_arena_init(struct rpc_arena *arena, size_t size)
{
    *arena = (struct rpc_arena){
        .memory = malloc(size),
        .size = size,
        .allocator = {.alloc = arena_alloc, .free = arena_free, .allocator_data = arena},
    };
    return arena->memory != NULL;
}

void rpc_arena_reset(struct rpc_arena *arena)
{
    arena->used = 0;
    arena->exhausted = false;
}

void rpc_arena_free(struct rpc_arena *arena)
{
    free(arena->memory);
    *arena = (struct rpc_arena){0};
}
