#include "driver/sides.h"

#include <stdint.h>
#include <string.h>

/* The rows of one kind of server, in the order of ping_kinds. */
#define PING_ROWS(ROW, name, title)                                                                                    \
    ROW(0, name "-ours", title ": server/rpc")                                                                         \
    ROW(1, name "-cpp-async1", title ": gRPC C++ async, 1 thread")                                                     \
    ROW(2, name "-cpp-async2", title ": gRPC C++ async, 2 threads")                                                    \
    ROW(3, name "-cpp-callback", title ": gRPC C++ callback")

#define MTLS_64(kind, name, title)  SIDE(name, QUICK, PART_PING, TOOL_OURS, words_ping_mtls, kind, 1, 64, 0, 0, title)
#define MTLS_256(kind, name, title) SIDE(name, QUICK, PART_PING, TOOL_OURS, words_ping_mtls, kind, 1, 256, 0, 0, title)
#define UNIX_64(kind, name, title)  SIDE(name, FULL, PART_PING, TOOL_OURS, words_ping_unix, kind, 1, 64, 0, 0, title)
#define H2_64(kind, name, title)    SIDE(name, QUICK, PART_PING, TOOL_H2LOAD, words_h2load, kind, 1, 64, 0, 0, title)
#define H2_256(kind, name, title)   SIDE(name, FULL, PART_PING, TOOL_H2LOAD, words_h2load, kind, 1, 256, 0, 0, title)

#define OPEN(name, when, part, words, kind, percent, capacity, title)                                                  \
    SIDE(name "-" #percent, when, part, TOOL_OURS, words, kind, 1, 0, percent, capacity,                               \
         title ", open loop at " #percent " % of its closed loop")
#define OPEN_MATCH(when, percent)                                                                                      \
    OPEN("open-match", when, PART_SET, words_open_match, 0, percent, CAPACITY_MATCH, "unary Match, mTLS")
#define OPEN_OURS(percent)                                                                                             \
    OPEN("open-ping-ours", FULL, PART_PING, words_open_ping, 0, percent, CAPACITY_OURS, "empty unary, mTLS: server/rpc")
#define OPEN_ASYNC(percent)                                                                                            \
    OPEN("open-ping-cpp-async1", FULL, PART_PING, words_open_ping, 1, percent, CAPACITY_ASYNC,                         \
         "empty unary, mTLS: gRPC C++ async, 1 thread")

/* What an officer asks of a register, over mTLS and in one process: ROW(kind, name, title), in the order of looks. */
#define LOOKS(ROW)                                                                                                     \
    ROW(0, "get", "an entry by registration number as its name")                                                       \
    ROW(1, "number", "an entry by registration number as it is written")                                               \
    ROW(2, "reference", "an entry by the vault's reference")                                                           \
    ROW(3, "name", "search by a whole name, first page")                                                               \
    ROW(4, "prefix", "search by the beginning of a name, first page")
#define REGISTER_SIDE(kind, suffix, when, part, name, title)                                                           \
    SIDE("register-" name suffix, when, part, TOOL_OURS, words_register, kind, 1, 1, 0, 0, title)
#define LOOK_SIDE(kind, suffix, when, part, name, title)                                                               \
    SIDE("look-" name suffix, when, part, TOOL_OURS, words_register_look, kind, 1, 1, 0, 0, title)
#define REGISTER_ROWS(kind, name, title)                                                                               \
    REGISTER_SIDE(kind, "-1", QUICK, PART_SET_REGISTER, name, "register, mTLS, 1 in flight: " title)
#define REGISTER_ROWS_SMALL(kind, name, title)                                                                         \
    REGISTER_SIDE(kind, "-1-small", FULL, PART_SET_REGISTER_SMALL, name, "smaller register, mTLS, 1 in flight: " title)
#define REGISTER_ROWS_LARGE(kind, name, title)                                                                         \
    REGISTER_SIDE(kind, "-1-large", FULL, PART_SET_REGISTER_LARGE, name, "larger register, mTLS, 1 in flight: " title)
#define LOOK_ROWS(kind, name, title) LOOK_SIDE(kind, "", QUICK, PART_REGISTER, name, "register in process: " title)
#define LOOK_ROWS_SMALL(kind, name, title)                                                                             \
    LOOK_SIDE(kind, "-small", FULL, PART_REGISTER_SMALL, name, "smaller register in process: " title)
#define LOOK_ROWS_LARGE(kind, name, title)                                                                             \
    LOOK_SIDE(kind, "-large", FULL, PART_REGISTER_LARGE, name, "larger register in process: " title)

#define SIDE(name, when, part, tool, words, kind, items, in_flight, percent, capacity, title)                          \
    {name, when, part, tool, words, kind, items, in_flight, percent, capacity, title, BESIDE_NOTHING},
#define SIDE_BESIDE(name, when, part, words, items, in_flight, beside, title)                                          \
    {name, when, part, TOOL_OURS, words, 0, items, in_flight, 0, CAPACITY_NONE, title, beside},

const struct side sides[] = {
#include "driver/sides.def"
};
const size_t side_count = sizeof(sides) / sizeof(sides[0]);

size_t side_find(const char *name)
{
    for (size_t i = 0; i < side_count; i++) {
        if (strcmp(sides[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool is_peer(enum part part)
{
    return part == PART_REDIS || part == PART_POSTGRES || part == PART_BARBICAN;
}

bool side_chosen(const struct options *options, const struct side *side)
{
    bool large = side->part == PART_STORE_LARGE || side->part == PART_SET_LARGE;
    if (large && options->large == 0) {
        return false;
    }
    if (options->chosen) {
        return regexec(&options->only, side->name, 0, NULL, 0) == 0;
    }
    if (side->part == PART_SET_REGISTER_LARGE || side->part == PART_REGISTER_LARGE) {
        return options->full;
    }
    /* h2load and the peers are other people's programs: wanted, or the whole picture is. */
    bool foreign = is_peer(side->part) || side->tool != TOOL_OURS;
    return options->full || large || (side->when != FULL && (!foreign || options->peers));
}

pid_t side_server(const struct bench *bench, const struct side *side)
{
    switch (side->part) {
    case PART_PING:
        return bench->ping[side->kind].unix_socket.pid;
    case PART_REDIS:
        return bench->redis.server.pid;
    case PART_POSTGRES:
        return bench->postgres.server.pid;
    case PART_BARBICAN:
        return bench->barbican.server.pid;
    default:
        return 0;
    }
}
