/* One channel to a server and the completion queue of the load thread. */
#ifndef SEKISHO_BENCH_CONNECTION_H
#define SEKISHO_BENCH_CONNECTION_H

#include <grpc/grpc.h>

struct endpoint {
    const char *target; /* "ipv4:127.0.0.1:50051" or "unix:/path" */
    /* PEM files for mTLS, or NULL: plain text. */
    const char *ca_file, *certificate_file, *key_file;
};

struct connection {
    grpc_channel *channel;
    grpc_completion_queue *queue;
};

/* Connects within ten seconds. 0, or -1 with a line on standard error. grpc_init has been called. */
int connection_open(const struct endpoint *endpoint, struct connection *connection);
void connection_close(struct connection *connection);

#endif
