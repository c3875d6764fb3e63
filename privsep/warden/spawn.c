#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "warden/set.h"

#define FIRST_FD 3
/* Above every number that a process is given, so that moving one descriptor never covers another. */
#define SAFE_FD 64

/* Descriptor 2 of a release build is /dev/null too: whatever a library prints never reaches the log. */
#ifdef NDEBUG
#define NULL_FDS 3
#else
#define NULL_FDS 2
#endif

static bool place_null(void)
{
    int null = open("/dev/null", O_RDWR);

    for (int fd = 0; null >= 0 && fd < NULL_FDS; fd++)
        if (dup2(null, fd) < 0)
            return false;
    return null >= 0 && (null < FIRST_FD || close(null) == 0);
}

/* Gives each descriptor its number and closes everything else. */
static bool place_descriptors(const struct worker *worker)
{
    int moved[WORKER_FDS], count = 0;

    while (count < WORKER_FDS && worker->give[count] >= 0) {
        moved[count] = fcntl(worker->give[count], F_DUPFD_CLOEXEC, SAFE_FD);
        if (moved[count++] < 0)
            return false;
    }
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], FIRST_FD + i) < 0)
            return false;
    return place_null();
}

static _Noreturn void become(const struct set *set, const struct worker *worker)
{
    char *const arguments[] = {(char *)worker->executable, NULL};
    char *const environment[] = {NULL};
    int executables = fcntl(set->executables, F_DUPFD_CLOEXEC, SAFE_FD + WORKER_FDS);
    unsigned given = 0;
    sigset_t none;

    while (given < WORKER_FDS && worker->give[given] >= 0)
        given++;
    sigemptyset(&none);
    if (executables < 0 || !place_descriptors(worker) || sigprocmask(SIG_SETMASK, &none, NULL) < 0 ||
        close_range(FIRST_FD + given, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
        _exit(EXIT_SYSTEM);
    execveat(executables, worker->executable, arguments, environment, AT_SYMLINK_NOFOLLOW);
    _exit(EXIT_SYSTEM);
}

static void close_given(struct worker *worker)
{
    for (int i = 0; i < WORKER_FDS; i++) {
        if (worker->give[i] >= 0)
            close(worker->give[i]);
        worker->give[i] = -1;
    }
}

static struct launch_config launch_config_of(const struct set *set, const struct worker *worker)
{
    const struct warden_config *config = set->config;
    struct launch_config launch = {
        .flags = set->own_uids ? LAUNCH_ROOT : 0,
        .uid = set_uid(set, worker->process),
        .gid = set_uid(set, worker->process),
        .tenant_count = config->tenant_count,
        .store_bytes = config->store_bytes,
        .session_ttl_s = config->session_ttl_s,
        .session_max = config->session_max,
    };

    memcpy(launch.tenants, config->tenants, sizeof launch.tenants);
    memcpy(launch.guesses, config->guesses, sizeof launch.guesses);
    snprintf(launch.data_folder, sizeof launch.data_folder, "%s", worker->root);
    if (worker->process != PROCESS_FRONT)
        return launch;
    launch.tcp_port = config->tcp_port;
    snprintf(launch.tcp_address, sizeof launch.tcp_address, "%s", config->tcp_address);
    /* As the front sees it when the socket's folder has become its root. */
    if (config->socket[0])
        snprintf(launch.socket_path, sizeof launch.socket_path, "%s", strrchr(config->socket, '/'));
    return launch;
}

/* The pid in the numbering of the /proc that is mounted here: the set's PID namespace has no /proc of its own. */
static pid_t outer_pid(int pidfd)
{
    char path[64], line[128];
    long pid = -1;

    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    FILE *info = fopen(path, "re");
    if (!info)
        return -1;
    while (pid < 0 && fgets(line, sizeof line, info))
        if (strncmp(line, "Pid:", 4) == 0)
            pid = strtol(line + 4, NULL, 10);
    fclose(info);
    return (pid_t)pid;
}

bool spawn(struct set *set, enum process process)
{
    struct worker *worker = &set->worker[process];
    const struct launch_config launch = launch_config_of(set, worker);

    if (faccessat(set->executables, worker->executable, X_OK, AT_EACCESS) < 0)
        return false;
    worker->pid = fork();
    if (worker->pid < 0)
        return false;
    if (worker->pid == 0)
        become(set, worker);
    worker->pidfd = (int)syscall(SYS_pidfd_open, worker->pid, 0);
    close_given(worker);
    if (worker->pidfd < 0)
        return false;
    worker->status_fd = process_view_open(outer_pid(worker->pidfd));
    return worker->status_fd >= 0 &&
           channel_send(&worker->control, FRAME_CONFIGURE, 0, &launch, sizeof launch) == CHANNEL_OK;
}
