/* Rising delays after bad logins, and steps of the wall clock (domain 10.4, F096). */
#include "auth/lockout.h"
#include "cmocka_includes.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define NOW    INT64_C(1761955200000000)

static const struct account_rules rules = {.lock_failures = 5, .lock_window_s = 900, .lock_delay_s = 60};

/* Bad logins up to the next delay; returns whether the account must be LOCKED. */
static bool row_of_failures(struct stored_account *account, int64_t now_us)
{
    bool lock = false;

    for (int i = 0; i < 5; i++) {
        assert_false(lock);
        assert_false(lockout_delayed(account, now_us));
        lock = lockout_charge(account, &rules, now_us);
    }
    return lock;
}

static void fifth_bad_login_delays_by_a_minute(void **state)
{
    struct stored_account account = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_false(lockout_charge(&account, &rules, NOW + i * MINUTE));
    assert_false(lockout_delayed(&account, NOW + 3 * MINUTE));
    assert_false(lockout_charge(&account, &rules, NOW + 4 * MINUTE));
    assert_true(lockout_delayed(&account, NOW + 4 * MINUTE));
    assert_true(lockout_delayed(&account, NOW + 5 * MINUTE - 1));
    assert_false(lockout_delayed(&account, NOW + 5 * MINUTE));
}

static void each_row_doubles_the_delay_up_to_a_day_and_the_tenth_locks(void **state)
{
    struct stored_account account = {0};
    int64_t now = NOW, delay = MINUTE;

    (void)state;
    for (int row = 1; row <= LOCK_ROWS; row++) {
        assert_int_equal(row_of_failures(&account, now), row == LOCK_ROWS);
        assert_int_equal(account.locked_until_us - now, delay);
        now += delay;
        delay = 2 * delay > LOCK_DELAY_MAX_S * SECOND ? LOCK_DELAY_MAX_S * SECOND : 2 * delay;
    }
}

static void delay_never_exceeds_a_day(void **state)
{
    struct stored_account account = {.lock_count = 4000000000u, .failed_count = 4, .failed_last_us = NOW};

    (void)state;
    assert_true(lockout_charge(&account, &rules, NOW));
    assert_int_equal(account.locked_until_us, NOW + LOCK_DELAY_MAX_S * SECOND);
}

/* Five within any 15 minutes are always caught; a pause of more than that begins anew. */
static void row_ends_after_a_window_without_a_bad_login(void **state)
{
    struct stored_account account = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        lockout_charge(&account, &rules, NOW);
    lockout_charge(&account, &rules, NOW + 15 * MINUTE + 1);
    assert_int_equal(account.failed_count, 1);
    for (int i = 1; i < 5; i++)
        lockout_charge(&account, &rules, NOW + 15 * MINUTE + 1 + i * 14 * MINUTE);
    assert_int_equal(account.lock_count, 1);
}

static void good_login_ends_the_row(void **state)
{
    struct stored_account account = {0};

    (void)state;
    row_of_failures(&account, NOW);
    lockout_clear(&account);
    assert_false(lockout_delayed(&account, NOW));
    row_of_failures(&account, NOW);
    assert_int_equal(account.locked_until_us, NOW + MINUTE);
}

static void clock_set_back_does_not_lengthen_a_delay(void **state)
{
    struct stored_account account = {0};
    const int64_t back = NOW - 365 * 24 * 60 * MINUTE;

    (void)state;
    row_of_failures(&account, NOW);
    lockout_settle(&account, &rules, NOW + MINUTE / 2);
    assert_int_equal(account.locked_until_us, NOW + MINUTE); /* nothing to settle */
    lockout_settle(&account, &rules, back);
    assert_true(lockout_delayed(&account, back));
    assert_int_equal(account.locked_until_us, back + MINUTE);
    lockout_settle(&account, &rules, back + MINUTE);
    assert_false(lockout_delayed(&account, back + MINUTE));
}

static void clock_set_back_does_not_forget_bad_logins(void **state)
{
    struct stored_account account = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        lockout_charge(&account, &rules, NOW);
    lockout_charge(&account, &rules, NOW - 1000 * MINUTE);
    assert_int_equal(account.lock_count, 1);
}

static void clock_set_forward_keeps_the_count_of_rows(void **state)
{
    struct stored_account account = {0};
    const int64_t forward = NOW + 365 * 24 * 60 * MINUTE;

    (void)state;
    for (int row = 0; row < 3; row++)
        row_of_failures(&account, NOW + row * 24 * 60 * MINUTE);
    assert_false(lockout_delayed(&account, forward));
    row_of_failures(&account, forward);
    assert_int_equal(account.locked_until_us, forward + 8 * MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifth_bad_login_delays_by_a_minute),
        cmocka_unit_test(each_row_doubles_the_delay_up_to_a_day_and_the_tenth_locks),
        cmocka_unit_test(delay_never_exceeds_a_day),
        cmocka_unit_test(row_ends_after_a_window_without_a_bad_login),
        cmocka_unit_test(good_login_ends_the_row),
        cmocka_unit_test(clock_set_back_does_not_lengthen_a_delay),
        cmocka_unit_test(clock_set_back_does_not_forget_bad_logins),
        cmocka_unit_test(clock_set_forward_keeps_the_count_of_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
