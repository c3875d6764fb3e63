#include "warden/set.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ALL_STEPS ((1u << STEP_COUNT) - 1)
/* The front and the warden keep no key in a locked arena. */
#define STEPS_WITHOUT_SECRETS (ALL_STEPS & ~(1u << STEP_SECRETS))

/* Number calls come before logins: each login keeps a CPU busy with a password hash (auth/password.h), and who asks for
 * one need not be let in. At the same priority as front and vault auth would get as much of a full machine as they.
 * Measured: bench/driver/demands.def. */
#define AUTH_GIVES_WAY 10

static const struct worker rows[PROCESS_COUNT] = {
    [PROCESS_WARDEN] = {.process = PROCESS_WARDEN,
                        .peer = PEER_WARDEN,
                        .name = "warden",
                        .own_network = true,
                        .threads = 1,
                        .steps = STEPS_WITHOUT_SECRETS & ~(1u << STEP_DESCRIPTORS | 1u << STEP_STORE)},
    [PROCESS_VAULT] = {.process = PROCESS_VAULT,
                       .peer = PEER_VAULT,
                       .name = "vault",
                       .executable = "sekisho-vault",
                       .own_network = true,
                       .threads = 1,
                       .steps = ALL_STEPS,
                       .sockets = 3},
    [PROCESS_AUTH] = {.process = PROCESS_AUTH,
                      .peer = PEER_AUTH,
                      .name = "auth",
                      .executable = "sekisho-auth",
                      .own_network = true,
                      .threads = 1,
                      .steps = ALL_STEPS,
                      .gives_way = AUTH_GIVES_WAY,
                      .sockets = 3},
    [PROCESS_FRONT] = {.process = PROCESS_FRONT,
                       .peer = PEER_FRONT,
                       .name = "front",
                       .executable = "sekisho-front",
                       .steps = STEPS_WITHOUT_SECRETS},
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void set_init(struct set *set, const struct warden_config *config, uint32_t restarts)
{
    *set = (struct set){.config = config,
                        .executables = -1,
                        .store_lock = -1,
                        .accounts_lock = -1,
                        .register_lock = -1,
                        .signal_fd = -1,
                        .started_at_us = now_us(),
                        .restarts = restarts};
    memcpy(set->worker, rows, sizeof set->worker);
    for (int i = 0; i < PROCESS_COUNT; i++) {
        struct worker *worker = &set->worker[i];
        worker->pidfd = worker->status_fd = -1;
        for (int fd = 0; fd < WORKER_FDS; fd++)
            worker->give[fd] = -1;
        channel_init(&worker->control, -1, worker->peer);
    }
    set->worker[PROCESS_WARDEN].policy = seccomp_policy_warden();
    set->worker[PROCESS_VAULT].policy = seccomp_policy_vault();
    set->worker[PROCESS_AUTH].policy = seccomp_policy_auth();
    set->worker[PROCESS_FRONT].policy = seccomp_policy_front();
}

uint32_t set_uid(const struct set *set, enum process process)
{
    static const uint32_t offset[PROCESS_COUNT] = {
        [PROCESS_VAULT] = 0, [PROCESS_AUTH] = 1, [PROCESS_FRONT] = 2, [PROCESS_WARDEN] = 3};

    return set->own_uids ? set->config->uid_base + offset[process] : 0;
}
