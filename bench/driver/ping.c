/* Servers of the empty unary service, ours and gRPC C++, each over mTLS and over a unix socket. */
#include <stdio.h>
#include <stdlib.h>

#include "driver/bench.h"

const struct ping_kind ping_kinds[PING_SERVERS] = {
    {"ours", "server/rpc", "bench-ping-server", NULL},
    {"cpp-async1", "gRPC C++ async, 1 thread", "bench-peer-async", "1"},
    {"cpp-async2", "gRPC C++ async, 2 threads", "bench-peer-async", "2"},
    {"cpp-callback", "gRPC C++ callback", "bench-peer-callback", "1"},
};

static int start_one(const struct bench *bench, struct child *child, struct command *command, unsigned *port)
{
    static unsigned started;
    char log[PATH_SIZE], text[64];
    command->tells_ready = true;
    if (path_make(log, "%s/ping-%u.log", bench->folder, started++) != 0 || child_start(child, command, log) != 0 ||
        child_wait_line(child, "ready ", 20, text, sizeof(text)) != 0) {
        return -1;
    }
    *port = (unsigned)strtoul(text, NULL, 10);
    return 0;
}

static int start_tcp(const struct bench *bench, const struct ping_kind *kind, struct ping_server *server)
{
    static const char *const files[] = {"ca.crt.pem", "server.crt.pem", "server.key.pem"};
    struct command command;
    bench_command(bench, kind->program, &command);
    command_add_all(&command, kind->words == NULL ? "tcp" : "127.0.0.1:0");
    command_add_all(&command, kind->words == NULL ? "" : kind->words);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        command_add(&command, "%s/keys/%s", bench->folder, files[i]);
    }
    return start_one(bench, &server->tcp, &command, &server->port);
}

static int start_unix(const struct bench *bench, const struct ping_kind *kind, struct ping_server *server)
{
    struct command command;
    unsigned none;
    if (path_make(server->socket, "%s/%s.sock", bench->peers, kind->name) != 0) {
        return -1;
    }
    bench_command(bench, kind->program, &command);
    if (kind->words == NULL) {
        command_add(&command, "unix");
        command_add(&command, "%s", server->socket);
    } else {
        command_add(&command, "unix:%s", server->socket);
        command_add_all(&command, kind->words);
    }
    return start_one(bench, &server->unix_socket, &command, &none);
}

/* h2load looks at HTTP's status only, which is 200 for a refused call, too: that calls are answered is seen here. */
static int check_answers(const struct bench *bench, const struct ping_server *server)
{
    struct command command;
    bench_command(bench, "bench-load", &command);
    command_add_all(&command, "ping --seconds 0.02 --warm-up 0 --in-flight 1 --method " PING " --target");
    command_add(&command, "unix:%s", server->socket);
    return run_quietly(&command, 30);
}

int ping_start(struct bench *bench, enum part part)
{
    (void)part;
    int result = 0;
    for (size_t i = 0; i < PING_SERVERS && result == 0; i++) {
        result = start_tcp(bench, &ping_kinds[i], &bench->ping[i]);
        result = result == 0 ? start_unix(bench, &ping_kinds[i], &bench->ping[i]) : result;
        result = result == 0 ? check_answers(bench, &bench->ping[i]) : result;
    }
    return result;
}

void ping_end(struct bench *bench, enum part part)
{
    (void)part;
    for (size_t i = 0; i < PING_SERVERS; i++) {
        child_end(&bench->ping[i].tcp, 10);
        child_end(&bench->ping[i].unix_socket, 10);
    }
}
