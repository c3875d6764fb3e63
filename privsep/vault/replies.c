#include "vault/replies.h"

#include <string.h>
#include <sys/mman.h>

#include "vault/ledger.h"

bool replies_init(struct replies *replies)
{
    uint8_t *memory = mmap(NULL, REPLIES_BYTES + FRAME_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    *replies = (struct replies){0};
    if (memory == MAP_FAILED)
        return false;
    replies->buffer = memory;
    replies->batch.buffer = memory + REPLIES_BYTES;
    return true;
}

bool replies_fit(const struct replies *replies)
{
    return replies->count < GROUP_FRAMES && replies->used + CALL_REPLY_MAX + 16 <= REPLIES_BYTES;
}

uint8_t *replies_room(struct replies *replies)
{
    return replies->buffer + replies->used;
}

struct queued_reply *replies_add(struct replies *replies, uint16_t type, uint64_t reply_to, size_t length)
{
    struct queued_reply *reply = &replies->reply[replies->count++];

    *reply = (struct queued_reply){.type = type, .reply_to = reply_to, .offset = replies->used, .length = length};
    replies->used += (length + 15) & ~(size_t)15;
    return reply;
}

int replies_seal(struct replies *replies, struct store *store)
{
    int rc = ledger_sign(store);

    for (size_t i = 0; i < replies->count && rc == 0; i++)
        rc = call_seal(&replies->reply[i].answer, replies->buffer + replies->reply[i].offset);
    return rc;
}

void replies_refuse(struct replies *replies)
{
    const struct session_call_reply refusal = {.status = CALL_STORE_UNAVAILABLE};

    for (size_t i = 0; i < replies->count; i++) {
        struct queued_reply *reply = &replies->reply[i];
        if (reply->answer.status != CALL_NOT_PERMITTED && !reply->answer.session)
            continue;
        memcpy(replies->buffer + reply->offset, &refusal, sizeof refusal);
        reply->length = sizeof refusal;
    }
}

bool replies_wait(const struct replies *replies)
{
    return replies->batch.frames > 0 || replies->sent < replies->count;
}

static void fill_batch(struct replies *replies, struct channel *front)
{
    for (; replies->sent < replies->count; replies->sent++) {
        const struct queued_reply *reply = &replies->reply[replies->sent];
        const struct iovec body = {.iov_base = replies->buffer + reply->offset, .iov_len = reply->length};
        if (channel_batch_add(front, &replies->batch, reply->type, reply->reply_to, &body, 1) != CHANNEL_OK)
            return;
    }
}

enum channel_result replies_flush(struct replies *replies, struct channel *front)
{
    while (replies_wait(replies)) {
        fill_batch(replies, front);
        enum channel_result result = channel_batch_send(front, &replies->batch);
        if (result != CHANNEL_OK)
            return result;
    }
    replies->sent = replies->count = replies->used = 0;
    return CHANNEL_OK;
}
