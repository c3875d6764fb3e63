/* One call with something wrong in it, and its status. */
#include "attack.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MS 10000
#define FRAME     16000

static uint8_t room[FRAME + 65536];

/* The trailers of the first call of a connection hold the name in full (nothing is in the server's HPACK table yet). */
static int status_of(const uint8_t *answer, size_t length)
{
    static const char name[] = "grpc-status";
    const uint8_t *found = memmem(answer, length, name, sizeof name - 1);

    if (!found || found + sizeof name + 1 > answer + length)
        return -1;
    int digits = found[sizeof name - 1], code = 0;
    for (int i = 0; i < digits && i < 2; i++)
        code = code * 10 + found[sizeof name + (size_t)i] - '0';
    return code;
}

static bool send_body(struct peer *peer, const char *body, size_t length, bool compressed)
{
    uint8_t prefix[5] = {compressed, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8),
                         (uint8_t)length};
    struct bytes out = {.at = room, .room = sizeof room};

    put_frame(&out, DATA, length == 0 ? END_STREAM : 0, 1, prefix, sizeof prefix);
    if (!peer_send(peer, out.at, out.length))
        return false;
    while (length > 0) {
        size_t part = length < FRAME ? length : FRAME;
        out.length = 0;
        put_frame(&out, DATA, part == length ? END_STREAM : 0, 1, body, part);
        if (!peer_send(peer, out.at, out.length))
            return false;
        body += part;
        length -= part;
    }
    return true;
}

static bool open_call(struct peer *peer, const struct call *call)
{
    static uint8_t fields[32768];
    struct bytes block = {.at = fields, .room = sizeof fields};
    struct bytes out = {.at = room, .room = sizeof room};

    put_preface(&out);
    put_request(&block, call->path, false);
    if (call->field)
        put_field(&block, call->field, call->value, call->value_length);
    put_frame(&out, HEADERS, END_HEADERS, 1, block.at, block.length);
    return tcp_connect(peer, -1) && tls_connect(peer, &(struct tls_options){0}) && peer_send(peer, out.at, out.length);
}

int call_once(const struct call *call)
{
    static uint8_t answer[65536];
    int64_t began = now_ms();
    bool closed = true;
    size_t length = 0;
    struct peer peer;

    if (!open_call(&peer, call)) {
        printf("closed 1\n");
        return 0;
    }
    if (send_body(&peer, call->body, call->body_length, call->compressed))
        length = peer_receive(&peer, answer, sizeof answer, "grpc-status", ANSWER_MS, &closed);
    printf("status %d\nclosed %d\nmilliseconds %lld\n", status_of(answer, length), closed,
           (long long)(now_ms() - began));
    peer_close(&peer);
    return 0;
}
