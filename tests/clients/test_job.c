/* Whole jobs of the command in this process, against a server that is honest, busy, lies, or is not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "support/fake_server.h"
#include "support/fixture.h"

static struct fake_server *fake;
static char address[PATH_MAX], pin[SEKISHO_FINGERPRINT_LEN + 1];

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

static struct options make_options(void *const *state, const char *input, const char *output)
{
    return (struct options){.value = {[OPT_ADDRESS] = address,
                                      [OPT_PIN] = pin,
                                      [OPT_QUIET] = "",
                                      [OPT_SESSION] = in_folder(state, "session"),
                                      [OPT_INPUT] = input,
                                      [OPT_OUTPUT] = output,
                                      [OPT_REQUEST_SEED] = "seed"}};
}

static int start(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    fake = fake_start(in_folder(state, "socket"));
    fake_pin(fake, pin);
    snprintf(address, sizeof address, "unix:%.100s", in_folder(state, "socket"));
    write_file(in_folder(state, "password"), FAKE_PASSWORD "\n");
    struct options options = make_options(state, NULL, NULL);
    options.value[OPT_ACCOUNT] = FAKE_ACCOUNT;
    options.value[OPT_PREFECTURE] = "11";
    options.value[OPT_PASSWORD_FILE] = in_folder(state, "password");
    return cmd_login(&options);
}

static int finish(void **state)
{
    fake_stop(fake);
    return folder_free(state);
}

static int forget_result(void **state)
{
    fake_lie(fake, LIE_NONE);
    unlink(in_folder(state, "result"));
    return 0;
}

/* Runs a command over the input; counts the result's lines with `wanted` in them. */
static int run(void **state, int (*command)(const struct options *), const char *wanted, unsigned *found)
{
    char line[512];
    const char *result = in_folder(state, "result");
    struct options options = make_options(state, in_folder(state, "input"), result);
    int code = command(&options);
    FILE *file = fopen(result, "r");

    *found = 0;
    while (file && fgets(line, sizeof line, file))
        *found += strstr(line, wanted) != NULL;
    if (file)
        fclose(file);
    return code;
}

#define ROWS 5000 /* more batches than are in flight at once */
static void write_rows(void **state)
{
    FILE *file = fopen(in_folder(state, "input"), "w");

    fputs("number,reference\n", file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "%d23456789018,%02x000000000000000000000000000000\n", i % 10, '0' + (i + i % 2) % 10);
    fclose(file);
}

static void test_all_rows_in_order(void **state)
{
    char line[512];
    unsigned found, row = 0;

    write_rows(state);
    assert_int_equal(run(state, cmd_enroll, ",DONE,", &found), CLI_OK);
    assert_int_equal(found, ROWS);
    FILE *file = fopen(in_folder(state, "result"), "r");
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file))
        assert_int_equal(strtoul(line, NULL, 10), ++row);
    fclose(file);
    assert_int_equal(row, ROWS);
}

static void test_not_matched(void **state)
{
    unsigned found;

    write_rows(state);
    assert_int_equal(run(state, cmd_match, ",NOT_MATCHED,", &found), CLI_SOME_REFUSED);
    assert_int_equal(found, ROWS / 2);
}

static void test_busy_is_tried_again(void **state)
{
    unsigned found;

    write_rows(state);
    fake_lie(fake, LIE_BUSY_ONCE);
    assert_int_equal(run(state, cmd_enroll, ",DONE,", &found), CLI_OK);
    assert_int_equal(found, ROWS);
}

/* A forged answer stops the job; none of its rows is shown as done. */
static void test_forged(void **state)
{
    unsigned found;

    write_rows(state);
    fake_lie(fake, LIE_RESULT);
    assert_int_equal(run(state, cmd_enroll, ",DONE,", &found), CLI_FORGED);
    assert_int_equal(found, 0);
}

static void test_bad_rows_stay_good_rows_go(void **state)
{
    unsigned found;

    write_file(in_folder(state, "input"), "number\n12345678901\n123456789018\nabc\n123456789018\n");
    assert_int_equal(run(state, cmd_enroll, ",DONE,", &found), CLI_SOME_REFUSED);
    assert_int_equal(found, 2);
    unlink(in_folder(state, "result"));
    assert_int_equal(run(state, cmd_enroll, ",NOT_SENT,", &found), CLI_SOME_REFUSED);
    assert_int_equal(found, 2);
}

/* The numbers of the input are nowhere in the result. */
static void test_no_number_in_the_result(void **state)
{
    unsigned found;

    write_rows(state);
    assert_int_equal(run(state, cmd_enroll, "23456789018", &found), CLI_OK);
    assert_int_equal(found, 0);
}

static void test_unreachable(void **state)
{
    char other[PATH_MAX];
    struct options options = make_options(state, in_folder(state, "input"), NULL);

    write_rows(state);
    snprintf(other, sizeof other, "unix:%.100s", in_folder(state, "nobody"));
    options.value[OPT_ADDRESS] = other;
    options.value[OPT_OUTPUT] = in_folder(state, "result");
    assert_int_equal(cmd_enroll(&options), CLI_UNREACHABLE);
}

static void test_session_is_there_already(void **state)
{
    struct options options = make_options(state, NULL, NULL);

    options.value[OPT_ACCOUNT] = FAKE_ACCOUNT;
    options.value[OPT_PREFECTURE] = "11";
    options.value[OPT_PASSWORD_FILE] = in_folder(state, "password");
    assert_int_equal(cmd_login(&options), CLI_USAGE);
}

/* Another server than the pinned one gets no password. */
static void test_pinned_key_changed(void **state)
{
    struct options options = make_options(state, NULL, NULL);

    options.value[OPT_SESSION] = in_folder(state, "other-session");
    options.value[OPT_ACCOUNT] = FAKE_ACCOUNT;
    options.value[OPT_PREFECTURE] = "11";
    options.value[OPT_PASSWORD_FILE] = in_folder(state, "password");
    fake_lie(fake, LIE_LOGIN_KEY);
    assert_int_equal(cmd_login(&options), CLI_FORGED);
    assert_int_equal(access(in_folder(state, "other-session"), F_OK), -1);
}

int main(void)
{
#define JOB(name) cmocka_unit_test_setup(name, forget_result)
    const struct CMUnitTest tests[] = {
        JOB(test_all_rows_in_order),
        JOB(test_not_matched),
        JOB(test_busy_is_tried_again),
        JOB(test_forged),
        JOB(test_bad_rows_stay_good_rows_go),
        JOB(test_no_number_in_the_result),
        JOB(test_unreachable),
        JOB(test_session_is_there_already),
        JOB(test_pinned_key_changed),
    };

    setenv("GRPC_VERBOSITY", "NONE", 0);
    return cmocka_run_group_tests_name("job", tests, start, finish);
}
