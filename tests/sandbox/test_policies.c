/* Every policy kills what it does not list, compares whole arguments, and lets a crash be a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "forked.h"
#include "sandbox/sandbox.h"

#define BIT_40 (1ull << 40)

typedef const struct seccomp_policy *policy_function(void);
static policy_function *const policies[] = {seccomp_policy_vault, seccomp_policy_auth, seccomp_policy_front,
                                            seccomp_policy_warden, seccomp_policy_unseal};
#define POLICY_COUNT (sizeof policies / sizeof policies[0])

struct attempt {
    policy_function *policy;
    long number;
    unsigned long long argument[6];
};

static void lock(policy_function *policy)
{
    const struct rlimit no_core = {0};
    uint8_t hash[32];

    WANT(setrlimit(RLIMIT_CORE, &no_core) == 0);
    WANT(sandbox_no_new_privs());
    WANT(sandbox_seccomp(policy(), false, hash));
}

/* 0: the call came back, whatever it said. */
static int try_call(void *context)
{
    const struct attempt *attempt = context;
    const unsigned long long *a = attempt->argument;

    lock(attempt->policy);
    (void)syscall(attempt->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    return 0;
}

static int outcome(policy_function *policy, long number, const unsigned long long argument[6])
{
    struct attempt attempt = {.policy = policy, .number = number};
    memcpy(attempt.argument, argument, sizeof attempt.argument);
    return forked(AS_CALLER, try_call, &attempt);
}

#define OUTCOME(policy, call, ...) outcome(policy, SYS_##call, (unsigned long long[6]){__VA_ARGS__})
#define KILLED                     (128 + SIGSYS)

#define EVERY_POLICY_KILLS(call, ...)                                                                                  \
    for (size_t policy = 0; policy < POLICY_COUNT; policy++) {                                                         \
        int got = OUTCOME(policies[policy], call, __VA_ARGS__);                                                        \
        if (got != KILLED)                                                                                             \
            fail_msg("%s: " #call " ended with %d", policies[policy]()->process, got);                                 \
    }

static void kills_what_no_process_needs(void **state)
{
    (void)state;
    EVERY_POLICY_KILLS(socket, AF_INET, SOCK_STREAM)
    EVERY_POLICY_KILLS(socket, AF_UNIX, SOCK_DGRAM)
    EVERY_POLICY_KILLS(connect, 3)
    EVERY_POLICY_KILLS(bind, 3)
    EVERY_POLICY_KILLS(sendto, 3)
    EVERY_POLICY_KILLS(execve)
    EVERY_POLICY_KILLS(execveat)
    EVERY_POLICY_KILLS(ptrace)
    EVERY_POLICY_KILLS(kill, 1, SIGTERM)
    EVERY_POLICY_KILLS(tgkill, 1, 1, SIGKILL)
    EVERY_POLICY_KILLS(pidfd_open, 1)
    EVERY_POLICY_KILLS(pidfd_getfd, 3)
    EVERY_POLICY_KILLS(unshare, CLONE_NEWUSER)
    EVERY_POLICY_KILLS(setresuid)
    EVERY_POLICY_KILLS(setns, 3)
    EVERY_POLICY_KILLS(mount)
    EVERY_POLICY_KILLS(bpf)
    EVERY_POLICY_KILLS(userfaultfd)
    EVERY_POLICY_KILLS(io_uring_setup, 1)
    EVERY_POLICY_KILLS(memfd_create)
    EVERY_POLICY_KILLS(openat2, 0)
    EVERY_POLICY_KILLS(open_by_handle_at)
    EVERY_POLICY_KILLS(dup, 0)
    EVERY_POLICY_KILLS(fcntl, 0, F_GETFL)
    EVERY_POLICY_KILLS(seccomp)
    EVERY_POLICY_KILLS(keyctl)
    EVERY_POLICY_KILLS(prctl, 4 /* PR_SET_DUMPABLE */, 1)
    EVERY_POLICY_KILLS(fallocate)
    EVERY_POLICY_KILLS(ftruncate)
    EVERY_POLICY_KILLS(mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1)
#ifndef SEKISHO_SANITIZED /* the declared wider filter: shadow memory, refused instead of killed opens */
    EVERY_POLICY_KILLS(mmap, 0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1)
    EVERY_POLICY_KILLS(open)
    EVERY_POLICY_KILLS(vfork)
    EVERY_POLICY_KILLS(process_vm_readv)
    EVERY_POLICY_KILLS(ioctl, 0)
    EVERY_POLICY_KILLS(rt_sigaction, SIGSYS)
#endif
}

#ifndef SEKISHO_SANITIZED
static void kills_files_and_threads_where_they_are_not_needed(void **state)
{
    (void)state;
    static policy_function *const single[] = {seccomp_policy_vault, seccomp_policy_auth, seccomp_policy_warden,
                                              seccomp_policy_unseal};

    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        assert_int_equal(OUTCOME(single[i], openat, AT_FDCWD), KILLED);
        assert_int_equal(OUTCOME(single[i], clone), KILLED);
        assert_int_equal(OUTCOME(single[i], clone3), KILLED);
        assert_int_equal(OUTCOME(single[i], mprotect), KILLED);
        assert_int_equal(OUTCOME(single[i], accept4, 3), KILLED);
    }
    /* The front may add a thread, and nothing that is less than a thread. */
    assert_int_equal(OUTCOME(seccomp_policy_front, clone, SIGCHLD), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_front, clone, CLONE_NEWUSER), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_front, mprotect, 0, 0, PROT_EXEC), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_front, setsockopt, 3, IPPROTO_TCP, 31 /* TCP_ULP */), KILLED);
}
#endif

