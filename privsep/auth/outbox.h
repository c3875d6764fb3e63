/*
 * Frames on their way out of auth when the peer does not read at once. Bounded: auth stops to read the front while an
 * outbox holds anything, so that a peer who does not read costs a fixed amount of memory.
 */
#ifndef SEKISHO_AUTH_OUTBOX_H
#define SEKISHO_AUTH_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/channel.h"
#include "wire/messages.h"

#define OUTBOX_SLOTS    128
#define OUTBOX_BODY_MAX sizeof(struct login_reply)
_Static_assert(sizeof(struct session_open) <= OUTBOX_BODY_MAX, "login_reply is auth's largest body");

struct outbox {
    struct channel *channel;
    size_t first, count;
    struct {
        uint64_t reply_to;
        uint16_t type;
        uint16_t length;
        uint8_t body[OUTBOX_BODY_MAX];
    } slot[OUTBOX_SLOTS];
};

/* Sends now or keeps the frame. Returns the sequence number that it has or will have; 0 when it cannot be kept or the
 * peer has gone. */
uint64_t outbox_put(struct outbox *outbox, uint16_t type, uint64_t reply_to, const void *body, size_t length);

/* Sends what is kept, as far as the peer reads; wipes what was sent. False when the peer has gone. */
bool outbox_flush(struct outbox *outbox);

#endif
