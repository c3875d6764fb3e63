/* The replay window: each sequence number once, in any order within 4,096, never an older one. */
#include "support/test.h"

#include <string.h>

#include "crypto/sealed.h"

/* As the vault uses it: asked first, marked when the seal opened. */
static bool take(struct replay_window *window, uint64_t call_seq)
{
    if (!replay_would_accept(window, call_seq))
        return false;
    replay_accept(window, call_seq);
    return true;
}

static void test_fresh_then_replayed(void **state)
{
    struct replay_window window = {0};

    (void)state;
    for (uint64_t seq = 1; seq <= 3 * REPLAY_WINDOW; seq++) {
        assert_true(take(&window, seq));
        assert_false(take(&window, seq));
    }
    for (uint64_t seq = 1; seq <= 3 * REPLAY_WINDOW; seq++)
        assert_false(take(&window, seq));
}

static void test_asking_changes_nothing(void **state)
{
    struct replay_window window = {0}, before = {0};

    (void)state;
    assert_true(take(&window, 7));
    before = window;
    assert_true(replay_would_accept(&window, 8));
    assert_true(replay_would_accept(&window, 1));
    assert_false(replay_would_accept(&window, 7));
    assert_memory_equal(&window, &before, sizeof window);
}

static void test_zero_is_refused(void **state)
{
    struct replay_window window = {0};

    (void)state;
    assert_false(take(&window, 0));
    assert_true(take(&window, 1));
    assert_false(take(&window, 0));
}

static void test_reordered_within_the_window(void **state)
{
    struct replay_window window = {0};

    (void)state;
    for (uint64_t seq = REPLAY_WINDOW; seq >= 1; seq--)
        assert_true(take(&window, seq));
    for (uint64_t seq = 1; seq <= REPLAY_WINDOW; seq++)
        assert_false(take(&window, seq));
}

static void test_older_than_the_window(void **state)
{
    struct replay_window window = {0};

    (void)state;
    assert_true(take(&window, REPLAY_WINDOW + 10));
    assert_false(take(&window, 10)); /* one too old */
    assert_true(take(&window, 11));  /* the oldest inside */
    assert_false(take(&window, 1));
}

/* The window is a ring: places left by old numbers must not make new ones look used, nor used ones new. */
static void test_jumps(void **state)
{
    static const uint64_t jumps[] = {1, 2, 63, 64, 65, REPLAY_WINDOW - 1, REPLAY_WINDOW, REPLAY_WINDOW + 1, 1u << 20};

    (void)state;
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        struct replay_window window = {0};
        uint64_t before = 2 * REPLAY_WINDOW, after = before + jumps[i];
        uint64_t oldest = after - REPLAY_WINDOW + 1;
        for (uint64_t seq = 1; seq <= before; seq++)
            assert_true(take(&window, seq));
        assert_true(take(&window, after));
        for (uint64_t seq = 1; seq <= after; seq++)
            assert_int_equal(replay_would_accept(&window, seq), seq >= oldest && seq > before && seq < after);
    }
}

static void test_largest_number(void **state)
{
    struct replay_window window = {0};

    (void)state;
    assert_true(take(&window, 1));
    assert_true(take(&window, UINT64_MAX - 1));
    assert_true(take(&window, UINT64_MAX));
    assert_false(take(&window, UINT64_MAX));
    assert_false(take(&window, UINT64_MAX - 1));
    assert_false(take(&window, 0)); /* no wrap */
    assert_false(take(&window, 1));
    assert_false(take(&window, UINT64_MAX - REPLAY_WINDOW));
    assert_true(take(&window, UINT64_MAX - REPLAY_WINDOW + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fresh_then_replayed),   cmocka_unit_test(test_asking_changes_nothing),
        cmocka_unit_test(test_zero_is_refused),       cmocka_unit_test(test_reordered_within_the_window),
        cmocka_unit_test(test_older_than_the_window), cmocka_unit_test(test_jumps),
        cmocka_unit_test(test_largest_number),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