/* The policy around a foreign PKCS#11 module has files, sockets and threads; this is what it has not. */
static void a_token_module_has_no_other_process_and_no_privilege(void **state)
{
    (void)state;
    policy_function *const policy = seccomp_policy_unseal_token;

    assert_int_equal(OUTCOME(policy, execve), KILLED);
    assert_int_equal(OUTCOME(policy, execveat), KILLED);
    assert_int_equal(OUTCOME(policy, ptrace), KILLED);
    assert_int_equal(OUTCOME(policy, kill, 1, SIGTERM), KILLED);
    assert_int_equal(OUTCOME(policy, tgkill, 1, 1, SIGKILL), KILLED);
    assert_int_equal(OUTCOME(policy, pidfd_open, 1), KILLED);
    assert_int_equal(OUTCOME(policy, bind, 3), KILLED);
    assert_int_equal(OUTCOME(policy, listen, 3), KILLED);
    assert_int_equal(OUTCOME(policy, accept4, 3), KILLED);
    assert_int_equal(OUTCOME(policy, socket, AF_PACKET, SOCK_RAW), KILLED);
    assert_int_equal(OUTCOME(policy, socket, AF_VSOCK, SOCK_STREAM), KILLED);
    assert_int_equal(OUTCOME(policy, unshare, CLONE_NEWUSER), KILLED);
    assert_int_equal(OUTCOME(policy, setresuid), KILLED);
    assert_int_equal(OUTCOME(policy, setns, 3), KILLED);
    assert_int_equal(OUTCOME(policy, mount), KILLED);
    assert_int_equal(OUTCOME(policy, bpf), KILLED);
    assert_int_equal(OUTCOME(policy, io_uring_setup, 1), KILLED);
    assert_int_equal(OUTCOME(policy, memfd_create), KILLED);
    assert_int_equal(OUTCOME(policy, keyctl), KILLED);
    assert_int_equal(OUTCOME(policy, open_by_handle_at), KILLED);
    assert_int_equal(OUTCOME(policy, chmod), KILLED);
    assert_int_equal(OUTCOME(policy, link), KILLED);
    assert_int_equal(OUTCOME(policy, rename), KILLED);
    assert_int_equal(OUTCOME(policy, prctl, 4 /* PR_SET_DUMPABLE */, 1), KILLED);
    assert_int_equal(OUTCOME(policy, openat, AT_FDCWD), 0);
    assert_int_equal(OUTCOME(policy, socket, AF_UNIX, SOCK_STREAM), 0);
#ifndef SEKISHO_SANITIZED /* allowed or refused for the sanitizer's own sake (sanitizer.def) */
    assert_int_equal(OUTCOME(policy, prlimit64, 0, RLIMIT_CORE, 1), KILLED);
    assert_int_equal(OUTCOME(policy, clone, SIGCHLD), KILLED);
    assert_int_equal(OUTCOME(policy, vfork), KILLED);
    assert_int_equal(OUTCOME(policy, process_vm_readv), KILLED);
    assert_int_equal(OUTCOME(policy, ioctl, 0, 0x5412 /* TIOCSTI */), KILLED);
#endif
}

static void compares_all_64_bits(void **state)
{
    (void)state;
    const unsigned long long rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

    assert_int_equal(OUTCOME(seccomp_policy_vault, recvmsg, 4), 0);
    assert_int_equal(OUTCOME(seccomp_policy_vault, recvmsg, 4 | BIT_40), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_vault, recvmsg, 6), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_vault, pwrite64, 9), 0);
    assert_int_equal(OUTCOME(seccomp_policy_vault, pwrite64, 9 | BIT_40), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_vault, mmap, 0, 4096, rw, anonymous, -1), 0);
    assert_int_equal(OUTCOME(seccomp_policy_vault, mmap, 0, 4096, rw | BIT_40, anonymous, -1), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_auth, getrandom, 0, 0, 0), 0);
    assert_int_equal(OUTCOME(seccomp_policy_auth, getrandom, 0, 0, BIT_40), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_front, madvise, 0, 0, MADV_DONTNEED), 0);
    assert_int_equal(OUTCOME(seccomp_policy_warden, waitid, 3 /* P_PIDFD */, 999), 0);
    assert_int_equal(OUTCOME(seccomp_policy_warden, waitid, 3 | BIT_40, 999), KILLED);
}

