#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "warden/log.h"
#include "warden/set.h"

#define EVENTS_PER_SECOND 50
#define FRAMES_PER_ROUND  64
#define RECHECK_MS        10000
#define ANY_PHASE         (IN(PHASE_BOOT) | IN(PHASE_SEALED) | IN(PHASE_SERVING) | IN(PHASE_DRAINING))

/* clang-format off */
#define FROM_EVERY_CHILD(peer)                                                                                         \
    {FRAME_ATTEST, peer, IN(PHASE_BOOT), sizeof(struct attest_report), sizeof(struct attest_report)},                  \
    {FRAME_READY, peer, IN(PHASE_SEALED), sizeof(struct ready_report), sizeof(struct ready_report)},                   \
    {FRAME_EVENT, peer, ANY_PHASE, sizeof(struct event_record), sizeof(struct event_record)}

static const struct frame_rule rules[] = {
    FROM_EVERY_CHILD(PEER_VAULT),
    FROM_EVERY_CHILD(PEER_AUTH),
    FROM_EVERY_CHILD(PEER_FRONT),
    {FRAME_ATTESTATION, PEER_FRONT, IN(PHASE_SERVING) | IN(PHASE_DRAINING), 0, 0},
};
/* clang-format on */

static void take_attest(struct set *set, struct worker *worker, const struct frame_view *view)
{
    memcpy(&worker->entry.reported, view->body, sizeof worker->entry.reported);
    const char *differs = verify_sealed(set, worker);
    if (differs) {
        log_line(worker->name, "is not locked down as promised: %s", differs);
        set->fault = EXIT_SANDBOX;
        return;
    }
    worker->entry.agrees = 1;
    worker->phase = PHASE_SEALED;
}

/* The front can make no more noise than this: the rest of a second's events is counted only. */
static void take_event(struct worker *worker, const struct frame_view *view)
{
    struct event_record record;
    struct timespec now;

    memcpy(&record, view->body, sizeof record);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec != worker->event_second) {
        if (worker->events_dropped > 0)
            log_line(worker->name, "%u more events are not logged", worker->events_dropped);
        worker->event_second = now.tv_sec;
        worker->events = worker->events_dropped = 0;
    }
    if (worker->events++ < EVENTS_PER_SECOND)
        log_event(worker->name, &record);
    else
        worker->events_dropped++;
}

static void take_ready(struct worker *worker, const struct frame_view *view)
{
    struct ready_report report;

    memcpy(&report, view->body, sizeof report);
    worker->tcp_port = report.tcp_port;
    worker->phase = PHASE_SERVING;
}

static void check_again(struct set *set)
{
    for (int i = 0; i < PROCESS_COUNT; i++) {
        struct worker *worker = &set->worker[i];
        const char *differs = worker->phase < PHASE_SEALED || worker->ended ? NULL : verify_still(worker);
        if (differs) {
            log_line(worker->name, "is no longer locked down: %s", differs);
            set->fault = EXIT_SANDBOX;
        }
    }
}

static void answer_attestation(struct set *set, struct worker *front, const struct frame_view *view)
{
    struct attestation_reply reply = {.started_at_us = set->started_at_us, .restarts = set->restarts};

    check_again(set);
    for (int i = 0; i < PROCESS_COUNT; i++)
        reply.entry[i] = set->worker[i].entry;
    /* A front that does not read its answers does not get them. */
    (void)channel_send(&front->control, FRAME_ATTESTATION_REPLY, view->header->seq, &reply, sizeof reply);
}

static void handle_frame(struct set *set, struct worker *worker, const struct frame_view *view)
{
    switch (view->rule->type) {
    case FRAME_ATTEST:
        take_attest(set, worker, view);
        break;
    case FRAME_READY:
        take_ready(worker, view);
        break;
    case FRAME_EVENT:
        take_event(worker, view);
        break;
    case FRAME_ATTESTATION:
        answer_attestation(set, worker, view);
        break;
    }
}

static void lose_channel(struct set *set, struct worker *worker)
{
    close(worker->control.fd);
    worker->control.fd = -1;
    set->lost = true;
}

