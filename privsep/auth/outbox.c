#include "auth/outbox.h"

#include <string.h>

#include "crypto/hash.h"

struct kept {
    uint64_t reply_to;
    uint32_t length;
    uint16_t type;
    uint16_t zero;
};
_Static_assert(sizeof(struct kept) == OUTBOX_ROOM(0), "what a frame takes besides its body");

bool outbox_flush(struct outbox *outbox)
{
    enum channel_result result = CHANNEL_OK;
    size_t at = 0;

    while (at < outbox->used) {
        struct kept kept;
        memcpy(&kept, outbox->buffer + at, sizeof kept);
        result =
            channel_send(outbox->channel, kept.type, kept.reply_to, outbox->buffer + at + sizeof kept, kept.length);
        if (result != CHANNEL_OK)
            break;
        at += OUTBOX_ROOM(kept.length);
        outbox->count--;
    }
    if (at > 0) {
        memmove(outbox->buffer, outbox->buffer + at, outbox->used - at);
        /* SESSION_OPEN carries a session's keys. */
        crypto_wipe(outbox->buffer + outbox->used - at, at);
        outbox->used -= at;
    }
    return result == CHANNEL_OK || result == CHANNEL_FULL;
}

uint64_t outbox_put(struct outbox *outbox, uint16_t type, uint64_t reply_to, const void *body, size_t length)
{
    const struct kept kept = {.reply_to = reply_to, .length = (uint32_t)length, .type = type};

    if (OUTBOX_ROOM(length) > outbox->size - outbox->used)
        return 0;
    uint64_t seq = outbox->channel->sent + outbox->count + 1;
    memcpy(outbox->buffer + outbox->used, &kept, sizeof kept);
    memcpy(outbox->buffer + outbox->used + sizeof kept, body, length);
    outbox->used += OUTBOX_ROOM(length);
    outbox->count++;
    return outbox_flush(outbox) ? seq : 0;
}
