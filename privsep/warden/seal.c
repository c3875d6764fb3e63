#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "warden/log.h"
#include "warden/set.h"

static uint32_t steps_done;

static void step(enum sandbox_step which, bool ok)
{
    if (!ok) {
        log_line("warden", "cannot lock itself down: step \"%s\" failed: %s", log_step_name(which), strerror(errno));
        /* As init of the set's PID namespace it takes the whole set with it. */
        _exit(EXIT_SANDBOX);
    }
    steps_done |= 1u << which;
}

void seal_warden(struct set *set)
{
    /* No limit on files' size: the log may be a file. */
    const struct sandbox_limits limits = {.files = 128, .processes = 0, .file_bytes = UINT64_MAX};
    struct worker *self = &set->worker[PROCESS_WARDEN];
    struct attest_report *report = &self->entry.reported;
    struct sandbox_landlock_state landlock;
    uint32_t uid = set_uid(set, PROCESS_WARDEN);

    self->status_fd = process_view_open(0);
    step(STEP_RLIMITS, sandbox_rlimits(&limits));
    step(STEP_DUMPABLE, sandbox_not_dumpable());
    step(STEP_NAMESPACES,
         sandbox_namespaces(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWCGROUP));
    step(STEP_ROOT, sandbox_root(set->empty_folder, true));
    step(STEP_CAPABILITIES, sandbox_drop_bounding());
    step(STEP_IDENTITY, sandbox_identity(set->own_uids, uid, uid, getppid()));
    step(STEP_NO_NEW_PRIVS, sandbox_no_new_privs());
    step(STEP_MDWE, sandbox_mdwe());
    step(STEP_LANDLOCK, sandbox_landlock(NULL, &landlock));
    step(STEP_SECCOMP, sandbox_seccomp(self->policy, false, report->filter_hash));

    report->landlock_abi = landlock.abi;
    report->landlock_fs = landlock.fs;
    report->landlock_net = landlock.net;
    report->landlock_scope = landlock.scope;
    report->filter_rows = (uint32_t)self->policy->count;
    report->user_namespace = !set->own_uids;
    bool read = attest_self(report, self->status_fd, steps_done);
    errno = read ? EPERM : errno;
    step(STEP_SELF_CHECK, read && attest_keeps_promises(report));
    report->steps = steps_done;
    step(STEP_SELF_CHECK, (steps_done & self->steps) == self->steps && verify_still(self) == NULL);
    self->phase = PHASE_SERVING;
}
