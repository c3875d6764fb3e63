/* What the warden decides on its own: what a line of guess limits means, how a set ends and why it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "forked.h"
#include "warden/guesses.h"
#include "warden/set.h"

/* ---- guess limits ---- */

static void the_defaults_are_those_of_the_arithmetic(void **state)
{
    (void)state;
    /* SECURITY.md derives them. */
    assert_int_equal(guesses_default.reference_day, 5);
    assert_int_equal(guesses_default.reference_life, 10);
    assert_int_equal(guesses_default.candidate_day, 3);
    assert_int_equal(guesses_default.session, 100);
    assert_int_equal(guesses_default.account_day, 200);
    assert_int_equal(guesses_default.tenant_day, 2000);
}

static void limits_that_are_named_are_set(void **state)
{
    struct guess_limits limits = guesses_default;

    (void)state;
    assert_null(guesses_parse("tenant_day:0 \t reference_day:7", &limits));
    assert_int_equal(limits.tenant_day, 0);
    assert_int_equal(limits.reference_day, 7);
    limits.tenant_day = guesses_default.tenant_day;
    limits.reference_day = guesses_default.reference_day;
    assert_memory_equal(&limits, &guesses_default, sizeof limits);

    assert_null(guesses_parse("reference_day:1 reference_life:2 candidate_day:3 session:4 account_day:5 "
                              "tenant_day:100000000 ",
                              &limits));
    const struct guess_limits all = {1, 2, 3, 4, 5, 100000000};
    assert_memory_equal(&limits, &all, sizeof limits);
}

static void other_lines_of_limits_are_refused(void **state)
{
    static const char *const lines[] = {"reference",
                                        "reference_day",
                                        "reference_day:",
                                        "reference_day=5",
                                        "reference_days:5",
                                        "Reference_day:5",
                                        ":5",
                                        "day:5",
                                        "reference_day:-1",
                                        "reference_day:+1",
                                        "reference_day:1.5",
                                        "reference_day: 5",
                                        "reference_day:5x",
                                        "session:0x10",
                                        "session:100000001",
                                        "session:99999999999999999999",
                                        "session:1,tenant:2",
                                        "session:1 tenant:2",
                                        "session:1 session",
                                        "session:1;",
                                        "session:1 5",
                                        "session:1 reference:",
                                        "tenant_day:1tenant_day:1"};
    struct guess_limits limits = guesses_default;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *wrong = guesses_parse(lines[i], &limits);
        if (!wrong || !strstr(wrong, "name:count"))
            fail_msg("\"%s\" is taken", lines[i]);
    }
    assert_string_equal(guesses_parse("session:1 tenant_day:2 session:1", &limits), "names a limit twice");
    assert_string_equal(guesses_parse("", &limits), "names no limit");
}

/* ---- why a set has ended ---- */

/* All of its processes have ended, in this order of events: `cause` is the first that was not a consequence. */
static int ended(int front, int vault, int auth, int cause, int fault)
{
    static const struct warden_config config;
    struct set set;

    set_init(&set, &config, 0);
    set.worker[PROCESS_FRONT].exit_code = front;
    set.worker[PROCESS_VAULT].exit_code = vault;
    set.worker[PROCESS_AUTH].exit_code = auth;
    set.cause = cause;
    set.fault = fault;
    return end_because_of_end(&set);
}

static void a_front_out_of_memory_is_told_from_all_else(void **state)
{
    (void)state;
    for (int front = 0; front < 256; front++) {
        bool exhausted = front == 128 + SIGABRT || front == 128 + SIGKILL;
        int code = ended(front, EXIT_PEER_GONE, EXIT_PEER_GONE, front, 0);
        if (exhausted)
            assert_int_equal(code, EXIT_FRONT);
        else
            assert_int_equal(code, front == EXIT_DRAINED ? EXIT_PEER_GONE : front);
    }
    assert_int_equal(ended(128 + SIGABRT, EXIT_DRAINED, EXIT_PEER_GONE, 128 + SIGABRT, 0), EXIT_FRONT);
}

static void a_front_is_not_let_off_when_another_had_something_against_it(void **state)
{
    (void)state;
    for (int other = 1; other < 256; other++) {
        if (other == EXIT_PEER_GONE)
            continue;
        /* Whatever the order was in which they were seen to end. */
        assert_int_equal(ended(128 + SIGABRT, other, EXIT_PEER_GONE, other, 0), other);
        assert_int_equal(ended(128 + SIGKILL, EXIT_PEER_GONE, other, 128 + SIGKILL, 0), 128 + SIGKILL);
    }
    assert_int_equal(ended(EXIT_PEER_GONE, 128 + SIGKILL, EXIT_PEER_GONE, 128 + SIGKILL, 0), 128 + SIGKILL);
    assert_int_equal(ended(EXIT_PEER_GONE, EXIT_PEER_GONE, 128 + SIGABRT, 128 + SIGABRT, 0), 128 + SIGABRT);
}

static void what_the_warden_found_itself_comes_first(void **state)
{
    (void)state;
    assert_int_equal(ended(128 + SIGABRT, EXIT_PEER_GONE, EXIT_PEER_GONE, 128 + SIGABRT, EXIT_PROTOCOL), EXIT_PROTOCOL);
    assert_int_equal(ended(EXIT_PEER_GONE, EXIT_STORE, EXIT_PEER_GONE, EXIT_STORE, EXIT_SANDBOX), EXIT_SANDBOX);
}

static void an_end_without_a_cause_is_not_a_drain(void **state)
{
    (void)state;
    /* Code 0 would tell the keeper that nothing has to be started again. */
    assert_int_equal(ended(EXIT_DRAINED, EXIT_DRAINED, EXIT_DRAINED, EXIT_DRAINED, 0), EXIT_PEER_GONE);
}

/* A vault whose channels have closed, as the front's end made them, and whose process has not been seen to end. */
static int drained_without_a_channel(void *context)
{
    static const struct warden_config config;
    struct set set;
    struct worker *vault = &set.worker[PROCESS_VAULT];
    uint8_t hash[32];

    (void)context;
    set_init(&set, &config, 0);
    vault->pid = fork();
    if (vault->pid == 0)
        _exit(EXIT_PEER_GONE);
    vault->pidfd = (int)syscall(SYS_pidfd_open, vault->pid, 0);
    WANT(vault->pid > 0 && vault->pidfd >= 0);
    vault->phase = PHASE_SERVING;
    vault->control.fd = -1;
    set.asked = true;
    WANT(sandbox_no_new_privs() && sandbox_seccomp(seccomp_policy_warden(), false, hash));
    /* As main.c ends: no library cleans up inside the filter. */
    _exit(end_because_asked(&set));
}

static void a_closed_channel_is_not_written_to(void **state)
{
    (void)state;
    assert_int_equal(forked(AS_CALLER, drained_without_a_channel, NULL), EXIT_DRAINED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_arithmetic),
        cmocka_unit_test(limits_that_are_named_are_set),
        cmocka_unit_test(other_lines_of_limits_are_refused),
        cmocka_unit_test(a_front_out_of_memory_is_told_from_all_else),
        cmocka_unit_test(a_front_is_not_let_off_when_another_had_something_against_it),
        cmocka_unit_test(what_the_warden_found_itself_comes_first),
        cmocka_unit_test(an_end_without_a_cause_is_not_a_drain),
        cmocka_unit_test(a_closed_channel_is_not_written_to),
    };
    return cmocka_run_group_tests_name("sandbox: the warden's decisions", tests, NULL, NULL);
}
