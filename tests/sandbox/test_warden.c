/*
 * The product's warden over stand-ins for its processes (fake_child.c): a sound set is verified, wired and drained; a
 * set with a lie or a crime in it ends with the code that says so. As root and as an ordinary user in a user namespace.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fake_child.h"
#include "folder.h"
#include "forked.h"
#include "wire/exit_codes.h"

#define WAIT_MS 20000

/* Two users: the caller when it is root, and one who is not. */
static bool as_root;

struct run {
    char folder[FOLDER_LEN];
    pid_t pid;
    int output;
    char said[65536];
    size_t length;
};

static uid_t user(void)
{
    return as_root || geteuid() != 0 ? geteuid() : ORDINARY_UID;
}

static void begin(struct run *run, const char *more)
{
    int ends[2];
    char conf[FOLDER_LEN + 8];

    snprintf(conf, sizeof conf, "%s/conf", run->folder);
    folder_write_config(run->folder, more);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    run->length = 0;
    run->output = ends[0];
    run->pid = fork();
    if (run->pid == 0) {
        if (user() != geteuid() && (setgroups(0, NULL) < 0 || setgid(user()) < 0 || setuid(user()) < 0))
            _exit(90);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execl(WARDEN, "sekisho-warden", "--config", conf, (char *)NULL);
        _exit(91);
    }
    close(ends[1]);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads on until `text` was said. false: it never was. */
static bool hears(struct run *run, const char *text)
{
    int64_t until = now_ms() + WAIT_MS;

    run->said[run->length] = '\0';
    while (!strstr(run->said, text)) {
        struct pollfd ready = {.fd = run->output, .events = POLLIN};
        int64_t left = until - now_ms();
        if (left <= 0 || poll(&ready, 1, (int)left) != 1)
            return false;
        ssize_t got = read(run->output, run->said + run->length, sizeof run->said - 1 - run->length);
        if (got <= 0)
            return false;
        run->length += (size_t)got;
        run->said[run->length] = '\0';
    }
    return true;
}

static void assert_hears(struct run *run, const char *text)
{
    if (!hears(run, text))
        fail_msg("wanted \"%s\" in:\n%s", text, run->said);
}

/* Asks the warden to end; its exit code. */
static int end(struct run *run)
{
    kill(run->pid, SIGTERM);
    int code = forked_wait(run->pid);
    (void)hears(run, "never said: reads all that is left");
    close(run->output);
    return code;
}

static const char *behave(enum fake_behaviour behaviour, const char *more)
{
    static char text[512];
    snprintf(text, sizeof text, "session_max = %d\n%s", behaviour, more);
    return text;
}

static void require_user(void)
{
    if (as_root ? !forked_can(AS_ROOT) : !forked_can(AS_USER_NAMESPACE))
        skip();
}

static int make(void **state)
{
    struct run *run = calloc(1, sizeof *run);

    folder_make(run->folder, user());
    *state = run;
    return 0;
}

static int unmake(void **state)
{
    struct run *run = *state;

    folder_remove(run->folder);
    free(run);
    return 0;
}

static void a_sound_set_is_ready_and_drains(void **state)
{
    struct run *run = *state;

    require_user();
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "ready: https port 18443\n");
    /* All four rows of the attestation agree with /proc; no restart yet. */
    assert_hears(run, "front  listens: TCP port 4, unix sockets 0");
    assert_int_equal(end(run), EXIT_DRAINED);
    char *front = strstr(run->said, "front  drained"), *vault = strstr(run->said, "vault  drained");
    assert_true(front && vault && front < vault);
}

static void the_socket_has_a_folder_of_its_own(void **state)
{
    struct run *run = *state;
    char more[256], path[FOLDER_LEN + 32];

    require_user();
    snprintf(more, sizeof more, "socket = %s/socket/api\n", run->folder);
    begin(run, behave(FAKE_SOUND, more));
    assert_hears(run, "ready: https port 18443, socket ");
    assert_int_equal(end(run), EXIT_DRAINED);
    snprintf(path, sizeof path, "%s/socket/other", run->folder);
    assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
    begin(run, behave(FAKE_SOUND, more));
    assert_hears(run, "must be in a folder of its own");
    assert_int_equal(end(run), EXIT_CONFIG);
}

