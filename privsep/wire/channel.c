#include "wire/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define PARTS_MAX 7

void channel_init(struct channel *channel, int fd, enum peer peer)
{
    *channel = (struct channel){.fd = fd, .peer = peer};
}

/* Frames in a record of a batched channel begin at multiples of this. */
#define FRAME_ALIGN 8

static size_t padded(size_t length)
{
    return (length + FRAME_ALIGN - 1) & ~(size_t)(FRAME_ALIGN - 1);
}

/* From one frame of a record to the next; the last one needs no padding. */
static size_t step_over(size_t length, size_t left)
{
    return padded(length) < left ? padded(length) : left;
}

/* Is the record whole frames and zero padding, nothing before, between or behind them? */
static bool made_of_frames(const uint8_t *record, size_t length)
{
    static const uint8_t zero[FRAME_ALIGN];
    struct frame_header header;

    for (size_t at = 0; at < length;) {
        if (length - at < sizeof header)
            return false;
        memcpy(&header, record + at, sizeof header);
        if (header.length < sizeof header || header.length > length - at)
            return false;
        size_t step = step_over(header.length, length - at);
        if (memcmp(record + at + header.length, zero, step - header.length) != 0)
            return false;
        at += step;
    }
    return true;
}

/* The next frame of a batched channel's record. */
static enum channel_result take_frame(struct channel *channel, enum phase phase, const struct frame_rule *rules,
                                      size_t rule_count, struct frame_view *view, enum frame_verdict *verdict)
{
    const struct frame_rule *rule = NULL;
    const uint8_t *frame = channel->rest;
    struct frame_header header;

    memcpy(&header, frame, sizeof header);
    *verdict = frame_check(frame, header.length, channel->received, channel->peer, phase, rules, rule_count, &rule);
    if (*verdict != FRAME_OK)
        return CHANNEL_VIOLATION;
    channel->received++;
    size_t step = step_over(header.length, channel->rest_length);
    channel->rest += step;
    channel->rest_length -= step;
    *view = (struct frame_view){
        .header = (const void *)frame,
        .body = frame + sizeof header,
        .body_length = header.length - sizeof header,
        .rule = rule,
    };
    return CHANNEL_OK;
}

enum channel_result channel_receive(struct channel *channel, void *buffer, size_t size, enum phase phase,
                                    const struct frame_rule *rules, size_t rule_count, struct frame_view *view,
                                    enum frame_verdict *verdict)
{
    struct iovec iov = {.iov_base = buffer, .iov_len = size};
    /* No control buffer: a descriptor that a peer tries to pass is dropped by the kernel and shows as MSG_CTRUNC. */
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t got;

    *verdict = FRAME_OK;
    if (channel->rest_length > 0)
        return take_frame(channel, phase, rules, rule_count, view, verdict);
    do
        got = recvmsg(channel->fd, &message, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? CHANNEL_EMPTY : CHANNEL_CLOSED;
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        *verdict = FRAME_BAD_LENGTH;
        return CHANNEL_VIOLATION;
    }
    if (got == 0)
        return CHANNEL_CLOSED;

    if (channel->batched) {
        if (!made_of_frames(buffer, (size_t)got)) {
            *verdict = FRAME_BAD_LENGTH;
            return CHANNEL_VIOLATION;
        }
        channel->rest = buffer;
        channel->rest_length = (size_t)got;
        return take_frame(channel, phase, rules, rule_count, view, verdict);
    }
    const struct frame_rule *rule = NULL;
    *verdict = frame_check(buffer, (size_t)got, channel->received, channel->peer, phase, rules, rule_count, &rule);
    if (*verdict != FRAME_OK)
        return CHANNEL_VIOLATION;
    channel->received++;
    *view = (struct frame_view){
        .header = buffer,
        .body = (const uint8_t *)buffer + sizeof(struct frame_header),
        .body_length = (size_t)got - sizeof(struct frame_header),
        .rule = rule,
    };
    return CHANNEL_OK;
}

enum channel_result channel_send_parts(struct channel *channel, uint16_t type, uint64_t reply_to,
                                       const struct iovec *parts, int part_count)
{
    struct frame_header header;
    struct iovec iov[PARTS_MAX + 1];
    struct msghdr message = {.msg_iov = iov};
    size_t body = 0;
    ssize_t sent;

    if (part_count > PARTS_MAX)
        return CHANNEL_VIOLATION;
    for (int i = 0; i < part_count; i++) {
        iov[i + 1] = parts[i];
        body += parts[i].iov_len;
    }
    if (body > FRAME_MAX - sizeof header)
        return CHANNEL_VIOLATION;
    frame_fill(&header, type, (uint32_t)body, channel->sent + 1, reply_to);
    iov[0] = (struct iovec){.iov_base = &header, .iov_len = sizeof header};
    message.msg_iovlen = (size_t)part_count + 1;
    do
        sent = sendmsg(channel->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? CHANNEL_FULL : CHANNEL_CLOSED;
    channel->sent++;
    return CHANNEL_OK;
}

enum channel_result channel_send(struct channel *channel, uint16_t type, uint64_t reply_to, const void *body,
                                 size_t body_length)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)body, .iov_len = body_length};
    return channel_send_parts(channel, type, reply_to, &part, body_length ? 1 : 0);
}

enum channel_result channel_batch_add(struct channel *channel, struct channel_batch *batch, uint16_t type,
                                      uint64_t reply_to, const struct iovec *parts, int part_count)
{
    uint8_t *frame = batch->buffer + batch->used;
    size_t body = 0;

    for (int i = 0; i < part_count; i++)
        body += parts[i].iov_len;
    size_t length = sizeof(struct frame_header) + body;
    if (length > FRAME_MAX)
        return CHANNEL_VIOLATION;
    if (batch->frames == BATCH_FRAMES_MAX || padded(length) > FRAME_MAX - batch->used)
        return CHANNEL_FULL;
    frame_fill((struct frame_header *)(void *)frame, type, (uint32_t)body, ++channel->sent, reply_to);
    uint8_t *at = frame + sizeof(struct frame_header);
    for (int i = 0; i < part_count; i++) {
        memcpy(at, parts[i].iov_base, parts[i].iov_len);
        at += parts[i].iov_len;
    }
    memset(at, 0, padded(length) - length);
    batch->used += padded(length);
    batch->frames++;
    return CHANNEL_OK;
}

enum channel_result channel_batch_send(struct channel *channel, struct channel_batch *batch)
{
    struct iovec record = {.iov_base = batch->buffer, .iov_len = batch->used};
    struct msghdr message = {.msg_iov = &record, .msg_iovlen = 1};
    ssize_t sent;

    if (batch->frames == 0)
        return CHANNEL_OK;
    do
        sent = sendmsg(channel->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? CHANNEL_FULL : CHANNEL_CLOSED;
    batch->used = 0;
    batch->frames = 0;
    return CHANNEL_OK;
}
