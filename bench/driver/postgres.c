/*
 * A private PostgreSQL: a unix socket, a quarter of the memory as shared buffers (what its documentation advises), up
 * to 1 GiB, nothing else changed from its defaults. Three tables of the same people: person  the client makes the keyed
 * hash, as Redis' client does (peers/keyed.h) probe   for pgbench, which cannot make one: the server hashes key and
 * number vault   as probe, with the number encrypted by pgcrypto
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "driver/bench.h"

#define PROGRAMS      "/usr/lib/postgresql/15/bin"
#define LOAD_SECONDS  3600
#define READY_SECONDS 60
/* The number of person i without its check digit, as core/people.c makes it, and its keyed hash. */
#define BODY "61803398887 %% 100000000000"
#define HASH "sha256('\\x62656e63683a206b657965642068617368206f66207067626e63682d2d2d2d2d'::bytea || int8send(%s))"

const char *postgres_absent(const struct bench *bench)
{
    char client[PATH_SIZE];
    bool there = access(PROGRAMS "/postgres", X_OK) == 0 &&
                 access("/usr/share/postgresql/15/extension/pgcrypto.control", R_OK) == 0 &&
                 path_make(client, "%s/bench-peer-postgres", bench->binaries) == 0 && file_exists(client);
    return there ? NULL : "PostgreSQL (postgresql-15, libpq-dev)";
}

static int make_cluster(const struct postgres *postgres)
{
    struct command command;
    command_init(&command);
    command_add_all(&command, PROGRAMS "/initdb --username=bench --auth=trust --no-sync --encoding=UTF8 --locale=C");
    command_add(&command, "--pgdata=%s/data", postgres->folder);
    command.as_nobody = true;
    command.folder = postgres->folder;
    return run_quietly(&command, 120);
}

static bool says_ready(const char *path)
{
    char line[64];
    bool ready = false;
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        ready = strncmp(line, "ready", 5) == 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return ready;
}

/* The last line of postmaster.pid is its state. */
static int wait_until_ready(struct postgres *postgres)
{
    char path[PATH_SIZE];
    if (path_make(path, "%s/data/postmaster.pid", postgres->folder) != 0 ||
        child_wait_path(&postgres->server, path, READY_SECONDS) != 0) {
        return -1;
    }
    uint64_t deadline = clock_ns() + READY_SECONDS * 1000000000ull;
    while (!says_ready(path)) {
        if (end_asked() || clock_ns() > deadline) {
            return bench_fail("PostgreSQL is not ready in time");
        }
        poll(NULL, 0, 20);
    }
    return 0;
}

static int start_server(struct bench *bench)
{
    struct postgres *postgres = &bench->postgres;
    struct command command;
    char log[PATH_SIZE];
    long quarter_mib = sysconf(_SC_PHYS_PAGES) / 4 * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
    if (path_make(log, "%s/postgres.log", bench->folder) != 0) {
        return -1;
    }
    command_init(&command);
    command_add_all(&command, PROGRAMS "/postgres -c listen_addresses= -D");
    command_add(&command, "%s/data", postgres->folder);
    command_add(&command, "-c");
    command_add(&command, "unix_socket_directories=%s", postgres->folder);
    command_add(&command, "-c");
    command_add(&command, "shared_buffers=%ldMB", quarter_mib < 1024 ? quarter_mib : 1024);
    command.as_nobody = true;
    command.folder = postgres->folder;
    return child_start(&postgres->server, &command, log) == 0 ? wait_until_ready(postgres) : -1;
}

static int run_psql(const struct postgres *postgres, const char *database, const char *option, const char *value)
{
    struct command command;
    command_init(&command);
    command_add(&command, "%s/psql", postgres->programs);
    command_add_all(&command, "--no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=bench");
    command_add(&command, "--host=%s", postgres->folder);
    command_add(&command, "--dbname=%s", database);
    command_add(&command, "--%s=%s", option, value);
    return run_quietly(&command, LOAD_SECONDS);
}

