/*
 * The test server: interop-server <folder> [port] [max_calls]. The folder has server.pem, server-key.pem and ca.pem;
 * the server listens on a free port of 127.0.0.1 (mTLS) and on <folder>/socket, prints "port <n>" when it is ready, and
 * drains on SIGTERM.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interop_descriptor_set.h"
#include "service.h"

enum { MAX_PEM = 16384, DRAIN_MS = 3000 };

static void read_pem(const char *folder, const char *name, char text[MAX_PEM])
{
    char path[512];
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "r");
    if (!file) {
        perror(name);
        exit(1);
    }
    length = fread(text, 1, MAX_PEM - 1, file);
    text[length] = '\0';
    fclose(file);
}

static void *drain_on_signal(void *argument)
{
    sigset_t signals;
    int signal_number;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigwait(&signals, &signal_number);
    rpc_server_drain(argument, DRAIN_MS);
    return NULL;
}

int main(int argc, char **argv)
{
    static char certificate[MAX_PEM], key[MAX_PEM], ca[MAX_PEM];
    char socket_path[512], error[256];
    struct rpc_service service = interop_service();
    struct rpc_listen listen = {.tcp_address = "127.0.0.1",
                                .server_certificate = certificate,
                                .server_key = key,
                                .client_ca = ca,
                                .unix_path = socket_path};
    struct rpc_config config = {.listen = &listen,
                                .listen_count = 1,
                                .services = &service,
                                .service_count = 1,
                                .descriptor_set = interop_descriptor_set,
                                .descriptor_set_length = interop_descriptor_set_length,
                                .reflection = true,
                                .limits = rpc_default_limits};
    struct rpc_server *server;
    pthread_t drainer;
    sigset_t signals;

    if (argc < 2) {
        fputs("usage: interop-server <folder> [port] [max_calls]\n", stderr);
        return 2;
    }
    read_pem(argv[1], "server.pem", certificate);
    read_pem(argv[1], "server-key.pem", key);
    read_pem(argv[1], "ca.pem", ca);
    snprintf(socket_path, sizeof socket_path, "%s/socket", argv[1]);
    if (argc > 2)
        listen.tcp_port = (uint16_t)atoi(argv[2]);
    if (argc > 3)
        config.limits.max_calls = atoi(argv[3]);

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    server = rpc_server_start(&config, error);
    if (!server) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rpc_server_set_serving(server, true);
    printf("port %u\n", rpc_server_port(server));
    fflush(stdout);
    pthread_create(&drainer, NULL, drain_on_signal, server);
    rpc_server_run(server);
    pthread_join(drainer, NULL);
    rpc_server_free(server);
    puts("drained");
    return 0;
}
