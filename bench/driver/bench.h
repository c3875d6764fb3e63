/*
 * What the parts of the driver share. A part is something that must run, or exist, for a group of sides: it is started
 * when one of its sides has been chosen, and ended before the driver ends, however that comes.
 */
#ifndef SEKISHO_BENCH_BENCH_H
#define SEKISHO_BENCH_BENCH_H

#include "driver/files.h"
#include "driver/options.h"
#include "driver/process.h"

#define WARM_UP          0.25 /* seconds before each measured run */
#define BESIDE_SECONDS   2    /* a run beside streams, at least: without a lane, few single calls come through */
#define LOGIN_SECONDS    2    /* a run of logins, or of password hashes, at least: a hash takes 0.15 s */
#define PING             "/sekisho.bench.v1.BenchService/Ping"
#define PREFECTURE       11 /* of the stores */
#define ENROLL_BATCH     2000
#define MIXED_PEOPLE     1000000 /* numbers kept free for the enrolments of one run of the mixed load */
#define PING_SERVERS     4
#define DESKS            8 /* that put loads on a set at once: as the accounts desk0, desk1 ... */
#define DESK             "desk"
#define BARBICAN_SECRETS 200
#define PGCRYPTO_PEOPLE  20000
#define SETS             7 /* parts from PART_SET on */
#define REGISTER_COPIES  4 /* parts from PART_REGISTER on */

enum part {
    PART_NONE, /* nothing but the machine */
    PART_PING,
    PART_STORE,
    PART_STORE_LARGE,
    PART_ROWS,
    PART_SET,
    PART_SET_LARGE,
    PART_SET_UNRECORDED, /* its vault records nothing in the ledger */
    PART_SET_QUEUED,     /* its front has no lane for bulk calls */
    PART_SET_REGISTER,   /* a register, and nobody in the vault */
    PART_SET_REGISTER_SMALL,
    PART_SET_REGISTER_LARGE,
    PART_REGISTER, /* for loops in one process */
    PART_REGISTER_ROWS,
    PART_REGISTER_SMALL,
    PART_REGISTER_LARGE,
    PART_REDIS,
    PART_POSTGRES,
    PART_BARBICAN,
    PARTS,
};

struct ping_server {
    struct child tcp, unix_socket;
    unsigned port;
    char socket[PATH_SIZE];
};

/* A store with people in it: made once, copied for a run. */
struct data {
    uint64_t people;
    char made[PATH_SIZE];  /* folder: data.mdb, erasures, root.key */
    char table[PATH_SIZE]; /* of struct person (core/people.h) */
    char copy[PATH_SIZE];  /* folder that the loops in one process work on */
    char rows[PATH_SIZE];  /* folder that bare LMDB works on */
};

/* Registers with people in them: a tenth of --registrants, as many, ten times as many. */
enum registers_size { REGISTERS_SMALL, REGISTERS_USUAL, REGISTERS_LARGE, REGISTERS_SIZES };
struct registers {
    uint64_t registrants;
    char made[PATH_SIZE];           /* folder */
    uint64_t next_row, next_import; /* the last serial number in the copy for bare LMDB, and in the set's */
};

struct set {
    struct child warden;
    char folder[PATH_SIZE]; /* of keygen */
    char store[PATH_SIZE];  /* the file that its calls read */
    unsigned port;
    pid_t front, vault, auth;
};

struct redis {
    struct child server;
    char socket[PATH_SIZE];
};

struct postgres {
    struct child server;
    char programs[PATH_SIZE]; /* folder of initdb and postgres */
    char folder[PATH_SIZE];   /* with its socket */
};

struct barbican {
    struct child server;
    char folder[PATH_SIZE], socket[PATH_SIZE];
};

struct bench {
    struct options options;
    char binaries[PATH_SIZE]; /* of the build */
    char folder[PATH_SIZE];   /* of this run, below the build: keys, copies of the stores, logs */
    char peers[PATH_SIZE];    /* of this run, where nobody may enter: sockets, the peers' data */
    struct ping_server ping[PING_SERVERS];
    struct data data[2]; /* as --people and --large say */
    struct set set[SETS];
    struct registers registers[REGISTERS_SIZES];
    char register_copy[REGISTER_COPIES][PATH_SIZE];
    struct redis redis;
    struct postgres postgres;
    struct barbican barbican;
    uint64_t next_person; /* the first whose number no run has enrolled */
    double capacity[8];   /* calls a second found before the rounds, by enum capacity (sides.h); 0: not known */
};

/* What a part's functions do: absent gives the reason why it cannot run here, or NULL; start 0, or -1 with lines; end
 * takes back all that start did, also when that failed halfway. */
struct part_functions {
    const char *(*absent)(const struct bench *bench);
    int (*start)(struct bench *bench, enum part part);
    void (*end)(struct bench *bench, enum part part);
};
extern const struct part_functions part_functions[PARTS];

/* Says how far things are, on one line of a terminal. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A command that begins with a program of the build. */
void bench_command(const struct bench *bench, const char *program, struct command *command);

/* keys.c: keys, certificates and accounts of a set in `folder`, listening on `port`. 0, or -1 with lines. */
int keys_make(const struct bench *bench, const char *folder, unsigned port);

/* ping.c: a server of the empty unary service. */
struct ping_kind {
    const char *name, *title, *program;
    const char *words; /* after the address; NULL: bench-ping-server, which takes none */
};
extern const struct ping_kind ping_kinds[PING_SERVERS];
int ping_start(struct bench *bench, enum part part);
void ping_end(struct bench *bench, enum part part);

/* data.c */
int store_start(struct bench *bench, enum part part);
void store_end(struct bench *bench, enum part part);
/* Makes the data of a store unless it is there. */
int data_make(struct bench *bench, struct data *data, uint64_t people);

/* register.c */
bool part_has_registers(enum part part);
struct registers *registers_of(struct bench *bench, enum part part);
/* Makes the register of a part unless it is there. */
int registers_make(struct bench *bench, enum part part);
int register_start(struct bench *bench, enum part part);
void register_end(struct bench *bench, enum part part);
/* A copy for a set. */
int set_put_register(struct bench *bench, struct set *set, enum part part);
uint64_t registers_gib(const struct registers *registers);

/* set.c */
bool part_is_set(enum part part);
struct set *set_of(struct bench *bench, enum part part);
/* The data that a part of stores or sets serves. */
struct data *data_of(struct bench *bench, enum part part);
int set_start(struct bench *bench, enum part part);
void set_end(struct bench *bench, enum part part);

/* redis.c, postgres.c, barbican.c */
const char *redis_absent(const struct bench *bench);
int redis_start(struct bench *bench, enum part part);
void redis_end(struct bench *bench, enum part part);
const char *postgres_absent(const struct bench *bench);
int postgres_start(struct bench *bench, enum part part);
void postgres_end(struct bench *bench, enum part part);
const char *barbican_absent(const struct bench *bench);
int barbican_start(struct bench *bench, enum part part);
void barbican_end(struct bench *bench, enum part part);

#endif
