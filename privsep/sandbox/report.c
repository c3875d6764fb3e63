#include <poll.h>
#include <sys/prctl.h>
#include <time.h>

#include "sandbox/sandbox.h"

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif

/* Enough for every process at the time of its attestation. */
#define DESCRIPTORS_MAX 4096

/* ppoll(2) marks closed descriptors with POLLNVAL and is in every policy. It refuses more entries than RLIMIT_NOFILE,
 * so the count is halved until it is below that. */
static uint32_t count_descriptors(void)
{
    static struct pollfd polled[DESCRIPTORS_MAX];
    const struct timespec at_once = {0};
    uint32_t open_fds = 0;
    nfds_t count = DESCRIPTORS_MAX;

    for (nfds_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = (int)i};
    while (ppoll(polled, count, &at_once, NULL) < 0 && count > 1)
        count /= 2;
    for (nfds_t i = 0; i < count; i++)
        if ((polled[i].revents & POLLNVAL) == 0)
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

bool attest_keeps_promises(const struct attest_report *report)
{
    const struct process_view *view = &report->view;

    return view->no_new_privs == 1 && view->seccomp == 2 && view->seccomp_filters >= 1 && report->dumpable == 0 &&
           report->mdwe == 1 &&
           (view->cap_inheritable | view->cap_permitted | view->cap_effective | view->cap_bounding |
            view->cap_ambient) == 0 &&
           view->uid == view->euid && view->uid == view->suid && view->gid == view->egid && view->gid == view->sgid;
}
