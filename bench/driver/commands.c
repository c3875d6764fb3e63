/* The command of one run of each side. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "driver/set_command.h"

#define GRPC_HEADERS    "-H content-type:application/grpc -H te:trailers"
#define HEALTH_CHECK    "/grpc.health.v1.Health/Check"
#define SEALED_PER_S    100000 /* while the capacity of unary Match is not known */
#define SEALED_PER_SLOT 10000  /* a call takes 100 us at the least */
#define ENROLL_SHARE    20 /* a run enrols 1/20 of the store, so that the store does not outgrow what was asked for */
#define ENROLL_MIN      20000
#define OPEN_IN_FLIGHT  1024
#define GET_PER_S       60000 /* calls that redis-benchmark makes per second of a run, by pipelining or not */
#define GET_PIPED_PER_S 600000

static void add_seconds(double seconds, struct command *command)
{
    command_add(command, "--seconds");
    command_add(command, "%g", seconds);
    command_add(command, "--warm-up");
    command_add(command, "%g", WARM_UP);
}

static void add_time(const struct bench *bench, struct command *command)
{
    add_seconds(bench->options.seconds, command);
}

static void add_in_flight(unsigned in_flight, struct command *command)
{
    command_add(command, "--in-flight");
    command_add(command, "%u", in_flight);
}

static void add_tls(const char *folder, struct command *command)
{
    command_add(command, "--ca");
    command_add(command, "%s/ca.crt.pem", folder);
    command_add(command, "--cert");
    command_add(command, "%s/clients/bench.crt.pem", folder);
    command_add(command, "--key");
    command_add(command, "%s/clients/bench.key.pem", folder);
}

static void add_watched(const char *name, pid_t pid, struct command *command)
{
    command_add(command, "--pid");
    command_add(command, "%s:%d", name, (int)pid);
}

static void add_rate(const struct bench *bench, const struct side *side, struct command *command)
{
    double rate = bench->capacity[side->capacity] * side->percent / 100.0;
    command_add(command, "--rate");
    command_add(command, "%.0f", rate < 1.0 ? 1.0 : rate);
    add_in_flight(OPEN_IN_FLIGHT, command);
}

static void begin_ping(struct bench *bench, const struct side *side, struct command *command)
{
    bench_command(bench, "bench-load", command);
    command_add_all(command, "ping --method " PING " --target");
    (void)side;
}

static void end_ping_mtls(struct bench *bench, const struct side *side, struct command *command)
{
    char folder[PATH_SIZE];
    const struct ping_server *server = &bench->ping[side->kind];
    command_add(command, "ipv4:127.0.0.1:%u", server->port);
    add_time(bench, command);
    add_watched("server", server->tcp.pid, command);
    if (path_make(folder, "%s/keys", bench->folder) == 0) {
        add_tls(folder, command);
    }
}

void words_ping_mtls(struct bench *bench, const struct side *side, struct command *command)
{
    begin_ping(bench, side, command);
    end_ping_mtls(bench, side, command);
    add_in_flight(side->in_flight, command);
}

void words_open_ping(struct bench *bench, const struct side *side, struct command *command)
{
    begin_ping(bench, side, command);
    end_ping_mtls(bench, side, command);
    add_rate(bench, side, command);
}

void words_ping_unix(struct bench *bench, const struct side *side, struct command *command)
{
    const struct ping_server *server = &bench->ping[side->kind];
    begin_ping(bench, side, command);
    command_add(command, "unix:%s", server->socket);
    add_time(bench, command);
    add_watched("server", server->unix_socket.pid, command);
    add_in_flight(side->in_flight, command);
}

static void begin_h2load(const struct bench *bench, const char *socket, struct command *command)
{
    command_init(command);
    command_add(command, "h2load");
    command_add(command, "--duration=%.0fms", bench->options.seconds * 1e3);
    command_add(command, "--warm-up-time=%.0fms", WARM_UP * 1e3);
    command_add(command, "--base-uri=unix:%s", socket);
    command_add(command, "--threads=1");
}

void words_h2load(struct bench *bench, const struct side *side, struct command *command)
{
    begin_h2load(bench, bench->ping[side->kind].socket, command);
    command_add(command, "--clients=1");
    command_add(command, "--max-concurrent-streams=%u", side->in_flight);
    command_add(command, "--data=%s/empty.grpc", bench->folder);
    command_add_all(command, GRPC_HEADERS);
    command_add(command, "http://localhost%s", PING);
}

void words_store(struct bench *bench, const struct side *side, struct command *command)
{
    static const char *const loops[] = {"match", "ledger", "call", "memory"};
    const struct data *data = data_of(bench, side->part);
    bench_command(bench, "bench-store", command);
    command_add(command, "%s", loops[side->kind]);
    command_add(command, "%s", data->copy);
    command_add(command, "%s", data->table);
    command_add(command, "%u", side->items_per_call);
    command_add(command, "%u", side->in_flight);
    command_add(command, "%g", bench->options.seconds);
}

