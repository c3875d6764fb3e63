/*
 * One end of a channel: sends and receives whole frames over a SEQPACKET socket and keeps the two sequence numbers.
 * Not thread-safe: one thread sends, one thread receives (they may differ).
 *
 * Threats met here: smuggled descriptors (no control buffer: the kernel drops them and sets MSG_CTRUNC; also
 * SO_PASSRIGHTS is switched off by the warden), oversize records (MSG_TRUNC), zero-length records that look like EOF, a
 * peer that does not read (sends never block).
 */
#ifndef SEKISHO_WIRE_CHANNEL_H
#define SEKISHO_WIRE_CHANNEL_H

#include <stdbool.h>
#include <sys/uio.h>

#include "wire/frame.h"

struct channel {
    int fd;
    enum peer peer;
    uint64_t sent, received; /* last seq of each direction */
    bool batched;            /* the peer may put several frames into a record */
    const uint8_t *rest;     /* frames of the last record that have not been taken yet */
    size_t rest_length;
};

enum channel_result {
    CHANNEL_OK,
    CHANNEL_EMPTY,    /* nothing to receive now */
    CHANNEL_FULL,     /* the peer does not read: nothing was sent, the sequence number is unchanged */
    CHANNEL_CLOSED,   /* the peer ended; also a zero-length record */
    CHANNEL_VIOLATION /* the record must end this process; *verdict of channel_receive says why */
};

/* A record just received. It points into the buffer given to channel_receive. */
struct frame_view {
    const struct frame_header *header;
    const uint8_t *body;
    size_t body_length;
    const struct frame_rule *rule;
};

void channel_init(struct channel *channel, int fd, enum peer peer);

/* Receives one record without blocking into `buffer` (at least FRAME_MAX bytes, 8-aligned), checks how it is made up of
 * frames, and takes its first one; or takes the next one of the last record. On a batched channel the buffer belongs to
 * the channel: the same one each time, and unchanged while channel->rest_length is not 0. */
enum channel_result channel_receive(struct channel *channel, void *buffer, size_t size, enum phase phase,
                                    const struct frame_rule *rules, size_t rule_count, struct frame_view *view,
                                    enum frame_verdict *verdict);

/* Frames that go out as one record. They have their sequence numbers from the moment they are added: until the batch is
 * sent nothing else can be sent on its channel. */
#define BATCH_FRAMES_MAX 64
struct channel_batch {
    uint8_t *buffer; /* FRAME_MAX bytes, 8-aligned */
    size_t used;
    uint32_t frames;
};

/* CHANNEL_FULL: no room, send the batch first; nothing was added. */
enum channel_result channel_batch_add(struct channel *channel, struct channel_batch *batch, uint16_t type,
                                      uint64_t reply_to, const struct iovec *parts, int part_count);
/* CHANNEL_FULL: the peer does not read, the batch is as it was. An empty batch is sent at once, as nothing. */
enum channel_result channel_batch_send(struct channel *channel, struct channel_batch *batch);

/* Sends one frame without blocking; the body is the concatenation of `parts` (at most 7). reply_to is 0 for requests.
 */
enum channel_result channel_send_parts(struct channel *channel, uint16_t type, uint64_t reply_to,
                                       const struct iovec *parts, int part_count);
enum channel_result channel_send(struct channel *channel, uint16_t type, uint64_t reply_to, const void *body,
                                 size_t body_length);

#endif
