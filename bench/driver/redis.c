/* A private Redis: a unix socket, no persistence, nothing else changed from its defaults. */
#include <unistd.h>

#include "driver/bench.h"

#define LOAD_SECONDS 3600

const char *redis_absent(const struct bench *bench)
{
    char client[PATH_SIZE];
    bool there = access("/usr/bin/redis-server", X_OK) == 0 && access("/usr/bin/redis-benchmark", X_OK) == 0 &&
                 path_make(client, "%s/bench-peer-redis", bench->binaries) == 0 && file_exists(client);
    return there ? NULL : "Redis (redis-server, redis-tools, libhiredis-dev)";
}

static int load(const struct bench *bench)
{
    struct command command;
    say("loading Redis");
    bench_command(bench, "bench-peer-redis", &command);
    command_add(&command, "load");
    command_add(&command, "%s", bench->redis.socket);
    command_add(&command, "%s", bench->data[0].table);
    return run_quietly(&command, LOAD_SECONDS);
}

int redis_start(struct bench *bench, enum part part)
{
    struct redis *redis = &bench->redis;
    struct command command;
    char folder[PATH_SIZE], log[PATH_SIZE];
    (void)part;
    if (path_make(folder, "%s/redis", bench->peers) != 0 || folder_make_for_nobody(folder) != 0 ||
        path_make(redis->socket, "%s/redis.sock", folder) != 0 || path_make(log, "%s/redis.log", bench->folder) != 0) {
        return -1;
    }
    command_init(&command);
    command_add_all(&command, "/usr/bin/redis-server --port 0 --daemonize no --appendonly no --save");
    command_add(&command, "%s", "");
    command_add(&command, "--dir");
    command_add(&command, "%s", folder);
    command_add(&command, "--unixsocket");
    command_add(&command, "%s", redis->socket);
    command.as_nobody = true;
    if (child_start(&redis->server, &command, log) != 0 || child_wait_path(&redis->server, redis->socket, 20) != 0) {
        return -1;
    }
    return load(bench);
}

void redis_end(struct bench *bench, enum part part)
{
    (void)part;
    child_end(&bench->redis.server, 20);
}
