#include "wire/frame.h"

#include <string.h>

#include "build_id.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are little-endian structs");

const uint8_t frame_build_id[FRAME_BUILD_LEN] = SEKISHO_BUILD_ID_BYTES;

static const struct frame_rule *find_rule(uint16_t type, enum peer from, enum phase phase,
                                          const struct frame_rule *rules, size_t rule_count)
{
    for (size_t i = 0; i < rule_count; i++)
        if (rules[i].type == type && rules[i].from == from && (rules[i].phases & IN(phase)))
            return &rules[i];
    return NULL;
}

enum frame_verdict frame_check(const void *record, size_t length, uint64_t last_seq, enum peer from, enum phase phase,
                               const struct frame_rule *rules, size_t rule_count, const struct frame_rule **rule)
{
    struct frame_header header;

    if (length < sizeof header)
        return FRAME_SHORT;
    memcpy(&header, record, sizeof header);
    if (header.magic != FRAME_MAGIC)
        return FRAME_BAD_MAGIC;
    if (header.version != FRAME_VERSION)
        return FRAME_BAD_VERSION;
    if (memcmp(header.build, frame_build_id, sizeof header.build) != 0)
        return FRAME_BAD_BUILD;
    if (header.length != length || length > FRAME_MAX)
        return FRAME_BAD_LENGTH;
    if (header.zero != 0)
        return FRAME_RESERVED_SET;
    if (header.seq != last_seq + 1)
        return FRAME_BAD_SEQ;
    /* Only replies (odd types) name a request. */
    if ((header.type & 1) == 0 && header.reply_to != 0)
        return FRAME_RESERVED_SET;

    const struct frame_rule *found = find_rule(header.type, from, phase, rules, rule_count);
    if (!found)
        return FRAME_NOT_PERMITTED;
    size_t body = length - sizeof header;
    if (body < found->min_body || body > found->max_body)
        return FRAME_BAD_BODY;
    *rule = found;
    return FRAME_OK;
}

void frame_fill(struct frame_header *header, uint16_t type, uint32_t body_length, uint64_t seq, uint64_t reply_to)
{
    *header = (struct frame_header){
        .magic = FRAME_MAGIC,
        .version = FRAME_VERSION,
        .type = type,
        .length = (uint32_t)sizeof *header + body_length,
        .seq = seq,
        .reply_to = reply_to,
    };
    memcpy(header->build, frame_build_id, sizeof header->build);
}

const char *frame_verdict_name(enum frame_verdict verdict)
{
    switch (verdict) {
    case FRAME_OK:
        return "ok";
    case FRAME_SHORT:
        return "shorter than a header";
    case FRAME_BAD_MAGIC:
        return "wrong magic";
    case FRAME_BAD_VERSION:
        return "wrong version";
    case FRAME_BAD_BUILD:
        return "wrong build id";
    case FRAME_BAD_LENGTH:
        return "wrong length";
    case FRAME_BAD_SEQ:
        return "wrong sequence number";
    case FRAME_RESERVED_SET:
        return "reserved field set";
    case FRAME_NOT_PERMITTED:
        return "not permitted here";
    case FRAME_BAD_BODY:
        return "wrong body length";
    }
    return "unknown";
}
