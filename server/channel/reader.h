/*
 * The thread that receives for the front: replies of auth and warden, and the warden's DRAIN. It is
 * made before the filter forbids threads and begins with reader_begin.
 */
#ifndef SEKISHO_CHANNEL_READER_H
#define SEKISHO_CHANNEL_READER_H

#include "server/channel/link.h"
#include "wire/messages.h"

#define READER_LINKS 2

struct reader;

struct reader_config {
    struct link *links[READER_LINKS]; /* the first is the warden's */
    int watched_fd;                   /* a channel that another thread receives from: its end ends the front */
    enum peer watched_peer;
    int wake_fd;
    /* On the reader's thread: the warden asks to drain; auth has ended a session by itself. */
    void (*on_drain)(void *context);
    void (*on_session_ended)(void *context, const uint8_t session[SESSION_ID_LEN]);
    void *context;
};

/* Makes the thread. NULL when there is no memory or no thread. */
struct reader *reader_new(const struct reader_config *config);

/* The set serves: receive from now on. */
void reader_begin(struct reader *reader);

/* What the front accepts, from whom and when. */
extern const struct frame_rule front_rules[];
extern const size_t front_rule_count;

#endif
