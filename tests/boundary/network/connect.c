#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HANDSHAKE_MS 10000

int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *from_desk(const char *name)
{
    const char *value = getenv(name);

    if (!value) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

bool tcp_connect(struct peer *peer, int source)
{
    const char *address = from_desk("SEKISHO_ADDRESS");
    const char *colon = strrchr(address, ':');
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)source)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    to.sin_port = htons((uint16_t)strtoul(colon ? colon + 1 : "", NULL, 10));
    *peer = (struct peer){.fd = -1};
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0)
        return false;
    if ((source < 0 || bind(peer->fd, (struct sockaddr *)&from, sizeof from) == 0) &&
        connect(peer->fd, (struct sockaddr *)&to, sizeof to) == 0 && fcntl(peer->fd, F_SETFL, O_NONBLOCK) == 0)
        return true;
    close(peer->fd);
    return false;
}

/* Waits until TLS can go on after `result`; throws nothing away. False: it cannot, or the time is over. */
static bool wait_for_tls(const struct peer *peer, int result, int timeout_ms)
{
    int error = SSL_get_error(peer->ssl, result);
    struct pollfd ready = {.fd = peer->fd};

    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return false;
    ready.events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return poll(&ready, 1, timeout_ms) > 0;
}

static SSL_CTX *context_for(const struct tls_options *options)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context, options->version ? options->version : TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, options->version);
    SSL_CTX_load_verify_locations(context, from_desk("SEKISHO_CA"), NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (!options->no_certificate &&
        (SSL_CTX_use_certificate_chain_file(context, from_desk("SEKISHO_CERT")) != 1 ||
         SSL_CTX_use_PrivateKey_file(context, from_desk("SEKISHO_KEY"), SSL_FILETYPE_PEM) != 1)) {
        fprintf(stderr, "the desk's certificate cannot be used\n");
        exit(2);
    }
    return context;
}

bool tls_connect(struct peer *peer, const struct tls_options *options)
{
    static SSL_CTX *context; /* the options of a run never change */
    int64_t until = now_ms() + HANDSHAKE_MS;
    int result;

    if (!context)
        context = context_for(options);
    peer->ssl = SSL_new(context);
    SSL_set_fd(peer->ssl, peer->fd);
    SSL_set_alpn_protos(peer->ssl, (const unsigned char *)"\x02h2", 3);
    SSL_set_mode(peer->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    while ((result = SSL_connect(peer->ssl)) != 1)
        if (!wait_for_tls(peer, result, (int)(until - now_ms())))
            return false;
    return true;
}

void peer_close(struct peer *peer)
{
    SSL_free(peer->ssl);
    close(peer->fd);
}

static bool throw_away(struct peer *peer)
{
    uint8_t unread[16384];
    int got;

    while ((got = SSL_read(peer->ssl, unread, sizeof unread)) > 0)
        continue;
    return SSL_get_error(peer->ssl, got) == SSL_ERROR_WANT_READ;
}

bool peer_send(struct peer *peer, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;

    while (length > 0) {
        struct pollfd ready = {.fd = peer->fd, .events = POLLIN | POLLOUT};
        int sent = SSL_write(peer->ssl, from, (int)length);
        if (sent > 0) {
            from += sent;
            length -= (size_t)sent;
        } else if (SSL_get_error(peer->ssl, sent) != SSL_ERROR_WANT_WRITE || poll(&ready, 1, HANDSHAKE_MS) <= 0) {
            return false;
        }
        if (peer->deaf && !throw_away(peer))
            return false;
    }
    return true;
}

size_t peer_receive(struct peer *peer, uint8_t *bytes, size_t size, const char *until, int timeout_ms, bool *closed)
{
    int64_t end = now_ms() + timeout_ms;
    size_t length = 0;

    *closed = false;
    while (length < size && now_ms() < end) {
        int got = SSL_read(peer->ssl, bytes + length, (int)(size - length));
        if (got > 0) {
            length += (size_t)got;
            if (until && memmem(bytes, length, until, strlen(until)))
                break;
        } else if (!wait_for_tls(peer, got, (int)(end - now_ms()))) {
            *closed = SSL_get_error(peer->ssl, got) != SSL_ERROR_WANT_READ;
            break;
        }
    }
    return length;
}
