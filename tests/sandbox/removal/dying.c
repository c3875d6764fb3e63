/*
 * Dies in three ways inside a policy that lacks one row. Ends with 0 when each death was that of SIGABRT all the same:
 * then the row is not what a crash needs. dying POLICY ROW
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "forked.h"
#include "sandbox/sandbox.h"

#define ROWS_MAX 128

static const struct seccomp_policy *(*const policies[])(void) = {seccomp_policy_vault, seccomp_policy_auth,
                                                                 seccomp_policy_front, seccomp_policy_warden,
                                                                 seccomp_policy_unseal};

static void lock(const struct seccomp_policy *policy)
{
    const struct rlimit no_core = {0};
    uint8_t hash[32];

    /* Libc's last words are not for whoever runs this. */
    WANT(dup2(open("/dev/null", O_WRONLY), STDERR_FILENO) == STDERR_FILENO);
    WANT(setrlimit(RLIMIT_CORE, &no_core) == 0);
    WANT(sandbox_no_new_privs() && sandbox_seccomp(policy, false, hash));
}

static int call_abort(void *policy)
{
    lock(policy);
    abort();
}

static int free_twice(void *policy)
{
    void *volatile block = malloc(5000);

    lock(policy);
    free(block);
    free(block);
    return 0;
}

__attribute__((noinline)) static void overrun(volatile char *buffer, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer[i] = 'x';
}

__attribute__((noinline)) static int smash_stack(void *policy)
{
    volatile char buffer[16];

    lock(policy);
    overrun(buffer, 64);
    return buffer[3] == 'y';
}

int main(int argc, char **argv)
{
    static int (*const deaths[])(void *) = {call_abort, free_twice, smash_stack};
    static struct seccomp_row rows[ROWS_MAX];
    struct seccomp_policy policy = {.rows = rows};
    size_t removed = argc == 3 ? strtoul(argv[2], NULL, 10) : SIZE_MAX;

    for (size_t i = 0; argc == 3 && i < sizeof policies / sizeof policies[0]; i++) {
        const struct seccomp_policy *whole = policies[i]();
        if (strcmp(whole->process, argv[1]) != 0)
            continue;
        policy.process = whole->process;
        for (size_t row = 0; row < whole->count && policy.count < ROWS_MAX; row++)
            if (row != removed)
                rows[policy.count++] = whole->rows[row];
    }
    if (!policy.process || crypto_init() != 0)
        return 2;
    for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++)
        if (forked(AS_CALLER, deaths[i], &policy) != 128 + SIGABRT)
            return 1;
    return 0;
}
