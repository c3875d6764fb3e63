#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sandbox/sandbox.h"

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif

static uint32_t count_descriptors(void)
{
    struct rlimit limit;
    uint32_t open_fds = 0;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 0;
    for (rlim_t fd = 0; fd < limit.rlim_cur; fd++)
        if (fcntl((int)fd, F_GETFD) >= 0)
            open_fds++;
    return open_fds;
}

bool attest_self(struct attest_report *report, int status_fd, uint32_t steps)
{
    int mdwe = prctl(PR_GET_MDWE, 0, 0, 0, 0);

    report->steps = steps;
    report->open_fds = count_descriptors();
    report->dumpable = (uint32_t)prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    report->mdwe = mdwe < 0 ? 0 : (uint32_t)mdwe;
#ifdef SEKISHO_SANITIZED
    report->sanitized = 1;
#endif
    return process_view_pid(status_fd, &report->pid) && process_view_read(status_fd, &report->view);
}
