/*
 * One set of processes as its warden sees it: who they are, what each was given, what each said of itself and what
 * /proc says of it. One warden process has one set.
 */
#ifndef SEKISHO_WARDEN_SET_H
#define SEKISHO_WARDEN_SET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox/sandbox.h"
#include "warden/config.h"

#define WORKER_FDS 11

/* One process of the set (a row for the warden itself is there for the attestation only). */
struct worker {
    enum process process;
    enum peer peer;
    const char *name;
    const char *executable; /* beside the warden's own */
    const struct seccomp_policy *policy;
    char root[PATH_LEN]; /* the folder that becomes its root */
    bool own_network;    /* must have a network namespace of its own */
    bool ended;          /* and its exit_code is known */
    uint16_t tcp_port;   /* front: from its READY */
    uint32_t threads;    /* exactly so many; 0: any number */
    uint32_t steps;      /* of enum sandbox_step that it must have done */
    int gives_way;       /* added to its nice value; 0: nothing */
    uint32_t sockets;    /* exactly so many when it attests, and no descriptor more than it says; 0: any number */

    int give[WORKER_FDS]; /* descriptor 3 + i of the process; -1: none. Closed here once it is started */

    pid_t pid; /* as fork(2) gave it, in the set's PID namespace */
    int pidfd; /* -1: not started */
    int status_fd;
    enum phase phase;
    int exit_code; /* 128 + signal when a signal ended it */
    struct channel control;
    struct attestation_entry entry;

    /* Events of the running second, so that no process can flood the log. */
    int64_t event_second;
    unsigned events, events_dropped;
};

struct set {
    const struct warden_config *config;
    bool own_uids; /* root: each process has a uid of its own */
    struct worker worker[PROCESS_COUNT];
    int executables; /* folder of the warden's own executable, O_PATH */
    int store_lock, accounts_lock, register_lock;
    int signal_fd;
    char empty_folder[PATH_LEN];
    int64_t started_at_us;
    uint32_t restarts;

    /* Why the set must end. */
    int fault;  /* exit code when the warden found it out itself; else 0 */
    bool lost;  /* a channel closed or a process ended */
    int cause;  /* exit code of the process that ended first, consequences left out */
    bool asked; /* by SIGTERM or SIGINT */
};

/* Starts with the rows of who is who; nothing is opened. */
void set_init(struct set *set, const struct warden_config *config, uint32_t restarts);
uint32_t set_uid(const struct set *set, enum process process); /* 0 in a user namespace */

/* folders.c: makes and checks the folders, takes the store for itself alone, removes a socket left by an earlier run.
 * Needs the starting user's rights. */
bool set_prepare_folders(struct set *set);

/* wiring.c: gives `fd` as descriptor `at`; makes a channel between two processes; between a process and the warden. All
 * return false with errno. */
bool wire_file(struct set *set, enum process process, int at, int fd);
bool wire_channel(struct set *set, enum process one, int at_one, enum process other, int at_other);
bool wire_control(struct set *set, enum process process);

/* spawn.c: executes a process with what was wired to it, an empty environment and no argument but its name, and sends
 * its CONFIGURE. */
bool spawn(struct set *set, enum process process);

/* verify.c: NULL when what the process reports is what its row asks for and what /proc shows, else what differs. The
 * first needs rights over the process (before the warden's lock-down), the second needs only the descriptor opened
 * before. */
const char *verify_sealed(const struct set *set, struct worker *worker);
const char *verify_still(struct worker *worker);
void verify_init(void); /* what this kernel offers; once, before the lock-down */

/* seal.c: the warden's own lock-down; ends the process when a step fails. */
void seal_warden(struct set *set);

/* watch.c: serves the control channels until every started process has reached `phase`, or one has ended, or somebody
 * asked to end, or the time is over. */
enum watch_result { WATCH_REACHED, WATCH_ENDED, WATCH_ASKED, WATCH_TIMEOUT };
enum watch_result watch(struct set *set, enum phase phase, int timeout_ms);
enum watch_result
watch_serving(struct set *set); /* until the set must end; looks at every process again from time to time */
void watch_once(struct set *set, int timeout_ms); /* one round of it: at most one wait */

/* ending.c: ends the set and returns the exit code that says why. */
int end_because_of_end(struct set *set); /* WATCH_ENDED */
int end_because_asked(struct set *set);  /* WATCH_ASKED: drains front, then the others */
int end_with(struct set *set, int code);

#endif
