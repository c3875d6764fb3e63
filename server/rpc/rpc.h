/*
 * gRPC in C: a small runtime over the gRPC C core's completion queue and protobuf-c. A service is a table of methods
 * beside the descriptor that protoc-c generates; adding an RPC is a line in a .proto file, a row and a handler.
 *
 * Threads: one thread runs rpc_server_run and calls every callback; a callback that blocks stops the whole server, so
 * none may. rpc_call_send, rpc_call_reply(_packed), rpc_call_finish, rpc_call_next and rpc_call_cancelled may be called
 * from any thread.
 *
 * Lifetime: a call lives from its first callback until its handler has called rpc_call_finish (or rpc_call_reply)
 * exactly once, also when the client has gone meanwhile; then the call may be gone and must not be used. Messages given
 * to on_message belong to the runtime and live until the callback returns. When another thread finishes a call,
 * on_cancel or on_sent may be running at that moment: free user data that they touch in on_done.
 *
 * The process gives: a generous RLIMIT_NOFILE (gRPC 1.51 never accepts again after EMFILE), and its other threads'
 * signal handling (core's threads block all signals; rpc_server_run keeps its caller's mask).
 */
#ifndef SEKISHO_RPC_RPC_H
#define SEKISHO_RPC_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct rpc_call;
struct rpc_server;

enum rpc_kind { RPC_UNARY, RPC_CLIENT_STREAM, RPC_SERVER_STREAM, RPC_BIDI_STREAM };

struct rpc_method {
    const char *name;   /* as in the .proto file; the server refuses to start when the descriptor has no such method */
    enum rpc_kind kind; /* checked against the file descriptor set at start */
    uint16_t number;    /* the services' own; the runtime does not look at it */
    /* The call began (streams; optional). */
    void (*on_start)(struct rpc_call *call);
    /* A request message. Unary and server-streaming calls get exactly one; with streaming requests the first is read by
     * the runtime and each next one after rpc_call_next. */
    void (*on_message)(struct rpc_call *call, const ProtobufCMessage *request);
    /* The client half-closed (client streaming and bidirectional). No promise that all was sent: grpc-js half-closes a
     * stream that it cancels. Where it matters, a message must say that it is the last. */
    void (*on_half_close)(struct rpc_call *call);
    /* The call is over before the handler finished it: the client has gone, the deadline passed, the server gives up
     * draining, or a request message of a stream was refused. The handler must still finish. Optional for unary and
     * server-streaming methods. A unary method without it saves an event a call, and learns of nothing but the
     * deadline. */
    void (*on_cancel)(struct rpc_call *call);
    /* Everything sent so far is on its way: more may be sent (server streaming, optional). */
    void (*on_sent)(struct rpc_call *call);
    /* The last callback of a call that had another one before (optional): nothing uses the call's user data any more.
     */
    void (*on_done)(struct rpc_call *call);
};

struct rpc_service {
    const ProtobufCServiceDescriptor *descriptor;
    const struct rpc_method *methods; /* one row per method of the descriptor, any order */
    size_t method_count;
    void *context; /* rpc_call_context */
};

/* ---- a call, for handlers ---- */

void *rpc_call_context(const struct rpc_call *call); /* of the service */
void *rpc_call_user(const struct rpc_call *call);
void rpc_call_set_user(struct rpc_call *call, void *user);
const struct rpc_method *rpc_call_method(const struct rpc_call *call);

/* SHA-256 of the client's DER certificate; all zero on the local unix socket. Valid as long as the call. */
const uint8_t *rpc_call_certificate(const struct rpc_call *call);
/* First value of a request metadata key (lower case), or NULL. Not zero-terminated; valid as long as the call. */
const char *rpc_call_metadata(const struct rpc_call *call, const char *key, size_t *length);
/* Milliseconds until the client's deadline; INT64_MAX when it gave none, 0 when it passed. */
int64_t rpc_call_time_left_ms(const struct rpc_call *call);
bool rpc_call_cancelled(const struct rpc_call *call);

/* Runs `work` on the server's thread, soon. Any thread, one at a time; the call must not be finished before it ran.
 * Other threads need it for what only that thread serves (struct rpc_source). */
void rpc_call_defer(struct rpc_call *call, void (*work)(struct rpc_call *call));

/* Asks for the next request message of a stream (on_message or on_half_close follows). One at a time: asking again
 * while one is awaited changes nothing. */
void rpc_call_next(struct rpc_call *call);
/* Queues a response message of a stream (packed before it returns). False when the call is over already. */
bool rpc_call_send(struct rpc_call *call, const ProtobufCMessage *response);
/* Bytes queued by rpc_call_send and not yet handed to the transport: the handler's measure for back-pressure. */
size_t rpc_call_queued_bytes(const struct rpc_call *call);
/* Unary and client streaming: sends the response with status OK and finishes. */
void rpc_call_reply(struct rpc_call *call, const ProtobufCMessage *response);
/* The same with a response of the method's type that was packed before. */
void rpc_call_reply_packed(struct rpc_call *call, const void *bytes, size_t length);

