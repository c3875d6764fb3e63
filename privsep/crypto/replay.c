#include "crypto/sealed.h"

#include <string.h>

static uint64_t *word_of(struct replay_window *window, uint64_t call_seq)
{
    return &window->bits[call_seq % REPLAY_WINDOW / 64];
}

static uint64_t bit_of(uint64_t call_seq)
{
    return UINT64_C(1) << (call_seq % 64);
}

bool replay_would_accept(const struct replay_window *window, uint64_t call_seq)
{
    if (call_seq == 0)
        return false;
    if (call_seq > window->highest)
        return true;
    if (window->highest - call_seq >= REPLAY_WINDOW)
        return false;
    return (window->bits[call_seq % REPLAY_WINDOW / 64] & bit_of(call_seq)) == 0;
}

/* The bits form a ring: places of values that leave the window are cleared for those that enter it. */
static void move_to(struct replay_window *window, uint64_t call_seq)
{
    if (call_seq - window->highest >= REPLAY_WINDOW)
        memset(window->bits, 0, sizeof window->bits);
    else
        for (uint64_t entering = window->highest + 1; entering < call_seq; entering++)
            *word_of(window, entering) &= ~bit_of(entering);
    window->highest = call_seq;
}

void replay_accept(struct replay_window *window, uint64_t call_seq)
{
    if (call_seq > window->highest)
        move_to(window, call_seq);
    *word_of(window, call_seq) |= bit_of(call_seq);
}
