#include "server/channel/link.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_TIMED_OUT };

/* A request in flight, at its sequence number modulo in_flight_max. */
struct slot {
    enum slot_state state;
    uint16_t type;
    uint64_t seq;
    uint64_t deadline_ms;
    link_decode *decode;
    void (*callback)(void);
    void *user;
};

struct queued {
    struct queued *next;
    uint16_t type;
    size_t length;
    uint8_t body[];
};

struct link {
    struct channel *channel;
    struct link_options options;
    int wake_fd;

    pthread_mutex_t lock; /* for all below, and for channel->sent */
    struct slot *slots;
    uint64_t oldest;    /* no request with a lower seq is in flight */
    uint64_t next;      /* seq of the next request */
    uint64_t unexpired; /* no request with a lower seq is SLOT_WAITING */
    uint32_t timed_out; /* slots in that state */
    struct channel_batch batch;
    struct queued *first, **last; /* behind the batch */
    size_t queued_bytes;
};

uint64_t link_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct link *link_new(struct channel *channel, const struct link_options *options, int wake_fd)
{
    struct link *link = calloc(1, sizeof *link);

    if (!link)
        return NULL;
    link->slots = calloc(options->in_flight_max, sizeof link->slots[0]);
    link->batch.buffer = options->batched ? aligned_alloc(8, FRAME_MAX) : NULL;
    if (!link->slots || (options->batched && !link->batch.buffer) || pthread_mutex_init(&link->lock, NULL) != 0) {
        free(link->batch.buffer);
        free(link->slots);
        free(link);
        return NULL;
    }
    link->channel = channel;
    link->options = *options;
    link->wake_fd = wake_fd;
    link->last = &link->first;
    return link;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    pthread_mutex_destroy(&link->lock);
    free(link->batch.buffer);
    free(link->slots);
    free(link);
}

int link_fd(const struct link *link)
{
    return link->channel->fd;
}

struct channel *link_channel(struct link *link)
{
    return link->channel;
}

static struct slot *slot_of(struct link *link, uint64_t seq)
{
    return &link->slots[seq & (link->options.in_flight_max - 1)];
}

static void free_slot(struct link *link, struct slot *slot)
{
    slot->state = SLOT_FREE;
    while (link->oldest < link->next && slot_of(link, link->oldest)->state == SLOT_FREE)
        link->oldest++;
}

__attribute__((noreturn)) static void peer_gone(const struct link *link)
{
    child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, link->channel->peer, 0, 0);
}

__attribute__((noreturn)) static void violation(const struct link *link, uint16_t type)
{
    child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, link->channel->peer, FRAME_BAD_BODY, type);
}

/* ---- sending ---- */

static bool enqueue(struct link *link, const struct link_request *request)
{
    const uint64_t one = 1;
    size_t length = 0;

    for (int i = 0; i < request->part_count; i++)
        length += request->parts[i].iov_len;
    if (link->queued_bytes + length > link->options.queue_bytes)
        return false;
    struct queued *entry = malloc(sizeof *entry + length);
    if (!entry)
        return false;
    *entry = (struct queued){.type = request->type, .length = length};
    for (int i = 0, at = 0; i < request->part_count; at += (int)request->parts[i].iov_len, i++)
        memcpy(entry->body + at, request->parts[i].iov_base, request->parts[i].iov_len);
    *link->last = entry;
    link->last = &entry->next;
    link->queued_bytes += length;
    /* The reader must begin to wait for POLLOUT. A full eventfd has woken it already. */
    (void)!write(link->wake_fd, &one, sizeof one);
    return true;
}

/* A full batch goes out before the next request begins a new one. */
static enum channel_result send_or_batch(struct link *link, const struct link_request *request)
{
    const struct iovec *parts = request->parts;
    int count = request->part_count;

    if (!link->options.batched)
        return channel_send_parts(link->channel, request->type, 0, parts, count);
    enum channel_result result = channel_batch_add(link->channel, &link->batch, request->type, 0, parts, count);
    if (result != CHANNEL_FULL)
        return result;
    result = channel_batch_send(link->channel, &link->batch);
    return result == CHANNEL_OK ? channel_batch_add(link->channel, &link->batch, request->type, 0, parts, count)
                                : result;
}

static bool send_or_enqueue(struct link *link, const struct link_request *request)
{
    if (!link->first) {
        switch (send_or_batch(link, request)) {
        case CHANNEL_OK:
            return true;
        case CHANNEL_FULL:
            break;
        default:
            peer_gone(link);
        }
    }
    return enqueue(link, request);
}

static enum link_sent send_locked(struct link *link, const struct link_request *request, uint64_t now_ms)
{
    /* Behind a slow request one-way frames add up: they must leave room for what is asked. */
    const uint32_t room = request->decode ? link->options.in_flight_max : link->options.in_flight_max / 2;

