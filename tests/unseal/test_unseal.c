/*
 * sekisho-unseal as the keeper runs it: the key is in the memory it was given when it ends with 0, nothing is there
 * when it ends otherwise, and a terminal is asked without echo. As root and as an ordinary user in a user namespace.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "forked.h"
#include "unseal/wrapped_key.h"
#include "warden/become.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static const char passphrase[] = "correct horse battery staple";
static const uint8_t nothing[ROOT_KEY_LEN];
static uint8_t key[ROOT_KEY_LEN];
static struct wrapped_key wrapped;

/* The same file for reading only, whose name is gone. */
static int file_of(const void *data, size_t length)
{
    char path[] = "/tmp/sekisho-unseal-XXXXXX";
    int writable = mkstemp(path);

    assert_true(writable >= 0 && write(writable, data, length) == (ssize_t)length && fchmod(writable, 0444) == 0);
    int readable = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    close(writable);
    assert_true(readable >= 0);
    return readable;
}

struct start {
    const char *program, *uid;
    int give[3];
};

static int start(void *context)
{
    const struct start *of = context;
    char *const arguments[] = {(char *)of->program, (char *)of->uid, NULL};
    char *const environment[] = {NULL};
    int folder = open(EXECUTABLES, O_PATH | O_DIRECTORY | O_CLOEXEC);

    become(folder, of->program, arguments, environment, of->give, 3);
}

static enum forked_as as(void)
{
    return geteuid() == 0 ? AS_ROOT : AS_USER_NAMESPACE;
}

/* Takes `file` and `secret`; what the memory holds at the end goes to `got`. */
static int unseal_as(enum forked_as who, const char *uid, int file, int secret, uint8_t got[ROOT_KEY_LEN])
{
    int memory = memfd_create("key", MFD_CLOEXEC);
    struct start of = {"sekisho-unseal", uid, {file, secret, memory}};

    assert_true(memory >= 0 && ftruncate(memory, ROOT_KEY_LEN) == 0);
    int status = forked(who, start, &of);
    assert_int_equal(pread(memory, got, ROOT_KEY_LEN, 0), ROOT_KEY_LEN);
    close(memory);
    close(file);
    close(secret);
    return status;
}

static int unseal(const void *file, size_t length, const char *line, uint8_t got[ROOT_KEY_LEN])
{
    return unseal_as(as(), "0", file_of(file, length), file_of(line, strlen(line)), got);
}

static void hands_the_key_over(void **state)
{
    uint8_t got[ROOT_KEY_LEN];
    char line[64];

    (void)state;
    SKIP_UNLESS(as());
    snprintf(line, sizeof line, "%s\nanother line\n", passphrase);
    assert_int_equal(unseal(&wrapped, sizeof wrapped, line, got), UNSEAL_DONE);
    assert_memory_equal(got, key, sizeof key);
}

static void hands_the_key_over_under_its_own_uid(void **state)
{
    uint8_t got[ROOT_KEY_LEN];

    (void)state;
    SKIP_UNLESS(AS_ROOT);
    assert_int_equal(
        unseal_as(AS_ROOT, "64204", file_of(&wrapped, sizeof wrapped), file_of(passphrase, sizeof passphrase - 1), got),
        UNSEAL_DONE);
    assert_memory_equal(got, key, sizeof key);
}

static void hands_it_over_in_secret_memory(void **state)
{
    int memory = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

    (void)state;
    SKIP_UNLESS(as());
    if (memory < 0)
        skip(); /* this kernel has none */
    struct start of = {
        "sekisho-unseal", "0", {file_of(&wrapped, sizeof wrapped), file_of(passphrase, sizeof passphrase - 1), memory}};
    assert_int_equal(ftruncate(memory, ROOT_KEY_LEN), 0);
    assert_int_equal(forked(as(), start, &of), UNSEAL_DONE);
    uint8_t *mapped = mmap(NULL, ROOT_KEY_LEN, PROT_READ, MAP_SHARED, memory, 0);
    assert_true(mapped != MAP_FAILED);
    assert_memory_equal(mapped, key, sizeof key);
    munmap(mapped, ROOT_KEY_LEN);
    for (size_t i = 0; i < 3; i++)
        close(of.give[i]);
}

static void assert_refused(const void *file, size_t length, const char *line, enum unseal_status wanted)
{
    uint8_t got[ROOT_KEY_LEN];

    assert_int_equal(unseal(file, length, line, got), wanted);
    assert_memory_equal(got, nothing, sizeof got);
}

