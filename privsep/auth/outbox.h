/*
 * Frames on their way out of auth when the peer does not read at once, back to back in a buffer. Bounded: auth stops to
 * read the front while an outbox holds anything, so that a peer who does not read costs a fixed amount of memory.
 */
#ifndef SEKISHO_AUTH_OUTBOX_H
#define SEKISHO_AUTH_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/channel.h"

struct outbox {
    struct channel *channel;
    uint8_t *buffer;
    size_t size, used;
    size_t count; /* frames */
};

/* Bytes of the buffer that a body of this length takes. */
#define OUTBOX_ROOM(length) (16 + ((size_t)(length) + 7) / 8 * 8)

/* Sends now or keeps the frame. Returns the sequence number that it has or will have; 0 when it cannot be kept or the
 * peer has gone. */
uint64_t outbox_put(struct outbox *outbox, uint16_t type, uint64_t reply_to, const void *body, size_t length);

/* Sends what is kept, as far as the peer reads; wipes what was sent. False when the peer has gone. */
bool outbox_flush(struct outbox *outbox);

#endif
