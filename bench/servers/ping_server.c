/*
 * bench-ping-server: BenchService on server/rpc. Listens on a unix socket, or on a free loopback port when given PEM
 * files (the runtime has no TCP without mTLS); says "ready <port>" and serves until SIGTERM.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.pb-c.h"
#include "bench_descriptor_set.h"
#include "server/rpc/rpc.h"

#define PEM_MAX 65536

static void on_ping(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__Bench__V1__PingRequest *request = (const void *)message;
    Sekisho__Bench__V1__PingResponse response = SEKISHO__BENCH__V1__PING_RESPONSE__INIT;
    response.payload = request->payload;
    rpc_call_reply(call, &response.base);
}

static const struct rpc_method methods[] = {{.name = "Ping", .kind = RPC_UNARY, .on_message = on_ping}};

static char *read_pem(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, PEM_MAX);
    if (file == NULL || text == NULL || fread(text, 1, PEM_MAX - 1, file) == 0) {
        fprintf(stderr, "bench-ping-server: cannot read %s\n", path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    return text;
}

static sigset_t end_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

static void *drain_on_signal(void *server)
{
    sigset_t signals = end_signals();
    int received;
    sigwait(&signals, &received);
    rpc_server_drain(server, 0);
    return NULL;
}

static struct rpc_server *start(const struct rpc_listen *listen)
{
    char error[256] = "";
    struct rpc_service service = {
        .descriptor = &sekisho__bench__v1__bench_service__descriptor, .methods = methods, .method_count = 1};
    struct rpc_config config = {
        .listen = listen,
        .listen_count = 1,
        .services = &service,
        .service_count = 1,
        .descriptor_set = bench_descriptor_set,
        .descriptor_set_length = bench_descriptor_set_length,
        .limits = rpc_default_limits,
    };
    struct rpc_server *server = rpc_server_start(&config, error);
    if (server == NULL) {
        fprintf(stderr, "bench-ping-server: %s\n", error);
    }
    return server;
}

int main(int argc, char **argv)
{
    struct rpc_listen listen = {0};
    if (argc == 3 && strcmp(argv[1], "unix") == 0) {
        listen.unix_path = argv[2];
    } else if (argc == 5 && strcmp(argv[1], "tcp") == 0) {
        listen.tcp_address = "127.0.0.1";
        listen.client_ca = read_pem(argv[2]);
        listen.server_certificate = read_pem(argv[3]);
        listen.server_key = read_pem(argv[4]);
    } else {
        fputs("usage: bench-ping-server unix PATH | tcp CA CERT KEY\n", stderr);
        return 2;
    }
    /* Before any thread exists, so that only drain_on_signal takes them. */
    sigset_t signals = end_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    struct rpc_server *server = start(&listen);
    pthread_t waiter;
    if (server == NULL || pthread_create(&waiter, NULL, drain_on_signal, server) != 0) {
        return EXIT_FAILURE;
    }
    rpc_server_set_serving(server, true);
    printf("ready %u\n", (unsigned)rpc_server_port(server));
    fflush(stdout);
    rpc_server_run(server);
    pthread_join(waiter, NULL);
    rpc_server_free(server);
    free((void *)(uintptr_t)listen.client_ca);
    free((void *)(uintptr_t)listen.server_certificate);
    free((void *)(uintptr_t)listen.server_key);
    return EXIT_SUCCESS;
}