static void says_why_it_refuses(void **state)
{
    struct wrapped_key changed = wrapped, greedy = wrapped, tokens;
    uint8_t longer[sizeof wrapped + 1] = {0};
    char too_long[600];

    (void)state;
    SKIP_UNLESS(as());
    assert_refused(&wrapped, sizeof wrapped, "wrong horse battery staple\n", UNSEAL_REFUSED);
    assert_refused(&wrapped, sizeof wrapped, "", UNSEAL_NO_SECRET);
    assert_refused(&wrapped, sizeof wrapped, "\n", UNSEAL_NO_SECRET);
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    assert_refused(&wrapped, sizeof wrapped, too_long, UNSEAL_NO_SECRET);
    changed.sealed[3] ^= 1;
    assert_refused(&changed, sizeof changed, passphrase, UNSEAL_REFUSED);
    assert_refused(&wrapped, sizeof wrapped - 1, passphrase, UNSEAL_NOT_WRAPPED);
    assert_refused(key, sizeof key, passphrase, UNSEAL_NOT_WRAPPED);
    memcpy(longer, &wrapped, sizeof wrapped);
    assert_refused(longer, sizeof longer, passphrase, UNSEAL_NOT_WRAPPED);
    greedy.memory_kib = UINT32_MAX;
    assert_refused(&greedy, sizeof greedy, passphrase, UNSEAL_BAD_COSTS);
    wrapped_key_begin(&tokens, WRAP_TOKEN);
    assert_refused(&tokens, sizeof tokens, passphrase, UNSEAL_OTHER_SOURCE);
}

static void refuses_to_be_used_otherwise(void **state)
{
    const char *const wrong[] = {"", "x", "12x", "-1", "4294967295", "99999999999999999999"};
    uint8_t got[ROOT_KEY_LEN];
    int writable = memfd_create("file", MFD_CLOEXEC);

    (void)state;
    SKIP_UNLESS(as());
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(unseal_as(as(), wrong[i], file_of("", 0), file_of("", 0), got), UNSEAL_BAD_USE);
    /* The wrapped file is for reading only. */
    assert_int_equal(unseal_as(as(), "0", writable, file_of("", 0), got), UNSEAL_STEP_FAILED + STEP_DESCRIPTORS);
    assert_memory_equal(got, nothing, sizeof got);
}

/* Types `keys` at the prompt; ends with 0 when the terminal showed the prompt and nothing of `hidden`. */
static pid_t typist(int master, const int slaves[2], const char *keys, const char *hidden)
{
    char shown[512];
    size_t used = 0;
    ssize_t got;
    bool typed = false;

    pid_t pid = fork();
    if (pid != 0)
        return pid;
    /* When the others have closed them, too, reading ends. */
    close(slaves[0]);
    close(slaves[1]);
    while (used + 1 < sizeof shown && (got = read(master, shown + used, sizeof shown - used - 1)) > 0) {
        used += (size_t)got;
        shown[used] = '\0';
        if (!typed && strstr(shown, "root key: ")) {
            typed = write(master, keys, strlen(keys)) == (ssize_t)strlen(keys);
        }
    }
    _exit(typed && !strstr(shown, hidden) ? 0 : 1);
}

static int ask(const char *keys, const char *hidden, uint8_t got[ROOT_KEY_LEN])
{
    struct termios before, after;
    int master, slave, kept;

    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_true((kept = dup(slave)) >= 0 && tcgetattr(kept, &before) == 0);
    pid_t pid = typist(master, (const int[]){slave, kept}, keys, hidden);
    int status = unseal_as(as(), "0", file_of(&wrapped, sizeof wrapped), slave, got);
    assert_int_equal(tcgetattr(kept, &after), 0);
    assert_int_equal(before.c_lflag, after.c_lflag);
    close(kept);
    assert_int_equal(forked_wait(pid), 0);
    close(master);
    return status;
}

static void asks_a_terminal_without_echo(void **state)
{
    uint8_t got[ROOT_KEY_LEN];
    char keys[64];

    (void)state;
    SKIP_UNLESS(as());
    snprintf(keys, sizeof keys, "%s\n", passphrase);
    assert_int_equal(ask(keys, "horse", got), UNSEAL_DONE);
    assert_memory_equal(got, key, sizeof key);
    assert_int_equal(ask("wrong horse\n", "horse", got), UNSEAL_REFUSED);
    assert_int_equal(ask("correct\003", "correct", got), UNSEAL_NO_SECRET);
    assert_memory_equal(got, nothing, sizeof got);
}

static int make(void **state)
{
    (void)state;
    crypto_random(key, sizeof key);
    return wrapped_key_make(&wrapped, WRAPPED_MEMORY_KIB_MIN, passphrase, sizeof passphrase - 1, key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_the_key_over),
        cmocka_unit_test(hands_the_key_over_under_its_own_uid),
        cmocka_unit_test(hands_it_over_in_secret_memory),
        cmocka_unit_test(says_why_it_refuses),
        cmocka_unit_test(refuses_to_be_used_otherwise),
        cmocka_unit_test(asks_a_terminal_without_echo),
    };

    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("unsealing process", tests, make, NULL);
}
