/*
 * Stands in for vault, auth or front (by its name) under the product's warden: the same steps in the same order, no
 * work. Its lies and crimes are in fake_child.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "fake_child.h"
#include "sandbox/sandbox.h"

#define ISOLATED (CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP)

#define FOLDER 10 /* of the registers, as the front is given it */

struct role {
    const char *name;
    size_t files, optional; /* the front: a folder before them */
    int namespaces;
    const struct seccomp_policy *(*policy)(void);
};

static const struct role roles[] = {
    {"sekisho-vault", 1, 0, ISOLATED, seccomp_policy_vault},
    {"sekisho-auth", 1, 0, ISOLATED, seccomp_policy_auth},
    {"sekisho-front", 4, 3, CLONE_NEWNS, seccomp_policy_front},
};

static struct child child;
static const struct role *role;

/* true in the vault of a set that behaves so; the others stay sound. */
static bool vault_does(enum fake_behaviour behaviour)
{
    return role == &roles[0] && child.config.session_max == (uint32_t)behaviour;
}

static bool front_does(enum fake_behaviour behaviour)
{
    return role == &roles[2] && child.config.session_max == (uint32_t)behaviour;
}

static void open_descriptors(void)
{
    enum fd_kind kinds[16] = {FD_ANY, FD_ANY, FD_ANY, FD_CHANNEL, FD_CHANNEL, FD_CHANNEL};
    size_t count = 6;

    for (size_t i = 0; i < role->files; i++)
        kinds[count++] = FD_FILE_READ;
    if (role->optional > 0)
        kinds[count++] = FD_FOLDER;
    for (size_t i = 0; i < role->optional; i++)
        kinds[count++] = FD_OPTIONAL;
    bool ok = sandbox_descriptors(kinds, count);
    child_configure(&child);
    child_step(&child, STEP_DESCRIPTORS, ok);
}

