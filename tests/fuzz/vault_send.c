/* What the peers of a fuzzed vault send, and what must come of it by the text of frame.h and messages.h. */
#include <string.h>
#include <sys/socket.h>

#include "vault/rules.h"
#include "vault_world.h"

_Static_assert(sizeof(struct citizen_key_request) == sizeof(struct ledger_head_request), "one layout");

static uint8_t record[FRAME_MAX];

static struct peer_end *end_of(enum peer peer)
{
    return peer == PEER_FRONT ? &world.front : peer == PEER_AUTH ? &world.auth : &process_control;
}

/* What call.h, ledger/tree_read.h and messages.h take for a violation although the frame is good. */
static bool call_violates(const uint8_t *data, size_t length)
{
    struct session_call call;

    memcpy(&call, data, sizeof call);
    return call.zero != 0 || call.sealed_length != length - sizeof call || call.sealed_length < SEAL_TAG_LEN;
}

static bool proof_violates(const uint8_t *data)
{
    struct ledger_proof_request request;

    memcpy(&request, data, sizeof request);
    return request.zero != 0 || (request.kind != LEDGER_INCLUSION && request.kind != LEDGER_CONSISTENCY);
}

static bool hashes_violate(const uint8_t *data)
{
    struct ledger_hashes_request request;

    memcpy(&request, data, sizeof request);
    return request.count == 0 || request.count > LEDGER_HASHES_MAX || request.level % 8 != 0 || request.level > 56;
}

static bool body_violates(uint16_t type, const uint8_t *data, size_t length)
{
    struct citizen_key_request tenant;

    switch (type) {
    case FRAME_SESSION_CALL:
        return call_violates(data, length);
    case FRAME_CITIZEN_KEY:
    case FRAME_LEDGER_HEAD:
        /* Both have one layout. */
        memcpy(&tenant, data, sizeof tenant);
        return tenant.zero != 0 || tenant.zero2 != 0;
    case FRAME_LEDGER_PROOF:
        return proof_violates(data);
    case FRAME_LEDGER_HASHES:
        return hashes_violate(data);
    default:
        return false;
    }
}

static void note_accepted(enum peer peer, uint16_t type, const uint8_t *data, size_t length)
{
    uint64_t seq = world.front.outer.sent;

    world.started = world.started || (peer == PEER_WARDEN && type == FRAME_START);
    world.drained = world.drained || (peer == PEER_WARDEN && type == FRAME_DRAIN);
    if (peer == PEER_FRONT && world.sealed[seq].type == type && type == FRAME_SESSION_CALL)
        world.request[seq] = world.sealed[seq];
    else if (peer == PEER_FRONT)
        world.request[seq] = (struct request){.type = type, .session = NO_SESSION};
    if (peer == PEER_FRONT && type == FRAME_BACKUP_READ)
        memcpy(&world.request[seq].read, data, sizeof world.request[seq].read);
    world.doomed = world.doomed || body_violates(type, data, length);
    world.suspect = world.suspect || type == FRAME_SESSION_OPEN;
}

static void note_refused(enum peer peer)
{
    if (peer == PEER_WARDEN)
        world.doomed_control = true;
    else
        world.doomed = true;
}

/* One frame as the receiver must see it. False when it must end there. */
static bool note_frame(enum peer peer, const uint8_t *data, size_t length)
{
    struct channel *channel = &end_of(peer)->outer;
    enum phase phase = peer == PEER_WARDEN && !world.started ? PHASE_SEALED : PHASE_SERVING;
    struct frame_header header;

    if (!frame_acceptable(data, length, channel->sent, peer, phase, vault_rules, vault_rule_count)) {
        note_refused(peer);
        return false;
    }
    memcpy(&header, data, sizeof header);
    channel->sent++;
    note_accepted(peer, header.type, data + sizeof header, length - sizeof header);
    return true;
}

/* Length of the frame at the start of a record of the front with its padding to a multiple of eight bytes, which only
 * the last frame may lack; 0 when there is none (frame.h). */
static size_t frame_in_record(const uint8_t *data, size_t left, size_t *length)
{
    struct frame_header header;

    if (left < sizeof header)
        return 0;
    memcpy(&header, data, sizeof header);
    if (header.length < sizeof header || header.length > left)
        return 0;
    *length = header.length;
    size_t step = (*length + 7) / 8 * 8;
    if (step > left)
        step = left;
    for (size_t at = *length; at < step; at++)
        if (data[at] != 0)
            return 0;
    return step;
}

/* How many frames a record of the front is made of; 0: it is not. */
static unsigned frames_in_record(const uint8_t *data, size_t left)
{
    unsigned frames = 0;

    while (left > 0) {
        size_t length = 0, step = frame_in_record(data, left, &length);
        if (step == 0)
            return 0;
        data += step;
        left -= step;
        frames++;
    }
    return frames;
}

static void note_record(const uint8_t *data, size_t left)
{
    if (frames_in_record(data, left) == 0)
        note_refused(PEER_FRONT);
    for (size_t length = 0, step; !world.doomed && left > 0; data += step, left -= step) {
        step = frame_in_record(data, left, &length);
        note_frame(PEER_FRONT, data, length);
    }
}

bool world_send_record(enum peer peer, const uint8_t *data, size_t length)
{
    struct channel *channel = &end_of(peer)->outer;

    if (peer == PEER_FRONT && channel->sent + frames_in_record(data, length) + 1 >= SENT_MAX)
        return false;
    if (send(channel->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
        return false;
    if (length == 0)
        world.closed = true;
    else if (peer == PEER_FRONT)
        note_record(data, length);
    else
        note_frame(peer, data, length);
    return true;
}

static size_t put_frame(uint8_t *out, uint16_t type, uint64_t seq, uint64_t reply_to, const void *data, size_t length)
{
    struct frame_header header;

    frame_fill(&header, type, (uint32_t)length, seq, reply_to);
    memcpy(out, &header, sizeof header);
    if (length)
        memcpy(out + sizeof header, data, length);
    return sizeof header + length;
}

/* Adds to the record that the front is making up. */
static bool hold(uint16_t type, uint64_t reply_to, const void *data, size_t length)
{
    if (world.held_length + sizeof(struct frame_header) + length + 8 > FRAME_MAX)
        return false;
    size_t used = put_frame(world.held + world.held_length, type, world_next_seq(), reply_to, data, length);
    world.held_last = world.held_length + used;
    size_t end = (world.held_last + 7) / 8 * 8;
    memset(world.held + world.held_last, 0, end - world.held_last);
    world.held_length = end;
    world.held_frames++;
    return true;
}

bool world_send(enum peer peer, uint16_t type, uint64_t reply_to, const void *data, size_t length)
{
    if (peer == PEER_FRONT && world.holding)
        return hold(type, reply_to, data, length);
    uint64_t seq = peer == PEER_FRONT ? world_next_seq() : end_of(peer)->outer.sent + 1;
    return world_send_record(peer, record, put_frame(record, type, seq, reply_to, data, length));
}

uint64_t world_next_seq(void)
{
    return world.front.outer.sent + world.held_frames + 1;
}

void world_seal(uint8_t session, uint64_t call_seq)
{
    uint64_t seq = world_next_seq();

    if (seq < SENT_MAX)
        world.sealed[seq] = (struct request){.type = FRAME_SESSION_CALL, .session = session, .call_seq = call_seq};
}

void world_release(bool padded)
{
    size_t length = padded ? world.held_length : world.held_last;

    if (world.held_frames > 0)
        world_send_record(PEER_FRONT, world.held, length);
    world.held_length = world.held_last = world.held_frames = 0;
    world.holding = false;
}
