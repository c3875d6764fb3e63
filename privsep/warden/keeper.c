#include "warden/keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "warden/log.h"
#include "wire/exit_codes.h"

const struct keeper_plan keeper_default = {.first_pause_ms = 1000, .window_ms = 3600 * 1000, .restarts_max = 3};

/* Restarts of the last window, oldest first. */
struct history {
    int64_t at_ms[KEEPER_RESTARTS_MAX];
    unsigned count;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void forget_old(struct history *history, int64_t before_ms)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < history->count; i++)
        if (history->at_ms[i] > before_ms)
            history->at_ms[kept++] = history->at_ms[i];
    history->count = kept;
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGCHLD);
    sigprocmask(SIG_BLOCK, set, NULL);
}

static bool asks_to_end(int signal)
{
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

static int exit_code_of(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Waits for the end of the set and relays what the keeper is asked meanwhile. */
static int wait_for_set(pid_t set, const sigset_t *signals, bool *asked)
{
    int status;

    for (;;) {
        int signal = sigwaitinfo(signals, NULL);
        if (signal == SIGCHLD && waitpid(set, &status, WNOHANG) == set)
            return exit_code_of(status);
        if (asks_to_end(signal)) {
            kill(set, *asked ? SIGKILL : SIGTERM);
            *asked = true;
        }
    }
}

/* true: the pause is over; false: asked to end meanwhile. */
static bool pause_for(int64_t pause_ms, const sigset_t *signals)
{
    int64_t until = now_ms() + pause_ms;

    for (int64_t left = pause_ms; left > 0; left = until - now_ms()) {
        struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        int signal = sigtimedwait(signals, NULL, &timeout);
        if (asks_to_end(signal))
            return false;
    }
    return true;
}

int keeper_run(const struct keeper_plan *plan)
{
    struct history history = {.count = 0};
    bool asked = false;
    sigset_t signals;

    block_signals(&signals);
    for (;;) {
        pid_t set = plan->start(plan->context, history.count);
        if (set < 0) {
            log_line("warden", "cannot start a set of processes (errno %d)", errno);
            return EXIT_SYSTEM;
        }
        int code = wait_for_set(set, &signals, &asked);
        if (asked || code == EXIT_DRAINED || code == EXIT_CONFIG)
            return code;

        forget_old(&history, now_ms() - plan->window_ms);
        if (code == EXIT_FRONT) {
            log_line("warden", "the front ran out of memory; starts again in %lld ms", (long long)plan->first_pause_ms);
            if (!pause_for(plan->first_pause_ms, &signals))
                return code;
            continue;
        }
        if (history.count >= plan->restarts_max) {
            log_line("warden", "the set ended with code %d; gives up after %u restarts", code, history.count);
            return EXIT_GAVE_UP;
        }
        int64_t pause_ms = plan->first_pause_ms << history.count;
        log_line("warden", "the set ended with code %d; starts again in %lld ms", code, (long long)pause_ms);
        if (!pause_for(pause_ms, &signals))
            return code;
        history.at_ms[history.count++] = now_ms();
    }
}
