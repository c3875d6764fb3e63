/* Many connections that do nothing, and what handshakes the server takes. */
#include "attack.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Not from 127.0.0.1: that is where the others come from. One address has a bound of its own. */
#define SOURCES 8

enum hold { HOLD_TCP, HOLD_HELLO, HOLD_TLS };

static bool begin(struct peer *peer, enum hold hold, long which)
{
    static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}; /* of a ClientHello of 512 bytes */
    uint8_t frames[64];
    struct bytes out = {.at = frames, .room = sizeof frames};

    if (!tcp_connect(peer, (int)(1 + which % SOURCES)))
        return false;
    if (hold == HOLD_HELLO)
        return send(peer->fd, hello, sizeof hello, MSG_NOSIGNAL) == sizeof hello;
    if (hold == HOLD_TCP)
        return true;
    put_preface(&out);
    return tls_connect(peer, &(struct tls_options){0}) && peer_send(peer, out.at, out.length);
}

/* How many the server has not closed; a byte more of the handshake on each. */
static long still_open(struct peer *peers, long count, enum hold hold)
{
    long open = 0;

    for (long i = 0; i < count; i++) {
        struct pollfd state = {.fd = peers[i].fd, .events = POLLRDHUP};
        if (peers[i].fd < 0 || (poll(&state, 1, 0) > 0 && state.revents))
            continue;
        open++;
        if (hold == HOLD_HELLO)
            (void)send(peers[i].fd, "", 1, MSG_NOSIGNAL);
    }
    return open;
}

int holds(const char *kind, long count, long seconds)
{
    enum hold hold = strcmp(kind, "tcp") == 0 ? HOLD_TCP : strcmp(kind, "hello") == 0 ? HOLD_HELLO : HOLD_TLS;
    struct peer *peers = calloc((size_t)count, sizeof *peers);
    long made = 0;

    if (!peers)
        return 1;
    for (long i = 0; i < count; i++) {
        if (begin(&peers[i], hold, i))
            made++;
        else
            peers[i].fd = -1;
    }
    printf("made %ld\n", made);
    for (long second = 0; second < seconds; second++) {
        printf("open %ld\n", still_open(peers, count, hold));
        fflush(stdout);
        sleep(1);
    }
    free(peers);
    return 0;
}

int handshake(const char *kind)
{
    static const struct {
        const char *name;
        int version;
    } versions[] = {
        {"tls1.0", TLS1_VERSION}, {"tls1.1", TLS1_1_VERSION}, {"tls1.2", TLS1_2_VERSION}, {"tls1.3", TLS1_3_VERSION}};
    struct tls_options options = {.no_certificate = strcmp(kind, "anonymous") == 0};
    uint8_t frames[64], answer[64];
    struct bytes out = {.at = frames, .room = sizeof frames};
    bool closed = true;
    size_t length = 0;
    struct peer peer;

    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (strcmp(kind, versions[i].name) == 0)
            options.version = versions[i].version;
    put_preface(&out);
    /* A TLS 1.3 client is done before the server has looked at its certificate: only an answer proves anything. */
    if (tcp_connect(&peer, -1) && tls_connect(&peer, &options) && peer_send(&peer, out.at, out.length))
        length = peer_receive(&peer, answer, 9, NULL, 5000, &closed);
    printf("served %d\n", length == 9 && answer[3] == SETTINGS);
    if (length == 9)
        printf("version %s\n", SSL_get_version(peer.ssl));
    return 0;
}
