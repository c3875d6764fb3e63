/*
 * The product's policies with one row taken out. Linked into the copies of the processes in this folder only: no
 * product binary can leave a row out. What takes a big store, a long time or another machine happens here in a small
 * workload: an hour passes in a second, the clock is a system call, as on a machine whose vDSO has none, and malloc can
 * be tuned.
 *
 * The file "removed-row" beside the executable says "POLICY ROW MALLOC": ROW counts from 0 as in the golden file;
 * MALLOC is `usual`, or `large`: blocks of two pages are large already.
 */
#define seccomp_policy_vault        whole_vault
#define seccomp_policy_auth         whole_auth
#define seccomp_policy_front        whole_front
#define seccomp_policy_warden       whole_warden
#define seccomp_policy_unseal       whole_unseal
#define seccomp_policy_unseal_token whole_unseal_token
#include "../../../privsep/sandbox/policies.c" /* NOLINT(bugprone-suspicious-include) */
#undef seccomp_policy_vault
#undef seccomp_policy_auth
#undef seccomp_policy_front
#undef seccomp_policy_warden
#undef seccomp_policy_unseal
#undef seccomp_policy_unseal_token

#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#define ROWS_MAX 128

static char removed_policy[32];
static size_t removed_row;

static void tune_malloc(const char *tuning)
{
    if (strcmp(tuning, "large") == 0)
        (void)mallopt(M_MMAP_THRESHOLD, 8192);
}

/* Before main: there is no file system to read from when the policies are asked for. */
__attribute__((constructor)) static void read_removed_row(void)
{
    char path[PATH_MAX], tuning[8];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "removed-row");

    if (length < 0)
        abort();
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, "removed-row");
    FILE *file = fopen(path, "re");
    if (!file || fscanf(file, "%31s %zu %7s", removed_policy, &removed_row, tuning) != 3)
        abort();
    fclose(file);
    tune_malloc(tuning);
}

static const struct seccomp_policy *without(const struct seccomp_policy *whole)
{
    static struct seccomp_row rows[ROWS_MAX];
    static struct seccomp_policy policy;

    if (strcmp(whole->process, removed_policy) != 0)
        return whole;
    if (removed_row >= whole->count || whole->count > ROWS_MAX)
        abort();
    memcpy(rows, whole->rows, removed_row * sizeof rows[0]);
    memcpy(rows + removed_row, whole->rows + removed_row + 1, (whole->count - removed_row - 1) * sizeof rows[0]);
    policy = (struct seccomp_policy){whole->process, rows, whole->count - 1};
    return &policy;
}

#define WITHOUT(name)                                                                                                  \
    const struct seccomp_policy *seccomp_policy_##name(void);                                                          \
    const struct seccomp_policy *seccomp_policy_##name(void)                                                           \
    {                                                                                                                  \
        return without(whole_##name());                                                                                \
    }

WITHOUT(vault)
WITHOUT(auth)
WITHOUT(front)
WITHOUT(warden)
WITHOUT(unseal)
WITHOUT(unseal_token)

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)syscall(SYS_clock_gettime, clock, now);
}

/* Of the libraries only libcrypto asks so, for the age of its random generators. */
time_t time(time_t *where)
{
    static time_t start;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (start == 0)
        start = now.tv_sec;
    time_t faster = start + (now.tv_sec - start) * 3600;
    if (where)
        *where = faster;
    return faster;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    return (int)syscall(SYS_gettimeofday, now, zone);
}
