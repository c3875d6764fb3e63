#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "driver/bench.h"

static const char *never_absent(const struct bench *bench)
{
    (void)bench;
    return NULL;
}

static const char *ping_absent(const struct bench *bench)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < PING_SERVERS; i++) {
        if (path_make(path, "%s/%s", bench->binaries, ping_kinds[i].program) != 0 || !file_exists(path)) {
            return "gRPC C++ (g++, libgrpc++-dev, protobuf-compiler-grpc)";
        }
    }
    return NULL;
}

static int start_nothing(struct bench *bench, enum part part)
{
    (void)bench;
    (void)part;
    return 0;
}

static void end_nothing(struct bench *bench, enum part part)
{
    (void)bench;
    (void)part;
}

const struct part_functions part_functions[PARTS] = {
    [PART_NONE] = {never_absent, start_nothing, end_nothing},
    [PART_PING] = {ping_absent, ping_start, ping_end},
    [PART_STORE] = {never_absent, store_start, store_end},
    [PART_STORE_LARGE] = {never_absent, store_start, store_end},
    [PART_ROWS] = {never_absent, store_start, store_end},
    [PART_SET] = {never_absent, set_start, set_end},
    [PART_SET_LARGE] = {never_absent, set_start, set_end},
    [PART_SET_UNRECORDED] = {never_absent, set_start, set_end},
    [PART_SET_QUEUED] = {never_absent, set_start, set_end},
    [PART_SET_REGISTER] = {never_absent, set_start, set_end},
    [PART_SET_REGISTER_SMALL] = {never_absent, set_start, set_end},
    [PART_SET_REGISTER_LARGE] = {never_absent, set_start, set_end},
    [PART_REGISTER] = {never_absent, register_start, register_end},
    [PART_REGISTER_ROWS] = {never_absent, register_start, register_end},
    [PART_REGISTER_SMALL] = {never_absent, register_start, register_end},
    [PART_REGISTER_LARGE] = {never_absent, register_start, register_end},
    [PART_REDIS] = {redis_absent, redis_start, redis_end},
    [PART_POSTGRES] = {postgres_absent, postgres_start, postgres_end},
    [PART_BARBICAN] = {barbican_absent, barbican_start, barbican_end},
};

void say(const char *format, ...)
{
    va_list arguments;
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    fputs("\r\033[K", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fflush(stderr);
}

void bench_command(const struct bench *bench, const char *program, struct command *command)
{
    command_init(command);
    command_add(command, "%s/%s", bench->binaries, program);
}