/* At most `frames_max`, so that a process that never stops sending does not keep the warden from the others. */
static void receive_frames(struct set *set, struct worker *worker, unsigned frames_max)
{
    static _Alignas(8) uint8_t record[FRAME_MAX];
    struct frame_view view;
    enum frame_verdict verdict;

    for (; worker->control.fd >= 0 && set->fault == 0 && frames_max > 0; frames_max--) {
        switch (channel_receive(&worker->control, record, sizeof record, worker->phase, rules,
                                sizeof rules / sizeof rules[0], &view, &verdict)) {
        case CHANNEL_OK:
            handle_frame(set, worker, &view);
            break;
        case CHANNEL_VIOLATION:
            if (verdict == FRAME_BAD_BUILD)
                log_line(worker->name, "is of another build than the warden");
            log_line(worker->name, "broke the protocol (%s): taken as an attack", frame_verdict_name(verdict));
            set->fault = EXIT_PROTOCOL;
            return;
        case CHANNEL_EMPTY:
            return;
        default:
            lose_channel(set, worker);
            return;
        }
    }
}

static void log_end(const struct set *set, const struct worker *worker, const siginfo_t *info)
{
    bool follows = info->si_status == EXIT_DRAINED || info->si_status == EXIT_PEER_GONE;

    if (set->asked && info->si_code == CLD_EXITED && follows)
        log_line(worker->name, "ended");
    else if (info->si_code == CLD_EXITED && info->si_status == EXIT_PROTOCOL)
        log_line(worker->name, "ended with code %d: its peer broke the protocol, taken as an attack", info->si_status);
    else if (info->si_code == CLD_EXITED)
        log_line(worker->name, "ended with code %d", info->si_status);
    else if (info->si_status == SIGSYS)
        log_line(worker->name, "was killed for a system call outside its policy: taken as an attack");
    else
        log_line(worker->name, "was killed by signal %d", info->si_status);
}

static void take_end(struct set *set, struct worker *worker)
{
    siginfo_t info = {0};

    receive_frames(set, worker, UINT_MAX); /* its last events: there will be no more */
    if (waitid(P_PIDFD, (id_t)worker->pidfd, &info, WEXITED) < 0)
        return;
    worker->ended = true;
    worker->exit_code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    close(worker->pidfd);
    worker->pidfd = -1;
    if (worker->control.fd >= 0)
        lose_channel(set, worker);
    log_end(set, worker, &info);
    /* The others end because this one did: theirs are consequences, not causes. */
    if (set->cause == EXIT_DRAINED || set->cause == EXIT_PEER_GONE)
        set->cause = worker->exit_code == EXIT_DRAINED ? EXIT_PEER_GONE : worker->exit_code;
}

static void take_signal(struct set *set)
{
    struct signalfd_siginfo info;

    if (read(set->signal_fd, &info, sizeof info) == sizeof info)
        set->asked = true;
}

void watch_once(struct set *set, int timeout_ms)
{
    struct pollfd polled[1 + 2 * PROCESS_COUNT];
    const struct timespec timeout = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};

    /* ppoll(2) skips negative descriptors. */
    polled[0] = (struct pollfd){.fd = set->signal_fd, .events = POLLIN};
    for (int i = 0; i < PROCESS_COUNT; i++) {
        polled[1 + 2 * i] = (struct pollfd){.fd = set->worker[i].control.fd, .events = POLLIN};
        polled[2 + 2 * i] = (struct pollfd){.fd = set->worker[i].pidfd, .events = POLLIN};
    }
    if (ppoll(polled, sizeof polled / sizeof polled[0], &timeout, NULL) <= 0)
        return;
    if (polled[0].revents)
        take_signal(set);
    for (int i = 0; i < PROCESS_COUNT; i++) {
        if (polled[1 + 2 * i].revents)
            receive_frames(set, &set->worker[i], FRAMES_PER_ROUND);
        if (polled[2 + 2 * i].revents)
            take_end(set, &set->worker[i]);
    }
}

static bool all_reached(const struct set *set, enum phase phase)
{
    for (int i = PROCESS_WARDEN + 1; i < PROCESS_COUNT; i++)
        if (set->worker[i].pidfd >= 0 && set->worker[i].phase < phase)
            return false;
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum watch_result watch(struct set *set, enum phase phase, int timeout_ms)
{
    int64_t until = now_ms() + timeout_ms;

    for (;;) {
        if (set->fault != 0 || set->lost)
            return WATCH_ENDED;
        if (set->asked)
            return WATCH_ASKED;
        if (all_reached(set, phase))
            return WATCH_REACHED;
        int64_t left = until - now_ms();
        if (left <= 0)
            return WATCH_TIMEOUT;
        watch_once(set, (int)left);
    }
}

enum watch_result watch_serving(struct set *set)
{
    for (;;) {
        enum watch_result result = watch(set, PHASE_DRAINING, RECHECK_MS);
        if (result != WATCH_TIMEOUT)
            return result;
        check_again(set);
    }
}
