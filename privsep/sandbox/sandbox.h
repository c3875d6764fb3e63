/*
 * The lock-down of a process (design section 5), one function per step, one file per step. A step either does all that
 * it says or returns false with errno: the caller ends the process with EXIT_SANDBOX. There is no way to leave a step
 * out in a release build. Each process's main.c calls the steps in order: that list is its privilege story.
 */
#ifndef SEKISHO_SANDBOX_SANDBOX_H
#define SEKISHO_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "wire/channel.h"
#include "wire/exit_codes.h"
#include "wire/messages.h"

/* descriptors.c: exactly the descriptors 0..count-1 are open (0-2 /dev/null or the log), each of the kind named: a
 * missing one is EBADF, one of another kind EINVAL, one more EMFILE. Needs /proc. */
enum fd_kind {
    FD_NULL,
    FD_ANY,
    FD_CHANNEL,     /* SEQPACKET socket */
    FD_FILE_READ,   /* regular file, read-only */
    FD_OPTIONAL,    /* as FD_FILE_READ, or /dev/null: there is none */
    FD_FOLDER,      /* to be closed again before the lock-down */
    FD_SECRET_FILE, /* as FD_FILE_READ, or secret memory (memfd_secret(2)), which can only be mapped */
};
bool sandbox_descriptors(const enum fd_kind *kinds, size_t count);

/* rlimits.c: CORE 0, NPROC as given, NOFILE as given, FSIZE as given (SIGXFSZ ignored), umask 077, PDEATHSIG KILL later
 * in sandbox_identity (a uid change clears it). */
struct sandbox_limits {
    uint64_t files, processes, file_bytes, memory_bytes; /* memory_bytes 0: no RLIMIT_AS */
};
bool sandbox_rlimits(const struct sandbox_limits *limits);

/* dumpable.c: PR_SET_DUMPABLE 0, proven by reading it back. */
bool sandbox_not_dumpable(void);

/* namespaces.c: unshare() these CLONE_NEW* flags. */
bool sandbox_namespaces(int clone_flags);

/* root.c: `folder` becomes the root, everything else is unmounted (private mount namespace, bind mount with nosuid,
 * nodev, noexec; read_only optional; pivot_root; umount old; chdir "/"). */
bool sandbox_root(const char *folder, bool read_only);

/* capabilities.c: empties the bounding, ambient and inheritable sets and locks the securebits, before the uid
 * changes. */
bool sandbox_drop_bounding(void);

/* identity.c: setgroups(0), setresgid, setresuid, PDEATHSIG KILL with the parent still there, all capabilities gone,
 * and proof that uid 0 and any capability cannot be had again. In a user namespace (root false) the uid stays;
 * capabilities go. */
bool sandbox_identity(bool root, uint32_t uid, uint32_t gid, pid_t parent);

/* no_new_privs.c */
bool sandbox_no_new_privs(void);
bool sandbox_mdwe(void); /* PR_SET_MDWE REFUSE_EXEC_GAIN (Linux 6.3): fails on older kernels */

/* landlock.c: handles every right of the running kernel's ABI; denies all but what `allow` lists (NULL: nothing). Holds
 * for the calling thread and those it makes later: call it before the first thread. */
struct sandbox_landlock_allow {
    const char *socket_folder; /* may make a unix socket below it; NULL: no path at all */
    uint16_t bind_tcp_port;    /* may bind this port; 0: none. UINT16_MAX + flag any_port: tests with port 0 */
    bool any_port;
};
struct sandbox_landlock_state {
    uint32_t abi;
    uint64_t fs, net, scope;
};
bool sandbox_landlock(const struct sandbox_landlock_allow *allow, struct sandbox_landlock_state *state);
/* The rights that the running kernel lets handle: what every process of it must attest. */
bool sandbox_landlock_rights(struct sandbox_landlock_state *state);

/*
 * seccomp.c: installs an allowlist whose default is SECCOMP_RET_KILL_PROCESS. A policy is a table of rows made from a
 * .def file: each row a system call, conditions on its arguments (compared over all 64 bits), what happens, and a
 * reason.
 */
