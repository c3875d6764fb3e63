#include "server/channel/vault_source.h"

#include <errno.h>
#include <poll.h>

#include "sandbox/sandbox.h"
#include "server/channel/reader.h"

static bool waiting(void *context)
{
    const struct vault_source *source = context;

    return link_in_flight(source->link);
}

/*
 * After a burst of answers the callers come back one by one. Whoever is first must not go to an idle vault alone: its
 * commit would keep all others waiting. So the burst is gathered again, for a moment between one call and the next.
 */
#define GATHER_US  100
#define GATHER_MAX BATCH_FRAMES_MAX

static int gather_us(void *context)
{
    const struct vault_source *source = context;
    uint32_t held = link_held_back(source->link), wanted = source->last_answers;

    return held > 0 && held < (wanted < GATHER_MAX ? wanted : GATHER_MAX) ? GATHER_US : 0;
}

static void take_answers(struct vault_source *source)
{
    uint32_t answers = 0;
    struct channel *channel = link_channel(source->link);
    enum frame_verdict verdict;
    enum channel_result result;
    struct frame_view frame;

    while ((result = channel_receive(channel, source->buffer, sizeof source->buffer, PHASE_SERVING, front_rules,
                                     front_rule_count, &frame, &verdict)) == CHANNEL_OK) {
        link_reply(source->link, &frame);
        answers++;
    }
    source->last_answers = answers;
    if (result == CHANNEL_CLOSED)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, channel->peer, 0, 0);
    if (result == CHANNEL_VIOLATION)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, 0);
}

static void serve(void *context, int wait_ms)
{
    struct vault_source *source = context;
    struct pollfd vault = {.fd = link_fd(source->link)};

    link_flush(source->link);
    vault.events = link_events(source->link);
    if (poll(&vault, 1, wait_ms) < 0 && errno != EINTR)
        child_exit(EXIT_SYSTEM, EVENT_NONE, 0, 0, 0);
    if (vault.revents & POLLOUT)
        link_flush(source->link);
    if (vault.revents & ~POLLOUT)
        take_answers(source);
    (void)link_expire(source->link, link_now_ms());
}

struct rpc_source vault_source(struct vault_source *source)
{
    return (struct rpc_source){.waiting = waiting, .gather_us = gather_us, .serve = serve, .context = source};
}
