/*
 * bench-echo: round trips of our frames between two processes over a SEQPACKET pair, with nothing done in between. The
 * frames are as long as those of a MATCH with the given number of items, and both ends check them as the product does.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/report.h"
#include "crypto/sealed.h"
#include "wire/channel.h"

#define IN_FLIGHT_MAX 64

static const struct frame_rule request_rule = {FRAME_SESSION_CALL, PEER_FRONT, IN(PHASE_SERVING), 0,
                                               FRAME_MAX - sizeof(struct frame_header)};
static const struct frame_rule reply_rule = {FRAME_SESSION_CALL_REPLY, PEER_VAULT, IN(PHASE_SERVING), 0,
                                             FRAME_MAX - sizeof(struct frame_header)};

static _Alignas(8) uint8_t buffer[FRAME_MAX];
static uint8_t body[FRAME_MAX];
static struct histogram latency;

static size_t request_body(unsigned items)
{
    return sizeof(struct session_call) + sizeof(struct call_head) + items * sizeof(struct call_item) + SEAL_TAG_LEN;
}

static size_t reply_body(unsigned items)
{
    return sizeof(struct session_call_reply) + sizeof(struct call_result_head) +
           items * (sizeof(struct call_result_item) + sizeof(struct call_detail_item)) + SEAL_TAG_LEN;
}

/* One frame, waiting for it. False when the other end has gone or broke a rule. */
static bool receive(struct channel *channel, const struct frame_rule *rule, struct frame_view *view)
{
    for (;;) {
        enum frame_verdict verdict;
        enum channel_result result =
            channel_receive(channel, buffer, sizeof(buffer), PHASE_SERVING, rule, 1, view, &verdict);
        if (result != CHANNEL_EMPTY) {
            return result == CHANNEL_OK;
        }
        struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
        poll(&ready, 1, -1);
    }
}

static int echo_side(int fd, unsigned items)
{
    struct channel channel;
    struct frame_view view;
    channel_init(&channel, fd, PEER_FRONT);
    while (receive(&channel, &request_rule, &view)) {
        if (channel_send(&channel, FRAME_SESSION_CALL_REPLY, view.header->seq, body, reply_body(items)) != CHANNEL_OK) {
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

struct echo_run {
    struct channel channel;
    unsigned items, in_flight;
    uint64_t started_ns[IN_FLIGHT_MAX];
};

static bool send_one(struct echo_run *run)
{
    run->started_ns[run->channel.sent % IN_FLIGHT_MAX] = clock_ns();
    return channel_send(&run->channel, FRAME_SESSION_CALL, 0, body, request_body(run->items)) == CHANNEL_OK;
}

/* Round trips for `duration_ns` after everything in flight has been started; keeps the window full to the end. */
static bool round_trips(struct echo_run *run, uint64_t duration_ns, uint64_t *elapsed_ns)
{
    uint64_t begin_ns = clock_ns();
    uint64_t now_ns = begin_ns;
    while (now_ns - begin_ns < duration_ns) {
        struct frame_view view;
        if (!receive(&run->channel, &reply_rule, &view)) {
            return false;
        }
        now_ns = clock_ns();
        histogram_record(&latency, now_ns - run->started_ns[(view.header->reply_to - 1) % IN_FLIGHT_MAX]);
        if (!send_one(run)) {
            return false;
        }
    }
    *elapsed_ns = now_ns - begin_ns;
    return true;
}

static int measure(int fd, pid_t child, unsigned items, unsigned in_flight, uint64_t duration_ns)
{
    struct echo_run run = {.items = items, .in_flight = in_flight};
    struct watched peer = {.name = "peer", .pid = child};
    struct run_result result = {
        .load = "echo",
        .in_flight = in_flight,
        .items_per_call = items,
        .latency = &latency,
        .watched = &peer,
        .watched_count = 1,
    };
    channel_init(&run.channel, fd, PEER_VAULT);
    for (unsigned i = 0; i < in_flight; i++) {
        if (!send_one(&run)) {
            return -1;
        }
    }
    if (!round_trips(&run, duration_ns / 4, &result.elapsed_ns)) {
        return -1;
    }
    histogram_clear(&latency);
    watched_begin(&peer, 1);
    uint64_t cpu_before_ns = cpu_of_self_ns();
    bool whole = round_trips(&run, duration_ns, &result.elapsed_ns);
    result.client_cpu_ns = cpu_of_self_ns() - cpu_before_ns;
    result.calls = latency.count;
    return whole && watched_end(&peer, 1) == 0 ? report_write(&result, stdout) : -1;
}

int main(int argc, char **argv)
{
    unsigned items = argc == 4 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    unsigned in_flight = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    double seconds = argc == 4 ? strtod(argv[3], NULL) : 0.0;
    if (items < 1 || items > CALL_ITEMS_MAX || in_flight < 1 || in_flight > IN_FLIGHT_MAX || !(seconds > 0.0)) {
        fputs("usage: bench-echo ITEMS IN_FLIGHT SECONDS\n", stderr);
        return 2;
    }
    int pair[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return EXIT_FAILURE;
    }
    pid_t child = fork();
    if (child == 0) {
        close(pair[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return getppid() == parent ? echo_side(pair[1], items) : EXIT_FAILURE;
    }
    close(pair[1]);
    int result = child > 0 ? measure(pair[0], child, items, in_flight, (uint64_t)(seconds * 1e9)) : -1;
    close(pair[0]);
    if (child > 0) {
        waitpid(child, NULL, 0);
    }
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