enum seccomp_action { SECCOMP_ALLOW, SECCOMP_ERRNO /* with row->errno_value: calls libc merely tries */ };
struct seccomp_condition {
    uint8_t argument; /* 0..5 */
    uint8_t compare;  /* libseccomp SCMP_CMP_*: EQ, MASKED_EQ ... */
    uint64_t a, b;    /* MASKED_EQ: mask, value; else value, 0 */
};
struct seccomp_row {
    const char *name; /* of the system call */
    int number;       /* SCMP_SYS(name) */
    enum seccomp_action action;
    int errno_value;
    uint8_t condition_count;
    struct seccomp_condition condition[3];
    const char *reason; /* why the workload needs it */
};
struct seccomp_policy {
    const char *process;
    const struct seccomp_row *rows;
    size_t count;
};
/* all_threads: TSYNC. hash: SHA-256 of the BPF program. */
bool sandbox_seccomp(const struct seccomp_policy *policy, bool all_threads, uint8_t hash[32]);
const struct seccomp_policy *seccomp_policy_vault(void);
const struct seccomp_policy *seccomp_policy_auth(void);
const struct seccomp_policy *seccomp_policy_front(void);
const struct seccomp_policy *seccomp_policy_warden(void);
const struct seccomp_policy *seccomp_policy_unseal(void);
const struct seccomp_policy *seccomp_policy_unseal_token(void);

/* Hash of the program of a policy without installing it: what an attestation must show. */
bool seccomp_policy_hash(const struct seccomp_policy *policy, uint8_t hash[32]);

/* view.c: reads a /proc/<pid>/status descriptor from its start (pread: stays usable after the lock-down, and live). */
int process_view_open(pid_t pid); /* O_RDONLY|O_CLOEXEC descriptor, or -1; pid 0 is the caller */
bool process_view_read(int status_fd, struct process_view *view);
bool process_view_pid(int status_fd, uint32_t *pid); /* as the /proc that it was opened in numbers it */

/* report.c: fills what a process can read of itself: view, pid, descriptors below 4096, dumpable, MDWE, sanitized.
 * `steps` says what it has done. Works inside every policy. */
bool attest_self(struct attest_report *report, int status_fd, uint32_t steps);
/* Does it show what holds for every process? Which steps a process must have done is the warden's knowledge. */
bool attest_keeps_promises(const struct attest_report *report);

/*
 * child.c: what every child's main does with the warden. `steps` is kept by sandbox_did and sandbox_failed.
 */
struct child {
    int control_fd; /* always 3 */
    struct launch_config config;
    uint32_t steps;
    int status_fd;
    struct attest_report report; /* main fills what its steps gave: landlock_*, filter_*, rules_hash */
};
/* Reads FRAME_CONFIGURE (blocking, with a 10 s limit) and checks it. Ends the process when it is not one. Opens
 * status_fd (the lowest free descriptor: it belongs to the open descriptors from here on). */
void child_configure(struct child *child);
/* Records a step as done, or, when `ok` is false, tells the warden which step failed with which errno and ends the
 * process with EXIT_SANDBOX. */
void child_step(struct child *child, enum sandbox_step step, bool ok);
/* STEP_SELF_CHECK, after the filter: reads back, compares with what the steps promised, sends FRAME_ATTEST. */
void child_attest(struct child *child);
/* Sends an event; never blocks (an event that does not fit is dropped). Safe from one thread at a time. */
void child_event(enum event event, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
/* Sends `event` and ends the process with `code`. */
__attribute__((noreturn)) void child_exit(enum exit_code code, enum event event, uint32_t a, uint32_t b, uint32_t c);
/* The control channel, for the process's main loop (START, DRAIN, EOF). One per process. */
struct channel *child_channel(void);
/* Frame rules for FRAME_START and FRAME_DRAIN, to be put into each process's table. */
/* clang-format off */
#define CHILD_CONTROL_RULES                                                                                            \
    {FRAME_START, PEER_WARDEN, IN(PHASE_SEALED), 0, 0}, {FRAME_DRAIN, PEER_WARDEN, IN(PHASE_SERVING), 0, 0}
/* clang-format on */

#endif
