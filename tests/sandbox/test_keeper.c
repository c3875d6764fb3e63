/* The keeper: how often and how soon it starts again, and when it stops doing so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "forked.h"
#include "warden/keeper.h"
#include "wire/exit_codes.h"

#define STARTS_MAX 16

/* Shared with the forked keeper. */
static struct record {
    int starts;
    int64_t at_ms[STARTS_MAX];
    unsigned told_restarts[STARTS_MAX];
    int codes[STARTS_MAX]; /* how each set ends; -1: waits for SIGTERM, then ends with 0 */
    int signalled;
} * record;

static struct keeper_plan plan;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_for_term(void)
{
    sigset_t term;
    int signal;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    sigwait(&term, &signal);
    record->signalled++;
}

static pid_t fake_set(void *context, unsigned restarts)
{
    int which = record->starts++;

    (void)context;
    record->at_ms[which] = now_ms();
    record->told_restarts[which] = restarts;
    pid_t pid = fork();
    if (pid == 0) {
        if (record->codes[which] < 0)
            wait_for_term();
        if (record->codes[which] > 128)
            raise(record->codes[which] - 128);
        _exit(record->codes[which] < 0 ? 0 : record->codes[which]);
    }
    return pid;
}

static int run_keeper(void *context)
{
    (void)context;
    return keeper_run(&plan);
}

static int keep(const int *codes, size_t count)
{
    memset(record, 0, sizeof *record);
    for (size_t i = 0; i < STARTS_MAX; i++)
        record->codes[i] = codes[i < count ? i : count - 1];
    return forked(AS_CALLER, run_keeper, NULL);
}

static void three_restarts_then_it_gives_up(void **state)
{
    (void)state;
    assert_int_equal(keep((int[]){EXIT_STORE}, 1), EXIT_GAVE_UP);
    assert_int_equal(record->starts, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(record->told_restarts[i], i);
}

static void the_pause_doubles(void **state)
{
    (void)state;
    keep((int[]){EXIT_PROTOCOL}, 1);
    for (int i = 1; i < 4; i++)
        assert_true(record->at_ms[i] - record->at_ms[i - 1] >= plan.first_pause_ms << (i - 1));
    /* And it is a pause, not an hour. */
    assert_true(record->at_ms[3] - record->at_ms[0] < 20 * plan.first_pause_ms + 2000);
}

static void a_restart_out_of_the_window_is_forgotten(void **state)
{
    int codes[] = {EXIT_STORE, EXIT_STORE, EXIT_STORE, EXIT_STORE, EXIT_STORE, EXIT_STORE, EXIT_DRAINED};
    struct keeper_plan usual = plan;

    (void)state;
    plan.window_ms = 1;
    assert_int_equal(keep(codes, 7), EXIT_DRAINED);
    assert_int_equal(record->starts, 7);
    plan = usual;
}

static void a_set_that_drained_or_cannot_be_configured_is_not_restarted(void **state)
{
    (void)state;
    assert_int_equal(keep((int[]){EXIT_DRAINED}, 1), EXIT_DRAINED);
    assert_int_equal(record->starts, 1);
    assert_int_equal(keep((int[]){EXIT_CONFIG}, 1), EXIT_CONFIG);
    assert_int_equal(record->starts, 1);
}

static void a_killed_set_is_restarted(void **state)
{
    (void)state;
    assert_int_equal(keep((int[]){128 + SIGKILL, 128 + SIGSYS, EXIT_DRAINED}, 3), EXIT_DRAINED);
    assert_int_equal(record->starts, 3);
}

static void a_front_out_of_memory_is_not_counted_and_waits_the_first_pause(void **state)
{
    int codes[] = {EXIT_FRONT, EXIT_FRONT, EXIT_FRONT, EXIT_FRONT, EXIT_FRONT, EXIT_FRONT, EXIT_STORE};

    (void)state;
    assert_int_equal(keep(codes, 7), EXIT_GAVE_UP);
    assert_int_equal(record->starts, 6 + 4);
    assert_int_equal(record->told_restarts[6], 0);
    assert_true(record->at_ms[6] - record->at_ms[0] >= 6 * plan.first_pause_ms);
    assert_true(record->at_ms[6] - record->at_ms[0] < 20 * plan.first_pause_ms + 2000);
}

static int keep_and_signal(void *context)
{
    pid_t keeper = fork();

    (void)context;
    if (keeper == 0)
        _exit(keeper_run(&plan));
    while (record->starts == 0)
        usleep(1000);
    kill(keeper, SIGTERM);
    return forked_wait(keeper);
}

static void asked_to_end_it_asks_the_set(void **state)
{
    (void)state;
    memset(record, 0, sizeof *record);
    record->codes[0] = -1;
    assert_int_equal(forked(AS_CALLER, keep_and_signal, NULL), EXIT_DRAINED);
    assert_int_equal(record->signalled, 1);
    assert_int_equal(record->starts, 1);
}

static void asked_to_end_in_a_pause_it_ends(void **state)
{
    struct keeper_plan usual = plan;

    (void)state;
    memset(record, 0, sizeof *record);
    record->codes[0] = EXIT_STORE;
    plan.first_pause_ms = 60000;
    assert_int_equal(forked(AS_CALLER, keep_and_signal, NULL), EXIT_STORE);
    assert_int_equal(record->starts, 1);
    plan = usual;
}

static void the_product_waits_a_second_and_gives_up_after_three_an_hour(void **state)
{
    (void)state;
    assert_int_equal(keeper_default.first_pause_ms, 1000);
    assert_int_equal(keeper_default.window_ms, 3600 * 1000);
    assert_int_equal(keeper_default.restarts_max, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_restarts_then_it_gives_up),
        cmocka_unit_test(the_pause_doubles),
        cmocka_unit_test(a_restart_out_of_the_window_is_forgotten),
        cmocka_unit_test(a_set_that_drained_or_cannot_be_configured_is_not_restarted),
        cmocka_unit_test(a_killed_set_is_restarted),
        cmocka_unit_test(a_front_out_of_memory_is_not_counted_and_waits_the_first_pause),
        cmocka_unit_test(asked_to_end_it_asks_the_set),
        cmocka_unit_test(asked_to_end_in_a_pause_it_ends),
        cmocka_unit_test(the_product_waits_a_second_and_gives_up_after_three_an_hour),
    };

    record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (record == MAP_FAILED)
        return 1;
    plan = keeper_default;
    plan.start = fake_set;
    plan.first_pause_ms = 20;
    return cmocka_run_group_tests_name("sandbox: keeper", tests, NULL, NULL);
}
