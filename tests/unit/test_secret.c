/* The arena for keys: guarded, locked, out of dumps and forks. */
#include "support/test.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/secret.h"

#define ARENA_BYTES 10000

static uint8_t *arena; /* the first byte */
static size_t arena_pages_bytes;

static size_t round_to_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

static void test_nothing_before_it_is_open(void **state)
{
    (void)state;
    assert_null(secret_alloc(16));
    assert_int_equal(secret_arena_open(0), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(secret_arena_open(SIZE_MAX), -1);
    assert_null(secret_alloc(16));
}

static void test_failure_to_lock_is_an_error(void **state)
{
    struct rlimit none = {0, 0};
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        /* CAP_IPC_LOCK goes with the uid; without it the limit holds. */
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        if (setrlimit(RLIMIT_MEMLOCK, &none) != 0)
            _exit(2);
        _exit(secret_arena_open(ARENA_BYTES) == -1 && secret_alloc(16) == NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_open_once(void **state)
{
    (void)state;
    assert_int_equal(secret_arena_open(ARENA_BYTES), 0);
    assert_int_equal(secret_arena_open(ARENA_BYTES), -1);
    assert_int_equal(errno, EALREADY);
    arena_pages_bytes = round_to_pages(ARENA_BYTES);
}

static void test_memory_is_zero_aligned_and_apart(void **state)
{
    (void)state;
    arena = secret_alloc(1);
    uint8_t *second = secret_alloc(33);
    uint8_t *third = secret_alloc(16);
    assert_non_null(arena);
    assert_int_equal((uintptr_t)arena % 16, 0);
    assert_ptr_equal(second, arena + 16);
    assert_ptr_equal(third, second + 48);
    for (size_t i = 0; i < 33; i++)
        assert_int_equal(second[i], 0);
    assert_null(secret_alloc(0));
}

/* How many kB of smaps field `name` the mapping of `address` has; -1 when it is not there. VmFlags: 1 when `flag` is
 * set. */
static long smaps_field(const void *address, const char *name, const char *flag)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    char line[512];
    unsigned long from, to;
    bool inside = false;
    long value = -1;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (uintptr_t)address >= from && (uintptr_t)address < to;
        else if (inside && strncmp(line, name, strlen(name)) == 0) {
            if (flag)
                value = strstr(line, flag) != NULL;
            else
                sscanf(line + strlen(name), " %ld", &value);
        }
    }
    fclose(file);
    return value;
}

static long status_kb(const char *name)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    long value = -1;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line + strlen(name), " %ld", &value);
    fclose(file);
    return value;
}

static void test_locked_and_kept_from_dumps_and_forks(void **state)
{
    (void)state;
    assert_int_equal(status_kb("VmLck:"), arena_pages_bytes / 1024);
    assert_int_equal(smaps_field(arena, "VmFlags:", " lo"), 1);
    assert_int_equal(smaps_field(arena, "VmFlags:", " dd"), 1);
    assert_int_equal(smaps_field(arena, "VmFlags:", " wf"), 1);
}

static void test_a_fork_sees_zeros(void **state)
{
    int status;

    (void)state;
    memset(arena, 0x5a, 16);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < 16; i++)
            if (arena[i] != 0)
                _exit(1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(arena[15], 0x5a);
}

/* The signal a child dies of when it touches `address`; 0 when it lives. */
static int signal_of_touching(volatile uint8_t *address, bool write)
{
    struct rlimit no_core = {0, 0};
    pid_t child = fork();
    int status;

    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        /* A sanitizer's own handler would turn the signal into an exit. */
        signal(SIGSEGV, SIG_DFL);
        if (write)
            *address = 1;
        else
            _exit(*address == 1 ? 1 : 0);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_guard_pages(void **state)
{
    uint8_t *end = arena + arena_pages_bytes;

    (void)state;
    assert_int_equal(signal_of_touching(arena, true), 0);
    assert_int_equal(signal_of_touching(end - 1, true), 0);
    assert_int_equal(signal_of_touching(arena - 1, false), SIGSEGV);
    assert_int_equal(signal_of_touching(arena - 1, true), SIGSEGV);
    assert_int_equal(signal_of_touching(end, false), SIGSEGV);
    assert_int_equal(signal_of_touching(end, true), SIGSEGV);
}

static void test_used_up(void **state)
{
    size_t taken = 16 + 48 + 16;

    (void)state;
    assert_null(secret_alloc(arena_pages_bytes - taken + 1));
    assert_null(secret_alloc(SIZE_MAX));
    uint8_t *rest = secret_alloc(arena_pages_bytes - taken);
    assert_non_null(rest);
    rest[arena_pages_bytes - taken - 1] = 1;
    assert_null(secret_alloc(1));
}

int main(void)
{
    /* In order: the arena is one per process. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before_it_is_open),
        cmocka_unit_test(test_failure_to_lock_is_an_error),
        cmocka_unit_test(test_open_once),
        cmocka_unit_test(test_memory_is_zero_aligned_and_apart),
        cmocka_unit_test(test_locked_and_kept_from_dumps_and_forks),
        cmocka_unit_test(test_a_fork_sees_zeros),
        cmocka_unit_test(test_guard_pages),
        cmocka_unit_test(test_used_up),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