static void a_send_never_waits(void **state)
{
    (void)state;
    assert_int_equal(OUTCOME(seccomp_policy_vault, sendmsg, 4, 0, MSG_DONTWAIT | MSG_NOSIGNAL), 0);
    assert_int_equal(OUTCOME(seccomp_policy_vault, sendmsg, 4, 0, 0), KILLED);
    assert_int_equal(OUTCOME(seccomp_policy_auth, sendmsg, 5, 0, MSG_NOSIGNAL), KILLED);
}

#ifdef __x86_64__
static int call_by_int_0x80(void *context)
{
    long result = 20; /* getpid of i386 */

    lock(context);
    __asm__ volatile("int $0x80" : "+a"(result)::"memory");
    return 0;
}

static void kills_other_architectures(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICY_COUNT; i++) {
        int by_interrupt = forked(AS_CALLER, call_by_int_0x80, (void *)policies[i]);
        /* A kernel without i386 emulation raises SIGSEGV before any filter. */
        assert_true(by_interrupt == KILLED || by_interrupt == 128 + SIGSEGV);
        assert_int_equal(outcome(policies[i], 0x40000000 | SYS_getpid, (unsigned long long[6]){0}), KILLED);
        assert_int_equal(outcome(policies[i], 9999, (unsigned long long[6]){0}), KILLED);
    }
}
#endif

static int call_abort(void *context)
{
    lock(context);
    abort();
}

#ifndef SEKISHO_SANITIZED
static int free_twice(void *context)
{
    /* Volatile, or the compiler refuses to do it. */
    void *volatile block = malloc(5000);

    lock(context);
    free(block);
    free(block);
    return 0;
}

__attribute__((noinline)) static void overrun(volatile char *buffer, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer[i] = 'x';
}

__attribute__((noinline)) static int smash_stack(void *context)
{
    volatile char buffer[16];

    lock(context);
    overrun(buffer, 64);
    return buffer[3] == 'y';
}
#endif

static void a_crash_dies_by_its_own_signal(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICY_COUNT; i++) {
        assert_int_equal(forked(AS_CALLER, call_abort, (void *)policies[i]), 128 + SIGABRT);
#ifndef SEKISHO_SANITIZED
        assert_int_equal(forked(AS_CALLER, free_twice, (void *)policies[i]), 128 + SIGABRT);
        assert_int_equal(forked(AS_CALLER, smash_stack, (void *)policies[i]), 128 + SIGABRT);
#endif
    }
}

static int filter_without_no_new_privs(void *context)
{
    uint8_t hash[32];

    (void)context;
    /* CAP_SYS_ADMIN would stand in for no_new_privs. */
    WANT(sandbox_drop_bounding());
    WANT(sandbox_identity(false, 0, 0, getppid()));
    return sandbox_seccomp(seccomp_policy_vault(), false, hash) ? 1 : 0;
}

static void fails_closed_without_no_new_privs(void **state)
{
    (void)state;
    SKIP_UNLESS(AS_USER_NAMESPACE);
    assert_int_equal(forked(AS_USER_NAMESPACE, filter_without_no_new_privs, NULL), 0);
}

static int hashes_agree(void *context)
{
    uint8_t promised[32], installed[32];
    policy_function *policy = context;

    WANT(seccomp_policy_hash(policy(), promised));
    WANT(sandbox_no_new_privs());
    WANT(sandbox_seccomp(policy(), true, installed));
    WANT(memcmp(promised, installed, sizeof promised) == 0);
    return 0;
}

static void the_hash_is_that_of_the_installed_program(void **state)
{
    (void)state;
    uint8_t vault[32], auth[32];

    for (size_t i = 0; i < POLICY_COUNT; i++)
        assert_int_equal(forked(AS_CALLER, hashes_agree, (void *)policies[i]), 0);
    assert_true(seccomp_policy_hash(seccomp_policy_vault(), vault) && seccomp_policy_hash(seccomp_policy_auth(), auth));
    assert_memory_not_equal(vault, auth, sizeof vault);
}

static void every_row_has_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < POLICY_COUNT; i++)
        for (size_t row = 0; row < policies[i]()->count; row++)
            assert_true(strlen(policies[i]()->rows[row].reason) > 3);
    for (size_t row = 0; row < seccomp_policy_unseal_token()->count; row++)
        assert_true(strlen(seccomp_policy_unseal_token()->rows[row].reason) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kills_what_no_process_needs),
#ifndef SEKISHO_SANITIZED
        cmocka_unit_test(kills_files_and_threads_where_they_are_not_needed),
#endif
        cmocka_unit_test(a_token_module_has_no_other_process_and_no_privilege),
        cmocka_unit_test(compares_all_64_bits),
        cmocka_unit_test(a_send_never_waits),
#ifdef __x86_64__
        cmocka_unit_test(kills_other_architectures),
#endif
        cmocka_unit_test(a_crash_dies_by_its_own_signal),
        cmocka_unit_test(fails_closed_without_no_new_privs),
        cmocka_unit_test(the_hash_is_that_of_the_installed_program),
        cmocka_unit_test(every_row_has_a_reason),
    };

    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("sandbox: policies", tests, NULL, NULL);
}
