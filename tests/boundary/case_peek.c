/*
 * Peeking and meddling from outside: everything a process under the front's uid can try on a serving vault, and what
 * one under the vault's own uid can (another process of it would have to be broken first). None of it may work, and
 * the vault goes on as it was. The real front has a seccomp filter besides and none of these calls; here it has them
 * all. Needs root, because without it every process has one uid (SECURITY.md).
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evil.h"

#define FRONT_UID 64201u
#define VAULT_UID 64200u /* evil.c's */

struct target {
    pid_t pid;
    const char *folder;
};

/* Each returns -1 with errno when it is refused; anything else is a way in. */
typedef long attempt(const struct target *target);

/* ---- its memory ---- */

static long ptrace_attach(const struct target *target)
{
    return ptrace(PTRACE_ATTACH, target->pid, 0, 0);
}

static long ptrace_seize(const struct target *target)
{
    return ptrace(PTRACE_SEIZE, target->pid, 0, 0);
}

static long open_below_proc(const struct target *target, const char *name, int flags)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", target->pid, name);
    return open(path, flags | O_CLOEXEC);
}

static long read_mem(const struct target *target)
{
    return open_below_proc(target, "mem", O_RDONLY);
}

static long write_mem(const struct target *target)
{
    return open_below_proc(target, "mem", O_RDWR);
}

static long read_maps(const struct target *target)
{
    return open_below_proc(target, "maps", O_RDONLY);
}

static long read_pagemap(const struct target *target)
{
    return open_below_proc(target, "pagemap", O_RDONLY);
}

static long read_environment(const struct target *target)
{
    return open_below_proc(target, "environ", O_RDONLY);
}

static long read_auxiliary_vector(const struct target *target)
{
    return open_below_proc(target, "auxv", O_RDONLY);
}

static long read_stack(const struct target *target)
{
    long fd = open_below_proc(target, "stack", O_RDONLY);
    char byte;

    return fd < 0 ? fd : read((int)fd, &byte, 1);
}

static long vm_read(const struct target *target)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x400000, 1};

    return process_vm_readv(target->pid, &here, 1, &there, 1, 0);
}

static long vm_write(const struct target *target)
{
    char byte = 0;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x400000, 1};

    return process_vm_writev(target->pid, &here, 1, &there, 1, 0);
}

static long vm_advise(const struct target *target)
{
    struct iovec there = {(void *)(uintptr_t)0x400000, 4096};
    int fd = (int)syscall(SYS_pidfd_open, target->pid, 0);

    return fd < 0 ? -1 : syscall(SYS_process_madvise, fd, &there, 1, 20 /* MADV_COLD */, 0);
}

static long count_events(const struct target *target)
{
    struct perf_event_attr event = {.type = PERF_TYPE_HARDWARE, .size = sizeof event, .exclude_kernel = 1};

    return syscall(SYS_perf_event_open, &event, target->pid, -1, -1, 0);
}

/* ---- its descriptors and its place ---- */

static long list_descriptors(const struct target *target)
{
    return open_below_proc(target, "fd", O_RDONLY | O_DIRECTORY);
}

static long take_its_channel(const struct target *target)
{
    return open_below_proc(target, "fd/4", O_RDWR);
}

static long take_descriptor(const struct target *target)
{
    int fd = (int)syscall(SYS_pidfd_open, target->pid, 0);

    return fd < 0 ? -1 : syscall(SYS_pidfd_getfd, fd, 4, 0);
}

static long enter_root(const struct target *target)
{
    return open_below_proc(target, "root/data.mdb", O_RDONLY);
}

static long enter_namespaces(const struct target *target)
{
    long fd = open_below_proc(target, "ns/mnt", O_RDONLY);

    return fd < 0 ? fd : setns((int)fd, 0);
}

static long compare_files(const struct target *target)
{
    return syscall(SYS_kcmp, getpid(), target->pid, KCMP_FILE, 0, 0);
}

/* ---- its files ---- */

static long open_in_folder(const struct target *target, const char *name, int flags)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", target->folder, name);
    return open(path, flags | O_CLOEXEC, 0600);
}

static long read_store(const struct target *target)
{
    return open_in_folder(target, "data.mdb", O_RDONLY);
}

static long write_store(const struct target *target)
{
    return open_in_folder(target, "data.mdb", O_WRONLY);
}

static long write_journal(const struct target *target)
{
    return open_in_folder(target, ERASURES_NAME, O_WRONLY);
}

static long make_a_file(const struct target *target)
{
    return open_in_folder(target, "planted", O_WRONLY | O_CREAT);
}

static long remove_store(const struct target *target)
{
    char path[128];

    snprintf(path, sizeof path, "%s/data.mdb", target->folder);
    return unlink(path);
}

/* ---- its life ---- */

static long send_signal(const struct target *target, int signal)
{
    return kill(target->pid, signal);
}

static long probe(const struct target *target)
{
    return send_signal(target, 0);
}

static long terminate(const struct target *target)
{
    return send_signal(target, SIGTERM);
}

static long stop(const struct target *target)
{
    return send_signal(target, SIGSTOP);
}

static long kill_it(const struct target *target)
{
    return send_signal(target, SIGKILL);
}

