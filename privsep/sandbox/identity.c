#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/capabilities.h"
#include "sandbox/sandbox.h"

static bool change_ids(uint32_t uid, uint32_t gid)
{
    uid_t real, effective, saved;
    gid_t real_group, effective_group, saved_group;

    if (uid == 0 || gid == 0) {
        errno = EINVAL;
        return false;
    }
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0 ||
        getresuid(&real, &effective, &saved) < 0 || getresgid(&real_group, &effective_group, &saved_group) < 0)
        return false;
    errno = EPERM;
    return real == uid && effective == uid && saved == uid && real_group == gid && effective_group == gid &&
           saved_group == gid;
}

/* What was given up must be refused when asked for again; anything else means that it was not given up. */
static bool proven_irrevocable(bool root)
{
    const struct capability_sets all = {.permitted = 1, .effective = 1};
    struct capability_sets left;

    if (root && (setresuid(0, 0, 0) == 0 || setresgid(0, 0, 0) == 0 || setgroups(0, NULL) == 0)) {
        errno = EPERM;
        return false;
    }
    if (capabilities_set(&all) || !capabilities_get(&left)) {
        errno = EPERM;
        return false;
    }
    errno = EPERM;
    return (left.permitted | left.effective | left.inheritable) == 0;
}

bool sandbox_identity(bool root, uint32_t uid, uint32_t gid, pid_t parent)
{
    const struct capability_sets none = {0};

    if (root && !change_ids(uid, gid))
        return false;
    if (!capabilities_set(&none) || !proven_irrevocable(root))
        return false;
    /* After the uid change, which clears it. The parent may have ended before: then there would be no signal. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return false;
    errno = ESRCH;
    return getppid() == parent;
}
