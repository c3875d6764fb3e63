#include "server/rpc/listen.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <grpc/grpc_security.h>

#include "server/rpc/tls.h"

enum {
    HANDSHAKE_TIMEOUT_MS = 10 * 1000,  /* default 120 s: a stranger could hold descriptors that long for nothing */
    MIN_CLIENT_PING_MS = 10 * 1000,    /* default 5 min: clients behind NAT ping more often and would be cut off */
    MAX_PING_STRIKES = 2,              /* then GOAWAY ENHANCE_YOUR_CALM */
    KEEPALIVE_TIME_MS = 2 * 60 * 1000, /* default 2 h: finds clients that vanished without a FIN */
    KEEPALIVE_TIMEOUT_MS = 20 * 1000,
    CONNECTION_AGE_GRACE_MS = 30 * 1000,
    ONLY_IDENTITY = 1 << GRPC_COMPRESS_NONE,
};

static grpc_arg integer(const char *key, int value)
{
    return (grpc_arg){.type = GRPC_ARG_INTEGER, .key = (char *)key, .value.integer = value};
}

static int clamp(size_t value)
{
    return value > INT_MAX ? INT_MAX : (int)value;
}

grpc_server *rpc_listen_create_server(const struct rpc_limits *limits)
{
    grpc_arg args[] = {
        /* A second server on the port must fail to start, not share the clients silently. */
        integer(GRPC_ARG_ALLOW_REUSEPORT, 0),
        /* The size limit holds after inflation: 200 KB on the wire would become 230 MB of memory. */
        integer(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, ONLY_IDENTITY),
        integer(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits->max_concurrent_streams),
        integer(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, clamp(limits->max_request_bytes)),
        integer(GRPC_ARG_MAX_METADATA_SIZE, clamp(limits->max_metadata_bytes)),
        integer(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, HANDSHAKE_TIMEOUT_MS),
        integer(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, MIN_CLIENT_PING_MS),
        integer(GRPC_ARG_HTTP2_MAX_PING_STRIKES, MAX_PING_STRIKES),
        integer(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1),
        integer(GRPC_ARG_KEEPALIVE_TIME_MS, KEEPALIVE_TIME_MS),
        integer(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, KEEPALIVE_TIMEOUT_MS),
        /* Nobody reads channelz here; it costs memory a connection and time a call. */
        integer(GRPC_ARG_ENABLE_CHANNELZ, 0),
        integer(GRPC_ARG_MAX_CHANNEL_TRACE_EVENT_MEMORY_PER_NODE, 0),
        integer(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                limits->max_connection_age_ms ? limits->max_connection_age_ms : INT_MAX),
        integer(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, CONNECTION_AGE_GRACE_MS),
    };
    grpc_channel_args channel_args = {.num_args = sizeof args / sizeof *args, .args = args};
    return grpc_server_create(&channel_args, NULL);
}

static bool add_tcp(grpc_server *server, const struct rpc_listen *listen, uint16_t *port, char error[256])
{
    struct in6_addr unused;
    char address[64];
    grpc_server_credentials *credentials;
    int bound;

    if (inet_pton(AF_INET, listen->tcp_address, &unused) == 1) {
        snprintf(address, sizeof address, "%.45s:%u", listen->tcp_address, listen->tcp_port);
    } else if (inet_pton(AF_INET6, listen->tcp_address, &unused) == 1) {
        snprintf(address, sizeof address, "[%.45s]:%u", listen->tcp_address, listen->tcp_port);
    } else {
        snprintf(error, 256, "not a numeric address: %.100s", listen->tcp_address);
        return false;
    }
    credentials = rpc_tls_credentials(listen, error);
    if (!credentials)
        return false;
    bound = grpc_server_add_http2_port(server, address, credentials);
    grpc_server_credentials_release(credentials);
    if (bound == 0) {
        snprintf(error, 256, "cannot listen on %s: in use, or not permitted", address);
        return false;
    }
    *port = (uint16_t)bound;
    return true;
}

static bool add_unix(grpc_server *server, const struct rpc_listen *listen, char error[256])
{
    char address[sizeof "unix:" + sizeof((struct sockaddr_un *)0)->sun_path];
    grpc_server_credentials *credentials;
    int bound;

    if (strlen(listen->unix_path) >= sizeof((struct sockaddr_un *)0)->sun_path) {
        snprintf(error, 256, "the path of the unix socket is too long");
        return false;
    }
    snprintf(address, sizeof address, "unix:%s", listen->unix_path);
    credentials = grpc_insecure_server_credentials_create();
    bound = grpc_server_add_http2_port(server, address, credentials);
    grpc_server_credentials_release(credentials);
    if (bound == 0)
        snprintf(error, 256, "cannot listen on %.120s: the folder is missing or not writable", address);
    return bound != 0;
}

bool rpc_listen_add(grpc_server *server, const struct rpc_listen *listen, uint16_t *port, char error[256])
{
    if (!listen->tcp_address && !listen->unix_path) {
        snprintf(error, 256, "a listener has neither a TCP address nor a unix path");
        return false;
    }
    return (!listen->tcp_address || add_tcp(server, listen, port, error)) &&
           (!listen->unix_path || add_unix(server, listen, error));
}
