/* The session file: its mode, its lock, and sequence numbers that are never used twice. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture.h"

static uint64_t take(struct sekisho_session *session)
{
    uint64_t sequence = 0;

    assert_int_equal(session_take_sequence(session, &sequence, NULL), SEKISHO_OK);
    return sequence;
}

static void expect_reason(struct sekisho_client *client, const char *path, const char *reason)
{
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    assert_int_not_equal(sekisho_session_load(client, path, &session, &error), SEKISHO_OK);
    assert_string_equal(error.reason, reason);
    assert_true(error.message[0] != '\0' && error.message_ja[0] != '\0');
}

static void save_one(struct sekisho_client *client, const char *path)
{
    struct sekisho_session *session = make_session(client);

    assert_int_equal(sekisho_session_save(session, path, NULL), SEKISHO_OK);
    sekisho_session_free(session);
}

static void test_made_new_with_mode(void **state)
{
    struct sekisho_client client;
    struct sekisho_error error;
    struct stat facts;
    const char *path = in_folder(state, "new");
    struct sekisho_session *session = make_session(&client), *second = make_session(&client);

    mode_t before = umask(0);
    assert_int_equal(sekisho_session_save(session, path, &error), SEKISHO_OK);
    umask(before);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    assert_int_equal(sekisho_session_save(second, path, &error), SEKISHO_ERROR_LOCAL);
    assert_string_equal(error.reason, "SESSION_FILE_EXISTS");
    assert_int_equal(sekisho_session_save(session, in_folder(state, "other"), &error), SEKISHO_ERROR_ARGUMENT);
    sekisho_session_free(session);
    sekisho_session_free(second);
}

static void test_comes_back_whole(void **state)
{
    struct sekisho_client client;
    struct sekisho_session *loaded = NULL;
    struct sekisho_session_info info;
    const char *path = in_folder(state, "whole");

    save_one(&client, path);
    assert_int_equal(sekisho_session_load(&client, path, &loaded, NULL), SEKISHO_OK);
    sekisho_session_info(loaded, &info);
    assert_string_equal(info.account, "reception01");
    assert_string_equal(info.name, "prefectures/11/sessions/51515151515151515151515151515151");
    assert_int_equal(loaded->state->call_key[31], 0xc1);
    sekisho_session_free(loaded);
}

/* Two users of one file would use a nonce twice. */
static void test_busy(void **state)
{
    struct sekisho_client client;
    struct sekisho_session *loaded = NULL;
    const char *path = in_folder(state, "busy");

    save_one(&client, path);
    assert_int_equal(sekisho_session_load(&client, path, &loaded, NULL), SEKISHO_OK);
    expect_reason(&client, path, "SESSION_FILE_BUSY");
    sekisho_session_free(loaded);
    assert_int_equal(sekisho_session_load(&client, path, &loaded, NULL), SEKISHO_OK);
    sekisho_session_free(loaded);
}

static void test_exposed_or_damaged(void **state)
{
    struct sekisho_client client;
    const char *path = in_folder(state, "exposed"), *link_path = in_folder(state, "link");

    save_one(&client, path);
    assert_int_equal(chmod(path, 0640), 0);
    expect_reason(&client, path, "SESSION_FILE_EXPOSED");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(link(path, link_path), 0);
    expect_reason(&client, path, "SESSION_FILE_EXPOSED");
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(symlink(path, link_path), 0);
    expect_reason(&client, link_path, "SESSION_FILE_UNREADABLE");
    assert_int_equal(truncate(path, sizeof(struct session_state) - 1), 0);
    expect_reason(&client, path, "SESSION_FILE_DAMAGED");
    assert_int_equal(truncate(path, sizeof(struct session_state) + 1), 0);
    expect_reason(&client, path, "SESSION_FILE_DAMAGED");
    expect_reason(&client, in_folder(state, "absent"), "SESSION_FILE_MISSING");
}

static void test_another_certificate(void **state)
{
    struct sekisho_client client;
    const char *path = in_folder(state, "certificate");

    save_one(&client, path);
    client.certificate[0] = 1;
    expect_reason(&client, path, "WRONG_CERTIFICATE");
}

/* Calls until the process dies without a word; reports the last number used. */
static uint64_t use_and_die(struct sekisho_client *client, const char *path, unsigned calls)
{
    int ends[2];
    uint64_t last = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct sekisho_session *session = NULL;
        if (sekisho_session_load(client, path, &session, NULL) != SEKISHO_OK)
            _exit(1);
        for (unsigned i = 0; i < calls; i++)
            if (session_take_sequence(session, &last, NULL) != SEKISHO_OK)
                _exit(2);
        _exit(write(ends[1], &last, sizeof last) == sizeof last ? 0 : 3);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
    close(ends[0]);
    close(ends[1]);
    return last;
}

static void test_never_twice_across_crashes(void **state)
{
    static const unsigned calls[] = {1, SEQUENCE_BLOCK, SEQUENCE_BLOCK + 1, 3};
    struct sekisho_client client;
    struct sekisho_session *session = NULL;
    const char *path = in_folder(state, "crash");
    uint64_t highest = 0;

    save_one(&client, path);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        uint64_t last = use_and_die(&client, path, calls[i]);
        assert_true(last >= highest + calls[i]);
        highest = last;
    }
    assert_int_equal(sekisho_session_load(&client, path, &session, NULL), SEKISHO_OK);
    assert_true(take(session) > highest);
    sekisho_session_free(session);
}

/* The reservation is in the file before a number of it is handed out. */
static void test_reserved_before_use(void **state)
{
    struct sekisho_client client;
    struct session_state in_file;
    const char *path = in_folder(state, "reserve");
    struct sekisho_session *session = make_session(&client);

    assert_int_equal(sekisho_session_save(session, path, NULL), SEKISHO_OK);
    for (int i = 0; i < 3 * SEQUENCE_BLOCK; i++) {
        uint64_t sequence = take(session);
        assert_int_equal(pread(session->file, &in_file, sizeof in_file, 0), sizeof in_file);
        assert_true(in_file.sequence > sequence);
    }
    sekisho_session_free(session);
}

static void test_not_after_fork(void **state)
{
    struct sekisho_client client;
    struct sekisho_session *session = make_session(&client);
    int status;

    (void)state;
    pid_t child = fork();
    if (child == 0) {
        uint64_t sequence;
        struct sekisho_error error;
        enum sekisho_status result = session_take_sequence(session, &sequence, &error);
        _exit(result == SEKISHO_ERROR_ARGUMENT && strcmp(error.reason, "FORKED") == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    sekisho_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_new_with_mode),
        cmocka_unit_test(test_comes_back_whole),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_exposed_or_damaged),
        cmocka_unit_test(test_another_certificate),
        cmocka_unit_test(test_never_twice_across_crashes),
        cmocka_unit_test(test_reserved_before_use),
        cmocka_unit_test(test_not_after_fork),
    };

    return cmocka_run_group_tests_name("session file", tests, folder_make, folder_free);
}
