#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "sandbox/sandbox.h"

/* BPF_MAXINSNS of 8 bytes each: the kernel takes no longer program. */
#define PROGRAM_MAX (4096 * 8)

/* libseccomp answers with negative errno values. */
static bool took(int result)
{
    if (result < 0)
        errno = -result;
    return result >= 0;
}

static bool add_row(scmp_filter_ctx filter, const struct seccomp_row *row)
{
    struct scmp_arg_cmp conditions[3];
    uint32_t action = row->action == SECCOMP_ALLOW ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO((uint32_t)row->errno_value);

    if (row->condition_count > 3)
        return took(-EINVAL);
    for (unsigned i = 0; i < row->condition_count; i++)
        conditions[i] = (struct scmp_arg_cmp){
            .arg = row->condition[i].argument,
            .op = row->condition[i].compare,
            .datum_a = row->condition[i].a,
            .datum_b = row->condition[i].b,
        };
    return took(seccomp_rule_add_array(filter, action, row->number, row->condition_count, conditions));
}

static bool set_attributes(scmp_filter_ctx filter, bool all_threads)
{
    /* NNP is a step of its own (no_new_privs.c): without it the kernel refuses the filter, and so does this step. */
    return took(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) &&
           took(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0)) &&
           took(seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1)) &&
           took(seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, all_threads ? 1 : 0));
}

static scmp_filter_ctx compile(const struct seccomp_policy *policy, bool all_threads)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

    if (!filter) {
        errno = ENOMEM;
        return NULL;
    }
    bool good = set_attributes(filter, all_threads);
    for (size_t i = 0; good && i < policy->count; i++)
        good = add_row(filter, &policy->rows[i]);
    if (!good) {
        int reason = errno;
        seccomp_release(filter);
        errno = reason;
        return NULL;
    }
    return filter;
}

/* Reads what was written to the pipe so far. */
static bool hash_pipe(int fd, uint8_t hash[32])
{
    uint8_t *program = malloc(PROGRAM_MAX);
    bool hashed = false;

    if (!program)
        return false;
    ssize_t length = read(fd, program, PROGRAM_MAX);
    if (length > 0)
        hashed = sha256(program, (size_t)length, hash) == 0;
    free(program);
    return hashed;
}

/* Over a pipe: a memory file would be subject to the file size limit, which is 0 in most processes. Non-blocking, so
 * that a program larger than the pipe is an error instead of a wait. */
static bool hash_program(scmp_filter_ctx filter, uint8_t hash[32])
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    bool hashed = took(seccomp_export_bpf(filter, ends[1])) && hash_pipe(ends[0], hash);
    close(ends[0]);
    close(ends[1]);
    return hashed;
}

bool seccomp_policy_hash(const struct seccomp_policy *policy, uint8_t hash[32])
{
    scmp_filter_ctx filter = compile(policy, false);

    if (!filter)
        return false;
    bool hashed = hash_program(filter, hash);
    seccomp_release(filter);
    return hashed;
}

bool sandbox_seccomp(const struct seccomp_policy *policy, bool all_threads, uint8_t hash[32])
{
    scmp_filter_ctx filter = compile(policy, all_threads);
    bool loaded;

    if (!filter)
        return false;
    loaded = hash_program(filter, hash) && took(seccomp_load(filter));
    /* Its free() calls are within every policy. */
    seccomp_release(filter);
    return loaded;
}
