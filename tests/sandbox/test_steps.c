/* Every step of the lock-down does what it says, as root and in a user namespace; a step that cannot says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "forked.h"
#include "sandbox/sandbox.h"

static const enum forked_as both[] = {AS_ROOT, AS_USER_NAMESPACE};

/* Runs `run` in both ways; a way that this machine lacks is left out, and when both lack the test is skipped. */
static void in_both_ways(int (*run)(void *context))
{
    int done = 0;

    for (size_t i = 0; i < 2; i++)
        if (forked_can(both[i])) {
            assert_int_equal(forked(both[i], run, (void *)(uintptr_t)both[i]), 0);
            done++;
        }
    if (done == 0)
        skip();
}

static bool is_root(void *context)
{
    return (enum forked_as)(uintptr_t)context == AS_ROOT;
}

/* ---- descriptors ---- */

/* 0-2 /dev/null, 3 a channel, 4 a file; nothing else. */
static void lay_descriptors(void)
{
    int pair[2], null = open("/dev/null", O_RDWR), file = open("/proc/self/exe", O_RDONLY);

    WANT(null >= 0 && file >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    int channel = fcntl(pair[0], F_DUPFD, 100), program = fcntl(file, F_DUPFD, 100);
    WANT(dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(channel, 3) == 3 && dup2(program, 4) == 4);
    WANT(close_range(5, ~0u, 0) == 0);
}

static const enum fd_kind laid[] = {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_FILE_READ};

static int accepts_what_is_named(void *context)
{
    (void)context;
    lay_descriptors();
    WANT(sandbox_descriptors(laid, 5));
    WANT((fcntl(4, F_GETFD) & FD_CLOEXEC) != 0);
    return 0;
}

static int refuses_a_missing_one(void *context)
{
    (void)context;
    lay_descriptors();
    close(3);
    WANT(!sandbox_descriptors(laid, 5) && errno == EBADF);
    return 0;
}

static int refuses_one_more(void *context)
{
    (void)context;
    lay_descriptors();
    WANT(dup2(0, 70) == 70);
    WANT(!sandbox_descriptors(laid, 5) && errno == EMFILE);
    return 0;
}

static int refuses_another_kind(void *context)
{
    const enum fd_kind others[][5] = {
        {FD_NULL, FD_NULL, FD_ANY, FD_FILE_READ, FD_FILE_READ},
        {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_CHANNEL},
        {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_NULL},
    };
    int stream[2];

    (void)context;
    lay_descriptors();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        WANT(!sandbox_descriptors(others[i], 5) && errno == EINVAL);
    WANT(socketpair(AF_UNIX, SOCK_STREAM, 0, stream) == 0 && dup2(stream[0], 3) == 3);
    WANT(close_range(5, ~0u, 0) == 0);
    WANT(!sandbox_descriptors(laid, 5) && errno == EINVAL);
    return 0;
}

static int knows_a_folder_and_what_may_be_missing(void *context)
{
    static const enum fd_kind folder[] = {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_FOLDER};
    static const enum fd_kind optional[] = {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_OPTIONAL};

    (void)context;
    lay_descriptors();
    WANT(sandbox_descriptors(optional, 5));
    WANT(!sandbox_descriptors(folder, 5) && errno == EINVAL);
    WANT(dup2(0, 4) == 4 && sandbox_descriptors(optional, 5));
    WANT(!sandbox_descriptors(folder, 5) && errno == EINVAL);
    WANT(dup2(open("/", O_RDONLY | O_DIRECTORY), 4) == 4 && close_range(5, ~0u, 0) == 0);
    WANT(sandbox_descriptors(folder, 5));
    WANT(!sandbox_descriptors(optional, 5) && errno == EINVAL);
    return 0;
}

/* Puts `fd` in the place of the regular file. */
static bool is_secret_file(int fd)
{
    static const enum fd_kind kinds[] = {FD_NULL, FD_NULL, FD_ANY, FD_CHANNEL, FD_SECRET_FILE};

    WANT(fd >= 0 && dup2(fd, 4) == 4 && close_range(5, ~0u, 0) == 0);
    return sandbox_descriptors(kinds, 5);
}

static int knows_a_secret_file(void *context)
{
    int pipes[2], memory, secret;

    (void)context;
    lay_descriptors();
    WANT(is_secret_file(4)); /* for reading only */
    memory = memfd_create("key", 0);
    WANT(memory >= 0 && !is_secret_file(memory) && errno == EINVAL); /* can be written to */
    memory = memfd_create("key", 0);
    WANT(memory >= 0 && is_secret_file(open("/proc/self/fd/5", O_RDONLY)));
    WANT(pipe(pipes) == 0 && !is_secret_file(pipes[0]) && errno == EINVAL);
    /* Linux 5.14, and not in every container. */
    secret = (int)syscall(447 /* memfd_secret */, 0);
    WANT(secret < 0 || is_secret_file(secret));
    return 0;
}

static void descriptors(void **state)
{
    (void)state;
    assert_int_equal(forked(AS_CALLER, knows_a_secret_file, NULL), 0);
    assert_int_equal(forked(AS_CALLER, accepts_what_is_named, NULL), 0);
    assert_int_equal(forked(AS_CALLER, refuses_a_missing_one, NULL), 0);
    assert_int_equal(forked(AS_CALLER, refuses_one_more, NULL), 0);
    assert_int_equal(forked(AS_CALLER, refuses_another_kind, NULL), 0);
    assert_int_equal(forked(AS_CALLER, knows_a_folder_and_what_may_be_missing, NULL), 0);
}

/* ---- limits, dumpable ---- */

static int limits_hold(void *context)
{
    const struct sandbox_limits limits = {.files = 16, .processes = 0, .file_bytes = 100, .memory_bytes = 1ull << 30};
    struct rlimit limit;
    FILE *file = tmpfile();

    (void)context;
    WANT(file != NULL);
    WANT(sandbox_rlimits(&limits));
    WANT(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0);
    WANT(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max == 16);
    WANT(getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_max == 0);
    /* An error, not a signal. */
    WANT(pwrite(fileno(file), "x", 1, 200) < 0 && errno == EFBIG);
#ifndef SEKISHO_SANITIZED
    WANT(mmap(NULL, 2ull << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
#endif
    return 0;
}

static int is_not_dumpable(void *context)
{
    (void)context;
    WANT(sandbox_not_dumpable());
    WANT(prctl(PR_GET_DUMPABLE) == 0);
    return 0;
}

static void limits_and_dumpable(void **state)
{
    (void)state;
    assert_int_equal(forked(AS_CALLER, limits_hold, NULL), 0);
    assert_int_equal(forked(AS_CALLER, is_not_dumpable, NULL), 0);
}

/* ---- namespaces, root ---- */

/* Made by the test, which outlives those who take it as their root. */
static char folder[32];

static void make_folder(void)
{
    strcpy(folder, "/tmp/sekisho-root-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0777), 0);
}

static int root_is_the_folder(void *context)
{
    (void)context;
    int inside = open(folder, O_RDONLY | O_DIRECTORY);
    WANT(inside >= 0 && mkdirat(inside, "below", 0700) == 0);
    close(inside);
    WANT(sandbox_namespaces(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP));
    WANT(sandbox_root(folder, false));
    WANT(access("/below", F_OK) == 0 && access("/proc", F_OK) < 0 && access("/etc", F_OK) < 0);
    WANT(access("/../etc", F_OK) < 0);
    WANT(open("/file", O_CREAT | O_RDWR, 0700) >= 0 && unlink("/file") == 0 && rmdir("/below") == 0);
    return 0;
}

static int root_is_read_only(void *context)
{
    (void)context;
    WANT(sandbox_namespaces(CLONE_NEWNS));
    WANT(sandbox_root(folder, true));
    WANT(open("/file", O_CREAT | O_RDWR, 0700) < 0 && errno == EROFS);
    return 0;
}

static int network_is_empty(void *context)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};

    (void)context;
    WANT(sandbox_namespaces(CLONE_NEWNET));
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    WANT(tcp >= 0 && connect(tcp, (struct sockaddr *)&address, sizeof address) < 0 && errno == ENETUNREACH);
    return 0;
}

static int root_needs_the_folder(void *context)
{
    (void)context;
    WANT(sandbox_namespaces(CLONE_NEWNS));
    WANT(!sandbox_root("/nonexistent", false) && errno == ENOENT);
    return 0;
}

static void namespaces_and_root(void **state)
{
    (void)state;
    make_folder();
    in_both_ways(root_is_the_folder);
    in_both_ways(root_is_read_only);
    assert_int_equal(rmdir(folder), 0);
    in_both_ways(network_is_empty);
    in_both_ways(root_needs_the_folder);
}

/* ---- capabilities, identity ---- */

static int nothing_is_left(void *context)
{
    struct process_view view;
    int status = process_view_open(0);

    WANT(sandbox_drop_bounding());
    WANT((prctl(PR_GET_SECUREBITS) & (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED)) == (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED));
    WANT(sandbox_identity(is_root(context), 64200, 64201, getppid()));
    WANT(process_view_read(status, &view));
    WANT((view.cap_inheritable | view.cap_permitted | view.cap_effective | view.cap_bounding | view.cap_ambient) == 0);
    WANT(view.uid == (is_root(context) ? 64200 : 0) && view.euid == view.uid && view.suid == view.uid);
    WANT(!is_root(context) || (view.gid == 64201 && view.groups == 0));
    WANT(unshare(CLONE_NEWNET) < 0 && errno == EPERM);
    int signal;
    WANT(prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == SIGKILL);
    return 0;
}

static int identity_needs_the_parent(void *context)
{
    WANT(sandbox_drop_bounding());
    WANT(!sandbox_identity(is_root(context), 64200, 64200, 999999) && errno == ESRCH);
    return 0;
}

static int identity_refuses_root(void *context)
{
    (void)context;
    WANT(!sandbox_identity(true, 0, 64200, getppid()) && errno == EINVAL);
    WANT(!sandbox_identity(true, 64200, 0, getppid()) && errno == EINVAL);
    return 0;
}

static int ordinary_user_cannot_drop(void *context)
{
    (void)context;
    WANT(geteuid() != 0 || setresuid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID) == 0);
    WANT(!sandbox_drop_bounding() && errno == EPERM);
    return 0;
}

static void capabilities_and_identity(void **state)
{
    (void)state;
    in_both_ways(nothing_is_left);
    in_both_ways(identity_needs_the_parent);
    in_both_ways(identity_refuses_root);
    assert_int_equal(forked(AS_CALLER, ordinary_user_cannot_drop, NULL), 0);
}

/* ---- MDWE, Landlock ---- */

static int memory_stays_data(void *context)
{
    (void)context;
    WANT(sandbox_no_new_privs() && sandbox_mdwe());
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    WANT(page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0);
    WANT(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    return 0;
}

static int try_connect(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int tcp = socket(AF_INET, SOCK_STREAM, 0);

    WANT(tcp >= 0);
    return connect(tcp, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static int try_bind(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int tcp = socket(AF_INET, SOCK_STREAM, 0);

    WANT(tcp >= 0);
    return bind(tcp, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static int landlock_refuses(void *context)
{
    struct sandbox_landlock_state state, offered;
    int old = open("/proc/self/status", O_RDONLY);
    char byte;

    (void)context;
    WANT(sandbox_landlock_rights(&offered));
    WANT(sandbox_no_new_privs() && sandbox_landlock(NULL, &state));
    WANT(state.abi == offered.abi && state.fs == offered.fs && state.net == offered.net &&
         state.scope == offered.scope);
    WANT(open("/proc/self/status", O_RDONLY) < 0 && errno == EACCES);
    WANT(open("/tmp/sekisho-never", O_CREAT | O_WRONLY, 0600) < 0 && errno == EACCES);
    WANT(pread(old, &byte, 1, 0) == 1);
    if (state.net) {
        WANT(try_connect(9) == EACCES);
        WANT(try_bind(0) == EACCES);
    }
    if (state.scope)
        WANT(kill(getppid(), 0) < 0 && errno == EPERM);
    return 0;
}

static int landlock_allows_what_is_listed(void *context)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct sandbox_landlock_state state;

    (void)context;
    const struct sandbox_landlock_allow allow = {.socket_folder = folder, .any_port = true};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    WANT(sandbox_no_new_privs() && sandbox_landlock(&allow, &state));
    int unix_socket = socket(AF_UNIX, SOCK_STREAM, 0);
    WANT(bind(unix_socket, (struct sockaddr *)&address, sizeof address) == 0);
    WANT(try_bind(0) == 0);
    WANT(state.net == 0 || try_bind(61999) == EACCES);
    address.sun_path[5] = 'X';
    WANT(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address) < 0);
    return 0;
}

static void mdwe_and_landlock(void **state)
{
    (void)state;
    assert_int_equal(forked(AS_CALLER, memory_stays_data, NULL), 0);
    assert_int_equal(forked(AS_CALLER, landlock_refuses, NULL), 0);
    make_folder();
    assert_int_equal(forked(AS_CALLER, landlock_allows_what_is_listed, NULL), 0);
    char socket_path[64];
    snprintf(socket_path, sizeof socket_path, "%s/s", folder);
    assert_int_equal(unlink(socket_path) | rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors),         cmocka_unit_test(limits_and_dumpable),
        cmocka_unit_test(namespaces_and_root), cmocka_unit_test(capabilities_and_identity),
        cmocka_unit_test(mdwe_and_landlock),
    };
    return cmocka_run_group_tests_name("sandbox: steps", tests, NULL, NULL);
}