    if (link->timed_out > 0)
        return LINK_UNRESPONSIVE;
    /* With nothing in flight others may have sent on the channel: attestation and events go before the first request.
     */
    if (link->oldest == link->next)
        link->oldest = link->unexpired = link->next = link->channel->sent + 1;
    if (link->next - link->oldest >= room || !send_or_enqueue(link, request))
        return LINK_BUSY;
    struct slot *slot = slot_of(link, link->next);
    *slot = (struct slot){
        .state = SLOT_WAITING,
        .type = request->type,
        .seq = link->next,
        .deadline_ms = now_ms + link->options.timeout_ms,
        .decode = request->decode,
        .callback = request->callback,
        .user = request->user,
    };
    link->next++;
    if (!request->decode)
        free_slot(link, slot);
    return LINK_SENT;
}

enum link_sent link_send(struct link *link, const struct link_request *request)
{
    uint64_t now_ms = link_now_ms();

    pthread_mutex_lock(&link->lock);
    enum link_sent result = send_locked(link, request, now_ms);
    pthread_mutex_unlock(&link->lock);
    return result;
}

short link_events(struct link *link)
{
    pthread_mutex_lock(&link->lock);
    short events = link->first || link->batch.frames ? POLLIN | POLLOUT : POLLIN;
    pthread_mutex_unlock(&link->lock);
    return events;
}

bool link_in_flight(struct link *link)
{
    pthread_mutex_lock(&link->lock);
    bool owed = link->oldest < link->next;
    pthread_mutex_unlock(&link->lock);
    return owed;
}

uint32_t link_held_back(struct link *link)
{
    pthread_mutex_lock(&link->lock);
    uint32_t waiting = link->batch.frames;
    bool idle = link->next - link->oldest == waiting;
    pthread_mutex_unlock(&link->lock);
    return idle ? waiting : 0;
}

void link_flush(struct link *link)
{
    enum channel_result result = CHANNEL_OK;

    pthread_mutex_lock(&link->lock);
    result = channel_batch_send(link->channel, &link->batch);
    while (link->first && result == CHANNEL_OK) {
        struct queued *entry = link->first;
        result = channel_send(link->channel, entry->type, 0, entry->body, entry->length);
        if (result != CHANNEL_OK)
            break;
        link->first = entry->next;
        if (!link->first)
            link->last = &link->first;
        link->queued_bytes -= entry->length;
        free(entry);
    }
    pthread_mutex_unlock(&link->lock);
    if (result != CHANNEL_OK && result != CHANNEL_FULL)
        peer_gone(link);
}

/* ---- replies ---- */

/* Takes the request that a reply answers out of the table; false when there is none: a violation. */
static bool take(struct link *link, const struct frame_header *header, struct slot *taken)
{
    struct slot *slot = slot_of(link, header->reply_to);

    if (slot->state == SLOT_FREE || slot->seq != header->reply_to || slot->type + 1 != header->type)
        return false;
    if (link->options.ordered && slot->seq != link->oldest)
        return false;
    *taken = *slot;
    if (slot->state == SLOT_TIMED_OUT)
        link->timed_out--;
    free_slot(link, slot);
    return true;
}

void link_reply(struct link *link, const struct frame_view *reply)
{
    struct slot slot;

    pthread_mutex_lock(&link->lock);
    bool known = take(link, reply->header, &slot);
    pthread_mutex_unlock(&link->lock);
    if (!known)
        violation(link, reply->header->type);
    if (slot.state == SLOT_WAITING && !slot.decode(slot.callback, slot.user, reply))
        violation(link, reply->header->type);
}

/* The next request whose time is over, marked as such. */
static bool expire_one(struct link *link, uint64_t now_ms, struct slot *expired)
{
    while (link->unexpired < link->next) {
        struct slot *slot = slot_of(link, link->unexpired);
        bool waiting = slot->state == SLOT_WAITING && slot->seq == link->unexpired;
        if (waiting && slot->deadline_ms > now_ms)
            return false;
        link->unexpired++;
        if (!waiting)
            continue;
        slot->state = SLOT_TIMED_OUT;
        link->timed_out++;
        *expired = *slot;
        return true;
    }
    return false;
}

int link_expire(struct link *link, uint64_t now_ms)
{
    struct slot slot;

    pthread_mutex_lock(&link->lock);
    while (expire_one(link, now_ms, &slot)) {
        pthread_mutex_unlock(&link->lock);
        slot.decode(slot.callback, slot.user, NULL);
        pthread_mutex_lock(&link->lock);
    }
    int left = link->unexpired < link->next ? (int)(slot_of(link, link->unexpired)->deadline_ms - now_ms) : -1;
    pthread_mutex_unlock(&link->lock);
    return left;
}
