#include "wire/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define PARTS_MAX 7

void channel_init(struct channel *channel, int fd, enum peer peer)
{
    *channel = (struct channel){.fd = fd, .peer = peer};
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