static uint64_t enrolments(const struct data *data)
{
    uint64_t share = data->people / ENROLL_SHARE;
    uint64_t least = data->people < ENROLL_MIN ? data->people : ENROLL_MIN;
    return share < least ? least : share;
}

void words_store_rows(struct bench *bench, const struct side *side, struct command *command)
{
    const struct data *data = data_of(bench, side->part);
    bench_command(bench, "bench-store", command);
    command_add(command, "rows");
    command_add(command, "%s", data->rows);
    command_add(command, "%" PRIu64, enrolments(data));
    command_add(command, "%u", side->items_per_call);
    command_add(command, "%u", side->in_flight);
}

void words_echo(struct bench *bench, const struct side *side, struct command *command)
{
    bench_command(bench, "bench-echo", command);
    command_add(command, "%u", side->items_per_call);
    command_add(command, "%u", side->in_flight);
    command_add(command, "%g", bench->options.seconds);
}

void words_fdatasync(struct bench *bench, const struct side *side, struct command *command)
{
    (void)side;
    bench_command(bench, "bench-fdatasync", command);
    command_add(command, "%s/fdatasync.tmp", bench->folder);
    command_add(command, "%g", bench->options.seconds);
}

void words_argon2(struct bench *bench, const struct side *side, struct command *command)
{
    (void)side;
    bench_command(bench, "bench-argon2", command);
    command_add(command, "%g", fmax(bench->options.seconds, LOGIN_SECONDS));
}

/* bench-load with a connection to a set, and the set's processes watched. */
static const struct set *begin_set(struct bench *bench, const struct side *side, const char *load,
                                   struct command *command)
{
    const struct set *set = set_of(bench, side->part);
    bench_command(bench, "bench-load", command);
    command_add(command, "%s", load);
    command_add(command, "--target");
    command_add(command, "ipv4:127.0.0.1:%u", set->port);
    add_tls(set->folder, command);
    add_watched("front", set->front, command);
    add_watched("vault", set->vault, command);
    return set;
}

static void begin_account(struct bench *bench, const struct side *side, const char *load, const char *account,
                          struct command *command)
{
    const struct set *set = begin_set(bench, side, load, command);
    command_add(command, "--account");
    command_add(command, "%s", account);
    command_add(command, "--prefecture");
    command_add(command, "%d", PREFECTURE);
    command_add(command, "--password-file");
    command_add(command, "%s/bench.password", set->folder);
}

static void begin_session(struct bench *bench, const struct side *side, const char *load, const char *account,
                          struct command *command)
{
    begin_account(bench, side, load, account, command);
    command_add(command, "--table");
    command_add(command, "%s", data_of(bench, side->part)->table);
}

void set_command_register(struct bench *bench, const struct side *side, const char *load, const char *account,
                          struct command *command)
{
    char name[32];
    snprintf(name, sizeof(name), "register-%s", load);
    begin_account(bench, side, name, account, command);
}

void set_command_time(const struct bench *bench, struct command *command)
{
    add_time(bench, command);
}

void words_front(struct bench *bench, const struct side *side, struct command *command)
{
    begin_set(bench, side, "ping", command);
    command_add_all(command, "--method " HEALTH_CHECK);
    add_in_flight(side->in_flight, command);
    add_time(bench, command);
}

/* Enough calls sealed before the run that hardly one is sealed while it is measured. */
static void add_sealed_ahead(const struct bench *bench, double per_s, struct command *command)
{
    command_add(command, "--seal-ahead");
    command_add(command, "%.0f", ceil(per_s * (bench->options.seconds + WARM_UP)));
}

void words_match(struct bench *bench, const struct side *side, struct command *command)
{
    double capacity = bench->capacity[CAPACITY_MATCH];
    begin_session(bench, side, "match", "matcher", command);
    add_sealed_ahead(bench,
                     fmin(capacity > 0.0 ? 1.3 * capacity : SEALED_PER_S, (double)SEALED_PER_SLOT * side->in_flight),
                     command);
    add_in_flight(side->in_flight, command);
    add_seconds(fmax(bench->options.seconds, side->beside == BESIDE_STREAMS ? BESIDE_SECONDS : 0.0), command);
}

void words_open_match(struct bench *bench, const struct side *side, struct command *command)
{
    begin_session(bench, side, "match", "matcher", command);
    add_sealed_ahead(bench, bench->capacity[side->capacity] * side->percent / 100.0, command);
    add_rate(bench, side, command);
    add_time(bench, command);
}

void words_stream(struct bench *bench, const struct side *side, struct command *command)
{
    begin_session(bench, side, "match-stream", "matcher", command);
    command_add(command, "--batch");
    command_add(command, "%u", side->items_per_call);
    add_in_flight(side->in_flight, command);
    add_time(bench, command);
}

void words_logins(struct bench *bench, const struct side *side, struct command *command)
{
    begin_session(bench, side, "logins", DESK, command);
    add_watched("auth", set_of(bench, side->part)->auth, command);
    add_in_flight(side->in_flight, command);
    add_seconds(fmax(bench->options.seconds, LOGIN_SECONDS), command);
}

