/*
 * What a process does under a policy that lacks one row, apart from its workload. Says what of it the row is needed
 * for, or nothing. missing POLICY ROW
 *
 *   a crash           abort, double free and stack smash die by SIGABRT, not by SIGSYS
 *   a growing heap    small blocks; whether a heap has room depends on libraries' versions, not on the workload
 *   a growing block   a large one
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

static const struct seccomp_policy *(*const policies[])(void) = {
    seccomp_policy_vault, seccomp_policy_auth, seccomp_policy_front, seccomp_policy_warden, seccomp_policy_unseal};

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

static int grow_heap(void *policy)
{
    lock(policy);
    for (int i = 0; i < 4096; i++)
        if (!malloc(1000))
            return 1;
    return 0;
}

static int grow_block(void *policy)
{
    char *volatile block = malloc(1 << 20), *larger;

    lock(policy);
    larger = realloc(block, 2 << 20);
    return larger ? 0 : 1;
}

static const struct {
    const char *name;
    int (*run)(void *policy);
    int ending;
} acts[] = {
    {"a crash", call_abort, 128 + SIGABRT},  {"a crash", free_twice, 128 + SIGABRT},
    {"a crash", smash_stack, 128 + SIGABRT}, {"a growing heap", grow_heap, 0},
    {"a growing block", grow_block, 0},
};

static const struct seccomp_policy *policy_of(const char *name)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (strcmp(policies[i]()->process, name) == 0)
            return policies[i]();
    return NULL;
}

int main(int argc, char **argv)
{
    static struct seccomp_row rows[ROWS_MAX];
    const struct seccomp_policy *whole = argc == 3 ? policy_of(argv[1]) : NULL;
    size_t removed = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (!whole || removed >= whole->count || whole->count > ROWS_MAX || crypto_init() != 0)
        return 2;
    struct seccomp_policy less = {whole->process, rows, 0};
    for (size_t row = 0; row < whole->count; row++)
        if (row != removed)
            rows[less.count++] = whole->rows[row];
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (forked(AS_CALLER, acts[i].run, (void *)whole) == acts[i].ending &&
            forked(AS_CALLER, acts[i].run, &less) != acts[i].ending) {
            puts(acts[i].name);
            return 0;
        }
    return 0;
}
