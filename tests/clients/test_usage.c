/* The command from outside: exit codes of usage errors, and numbers that never pass as arguments. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "support/fixture.h"

static const char *command;

/* Runs the command without a terminal and with an empty standard input; its words go to `said`. */
static int run(const char *const *arguments, char *said, size_t size)
{
    const char *argv[16] = {command};
    int ends[2], status;
    size_t used = 0;
    ssize_t got;

    for (size_t i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        setsid();
        execv(command, (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    while (used + 1 < size && (got = read(ends[0], said + used, size - used - 1)) > 0)
        used += (size_t)got;
    said[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL}, said, sizeof said)

static void test_exit_codes(void **state)
{
    char said[32768];
    const char *missing = in_folder(state, "missing");

    assert_int_equal(RUN("--help"), CLI_OK);
    assert_non_null(strstr(said, "enroll"));
    assert_int_equal(RUN("enroll", "--help"), CLI_OK);
    assert_int_equal(run((const char *const[]){NULL}, said, sizeof said), CLI_USAGE);
    assert_int_equal(RUN("no-such-command"), CLI_USAGE);
    assert_int_equal(RUN("account"), CLI_USAGE);
    assert_int_equal(RUN("status", "--no-such-option"), CLI_USAGE);
    assert_int_equal(RUN("status", "--reference", "00"), CLI_USAGE); /* an option of another command */
    assert_int_equal(RUN("status", "--address"), CLI_USAGE);
    assert_int_equal(RUN("status", "word"), CLI_USAGE);
    assert_int_equal(RUN("status"), CLI_USAGE);                             /* no address */
    assert_int_equal(RUN("status", "--address", "127.0.0.1:1"), CLI_USAGE); /* no certificate */
    assert_int_equal(RUN("status", "--lang", "fr"), CLI_USAGE);
    assert_int_equal(RUN("synth", "--prefecture", "48"), CLI_USAGE);
    assert_int_equal(RUN("synth", "--prefecture", "11", "--count", "-1"), CLI_USAGE);
    assert_int_equal(RUN("enroll", "--input", missing, "--session", missing), CLI_USAGE);
    assert_int_equal(RUN("keygen", "--prefecture", "11"), CLI_USAGE);
    assert_int_equal(RUN("account", "first", "--prefecture", "11"), CLI_USAGE);
    assert_int_equal(RUN("account", "list"), CLI_USAGE); /* no session */
    assert_int_equal(RUN("account", "lock", "--account", "a"), CLI_USAGE);
    assert_non_null(strstr(said, "--note"));
    assert_int_equal(RUN("account", "list", "--role", "XXX"), CLI_USAGE);
    assert_non_null(strstr(said, "OWN, ADM, REC"));
    assert_int_equal(RUN("account", "list", "--state", "gone"), CLI_USAGE);
    assert_int_equal(RUN("account", "approve", "--account", "a", "--note", "b"), CLI_USAGE); /* takes none */
    assert_int_equal(RUN("terminal", "add", "--terminal", "a", "--note", "b", "--kind", "c"), CLI_USAGE);
    assert_int_equal(RUN("account", "import", "--input", missing), CLI_USAGE);
}

/* Commands on the register: what they lack is said before anything is sent; one word shows what there is. */
static void test_register_commands(void **state)
{
    char said[32768];
    const char *missing = in_folder(state, "missing");

    assert_int_equal(RUN("application"), CLI_USAGE);
    assert_non_null(strstr(said, "application accept"));
    assert_int_equal(RUN("application", "new", "--help"), CLI_OK);
    assert_non_null(strstr(said, "person.birth_date"));
    assert_non_null(strstr(said, "NEW (new registration)"));
    assert_int_equal(RUN("register", "get"), CLI_USAGE);                                               /* no session */
    assert_int_equal(RUN("register", "get", "--session", missing, "--registration", "12"), CLI_USAGE); /* no address */
    assert_int_equal(RUN("register", "import"), CLI_USAGE);
    assert_non_null(strstr(said, "--input"));
    assert_int_equal(RUN("application", "attach"), CLI_USAGE);
    assert_non_null(strstr(said, "--file"));
    assert_int_equal(RUN("fee", "receive", "--reference", "00"), CLI_USAGE); /* an option of another command */
    assert_int_equal(RUN("application", "accept", "--number", "123456789018"), CLI_USAGE);
    assert_null(strstr(said, "123456789018"));
}

static void test_connection_codes(void **state)
{
    char said[32768], address[256];
    const char *missing = in_folder(state, "missing");

    snprintf(address, sizeof address, "unix:%s", in_folder(state, "no-socket"));
    assert_int_equal(RUN("status", "--address", address), CLI_UNREACHABLE);
    assert_int_equal(RUN("lookup", "--address", address, "--session", missing), CLI_NOT_AUTHENTICATED);
    /* A login without a pin is not even tried. */
    assert_int_equal(RUN("login", "--address", address, "--session", missing, "--prefecture", "11", "--account", "a"),
                     CLI_USAGE);
}

/* Nowhere: as a command, a value, after '=', in full-width digits; and it is not repeated in the answer. */
static void test_number_in_argument(void **state)
{
    char said[32768];

    (void)state;
    assert_int_equal(RUN("123456789018"), CLI_USAGE);
    assert_int_equal(RUN("lookup", "123456789018"), CLI_USAGE);
    assert_int_equal(RUN("lookup", "1234 5678 9018"), CLI_USAGE);
    assert_int_equal(RUN("match", "--reference=123456789018"), CLI_USAGE);
    assert_non_null(strstr(said, "individual number"));
    assert_null(strstr(said, "123456789018"));
    assert_int_equal(RUN("lookup", "--number=987654321"), CLI_USAGE);
    assert_null(strstr(said, "987654321"));
    assert_int_equal(RUN("login", "--password=hunter2secret"), CLI_USAGE);
    assert_null(strstr(said, "hunter2secret"));
}

static void test_languages(void **state)
{
    char said[32768];

    (void)state;
    assert_int_equal(RUN("status", "--lang", "ja"), CLI_USAGE);
    assert_non_null(strstr(said, "サーバー"));
    setenv("LC_ALL", "ja_JP.UTF-8", 1);
    assert_int_equal(RUN("--help"), CLI_OK);
    assert_non_null(strstr(said, "個人番号"));
    setenv("LC_ALL", "C.UTF-8", 1);
}

static void test_synth_output(void **state)
{
    char said[32768];
    const char *path = in_folder(state, "people.csv");

    assert_int_equal(RUN("synth", "--prefecture", "11", "--count", "3"), CLI_OK);
    assert_non_null(strstr(said, "number,name,kana,birth_date,address\r\n"));
    assert_int_equal(RUN("synth", "--prefecture", "11", "--count", "3", "--output", path), CLI_OK);
    assert_int_equal(RUN("synth", "--prefecture", "11", "--count", "3", "--output", path), CLI_USAGE);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),         cmocka_unit_test(test_connection_codes),
        cmocka_unit_test(test_number_in_argument), cmocka_unit_test(test_languages),
        cmocka_unit_test(test_synth_output),       cmocka_unit_test(test_register_commands),
    };
    static const char *const variables[] = {"SEKISHO_ADDRESS", "SEKISHO_CA",      "SEKISHO_CERT",
                                            "SEKISHO_KEY",     "SEKISHO_SESSION", "SEKISHO_PIN"};

    if (argc != 2)
        return 2;
    command = argv[1];
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    return cmocka_run_group_tests_name("usage", tests, folder_make, folder_free);
}
