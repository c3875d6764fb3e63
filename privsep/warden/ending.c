#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "warden/log.h"
#include "warden/set.h"

#define DRAIN_MS 20000
#define END_MS   5000

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_control(struct worker *worker)
{
    if (worker->control.fd >= 0)
        close(worker->control.fd);
    worker->control.fd = -1;
}

static void wait_for_end(struct set *set, const struct worker *worker, int timeout_ms)
{
    int64_t until = now_ms() + timeout_ms;

    for (int64_t left = timeout_ms; worker->pidfd >= 0 && left > 0; left = until - now_ms())
        watch_once(set, (int)left);
    if (worker->pidfd >= 0)
        log_line(worker->name, "does not end in time and is killed");
}

/* The end of a control channel is the order to end. What is left after that dies with the warden, which is init of the
 * set's PID namespace: a warden without rights cannot signal processes of other uids. */
static void end_all(struct set *set)
{
    int64_t until = now_ms() + END_MS;

    for (int i = PROCESS_WARDEN + 1; i < PROCESS_COUNT; i++)
        close_control(&set->worker[i]);
    for (int i = PROCESS_WARDEN + 1; i < PROCESS_COUNT; i++)
        wait_for_end(set, &set->worker[i], (int)(until - now_ms()));
}

static bool followed(const struct set *set, enum process process)
{
    return set->worker[process].exit_code == EXIT_PEER_GONE || set->worker[process].exit_code == EXIT_DRAINED;
}

/* abort is how gRPC and libc answer to RLIMIT_AS, SIGKILL how the kernel answers to a full cgroup. A front that is not
 * itself any more could end so as well, to be let off: but only where neither of the others had anything against it. */
static bool front_exhausted(const struct set *set)
{
    int code = set->worker[PROCESS_FRONT].exit_code;

    return (code == 128 + SIGABRT || code == 128 + SIGKILL) && followed(set, PROCESS_VAULT) &&
           followed(set, PROCESS_AUTH);
}

int end_because_of_end(struct set *set)
{
    /* A channel may close a moment before its process has ended: that end is the cause then. */
    end_all(set);
    if (set->fault != 0)
        return set->fault;
    if (front_exhausted(set))
        return EXIT_FRONT;
    return set->cause == EXIT_DRAINED ? EXIT_PEER_GONE : set->cause;
}

int end_with(struct set *set, int code)
{
    end_all(set);
    return code;
}

/* Front first: it stops taking calls and finishes those in flight, for which it needs the others. */
int end_because_asked(struct set *set)
{
    static const enum process order[] = {PROCESS_FRONT, PROCESS_AUTH, PROCESS_VAULT};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct worker *worker = &set->worker[order[i]];
        /* The channel closes before the process is seen to end, and the filter has no call on descriptor -1. */
        if (worker->phase != PHASE_SERVING || worker->pidfd < 0 || worker->control.fd < 0 ||
            channel_send(&worker->control, FRAME_DRAIN, 0, NULL, 0) != CHANNEL_OK)
            continue;
        worker->phase = PHASE_DRAINING;
        wait_for_end(set, worker, worker->process == PROCESS_FRONT ? DRAIN_MS : END_MS);
    }
    end_all(set);
    return set->fault != 0 ? set->fault : EXIT_DRAINED;
}