static void a_store_has_one_warden(void **state)
{
    struct run *run = *state, second = {0};

    require_user();
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "ready:");
    memcpy(second.folder, run->folder, sizeof second.folder);
    begin(&second, behave(FAKE_SOUND, ""));
    assert_hears(&second, "is in use by another warden");
    assert_int_equal(end(&second), EXIT_CONFIG);
    assert_int_equal(end(run), EXIT_DRAINED);
}

/* Nor is anything given to auth that somebody has put in the place of its store. */
static void accounts_are_no_others(void **state)
{
    struct run *run = *state;
    char path[FOLDER_LEN + 32];

    require_user();
    snprintf(path, sizeof path, "%s/accounts", run->folder);
    assert_int_equal(mkdir(path, 0700) | chown(path, user(), user()), 0);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(folder, LOCK_EX), 0);
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "accounts: is in use by another warden");
    assert_int_equal(end(run), EXIT_CONFIG);
    assert_int_equal(flock(folder, LOCK_UN) | symlinkat("/etc/passwd", folder, "data.mdb") | close(folder), 0);
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "accounts: Too many levels of symbolic links");
    assert_int_equal(end(run), EXIT_CONFIG);
}

static void registers_are_one_wardens(void **state)
{
    struct run *run = *state;
    char path[FOLDER_LEN + 32];

    require_user();
    snprintf(path, sizeof path, "%s/register", run->folder);
    assert_int_equal(mkdir(path, 0700) | chown(path, user(), user()), 0);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(folder, LOCK_EX), 0);
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "register: is in use by another warden");
    assert_int_equal(end(run), EXIT_CONFIG);
    close(folder);
}

static void a_bad_configuration_starts_nothing(void **state)
{
    struct run *run = *state;

    require_user();
    begin(run, "colour = red\n");
    assert_hears(run, "colour is not a key");
    assert_int_equal(forked_wait(run->pid), EXIT_CONFIG);
    close(run->output);
}

/* What a vault under the wrong lock-down says of itself does not help it. */
static void lies_are_found(void **state)
{
    static const struct {
        enum fake_behaviour lie;
        const char *found;
    } lies[] = {
        {FAKE_NO_FILTER, "not locked down as promised: seccomp"},
        {FAKE_KEEPS_CAPABILITIES, "not locked down as promised: "},
        {FAKE_KEEPS_NETWORK, "not locked down as promised: namespaces"},
        {FAKE_KEEPS_ROOT, "not locked down as promised: root folder"},
        {FAKE_HIDES_DESCRIPTOR, "not locked down as promised: number of descriptors"},
        {FAKE_OTHER_POLICY, "not locked down as promised: seccomp policy"},
        {FAKE_STEP_LEFT_OUT, "not locked down as promised: steps left out"},
        {FAKE_KEEPS_FOLDER, "not locked down as promised: an open folder"},
    };
    struct run *run = *state;

    require_user();
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin(run, behave(lies[i].lie, ""));
        assert_hears(run, lies[i].found);
        assert_hears(run, "the set ended with code 71");
        assert_int_equal(end(run), EXIT_SANDBOX);
        assert_null(strstr(run->said, "ready:"));
    }
}

static void crimes_end_the_set(void **state)
{
    static const struct {
        enum fake_behaviour crime;
        const char *found, *ended;
        int code;
    } crimes[] = {
        {FAKE_FAILING_STEP, "vault  cannot lock itself down: step \"root folder\" failed: No such file", "code 71",
         EXIT_SANDBOX},
        {FAKE_HOSTILE_CALL, "vault  was killed for a system call outside its policy: taken as an attack", "code 159",
         128 + SIGSYS},
        {FAKE_STORE_FAILS, "vault  store failed: code 5 at place 1", "code 72", EXIT_STORE},
        {FAKE_ABORTS, "vault  was killed by signal 6", "code 134", 128 + SIGABRT},
        {FAKE_BAD_FRAME, "front  broke the protocol (not permitted here): taken as an attack", "code 70",
         EXIT_PROTOCOL},
    };
    struct run *run = *state;

    require_user();
    for (size_t i = 0; i < sizeof crimes / sizeof crimes[0]; i++) {
        begin(run, behave(crimes[i].crime, ""));
        assert_hears(run, crimes[i].found);
        assert_hears(run, crimes[i].ended);
        assert_int_equal(end(run), crimes[i].code);
    }
}

