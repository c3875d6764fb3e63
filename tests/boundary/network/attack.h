/*
 * A client without manners: TCP, TLS and HTTP/2 put together by hand, so that each layer can be broken on purpose. One
 * attack a run (main.c); it prints what the server did as `word value` lines and leaves the judgement to the case.
 */
#ifndef SEKISHO_TESTS_NETWORK_ATTACK_H
#define SEKISHO_TESTS_NETWORK_ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

/* ---- connect.c: one connection; the address and the PEM files come from the desk's environment (SEKISHO_*) ---- */

struct peer {
    int fd;
    SSL *ssl;
    bool deaf; /* throws away what comes while it sends */
};
struct tls_options {
    bool no_certificate;
    int version; /* TLS1_2_VERSION ...; 0: any */
};

bool tcp_connect(struct peer *peer, int source); /* from 127.0.0.(1 + source); -1: as the kernel chooses */
bool tls_connect(struct peer *peer, const struct tls_options *options); /* whole handshake, ten seconds at most */
void peer_close(struct peer *peer);
/* Sends all of it. False: the server has closed. */
bool peer_send(struct peer *peer, const void *bytes, size_t length);
/* Reads until `until` (NULL: never) was seen, the server closed, or the time is over; returns the length. */
size_t peer_receive(struct peer *peer, uint8_t *bytes, size_t size, const char *until, int timeout_ms, bool *closed);
int64_t now_ms(void);

/* ---- http2.c: bytes of frames, appended to a buffer ---- */

struct bytes {
    uint8_t *at;
    size_t length, room;
};
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8, CONTINUATION = 9 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

void put(struct bytes *to, const void *from, size_t length);
void put_frame(struct bytes *to, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t length);
void put_preface(struct bytes *to);
/* The header block of a gRPC request. `indexed`: its fields enter the HPACK table, for put_known_request. */
void put_request(struct bytes *to, const char *path, bool indexed);
void put_known_request(struct bytes *to); /* six bytes that repeat the first indexed request of the connection */
void put_field(struct bytes *to, const char *name, const char *value, size_t value_length);

/* ---- the attacks ---- */

int floods_resets(long count);
int floods_continuation(long frames);
int floods_control(const char *kind, long count); /* ping, settings */
struct call {
    const char *path;
    const char *field, *value; /* one more header field; NULL for none */
    size_t value_length;
    const char *body;
    size_t body_length;
    bool compressed; /* as the message's flag says */
};
int call_once(const struct call *call); /* status, closed */

/* Connections that want nothing: tcp, hello (half a TLS handshake, a byte a second), tls, preface (idle HTTP/2) */
int holds(const char *kind, long count, long seconds);
/* tls1.0 tls1.1 tls1.2 tls1.3 anonymous any: as far as an answer to HTTP/2 SETTINGS */
int handshake(const char *kind);

#endif
