#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "warden/become.h"
#include "warden/set.h"
#include "wire/exit_codes.h"

static _Noreturn void become_worker(const struct set *set, const struct worker *worker)
{
    char *const arguments[] = {(char *)worker->executable, NULL};
    char *const environment[] = {NULL};
    size_t given = 0;

    while (given < WORKER_FDS && worker->give[given] >= 0)
        given++;
    /* Relative, since whoever starts the warden may have lowered its own; and for good: it takes a capability to go
     * back. */
    errno = 0;
    if (worker->gives_way != 0 && nice(worker->gives_way) == -1 && errno != 0)
        _exit(EXIT_SYSTEM);
    become(set->executables, worker->executable, arguments, environment, worker->give, given);
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
        .store_bytes = worker->process == PROCESS_AUTH    ? config->accounts_bytes
                       : worker->process == PROCESS_FRONT ? config->register_bytes
                                                          : config->store_bytes,
        .session_ttl_s = config->session_ttl_s,
        .session_max = config->session_max,
        .ledger_retention_days = config->ledger_retention_days,
        .accounts = config->rules,
    };

    memcpy(launch.tenants, config->tenants, sizeof launch.tenants);
    memcpy(launch.guesses, config->guesses, sizeof launch.guesses);
    memcpy(launch.backup_key, config->backup_public_key, sizeof launch.backup_key);
    snprintf(launch.data_folder, sizeof launch.data_folder, "%s", worker->root);
    if (worker->process != PROCESS_FRONT)
        return launch;
    launch.tcp_port = config->tcp_port;
    memcpy(launch.sign_policies, config->sign_policies, sizeof launch.sign_policies);
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
        become_worker(set, worker);
    worker->pidfd = (int)syscall(SYS_pidfd_open, worker->pid, 0);
    close_given(worker);
    if (worker->pidfd < 0)
        return false;
    worker->status_fd = process_view_open(outer_pid(worker->pidfd));
    return worker->status_fd >= 0 &&
           channel_send(&worker->control, FRAME_CONFIGURE, 0, &launch, sizeof launch) == CHANNEL_OK;
}