static unsigned count_of(const char *text, const char *word)
{
    unsigned count = 0;

    for (; (text = strstr(text, word)) != NULL; text++)
        count++;
    return count;
}

static void a_flood_of_events_is_cut(void **state)
{
    struct run *run = *state;

    require_user();
    begin(run, behave(FAKE_FLOOD, ""));
    assert_hears(run, "ready:");
    assert_int_equal(end(run), EXIT_DRAINED);
    unsigned logged = count_of(run->said, "login in prefecture 11");
    /* 500 were sent within one second, or around the turn of one. */
    assert_true(logged >= 50 && logged <= 150);
}

static void a_slow_drain_is_waited_for(void **state)
{
    struct run *run = *state;

    require_user();
    begin(run, behave(FAKE_DEAF, ""));
    assert_hears(run, "ready:");
    int64_t asked = now_ms();
    assert_int_equal(end(run), EXIT_DRAINED);
    assert_true(now_ms() - asked >= 900);
    assert_non_null(strstr(run->said, "front  drained"));
}

/* pids of the processes whose parent is `parent`. */
static int children_of(pid_t parent, pid_t *children, int room)
{
    char path[64], text[256];
    int count = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    FILE *list = fopen(path, "re");
    if (!list)
        return -1;
    if (fgets(text, sizeof text, list)) {
        char *rest = text, *word;
        while (count < room && (word = strsep(&rest, " ")) != NULL && *word)
            children[count++] = (pid_t)atol(word);
    }
    fclose(list);
    return count;
}

static bool is_gone(pid_t pid)
{
    for (int tries = 0; tries < 500; tries++) {
        if (kill(pid, 0) < 0 && errno == ESRCH)
            return true;
        usleep(10000);
    }
    return false;
}

static void nobody_outlives_the_warden(void **state)
{
    struct run *run = *state;
    pid_t set, workers[8];

    require_user();
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "ready:");
    assert_int_equal(children_of(run->pid, &set, 1), 1);
    assert_int_equal(children_of(set, workers, 8), 3);
    kill(run->pid, SIGKILL);
    assert_int_equal(forked_wait(run->pid), 128 + SIGKILL);
    close(run->output);
    assert_true(is_gone(set));
    for (int i = 0; i < 3; i++)
        assert_true(is_gone(workers[i]));
}

static void a_killed_process_ends_the_set(void **state)
{
    struct run *run = *state;
    pid_t set, workers[8];

    require_user();
    begin(run, behave(FAKE_SOUND, ""));
    assert_hears(run, "ready:");
    assert_int_equal(children_of(run->pid, &set, 1), 1);
    assert_int_equal(children_of(set, workers, 8), 3);
    kill(workers[0], SIGKILL);
    assert_hears(run, "vault  was killed by signal 9");
    assert_hears(run, "the set ended with code 137; starts again in 1000 ms");
    for (int i = 0; i < 3; i++)
        assert_true(is_gone(workers[i]));
    assert_hears(run, "listens: TCP port 4, unix sockets 1"); /* the second field is the number of restarts */
    assert_int_equal(end(run), EXIT_DRAINED);
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_sound_set_is_ready_and_drains),
        BOTH(the_socket_has_a_folder_of_its_own),
        BOTH(a_store_has_one_warden),
        BOTH(accounts_are_no_others),
        BOTH(registers_are_one_wardens),
        BOTH(a_bad_configuration_starts_nothing),
        BOTH(lies_are_found),
        BOTH(crimes_end_the_set),
        BOTH(a_flood_of_events_is_cut),
        BOTH(a_slow_drain_is_waited_for),
        BOTH(nobody_outlives_the_warden),
        BOTH(a_killed_process_ends_the_set),
    };

    as_root = true;
    int failed = cmocka_run_group_tests_name("sandbox: warden as root", tests, NULL, NULL);
    as_root = false;
    return failed + cmocka_run_group_tests_name("sandbox: warden in a user namespace", tests, NULL, NULL);
}
