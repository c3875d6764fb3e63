#include <errno.h>
#include <sys/prctl.h>

#include "sandbox/sandbox.h"

bool sandbox_not_dumpable(void)
{
    /* Not dumpable: no core, no ptrace and no /proc/<pid>/mem for processes of the same uid. */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return false;
    errno = EPERM;
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}
