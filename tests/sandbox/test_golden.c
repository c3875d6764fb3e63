/*
 * The policies as text, compared with the files in golden/: whoever adds a row changes a file that a reviewer reads.
 * `test_golden --print POLICY` prints what the file of that policy must hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/sandbox.h"

static const struct {
    const char *name;
    const struct seccomp_policy *(*policy)(void);
} policies[] = {
    {"vault", seccomp_policy_vault},   {"auth", seccomp_policy_auth},     {"front", seccomp_policy_front},
    {"warden", seccomp_policy_warden}, {"unseal", seccomp_policy_unseal}, {"unseal_token", seccomp_policy_unseal_token},
};

static void put_condition(char *line, size_t room, const struct seccomp_condition *condition)
{
    size_t used = strlen(line);

    if (condition->compare == SCMP_CMP_EQ)
        snprintf(line + used, room - used, " arg%u=0x%llx", condition->argument, (unsigned long long)condition->a);
    else
        snprintf(line + used, room - used, " arg%u&0x%llx=0x%llx", condition->argument,
                 (unsigned long long)condition->a, (unsigned long long)condition->b);
}

static void put_row(char *line, size_t room, const struct seccomp_row *row)
{
    if (row->action == SECCOMP_ALLOW)
        snprintf(line, room, "allow %s", row->name);
    else
        snprintf(line, room, "errno %d %s", row->errno_value, row->name);
    for (unsigned i = 0; i < row->condition_count; i++)
        put_condition(line, room, &row->condition[i]);
    strncat(line, "\n", room - strlen(line) - 1);
}

static void compare(const char *name, const struct seccomp_policy *policy)
{
    char path[512], wanted[256], row[256];
    size_t rows = 0;

    snprintf(path, sizeof path, "%s/%s.txt", GOLDEN_FOLDER, name);
    FILE *golden = fopen(path, "re");
    if (!golden)
        fail_msg("%s: cannot read it", path);
    while (fgets(wanted, sizeof wanted, golden)) {
        if (rows >= policy->count)
            fail_msg("%s: the policy has no row for: %s", path, wanted);
        put_row(row, sizeof row, &policy->rows[rows++]);
        if (strcmp(row, wanted) != 0)
            fail_msg("%s, line %zu: the policy has \"%s\", the file has \"%s\"", path, rows, row, wanted);
    }
    fclose(golden);
    if (rows != policy->count)
        fail_msg("%s: %zu rows, but the policy has %zu", path, rows, policy->count);
}

static void policies_are_the_reviewed_ones(void **state)
{
    (void)state;
#if defined(SEKISHO_SANITIZED) || !defined(__x86_64__)
    skip(); /* the declared wider filter; constants of other architectures */
#endif
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        compare(policies[i].name, policies[i].policy());
}

static int print(const char *name)
{
    char row[256];

    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        for (size_t r = 0; strcmp(name, policies[i].name) == 0 && r < policies[i].policy()->count; r++) {
            put_row(row, sizeof row, &policies[i].policy()->rows[r]);
            fputs(row, stdout);
        }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(policies_are_the_reviewed_ones)};

    if (argc == 3 && strcmp(argv[1], "--print") == 0)
        return print(argv[2]);
    return cmocka_run_group_tests_name("sandbox: golden policies", tests, NULL, NULL);
}
