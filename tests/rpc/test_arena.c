#include <stdalign.h>
#include <string.h>

#include "interop/v1/interop.pb-c.h"
#include "server/rpc/arena.h"
#include "tests/rpc/cmocka_all.h"

static void allocations_are_aligned_and_apart(void **state)
{
    struct rpc_arena arena;
    uint8_t *before = NULL;

    (void)state;
    assert_true(rpc_arena_init(&arena, 1024));
    for (size_t size = 1; size < 20; size++) {
        uint8_t *block = arena.allocator.alloc(arena.allocator.allocator_data, size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
        assert_true(!before || block >= before + size - 1);
        memset(block, 0xff, size);
        before = block;
    }
    rpc_arena_free(&arena);
}

static void the_bound_holds(void **state)
{
    struct rpc_arena arena;

    (void)state;
    assert_true(rpc_arena_init(&arena, 256));
    assert_null(arena.allocator.alloc(&arena, 257));
    assert_true(arena.exhausted);
    rpc_arena_reset(&arena);
    assert_false(arena.exhausted);
    assert_null(arena.allocator.alloc(&arena, SIZE_MAX));
    assert_null(arena.allocator.alloc(&arena, SIZE_MAX - 8));
    rpc_arena_reset(&arena);
    assert_non_null(arena.allocator.alloc(&arena, 250));
    assert_null(arena.allocator.alloc(&arena, 1));
    rpc_arena_free(&arena);
}

static void amplification_fails_cleanly(void **state)
{
    static uint8_t request[20000]; /* 10,000 empty sub-messages: two bytes on the wire, 40 and a pointer in memory */
    struct rpc_arena arena;

    (void)state;
    for (size_t i = 0; i < sizeof request; i += 2)
        request[i] = 0x2a;
    assert_true(rpc_arena_init(&arena, 64 * 1024));
    assert_null(interop__v1__echo_request__unpack(&arena.allocator, sizeof request, request));
    assert_true(arena.exhausted);
    rpc_arena_reset(&arena);
    assert_non_null(interop__v1__echo_request__unpack(&arena.allocator, 200, request));
    rpc_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_apart),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(amplification_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