static uint64_t pgcrypto_people(const struct bench *bench)
{
    return bench->data[0].people < PGCRYPTO_PEOPLE ? bench->data[0].people : PGCRYPTO_PEOPLE;
}

static int write_sql(const struct bench *bench)
{
    char path[PATH_SIZE], text[4096];
    static const char format[] =
        "CREATE EXTENSION pgcrypto;\nCREATE EXTENSION pg_prewarm;\n"
        "CREATE TABLE probe AS SELECT " HASH " AS hash, uuid_send(gen_random_uuid()) AS reference\n"
        "  FROM (SELECT i * " BODY " AS body FROM generate_series(1::bigint, %" PRIu64 ") i) people;\n"
        "ALTER TABLE probe ADD PRIMARY KEY (hash);\n"
        "CREATE TABLE vault AS SELECT " HASH " AS hash, pgp_sym_encrypt(lpad(body::text, 11, '0'), 'bench') AS sealed\n"
        "  FROM (SELECT i * " BODY " AS body FROM generate_series(1::bigint, %" PRIu64 ") i) people;\n"
        "ALTER TABLE vault ADD PRIMARY KEY (hash);\nVACUUM ANALYZE;\n"
        "SELECT pg_prewarm(c.oid::regclass) FROM pg_class c WHERE relname ~ '^(person|probe|vault)';\n";
    int length = snprintf(text, sizeof(text), format, "body", bench->data[0].people, "body", pgcrypto_people(bench));
    if (length < 0 || length >= (int)sizeof(text) || path_make(path, "%s/load.sql", bench->folder) != 0) {
        return bench_fail("SQL too long");
    }
    return file_write(path, text, 0600);
}

static int write_script(const struct bench *bench, const char *name, const char *query, uint64_t people)
{
    char path[PATH_SIZE], text[2048], hash[256];
    snprintf(hash, sizeof(hash), HASH, ":body");
    int length = snprintf(text, sizeof(text), "\\set i random(1, %" PRIu64 ")\n\\set body :i * " BODY "\n%s %s;\n",
                          people, query, hash);
    if (length < 0 || length >= (int)sizeof(text) || path_make(path, "%s/%s.pgbench", bench->folder, name) != 0) {
        return bench_fail("script too long");
    }
    return file_write(path, text, 0600);
}

static int load_people(const struct bench *bench)
{
    struct command command;
    bench_command(bench, "bench-peer-postgres", &command);
    command_add(&command, "load");
    command_add(&command, "%s", bench->postgres.folder);
    command_add(&command, "%s", bench->data[0].table);
    return run_quietly(&command, LOAD_SECONDS);
}

static int load(const struct bench *bench)
{
    char sql[PATH_SIZE];
    say("loading PostgreSQL");
    if (path_make(sql, "%s/load.sql", bench->folder) != 0 || write_sql(bench) != 0 ||
        write_script(bench, "select", "SELECT reference FROM probe WHERE hash =", bench->data[0].people) != 0 ||
        write_script(bench, "pgcrypto",
                     "SELECT pgp_sym_decrypt(sealed, 'bench') = lpad((:body)::bigint::text, 11, '0') FROM vault "
                     "WHERE hash =",
                     pgcrypto_people(bench)) != 0) {
        return -1;
    }
    int result = run_psql(&bench->postgres, "postgres", "command", "CREATE DATABASE bench");
    result = result == 0 ? load_people(bench) : result;
    return result == 0 ? run_psql(&bench->postgres, "bench", "file", sql) : result;
}

int postgres_start(struct bench *bench, enum part part)
{
    struct postgres *postgres = &bench->postgres;
    (void)part;
    say("starting PostgreSQL");
    if (path_make(postgres->programs, "%s", PROGRAMS) != 0 || path_make(postgres->folder, "%s/pg", bench->peers) != 0 ||
        folder_make_for_nobody(postgres->folder) != 0 || make_cluster(postgres) != 0 || start_server(bench) != 0) {
        return -1;
    }
    return load(bench);
}

void postgres_end(struct bench *bench, enum part part)
{
    (void)part;
    child_end(&bench->postgres.server, 30);
}
