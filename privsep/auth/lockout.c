#include "auth/lockout.h"

#define SECOND_US INT64_C(1000000)

/* Length of the delay that the last row of bad logins has brought. */
static int64_t delay_us(const struct stored_account *account, const struct account_rules *rules)
{
    int64_t seconds = rules->lock_delay_s;

    for (uint32_t row = 1; row < account->lock_count && seconds < LOCK_DELAY_MAX_S; row++)
        seconds *= 2;
    return (seconds < LOCK_DELAY_MAX_S ? seconds : LOCK_DELAY_MAX_S) * SECOND_US;
}

void lockout_settle(struct stored_account *account, const struct account_rules *rules, int64_t now_us)
{
    int64_t longest = delay_us(account, rules);

    if (account->locked_until_us - now_us > longest)
        account->locked_until_us = now_us + longest;
}

bool lockout_delayed(const struct stored_account *account, int64_t now_us)
{
    return now_us < account->locked_until_us;
}

bool lockout_charge(struct stored_account *account, const struct account_rules *rules, int64_t now_us)
{
    if (now_us - account->failed_last_us > rules->lock_window_s * SECOND_US)
        account->failed_count = 0;
    account->failed_last_us = now_us;
    if (++account->failed_count < rules->lock_failures)
        return false;
    account->failed_count = 0;
    account->lock_count++;
    account->locked_until_us = now_us + delay_us(account, rules);
    return account->lock_count >= LOCK_ROWS;
}

void lockout_clear(struct stored_account *account)
{
    account->failed_count = 0;
    account->lock_count = 0;
    account->failed_last_us = 0;
    account->locked_until_us = 0;
}
