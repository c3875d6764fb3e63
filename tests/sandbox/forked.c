#include "forked.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "warden/identity.h"

#define CANNOT 99

void forked_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: not so: %s (%s)\n", file, line, condition, strerror(errno));
    _exit(98);
}

/* A change of uid takes /proc/self away from a process until it is dumpable again. */
static bool become_ordinary(void)
{
    return geteuid() != 0 ||
           (setgroups(0, NULL) == 0 && setresgid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID) == 0 &&
            setresuid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* The test framework catches these; the code under test dies by them. */
static void default_signals(void)
{
    static const int caught[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGABRT};

    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        signal(caught[i], SIG_DFL);
}

int forked_wait(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int forked(enum forked_as as, int (*run)(void *context), void *context)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        default_signals();
        if (as == AS_ROOT && geteuid() != 0)
            _exit(CANNOT);
        if (as == AS_USER_NAMESPACE && (!become_ordinary() || !enter_user_namespace()))
            _exit(CANNOT);
        _exit(run(context));
    }
    return forked_wait(pid);
}

static int nothing(void *context)
{
    (void)context;
    return 0;
}

bool forked_can(enum forked_as as)
{
    return forked(as, nothing, NULL) == 0;
}
