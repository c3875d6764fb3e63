/* Loads and servers as processes, command lines, tables, the driver's options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/options.h"
#include "driver/process.h"
#include "driver/sides.h"
#include "driver/table.h"

static struct command command;

static void shell(const char *script)
{
    command_init(&command);
    command_add_all(&command, "/bin/sh -c");
    command_add(&command, "%s", script);
}

static void a_load_gives_what_it_says(void **state)
{
    (void)state;
    struct finished finished;
    shell("echo '{\"a\": 1}'; echo aside >&2");
    assert_int_equal(run_to_end(&command, 10, &finished), 0);
    assert_string_equal(finished.output, "{\"a\": 1}\n");
    assert_string_equal(finished.errors, "aside\n");
    finished_free(&finished);
}

static void a_load_that_fails_or_hangs_is_told(void **state)
{
    (void)state;
    shell("exit 3");
    assert_int_equal(run_quietly(&command, 10), -1);
    shell("kill -SEGV $$");
    assert_int_equal(run_quietly(&command, 10), -1);
    shell("exec sleep 30");
    assert_int_equal(run_quietly(&command, 0.1), -1);
    command_init(&command);
    command_add(&command, "/nonexistent/program");
    assert_int_equal(run_quietly(&command, 10), -1);
}

static void a_server_is_ready_when_it_says_so_and_ends_when_told(void **state)
{
    (void)state;
    struct child child;
    char rest[64], log[] = "/tmp/test-bench-log-XXXXXX";
    close(mkstemp(log));
    shell("echo starting; echo 'ready 4711'; exec sleep 30");
    command.tells_ready = true;
    assert_int_equal(child_start(&child, &command, log), 0);
    assert_int_equal(child_wait_line(&child, "ready ", 10, rest, sizeof(rest)), 0);
    assert_string_equal(rest, "4711");
    pid_t found = -1;
    for (int i = 0; i < 1000 && found != child.pid; i++) { /* it says so before it executes sleep */
        usleep(10000);
        found = find_descendant(getpid(), "sleep");
    }
    assert_int_equal(found, child.pid);
    assert_true(child_runs(&child));
    pid_t pid = child.pid;
    child_end(&child, 10);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(child.pid, 0);
    child_end(&child, 10); /* of none: nothing */
    unlink(log);
}

static void a_server_that_does_not_start_is_told(void **state)
{
    (void)state;
    struct child child;
    char rest[64], log[] = "/tmp/test-bench-log-XXXXXX";
    close(mkstemp(log));
    shell("echo no >&2; exit 1");
    command.tells_ready = true;
    assert_int_equal(child_start(&child, &command, log), 0);
    assert_int_equal(child_wait_line(&child, "ready ", 10, rest, sizeof(rest)), -1);
    for (int i = 0; i < 1000 && child_runs(&child); i++) {
        usleep(10000);
    }
    assert_false(child_runs(&child));
    child_end(&child, 10);
    shell("exec sleep 30");
    command.tells_ready = true;
    assert_int_equal(child_start(&child, &command, log), 0);
    assert_int_equal(child_wait_line(&child, "ready ", 0.1, rest, sizeof(rest)), -1);
    child_end(&child, 10);
    unlink(log);
}

static void a_stubborn_server_is_killed(void **state)
{
    (void)state;
    struct child child;
    char rest[64], log[] = "/tmp/test-bench-log-XXXXXX";
    close(mkstemp(log));
    shell("trap '' TERM; echo ready; while :; do sleep 1; done");
    command.tells_ready = true;
    assert_int_equal(child_start(&child, &command, log), 0);
    assert_int_equal(child_wait_line(&child, "ready", 10, rest, sizeof(rest)), 0);
    pid_t pid = child.pid;
    child_end(&child, 0.2);
    assert_int_equal(kill(pid, 0), -1);
    unlink(log);
}

static void a_command_too_long_is_not_run(void **state)
{
    (void)state;
    command_init(&command);
    for (int i = 0; i <= COMMAND_WORDS; i++) {
        command_add(&command, "/bin/true");
    }
    assert_true(command.overflowed);
    assert_int_equal(run_quietly(&command, 10), -1);
}

static void words_are_parted_at_spaces(void **state)
{
    (void)state;
    command_init(&command);
    command_add_all(&command, "one  two three");
    command_add(&command, "%s", "");
    assert_int_equal(command.count, 4);
    assert_string_equal(command.words[1], "two");
    assert_string_equal(command.words[3], "");
    assert_null(command.words[4]);
}

static void numbers_have_separators(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.5, "0.5"},    {99.94, "99.9"},          {999, "999"},
                 {1000, "1,000"}, {1234567.8, "1,234,568"}, {123456, "123,456"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32];
        number_text(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static int parse(const char *words, struct options *options)
{
    static struct command line;
    command_init(&line);
    command_add_all(&line, "bench-driver --source s --build b --data d");
    command_add_all(&line, words);
    return options_parse((int)line.count, line.words, options);
}

static void options_have_their_defaults_and_limits(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(parse("", &options), 0);
    assert_int_equal(options.rounds, 5);
    assert_int_equal(options.people, 100000);
    assert_int_equal(options.large, 0);
    assert_int_equal(parse("--full --rounds 9", &options), 0);
    assert_int_equal(options.rounds, 9);
    assert_int_equal(options.large, 10000000);
    assert_int_equal(parse("--full --large 0", &options), 0);
    assert_int_equal(options.large, 0);
    assert_int_equal(parse("--large 100000000", &options), 0);
    static const char *const wrong[] = {"--rounds 0",  "--rounds 101", "--seconds x",
                                        "--seconds 0", "--people 1",   "--people 1000000000",
                                        "--only [",    "--unknown",    "stray"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(parse(wrong[i], &options), -1);
        options_free(&options);
    }
}

static void names_of_sides_are_unique_and_chosen_by_pattern(void **state)
{
    (void)state;
    struct options options;
    size_t chosen = 0;
    assert_int_equal(parse("--only ^echo-1x", &options), 0);
    for (size_t i = 0; i < side_count; i++) {
        assert_int_equal(side_find(sides[i].name), i);
        chosen += side_chosen(&options, &sides[i]);
    }
    assert_int_equal(chosen, 2);
    assert_true(side_find("none") == SIZE_MAX);
    options_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_gives_what_it_says),
        cmocka_unit_test(a_load_that_fails_or_hangs_is_told),
        cmocka_unit_test(a_server_is_ready_when_it_says_so_and_ends_when_told),
        cmocka_unit_test(a_server_that_does_not_start_is_told),
        cmocka_unit_test(a_stubborn_server_is_killed),
        cmocka_unit_test(a_command_too_long_is_not_run),
        cmocka_unit_test(words_are_parted_at_spaces),
        cmocka_unit_test(numbers_have_separators),
        cmocka_unit_test(options_have_their_defaults_and_limits),
        cmocka_unit_test(names_of_sides_are_unique_and_chosen_by_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
