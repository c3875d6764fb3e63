#include "auth/outbox.h"

#include <string.h>

#include "crypto/hash.h"

bool outbox_flush(struct outbox *outbox)
{
    while (outbox->count > 0) {
        size_t at = outbox->first;
        enum channel_result result = channel_send(outbox->channel, outbox->slot[at].type, outbox->slot[at].reply_to,
                                                  outbox->slot[at].body, outbox->slot[at].length);
        if (result == CHANNEL_FULL)
            return true;
        if (result != CHANNEL_OK)
            return false;
        /* SESSION_OPEN carries a session's keys. */
        crypto_wipe(outbox->slot[at].body, outbox->slot[at].length);
        outbox->first = (at + 1) % OUTBOX_SLOTS;
        outbox->count--;
    }
    return true;
}

uint64_t outbox_put(struct outbox *outbox, uint16_t type, uint64_t reply_to, const void *body, size_t length)
{
    if (outbox->count == OUTBOX_SLOTS || length > OUTBOX_BODY_MAX)
        return 0;
    size_t at = (outbox->first + outbox->count) % OUTBOX_SLOTS;
    uint64_t seq = outbox->channel->sent + outbox->count + 1;
    outbox->slot[at].type = type;
    outbox->slot[at].reply_to = reply_to;
    outbox->slot[at].length = (uint16_t)length;
    memcpy(outbox->slot[at].body, body, length);
    outbox->count++;
    return outbox_flush(outbox) ? seq : 0;
}
