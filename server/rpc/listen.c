#include "server/rpc/listen.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <grpc/grpc_security.h>

#include "server/rpc/bind.h"
#include "server/rpc/fruitless.h"
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

grpc_server *rpc_listen_create_server(const struct rpc_limits *limits, struct rpc_gate *gate)
{
    grpc_arg args[] = {
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
        rpc_gate_arg(gate, 0),
        rpc_gate_arg(gate, 1),
        rpc_gate_arg(gate, 2),
        rpc_gate_arg(gate, 3),
    };
    grpc_channel_args channel_args = {.num_args = sizeof args / sizeof *args, .args = args};
    return grpc_server_create(&channel_args, NULL);
}

/* Core listens on the next door of the gate, with these credentials. The listener belongs to the gate. */
static bool add_door(grpc_server *server, struct rpc_gate *gate, int *door, int listener,
                     grpc_server_credentials *credentials, char error[256])
{
    if (*door >= RPC_GATE_DOORS) {
        close(listener);
        snprintf(error, 256, "too many listeners");
        return false;
    }
    /* Returns no port, as there is none, in success and failure alike; the gate knows whether it worked. */
    (void)grpc_server_add_http2_port(server, rpc_gate_name(*door), credentials);
    if (rpc_gate_add_door(gate, (*door)++, listener))
        return true;
    snprintf(error, 256, "gRPC %s does not take connections from outside", grpc_version_string());
    return false;
}

static bool add_tcp(grpc_server *server, struct rpc_gate *gate, int *door, const struct rpc_listen *listen,
                    uint16_t *port, char error[256])
{
    int listener = rpc_bind_tcp(listen->tcp_address, listen->tcp_port, port, error);
    grpc_server_credentials *credentials = listener < 0 ? NULL : rpc_tls_credentials(listen, error);
    bool added;

    if (!credentials) {
        if (listener >= 0)
            close(listener);
        return false;
    }
    fruitless_watch(credentials, gate);
    added = add_door(server, gate, door, listener, credentials, error);
    grpc_server_credentials_release(credentials);
    return added;
}

static bool add_unix(grpc_server *server, struct rpc_gate *gate, int *door, const struct rpc_listen *listen,
                     char error[256])
{
    grpc_server_credentials *credentials;
    int listener = rpc_bind_unix(listen->unix_path, error);
    bool added;

    if (listener < 0)
        return false;
    credentials = grpc_insecure_server_credentials_create();
    added = add_door(server, gate, door, listener, credentials, error);
    grpc_server_credentials_release(credentials);
    return added;
}

bool rpc_listen_add(grpc_server *server, struct rpc_gate *gate, int *door, const struct rpc_listen *listen,
                    uint16_t *port, char error[256])
{
    if (!listen->tcp_address && !listen->unix_path) {
        snprintf(error, 256, "a listener has neither a TCP address nor a unix path");
        return false;
    }
    return (!listen->tcp_address || add_tcp(server, gate, door, listen, port, error)) &&
           (!listen->unix_path || add_unix(server, gate, door, listen, error));
}
