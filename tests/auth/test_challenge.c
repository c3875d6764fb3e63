/* A login challenge is accepted once, by the process that made it, for a minute. */
#include <stdlib.h>
#include <string.h>

#include "auth/challenge.h"
#include "cmocka_includes.h"

#define NOW 1000000u

static struct challenges *make(uint8_t fill)
{
    uint8_t key[HASH_LEN];

    memset(key, fill, sizeof key);
    struct challenges *challenges = challenges_new(key);
    assert_non_null(challenges);
    return challenges;
}

static int set_up(void **state)
{
    *state = make(1);
    return 0;
}

static int tear_down(void **state)
{
    challenges_free(*state);
    return 0;
}

static void accepted_once(void **state)
{
    uint8_t challenge[CHALLENGE_LEN];

    assert_int_equal(challenge_make(*state, NOW, challenge), 0);
    assert_int_equal(challenge_use(*state, NOW + 1, challenge), CHALLENGE_ACCEPTED);
    assert_int_equal(challenge_use(*state, NOW + 2, challenge), CHALLENGE_USED);
    assert_int_equal(challenge_use(*state, NOW + CHALLENGE_TTL_MS - 1, challenge), CHALLENGE_USED);
}

static void expires(void **state)
{
    uint8_t challenge[CHALLENGE_LEN];

    assert_int_equal(challenge_make(*state, NOW, challenge), 0);
    assert_int_equal(challenge_use(*state, NOW + CHALLENGE_TTL_MS, challenge), CHALLENGE_FOREIGN);
    assert_int_equal(challenge_use(*state, NOW + CHALLENGE_TTL_MS - 1, challenge), CHALLENGE_ACCEPTED);
    assert_int_equal(challenge_use(*state, NOW + CHALLENGE_TTL_MS, challenge), CHALLENGE_FOREIGN);
}

static void every_changed_bit_is_foreign(void **state)
{
    uint8_t challenge[CHALLENGE_LEN];

    assert_int_equal(challenge_make(*state, NOW, challenge), 0);
    for (int bit = 0; bit < CHALLENGE_LEN * 8; bit++) {
        challenge[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(challenge_use(*state, NOW, challenge), CHALLENGE_FOREIGN);
        challenge[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(challenge_use(*state, NOW, challenge), CHALLENGE_ACCEPTED);
}

static void another_process_does_not_accept(void **state)
{
    struct challenges *other = make(2);
    uint8_t challenge[CHALLENGE_LEN];

    assert_int_equal(challenge_make(*state, NOW, challenge), 0);
    assert_int_equal(challenge_use(other, NOW, challenge), CHALLENGE_FOREIGN);
    challenges_free(other);
}

/* Whoever uses up challenges without end is refused; no used one is forgotten while it could be used again. */
static void full_set_refuses_and_forgets_nothing(void **state)
{
    enum { MANY = 20000 };
    uint8_t(*used)[CHALLENGE_LEN] = malloc(MANY * sizeof *used);
    size_t count = 0;
    enum challenge_verdict verdict = CHALLENGE_ACCEPTED;

    assert_non_null(used);
    while (verdict == CHALLENGE_ACCEPTED && count < MANY) {
        assert_int_equal(challenge_make(*state, NOW, used[count]), 0);
        verdict = challenge_use(*state, NOW, used[count++]);
    }
    assert_int_equal(verdict, CHALLENGE_SET_FULL);
    assert_true(count > 4096);
    for (size_t i = 0; i + 1 < count; i++)
        assert_int_equal(challenge_use(*state, NOW, used[i]), CHALLENGE_USED);
    /* The one refused for want of room is not used up; a minute later there is room for its like. */
    assert_int_equal(challenge_use(*state, NOW, used[count - 1]), CHALLENGE_SET_FULL);
    assert_int_equal(challenge_make(*state, NOW + CHALLENGE_TTL_MS, used[0]), 0);
    assert_int_equal(challenge_use(*state, NOW + CHALLENGE_TTL_MS, used[0]), CHALLENGE_ACCEPTED);
    free(used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(accepted_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expires, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_changed_bit_is_foreign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_process_does_not_accept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_set_refuses_and_forgets_nothing, set_up, tear_down),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
