/*
 * Every row of every policy, in the kernel: the call as the row allows it comes back, the call with any one bit of a
 * condition changed dies by SIGSYS (unless another row allows just that), a call without a row dies. And no row says
 * what another row of its policy says already. That each row is needed is another question: removal/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "forked.h"
#include "sandbox/sandbox.h"

#define KILLED     (128 + SIGSYS)
#define OTHER      3   /* came back, but not with the error that the row promises */
#define NUMBERS    600 /* more than the kernel has calls */
#define BAD_MEMORY 1ull

typedef const struct seccomp_policy *policy_function(void);
static policy_function *const policies[] = {seccomp_policy_vault,  seccomp_policy_auth,   seccomp_policy_front,
                                            seccomp_policy_warden, seccomp_policy_unseal, seccomp_policy_unseal_token};
#define EVERY_POLICY(policy)                                                                                           \
    const struct seccomp_policy *policy = NULL;                                                                        \
    for (size_t p = 0; p < sizeof policies / sizeof policies[0] && (policy = policies[p]()) != NULL; p++)

/* A condition is always "of the bits of mask exactly those of value". */
static uint64_t mask_of(const struct seccomp_condition *condition)
{
    return condition->compare == SCMP_CMP_EQ ? ~0ull : condition->a;
}

static uint64_t value_of(const struct seccomp_condition *condition)
{
    return condition->compare == SCMP_CMP_EQ ? condition->a : condition->b;
}

struct attempt {
    const struct seccomp_policy *policy;
    int number;
    uint64_t argument[6];
    int error; /* that must come back; 0: whatever does */
};

static bool row_matches(const struct seccomp_row *row, const struct attempt *attempt)
{
    if (row->number != attempt->number)
        return false;
    for (unsigned i = 0; i < row->condition_count; i++)
        if ((attempt->argument[row->condition[i].argument] & mask_of(&row->condition[i])) !=
            value_of(&row->condition[i]))
            return false;
    return true;
}

static const struct seccomp_row *matching_row(const struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->policy->count; i++)
        if (row_matches(&attempt->policy->rows[i], attempt))
            return &attempt->policy->rows[i];
    return NULL;
}

/* Calls that would wait for ever, or go on as a second thread on this one's stack, are given memory that is none. */
static void make_harmless(struct attempt *attempt)
{
    static const struct {
        int number;
        unsigned argument;
        uint64_t value;
    } harmless[] = {
        {SYS_ppoll, 2, BAD_MEMORY},
#ifdef __x86_64__
        {SYS_select, 4, BAD_MEMORY},
#endif
        {SYS_pselect6, 4, BAD_MEMORY},
        {SYS_clone, 4, ~0ull}, /* thread-local storage outside of memory: EPERM */
    };

    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (attempt->number == harmless[i].number)
            attempt->argument[harmless[i].argument] = harmless[i].value;
}

static int call(void *context)
{
    const struct attempt *attempt = context;
    const uint64_t *a = attempt->argument;
    const struct rlimit no_core = {0};
    uint8_t hash[32];

    WANT(setrlimit(RLIMIT_CORE, &no_core) == 0 && sandbox_no_new_privs());
    WANT(sandbox_seccomp(attempt->policy, false, hash));
    errno = 0;
    long result = syscall(attempt->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    return attempt->error == 0 || (result == -1 && errno == attempt->error) ? 0 : OTHER;
}

static void expect(struct attempt *attempt, const char *what)
{
    const struct seccomp_row *row = matching_row(attempt);

    attempt->error = row && row->action == SECCOMP_ERRNO ? row->errno_value : 0;
    int got = forked(AS_CALLER, call, attempt);
    if (row ? got != KILLED && got != OTHER : got == KILLED)
        return;
    fail_msg("%s: %s call %d (0x%llx, 0x%llx, 0x%llx, 0x%llx) ended with %d", attempt->policy->process, what,
             attempt->number, (unsigned long long)attempt->argument[0], (unsigned long long)attempt->argument[1],
             (unsigned long long)attempt->argument[2], (unsigned long long)attempt->argument[3], got);
}

static void try_row(const struct seccomp_policy *policy, const struct seccomp_row *row)
{
    struct attempt allowed = {.policy = policy, .number = row->number};

    make_harmless(&allowed);
    for (unsigned i = 0; i < row->condition_count; i++)
        allowed.argument[row->condition[i].argument] |= value_of(&row->condition[i]);
    expect(&allowed, "allowed");
    for (unsigned i = 0; i < row->condition_count; i++)
        for (unsigned bit = 0; bit < 64; bit++) {
            struct attempt perturbed = allowed;
            perturbed.argument[row->condition[i].argument] ^= 1ull << bit;
            expect(&perturbed, "perturbed");
        }
}

static void rows_allow_what_they_say_and_nothing_else(void **state)
{
    (void)state;
    EVERY_POLICY(policy)
    {
        for (size_t row = 0; row < policy->count; row++)
            try_row(policy, &policy->rows[row]);
    }
}

static bool has_row(const struct seccomp_policy *policy, int number)
{
    for (size_t row = 0; row < policy->count; row++)
        if (policy->rows[row].number == number)
            return true;
    return false;
}

/* uretprobe(2) and uprobe(2) are for the kernel's own trampolines: it lets no filter see them, and anyone else dies by
 * SIGILL. */
static bool is_never_filtered(int number)
{
#ifdef __x86_64__
    return number == 335 || number == 336;
#else
    (void)number;
    return false;
#endif
}

static void a_call_without_a_row_is_killed(void **state)
{
    (void)state;
    EVERY_POLICY(policy)
    {
        for (int number = 0; number < NUMBERS; number++) {
            struct attempt attempt = {.policy = policy, .number = number};
            if (!has_row(policy, number) && !is_never_filtered(number))
                expect(&attempt, "unlisted");
        }
    }
}

static bool condition_implies(const struct seccomp_row *row, const struct seccomp_condition *wanted)
{
    for (unsigned i = 0; i < row->condition_count; i++) {
        const struct seccomp_condition *has = &row->condition[i];
        if (has->argument == wanted->argument && (mask_of(wanted) & ~mask_of(has)) == 0 &&
            (value_of(has) & mask_of(wanted)) == value_of(wanted))
            return true;
    }
    return false;
}

/* Whatever `narrow` lets through, `wide` does too. */
static bool is_implied(const struct seccomp_row *narrow, const struct seccomp_row *wide)
{
    if (narrow->number != wide->number)
        return false;
    for (unsigned i = 0; i < wide->condition_count; i++)
        if (!condition_implies(narrow, &wide->condition[i]))
            return false;
    return true;
}

static void no_row_is_implied_by_another(void **state)
{
    (void)state;
    EVERY_POLICY(policy)
    {
        /* Wide on purpose: nobody knows what a token's module needs. */
        if (strcmp(policy->process, "unseal_token") == 0)
            continue;
        for (size_t narrow = 0; narrow < policy->count; narrow++)
            for (size_t wide = 0; wide < policy->count; wide++)
                if (narrow != wide && is_implied(&policy->rows[narrow], &policy->rows[wide]))
                    fail_msg("%s: row %zu (%s) says nothing that row %zu does not say", policy->process, narrow,
                             policy->rows[narrow].name, wide);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_is_implied_by_another),
        cmocka_unit_test(rows_allow_what_they_say_and_nothing_else),
        cmocka_unit_test(a_call_without_a_row_is_killed),
    };

    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests_name("sandbox: rows", tests, NULL, NULL);
}