static void lock_down(pid_t warden)
{
    const struct sandbox_limits limits = {.files = 256, .processes = 0, .file_bytes = 1 << 20};
    struct sandbox_landlock_state landlock = {0};
    const struct launch_config *config = &child.config;
    const char *root = vault_does(FAKE_FAILING_STEP) ? "/nonexistent" : config->data_folder;
    int namespaces = vault_does(FAKE_KEEPS_NETWORK) ? CLONE_NEWNS : role->namespaces;

    child_step(&child, STEP_RLIMITS, sandbox_rlimits(&limits));
    child_step(&child, STEP_DUMPABLE, sandbox_not_dumpable());
    child_step(&child, STEP_SECRETS, secret_arena_open(4096) == 0);
    child_step(&child, STEP_NAMESPACES, sandbox_namespaces(namespaces));
    child_step(&child, STEP_ROOT, vault_does(FAKE_KEEPS_ROOT) || sandbox_root(root, false));
    if (!vault_does(FAKE_KEEPS_CAPABILITIES)) {
        child_step(&child, STEP_CAPABILITIES, sandbox_drop_bounding());
        child_step(&child, STEP_IDENTITY,
                   sandbox_identity(config->flags & LAUNCH_ROOT, config->uid, config->gid, warden));
    }
    child_step(&child, STEP_STORE, role != &roles[2] || front_does(FAKE_KEEPS_FOLDER) || close(FOLDER) == 0);
    child_step(&child, STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    child_step(&child, STEP_MDWE, sandbox_mdwe());
    child_step(&child, STEP_LANDLOCK, sandbox_landlock(NULL, &landlock));
    child.report.landlock_abi = landlock.abi;
    child.report.landlock_fs = landlock.fs;
    child.report.landlock_net = landlock.net;
    child.report.landlock_scope = landlock.scope;
}

static void put_filter(void)
{
    const struct seccomp_policy *policy = vault_does(FAKE_OTHER_POLICY) ? seccomp_policy_front() : role->policy();

    /* Where that policy lets it read its status from. */
    if (vault_does(FAKE_OTHER_POLICY))
        child.status_fd = dup2(child.status_fd, 14);
    child.report.filter_rows = (uint32_t)policy->count;
    if (vault_does(FAKE_NO_FILTER))
        child_step(&child, STEP_SECCOMP, seccomp_policy_hash(policy, child.report.filter_hash));
    else
        child_step(&child, STEP_SECCOMP, sandbox_seccomp(policy, false, child.report.filter_hash));
}

/* child_attest without its own check: a compromised process would not run it either. */
static void attest_falsely(void)
{
    struct attest_report *report = &child.report;

    report->user_namespace = (child.config.flags & LAUNCH_ROOT) == 0;
    (void)attest_self(report, child.status_fd, ~0u);
    report->steps = (1u << STEP_COUNT) - 1;
    report->view.seccomp = 2;
    report->view.seccomp_filters += report->view.seccomp_filters == 0;
    report->view.cap_inheritable = report->view.cap_permitted = report->view.cap_effective = 0;
    report->view.cap_bounding = report->view.cap_ambient = 0;
    if (vault_does(FAKE_HIDES_DESCRIPTOR))
        report->open_fds--;
    if (vault_does(FAKE_STEP_LEFT_OUT))
        report->steps &= ~(1u << STEP_LANDLOCK);
    (void)channel_send(child_channel(), FRAME_ATTEST, 0, report, sizeof *report);
}

static bool is_false(void)
{
    return role == &roles[0] && child.config.session_max >= FAKE_NO_FILTER &&
           child.config.session_max <= FAKE_STEP_LEFT_OUT;
}

static void commit_crime(void)
{
    const struct ready_report ready = {0};

    if (vault_does(FAKE_HOSTILE_CALL))
        (void)socket(AF_UNIX, SOCK_STREAM, 0);
    if (vault_does(FAKE_STORE_FAILS))
        child_exit(EXIT_STORE, EVENT_STORE_FAILED, 5, 1, 0);
    if (vault_does(FAKE_ABORTS))
        abort();
    if (front_does(FAKE_BAD_FRAME))
        (void)channel_send(child_channel(), FRAME_READY, 0, &ready, sizeof ready);
    for (int i = 0; front_does(FAKE_FLOOD) && i < 500; i++)
        child_event(EVENT_LOGIN_OK, 11, 1, 0, 0);
    if (front_does(FAKE_SOUND))
        (void)channel_send(child_channel(), FRAME_ATTESTATION, 0, NULL, 0);
}

static void report_attestation(const struct frame_view *view)
{
    struct attestation_reply reply;
    uint32_t agreeing = 0;

    memcpy(&reply, view->body, sizeof reply);
    for (int i = 0; i < PROCESS_COUNT; i++)
        agreeing += reply.entry[i].agrees;
    child_event(EVENT_LISTENING, agreeing, reply.restarts, 0, 0);
}

static enum phase handle(const struct frame_view *view, enum phase phase)
{
    const struct ready_report ready = {.tcp_port = role == &roles[2] ? child.config.tcp_port : 0};

    switch (view->rule->type) {
    case FRAME_START:
        (void)channel_send(child_channel(), FRAME_READY, 0, &ready, sizeof ready);
        commit_crime();
        return PHASE_SERVING;
    case FRAME_ATTESTATION_REPLY:
        report_attestation(view);
        return phase;
    default:
        if (front_does(FAKE_DEAF))
            (void)ppoll(NULL, 0, &(struct timespec){.tv_sec = 1}, NULL);
        child_exit(EXIT_DRAINED, EVENT_DRAINED, 0, 0, 0);
    }
}

static void serve(void)
{
    static const struct frame_rule rules[] = {
        CHILD_CONTROL_RULES,
        {FRAME_ATTESTATION_REPLY, PEER_WARDEN, IN(PHASE_SERVING), sizeof(struct attestation_reply),
         sizeof(struct attestation_reply)},
    };
    static _Alignas(8) uint8_t record[FRAME_MAX];
    struct pollfd ready = {.fd = 3, .events = POLLIN};
    enum phase phase = PHASE_SEALED;
    struct frame_view view;
    enum frame_verdict verdict;

    for (;;) {
        (void)ppoll(&ready, 1, NULL, NULL);
        switch (channel_receive(child_channel(), record, sizeof record, phase, rules, sizeof rules / sizeof rules[0],
                                &view, &verdict)) {
        case CHANNEL_OK:
            phase = handle(&view, phase);
            break;
        case CHANNEL_EMPTY:
            break;
        case CHANNEL_VIOLATION:
            child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_WARDEN, verdict, 0);
        default:
            child_exit(EXIT_PEER_GONE, EVENT_NONE, 0, 0, 0);
        }
    }
}

int main(int argc, char **argv)
{
    pid_t warden = getppid();

    for (size_t i = 0; argc == 1 && i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(argv[0], roles[i].name) == 0)
            role = &roles[i];
    if (!role || environ[0] != NULL || crypto_init() != 0)
        return EXIT_SYSTEM;
    open_descriptors();
    lock_down(warden);
    put_filter();
    if (is_false())
        attest_falsely();
    else
        child_attest(&child);
    serve();
}