static long queue_signal(const struct target *target)
{
    return sigqueue(target->pid, SIGUSR1, (union sigval){.sival_int = 1});
}

static long change_limits(const struct target *target)
{
    struct rlimit none = {0, 0};

    return prlimit(target->pid, RLIMIT_NOFILE, &none, NULL);
}

static long change_priority(const struct target *target)
{
    return setpriority(PRIO_PROCESS, (id_t)target->pid, 19);
}

static long change_affinity(const struct target *target)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    return sched_setaffinity(target->pid, sizeof cpus, &cpus);
}

static long change_oom_score(const struct target *target)
{
    long fd = open_below_proc(target, "oom_score_adj", O_WRONLY);

    return fd < 0 ? fd : write((int)fd, "1000", 4);
}

struct named_attempt {
    const char *what;
    attempt *run;
};
#define ATTEMPT(function)                                                                                              \
    {                                                                                                                  \
#function, function                                                                                            \
    }

/* Not dumpable: even its own uid sees none of this. */
static const struct named_attempt peeks[] = {
    ATTEMPT(ptrace_attach),    ATTEMPT(ptrace_seize),     ATTEMPT(read_mem),
    ATTEMPT(write_mem),        ATTEMPT(read_maps),        ATTEMPT(read_pagemap),
    ATTEMPT(read_environment), ATTEMPT(read_stack),       ATTEMPT(read_auxiliary_vector),
    ATTEMPT(vm_read),          ATTEMPT(vm_write),         ATTEMPT(vm_advise),
    ATTEMPT(count_events),     ATTEMPT(list_descriptors), ATTEMPT(take_its_channel),
    ATTEMPT(take_descriptor),  ATTEMPT(enter_root),       ATTEMPT(enter_namespaces),
    ATTEMPT(compare_files),    ATTEMPT(change_oom_score),
};

/* What its uid alone keeps from others. */
static const struct named_attempt meddling[] = {
    ATTEMPT(read_store),      ATTEMPT(write_store),  ATTEMPT(write_journal), ATTEMPT(make_a_file),
    ATTEMPT(remove_store),    ATTEMPT(probe),        ATTEMPT(terminate),     ATTEMPT(stop),
    ATTEMPT(kill_it),         ATTEMPT(queue_signal), ATTEMPT(change_limits), ATTEMPT(change_priority),
    ATTEMPT(change_affinity),
};

/* In a child under the uid: how many attempts got through. Their names go to standard output. */
static int run_as(uid_t uid, const struct target *target, const struct named_attempt *attempts, size_t count)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        int through = 0;
        if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0)
            _exit(99);
        for (size_t i = 0; i < count; i++) {
            if (attempts[i].run(target) < 0)
                continue;
            printf("%s got through as uid %u\n", attempts[i].what, uid);
            through++;
        }
        fflush(stdout);
        _exit(through);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void serve(struct evil *evil, uint8_t digest[32])
{
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_store_digest(evil, digest);
}

static void from_the_fronts_uid(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    if (geteuid() != 0)
        skip();
    serve(evil, digest);
    const struct target target = {evil->pid, evil->folder};
    assert_int_equal(run_as(FRONT_UID, &target, peeks, sizeof peeks / sizeof peeks[0]), 0);
    assert_int_equal(run_as(FRONT_UID, &target, meddling, sizeof meddling / sizeof meddling[0]), 0);
    evil_expect_unchanged(evil, digest);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_drain(evil);
}

static void from_its_own_uid(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    if (geteuid() != 0)
        skip();
    serve(evil, digest);
    const struct target target = {evil->pid, evil->folder};
    assert_int_equal(run_as(VAULT_UID, &target, peeks, sizeof peeks / sizeof peeks[0]), 0);
    evil_expect_unchanged(evil, digest);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_drain(evil);
}

/* The attempts do get through where nothing is in their way: on a process of the same uid that lets itself be seen. */
static void the_attempts_are_real(void **state)
{
    static const char *const real[] = {"read_mem", "vm_read", "read_maps", "list_descriptors", "probe", "stop"};
    struct evil *evil = *state;
    int status;

    if (geteuid() != 0)
        skip();
    pid_t victim = fork();
    if (victim == 0) {
        for (;;)
            pause();
    }
    const struct target target = {victim, evil->folder};
    int through = 0;
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++) {
        for (size_t j = 0; j < sizeof peeks / sizeof peeks[0]; j++)
            through += strcmp(peeks[j].what, real[i]) == 0 && (peeks[j].run(&target) >= 0 || errno == EFAULT);
        for (size_t j = 0; j < sizeof meddling / sizeof meddling[0]; j++)
            through += strcmp(meddling[j].what, real[i]) == 0 && meddling[j].run(&target) >= 0;
    }
    kill(victim, SIGKILL);
    waitpid(victim, &status, 0);
    assert_int_equal(through, sizeof real / sizeof real[0]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, evil_setup, evil_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(from_the_fronts_uid), TEST(from_its_own_uid), TEST(the_attempts_are_real)};

    return cmocka_run_group_tests_name("peeking from outside", tests, NULL, NULL);
}
