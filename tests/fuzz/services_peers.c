#include "services_peers.h"

#include <string.h>

#include "sandbox/sandbox.h"
#include "server/channel/auth_client.h"
#include "server/channel/reader.h"
#include "server/channel/vault_client.h"
#include "server/channel/warden_client.h"
#include "services_answer.h"
#include "support/process.h"

#define REQUESTS_KEPT 64

static struct party {
    enum peer kind;
    const struct link_options *options;
    struct peer_end end;
    struct link *link;
    uint64_t requests; /* read so far: the sequence number of the last one */
    uint16_t type[REQUESTS_KEPT];
} peers[PEERS] = {
    [VAULT] = {.kind = PEER_VAULT, .options = &vault_link_options},
    [AUTH] = {.kind = PEER_AUTH, .options = &auth_link_options},
    [WARDEN] = {.kind = PEER_WARDEN, .options = &warden_link_options},
};

static peers_session_ended *on_session_ended;

#define ANY(type)                                                                                                      \
    {                                                                                                                  \
        (type), PEER_FRONT, IN(PHASE_SERVING), 0, FRAME_MAX                                                            \
    }
static const struct frame_rule request_rules[] = {
    ANY(FRAME_SESSION_CALL),   ANY(FRAME_CITIZEN_KEY),   ANY(FRAME_VAULT_STATUS), ANY(FRAME_LEDGER_HEAD),
    ANY(FRAME_LEDGER_PROOF),   ANY(FRAME_LEDGER_HASHES), ANY(FRAME_CHALLENGE),    ANY(FRAME_LOGIN),
    ANY(FRAME_LOGOUT),         ANY(FRAME_ATTESTATION),   ANY(FRAME_BACKUP_READ),  ANY(FRAME_ACCOUNT_CALL),
    ANY(FRAME_ACCESS_REFUSED), ANY(FRAME_ACCESS_HEAD),   ANY(FRAME_ACCESS_PROOF), ANY(FRAME_ACCESS_HASHES),
    ANY(FRAME_SESSION_WORKED),
};

/* Reads the requests that have come so far, so that they can be answered. */
static void read_requests(struct party *peer)
{
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    enum channel_result result;
    enum frame_verdict verdict;
    struct frame_view view;

    link_flush(peer->link);
    while ((result = channel_receive(&peer->end.outer, buffer, sizeof buffer, PHASE_SERVING, request_rules,
                                     sizeof request_rules / sizeof request_rules[0], &view, &verdict)) == CHANNEL_OK)
        peer->type[view.header->seq % REQUESTS_KEPT] = view.header->type;
    REQUIRE(result == CHANNEL_EMPTY);
    peer->requests = peer->end.outer.received;
}

/* As reader.c and vault_source.c do with what has arrived. */
static void settle(struct party *peer)
{
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    struct channel *channel = link_channel(peer->link);
    enum frame_verdict verdict;
    enum channel_result result;
    struct frame_view view;

    while ((result = channel_receive(channel, buffer, sizeof buffer, PHASE_SERVING, front_rules, front_rule_count,
                                     &view, &verdict)) == CHANNEL_OK)
        if (view.header->type == FRAME_SESSION_ENDED)
            on_session_ended(view.body);
        else if (view.header->type != FRAME_DRAIN)
            link_reply(peer->link, &view);
    if (result == CHANNEL_VIOLATION)
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, channel->peer, verdict, 0);
    REQUIRE(result == CHANNEL_EMPTY);
}

void peers_answer(struct input *input)
{
    static uint8_t body[FRAME_MAX];
    struct party *peer = &peers[input_u8(input) % PEERS];
    uint8_t back = input_u8(input);

    read_requests(peer);
    uint64_t seq = peer->requests - back % 8;
    uint16_t type = (uint16_t)(peer->type[seq % REQUESTS_KEPT] + 1);
    size_t length = services_answer(type, input, body);
    bool one_way = type == FRAME_ACCESS_REFUSED + 1 || type == FRAME_SESSION_WORKED + 1;
    if (peer->requests > 0 && !one_way && channel_send(&peer->end.outer, type, seq, body, length) == CHANNEL_OK)
        settle(peer);
}

void peers_answer_foreign(struct input *input, bool *doomed)
{
    static uint8_t body[1024];
    struct party *peer = &peers[input_u8(input) % PEERS];
    uint16_t type = input_u16(input);
    uint8_t reply_to = input_u8(input);
    size_t length = input_u16(input) % sizeof body;
    struct frame_header header;
    static uint8_t record[sizeof header + sizeof body];

    input_copy(input, body, length);
    frame_fill(&header, type, (uint32_t)length, peer->end.outer.sent + 1, reply_to);
    memcpy(record, &header, sizeof header);
    memcpy(record + sizeof header, body, length);
    *doomed = !frame_acceptable(record, sizeof header + length, peer->end.outer.sent, peer->kind, PHASE_SERVING,
                                front_rules, front_rule_count);
    read_requests(peer);
    if (channel_send(&peer->end.outer, type, reply_to, body, length) == CHANNEL_OK)
        settle(peer);
    REQUIRE(!*doomed);
}

void peers_expire(uint64_t now_ms)
{
    for (int i = 0; i < PEERS; i++) {
        link_flush(peers[i].link);
        link_expire(peers[i].link, now_ms);
    }
}

void peers_open(struct link *links[PEERS], int wake_fd, peers_session_ended *ended)
{
    on_session_ended = ended;
    for (int i = 0; i < PEERS; i++) {
        peer_open(&peers[i].end, peers[i].kind);
        peers[i].end.outer.peer = PEER_FRONT;
        peers[i].end.outer.batched = peers[i].end.inner.batched = peers[i].options->batched;
        peers[i].requests = 0;
        peers[i].link = link_new(&peers[i].end.inner, peers[i].options, wake_fd);
        REQUIRE(peers[i].link != NULL);
        links[i] = peers[i].link;
    }
}

/* What no channel had room for is sent after all: it would be leaked. */
static void drain(struct party *peer)
{
    uint64_t before;

    do {
        before = peer->requests;
        read_requests(peer);
    } while (peer->requests != before);
}

void peers_shut(void)
{
    for (int i = 0; i < PEERS; i++) {
        drain(&peers[i]);
        link_free(peers[i].link);
        peer_close(&peers[i].end);
    }
}
