/* Passwords and numbers from a terminal: not echoed, the terminal restored, also after an interrupt. */
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "support/fixture.h"

/* Types `keys` at the prompt; what the terminal showed goes to `shown`. Exit status of the child: 0 when it read
 * `wanted` (NULL: nothing) and the terminal is as before. */
static int type(const char *keys, const char *wanted, char *shown, size_t size)
{
    int master, status;
    size_t used = 0;
    ssize_t got;
    bool typed = false;

    pid_t child = forkpty(&master, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0) {
        char secret[SECRET_MAX];
        struct termios before, after;
        tcgetattr(STDIN_FILENO, &before);
        long length = secret_read(NULL, TEXT_PROMPT_NUMBER, secret);
        tcgetattr(STDIN_FILENO, &after);
        bool read_it = wanted ? length == (long)strlen(wanted) && strcmp(secret, wanted) == 0 : length < 0;
        _exit(read_it && before.c_lflag == after.c_lflag ? 0 : 1);
    }
    while (used + 1 < size && (got = read(master, shown + used, size - used - 1)) > 0) {
        used += (size_t)got;
        shown[used] = '\0';
        if (!typed && strstr(shown, "shown): ")) {
            usleep(50000); /* the prompt comes before echo goes; TCSAFLUSH drops what is typed between */
            assert_int_equal(write(master, keys, strlen(keys)), strlen(keys));
            typed = true;
        }
    }
    shown[used] = '\0';
    close(master);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_not_echoed(void **state)
{
    char shown[512];

    (void)state;
    assert_int_equal(type("123456789018\n", "123456789018", shown, sizeof shown), 0);
    assert_null(strstr(shown, "1234"));
}

static void test_interrupted(void **state)
{
    char shown[512];

    (void)state;
    assert_int_equal(type("1234\003", NULL, shown, sizeof shown), 0);
    assert_null(strstr(shown, "1234"));
}

static void test_files(void **state)
{
    char secret[SECRET_MAX], longer[SECRET_MAX + 2];
    const char *path = in_folder(state, "secret");
    FILE *file = fopen(path, "w");

    fputs("first line\r\nsecond\n", file);
    fclose(file);
    assert_int_equal(secret_read(path, TEXT_PROMPT_PASSWORD, secret), 10);
    assert_string_equal(secret, "first line");
    assert_int_equal(secret_read(in_folder(state, "absent"), TEXT_PROMPT_PASSWORD, secret), -1);
    memset(longer, 'x', sizeof longer);
    file = fopen(path, "w");
    fwrite(longer, 1, sizeof longer, file);
    fclose(file);
    assert_int_equal(secret_read(path, TEXT_PROMPT_PASSWORD, secret), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_echoed),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests_name("secret input", tests, folder_make, folder_free);
}
