/*
 * The front's end of a channel: requests from any thread, replies on the reader's thread (reader.h), a bound and a time
 * limit for what is in flight.
 *
 * A peer that stops to answer costs nobody more than the time limit: its oldest request ends with LINK_TIMED_OUT, and
 * until it has answered that one too, new requests are refused at once with LINK_UNRESPONSIVE.
 *
 * Threats met here: a peer that lies (every reply is checked by the frame table, must answer a request of its own that
 * has not been answered, and its content by the decoder of the request; anything else ends the front with
 * EXIT_PROTOCOL) and one that does not read (sends never block; what does not fit waits in a bounded queue).
 */
#ifndef SEKISHO_CHANNEL_LINK_H
#define SEKISHO_CHANNEL_LINK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "wire/channel.h"

enum link_sent {
    LINK_SENT,         /* the decoder, if there is one, will be called exactly once */
    LINK_BUSY,         /* too much in flight: try again later */
    LINK_UNRESPONSIVE, /* the peer has not answered an earlier request within its time */
};

/* Called on the reader's thread with the reply, or with NULL when there was none in time. Checks the content and calls
 * `callback` with `user`. False: the content is a violation (callback not called). */
typedef bool link_decode(void (*callback)(void), void *user, const struct frame_view *reply);

struct link_request {
    uint16_t type; /* enum frame_type; the reply's is type + 1 */
    const struct iovec *parts;
    int part_count;
    link_decode *decode;    /* NULL: one-way, there is no reply; refused from half of in_flight_max on */
    void (*callback)(void); /* of the type that `decode` casts it back to */
    void *user;
};

struct link_options {
    uint32_t in_flight_max; /* a power of two */
    uint32_t timeout_ms;
    size_t queue_bytes; /* bodies that wait for the peer to read */
    bool batched;       /* requests wait for link_flush, and go out many in a record */
    bool ordered;       /* the peer answers in the order of the requests; checked */
};

struct link;

/* `channel` stays the caller's, who uses it no more. `wake_fd`: an eventfd that wakes the reader. NULL: no memory. */
struct link *link_new(struct channel *channel, const struct link_options *options, int wake_fd);
void link_free(struct link *link); /* nothing may be in flight any more */

/* Any thread. Parts are copied or sent before it returns. */
enum link_sent link_send(struct link *link, const struct link_request *request);

/* ---- for who receives: the reader, or the server's thread (vault_source.h) ---- */

bool link_in_flight(struct link *link); /* a reply is owed, in time or not */
/* Requests that wait for link_flush when the peer has nothing else to do; 0 when it has, or none waits. */
uint32_t link_held_back(struct link *link);

int link_fd(const struct link *link);
short link_events(struct link *link); /* POLLIN, and POLLOUT while something waits to be sent */

/* Settles a reply, or ends the process. */
void link_reply(struct link *link, const struct frame_view *reply);
struct channel *link_channel(struct link *link);

/* Sends what waits, as far as the peer reads. Ends the process when the peer has gone. */
void link_flush(struct link *link);

/* Ends requests whose time is over. Returns the milliseconds until the next one's; -1: nothing in flight. */
int link_expire(struct link *link, uint64_t now_ms);

uint64_t link_now_ms(void); /* CLOCK_MONOTONIC */

#endif
