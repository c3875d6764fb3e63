#include "server/channel/reader.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "wire/messages.h"

/* The wait is cut into pieces of this, so that a request sent meanwhile is timed out soon after its time. */
#define WAIT_MAX_MS 250

enum { POLL_WAKE = READER_LINKS, POLL_WATCHED, POLL_COUNT };

struct reader {
    struct reader_config config;
    pthread_t thread;
    sem_t begin;
    enum phase phase;
    _Alignas(8) uint8_t buffer[FRAME_MAX];
};

static void handle(struct reader *reader, struct link *link, const struct frame_view *frame)
{
    switch (frame->header->type) {
    case FRAME_DRAIN:
        reader->phase = PHASE_DRAINING;
        reader->config.on_drain(reader->config.context);
        return;
    case FRAME_SESSION_ENDED:
        reader->config.on_session_ended(reader->config.context, frame->body);
        return;
    default:
        link_reply(link, frame);
    }
}

static void drain_link(struct reader *reader, struct link *link)
{
    struct channel *channel = link_channel(link);
    enum frame_verdict verdict;
    enum channel_result result;
    struct frame_view frame;

    for (;;) {
        result = channel_receive(channel, reader->buffer, sizeof reader->buffer, reader->phase, front_rules,
                                 front_rule_count, &frame, &verdict);
        if (result != CHANNEL_OK)
            break;
        handle(reader, link, &frame);
    }
    if (result == CHANNEL_CLOSED)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, channel->peer, 0, 0);
    if (result == CHANNEL_VIOLATION)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, 0);
}

static int expire_all(struct reader *reader)
{
    uint64_t now_ms = link_now_ms();
    int wait = WAIT_MAX_MS;

    for (int i = 0; i < READER_LINKS; i++) {
        int left = link_expire(reader->config.links[i], now_ms);
        if (left >= 0 && left < wait)
            wait = left;
    }
    return wait;
}

static void wait_for_any(struct reader *reader, struct pollfd fds[POLL_COUNT])
{
    int wait = expire_all(reader);

    for (int i = 0; i < READER_LINKS; i++)
        fds[i] =
            (struct pollfd){.fd = link_fd(reader->config.links[i]), .events = link_events(reader->config.links[i])};
    fds[POLL_WAKE] = (struct pollfd){.fd = reader->config.wake_fd, .events = POLLIN};
    fds[POLL_WATCHED] = (struct pollfd){.fd = reader->config.watched_fd}; /* POLLHUP needs no asking */
    if (poll(fds, POLL_COUNT, wait) < 0 && errno != EINTR)
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
}

static void *run(void *argument)
{
    struct reader *reader = argument;
    struct pollfd fds[POLL_COUNT];
    uint64_t wakes;

    while (sem_wait(&reader->begin) != 0)
        continue;
    for (;;) {
        wait_for_any(reader, fds);
        if (fds[POLL_WATCHED].revents)
            child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, reader->config.watched_peer, 0, 0);
        if (fds[POLL_WAKE].revents)
            (void)!read(reader->config.wake_fd, &wakes, sizeof wakes);
        for (int i = 0; i < READER_LINKS; i++) {
            if (fds[i].revents & POLLOUT)
                link_flush(reader->config.links[i]);
            if (fds[i].revents & ~POLLOUT)
                drain_link(reader, reader->config.links[i]);
        }
    }
    return NULL;
}

struct reader *reader_new(const struct reader_config *config)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        return NULL;
    reader->config = *config;
    reader->phase = PHASE_SERVING;
    if (sem_init(&reader->begin, 0, 0) == 0 && pthread_create(&reader->thread, NULL, run, reader) == 0)
        return reader;
    free(reader);
    return NULL;
}

void reader_begin(struct reader *reader)
{
    sem_post(&reader->begin);
}