/*
 * How a call failed (google.rpc.Status, AIP-193). All strings are copied, and cut after 512 bytes; NULL where not used.
 * `field` and `field_description` make a google.rpc.BadRequest; retry_ms >= 0 a RetryInfo; `reason` the ErrorInfo with
 * domain "sekisho.dev"; `message_ja` a LocalizedMessage with locale "ja".
 */
struct rpc_error {
    int code;            /* grpc_status_code */
    const char *reason;  /* UPPER_SNAKE_CASE, stable: programs switch on it */
    const char *message; /* English, for developers */
    const char *message_ja;
    const char *field, *field_description;
    int64_t retry_ms; /* -1: none */
};
#define RPC_ERROR(...)                     (&(struct rpc_error){.retry_ms = -1, __VA_ARGS__})
#define RPC_ERROR_RETRY(milliseconds, ...) (&(struct rpc_error){.retry_ms = (milliseconds), __VA_ARGS__})

/* Ends the call: NULL for OK (streams), else the error with its details in grpc-status-details-bin. */
void rpc_call_finish(struct rpc_call *call, const struct rpc_error *error);

/* ---- a server ---- */

struct rpc_listen {
    const char *tcp_address; /* numeric "127.0.0.1" or "::1"; NULL: no TCP. TCP always requires mTLS. */
    uint16_t tcp_port;       /* 0: any; see rpc_server_port */
    const char *unix_path;   /* NULL: none. No TLS there; the folder's mode guards it. */
    /* PEM texts, zero-terminated; copied. Required with tcp_address. */
    const char *server_certificate, *server_key, *client_ca;
};

struct rpc_limits {
    size_t max_request_bytes; /* per message */
    size_t max_metadata_bytes;
    int max_concurrent_streams;        /* per connection */
    size_t arena_bytes;                /* bound of memory for one unpacked request */
    int max_calls;                     /* in all; more get RESOURCE_EXHAUSTED with RetryInfo */
    uint32_t max_connections;          /* with room for them in RLIMIT_NOFILE, two descriptors each; fewer without */
    uint32_t max_connections_from_one; /* IPv4 address, IPv6 /64 */
    int max_connection_age_ms; /* 0: none. Connections are asked to reconnect: fresh handshakes, fresh key checks. */
};
extern const struct rpc_limits rpc_default_limits;

struct rpc_config {
    const struct rpc_listen *listen;
    size_t listen_count;
    const struct rpc_service *services;
    size_t service_count;
    /* FileDescriptorSet of all served files with imports (protoc --descriptor_set_out --include_imports): for
     * reflection and for the streaming kinds, which protobuf-c's descriptors do not hold. */
    const uint8_t *descriptor_set;
    size_t descriptor_set_length;
    bool reflection; /* serve grpc.reflection.v1 and v1alpha */
    struct rpc_limits limits;
};

/* Checks the tables, makes the listeners and starts (health: NOT_SERVING). NULL with a text in error[256] on failure.
 */
struct rpc_server *rpc_server_start(const struct rpc_config *config, char error[256]);
uint16_t rpc_server_port(const struct rpc_server *server); /* of the first TCP listener */
/* Health of "" and of every service (grpc.health.v1). */
void rpc_server_set_serving(struct rpc_server *server, bool serving);
/* Health of one service by full name. */
void rpc_server_set_service_serving(struct rpc_server *server, const char *service, bool serving);
/*
 * A peer process whose answers the server's thread takes itself, between two looks at the completion queue. Handing
 * them over from another thread costs two wake-ups a call, and calls that arrive meanwhile make a larger group for the
 * peer.
 */
struct rpc_source {
    /* Is an answer to be expected? Then the thread waits for the peer instead of for the network, a moment at most. */
    bool (*waiting)(void *context);
    /* Microseconds to go on looking for calls before `serve`, 0 for none: asked when none is there at the moment. */
    int (*gather_us)(void *context);
    /* Sends what is to be sent, waits at most wait_ms for the peer, and handles what it has answered. */
    void (*serve)(void *context, int wait_ms);
    void *context;
};
/* Before rpc_server_run. Copied. */
void rpc_server_set_source(struct rpc_server *server, const struct rpc_source *source);

/* Runs the completion queue until drained. */
void rpc_server_run(struct rpc_server *server);
/* Graceful drain: no new calls (GOAWAY), running ones have grace_ms, then they are cancelled. Any thread, once: later
 * calls change nothing. */
void rpc_server_drain(struct rpc_server *server, int grace_ms);
/* Drains first when that was not done. Not while rpc_server_run runs. NULL is allowed. */
void rpc_server_free(struct rpc_server *server);

#endif