void words_beside(struct bench *bench, const struct side *side, size_t number, struct command *command)
{
    char account[32];
    switch (side->beside) {
    case BESIDE_STREAMS:
        /* Each its own: an account is in once. */
        snprintf(account, sizeof(account), DESK "%zu", number);
        begin_session(bench, side, "match-stream", account, command);
        command_add_all(command, "--batch 256 --in-flight 32 --warm-up 0.1 --beside");
        break;
    case BESIDE_LOGINS:
        begin_session(bench, side, "logins", DESK, command);
        add_in_flight(DESKS, command);
        command_add_all(command, "--warm-up 0.1 --beside");
        break;
    case BESIDE_MATCHES:
        begin_session(bench, side, "match", "matcher", command);
        command_add_all(command, "--in-flight 64 --warm-up 0.1 --beside");
        break;
    default:
        begin_session(bench, side, side->beside == BESIDE_ROTATION ? "rotation" : "backup", "owner", command);
    }
}

/* Numbers that no run has enrolled yet. */
static void add_new_people(struct bench *bench, uint64_t count, struct command *command)
{
    command_add(command, "--first");
    command_add(command, "%" PRIu64, bench->next_person);
    command_add(command, "--count");
    command_add(command, "%" PRIu64, count);
    bench->next_person += count;
}

void words_mixed(struct bench *bench, const struct side *side, struct command *command)
{
    begin_session(bench, side, "mixed", "matcher", command);
    command_add_all(command, "--enroll-account enroller");
    add_new_people(bench, MIXED_PEOPLE, command);
    add_in_flight(side->in_flight, command);
    add_time(bench, command);
}

void words_enroll(struct bench *bench, const struct side *side, struct command *command)
{
    begin_session(bench, side, "enroll", "enroller", command);
    add_new_people(bench, enrolments(data_of(bench, side->part)), command);
    command_add(command, "--batch");
    command_add(command, "%u", side->items_per_call);
}

void words_connections(struct bench *bench, const struct side *side, struct command *command)
{
    begin_set(bench, side, "connections", command);
    command_add_all(command, "--method " HEALTH_CHECK);
    command_add(command, "--count");
    command_add(command, "%u", side->in_flight);
}

/* kind is the number of commands that it sends at once. */
void words_redis_benchmark(struct bench *bench, const struct side *side, struct command *command)
{
    double per_s = side->kind > 1 ? GET_PIPED_PER_S : side->in_flight > 1 ? 2 * GET_PER_S : GET_PER_S / 4;
    command_init(command);
    command_add(command, "redis-benchmark");
    command_add_all(command, "--csv -s");
    command_add(command, "%s", bench->redis.socket);
    command_add(command, "-c");
    command_add(command, "%u", side->in_flight);
    command_add(command, "-P");
    command_add(command, "%d", side->kind);
    command_add(command, "-n");
    command_add(command, "%.0f", per_s * bench->options.seconds);
    command_add(command, "-r");
    command_add(command, "%" PRIu64, bench->data[0].people);
    command_add_all(command, "GET key:__rand_int__");
}

void words_redis(struct bench *bench, const struct side *side, struct command *command)
{
    static const char *const commands[] = {"get", "get", "mget", "mget-open"};
    bench_command(bench, "bench-peer-redis", command);
    command_add(command, "%s", commands[side->kind]);
    command_add(command, "%s", bench->redis.socket);
    command_add(command, "%s", bench->data[0].table);
    command_add(command, "%u", side->items_per_call);
    command_add(command, "%g", bench->options.seconds);
    command_add(command, "server:%d", (int)bench->redis.server.pid);
}

void words_pgbench(struct bench *bench, const struct side *side, struct command *command)
{
    static const char *const scripts[] = {"select", "pgcrypto"};
    command_init(command);
    command_add(command, "%s/pgbench", bench->postgres.programs);
    command_add_all(command, "--no-vacuum --protocol=prepared --jobs=2 --username=bench");
    command_add(command, "--client=%u", side->in_flight);
    command_add(command, "--time=%.0f", ceil(bench->options.seconds));
    command_add(command, "--host=%s", bench->postgres.folder);
    command_add(command, "--file=%s/%s.pgbench", bench->folder, scripts[side->kind]);
    command_add(command, "bench");
}

void words_postgres(struct bench *bench, const struct side *side, struct command *command)
{
    bench_command(bench, "bench-peer-postgres", command);
    command_add(command, "%s", side->kind == 0 ? "any" : "any-open");
    command_add(command, "%s", bench->postgres.folder);
    command_add(command, "%s", bench->data[0].table);
    command_add(command, "%u", side->items_per_call);
    command_add(command, "%g", bench->options.seconds);
}

void words_barbican(struct bench *bench, const struct side *side, struct command *command)
{
    begin_h2load(bench, bench->barbican.socket, command);
    command_add_all(command, "--h1 -H x-project-id:11 -H accept:text/plain");
    command_add(command, "--clients=%u", side->in_flight);
    command_add(command, "--input-file=%s/barbican.uris", bench->folder);
}
