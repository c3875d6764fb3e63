/* Servers and loads as processes: each is ended by the pid it was started with, never by its name. */
#ifndef SEKISHO_BENCH_PROCESS_H
#define SEKISHO_BENCH_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "driver/command.h"

/* A line "bench: ..." on standard error. Always -1, so that a function can end with it. */
int bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* SIGINT, SIGTERM and SIGHUP make everything below fail from then on, so that what was started is ended in order. */
void catch_end_signals(void);
bool end_asked(void);

/* A server that runs until it is ended. pid 0: none. */
struct child {
    pid_t pid;
    int out;        /* its standard output, when it tells_ready */
    char name[32];  /* for messages */
    char log[1024]; /* the file with its standard error */
};

/* Starts it, with standard error in a new file `log`. It gets SIGTERM when this process dies. 0, or -1 with a line. */
int child_start(struct child *child, const struct command *command, const char *log);

/* bench_fail with what the child said last on standard error. */
int child_fail(const struct child *child, const char *what);

/* Waits for a line of its standard output that begins with `start`; `rest` gets what follows. 0, or -1 with lines. */
int child_wait_line(struct child *child, const char *start, double seconds, char *rest, size_t size);

/* Waits until `path` exists, as a server's socket does when it listens. 0, or -1 with lines. */
int child_wait_path(struct child *child, const char *path, double seconds);

/* Whether it has not ended. */
bool child_runs(const struct child *child);

/* SIGTERM, without waiting: several children end at the same time. */
void child_ask_end(const struct child *child);

/* SIGTERM, and SIGKILL when it has not ended after `seconds`. A child that is none is fine. */
void child_end(struct child *child, double seconds);

/* What a command said and used. Freed with finished_free. */
struct finished {
    char *output, *errors; /* zero-terminated */
    uint64_t cpu_ns;
};

/* Runs a command to its end, at most `seconds`. 0 when it exits with 0; else -1 with lines that say what it said. */
int run_to_end(const struct command *command, double seconds, struct finished *finished);
void finished_free(struct finished *finished);
/* run_to_end without its output. */
int run_quietly(const struct command *command, double seconds);

/* CPU time of a process and of all below it, those that have ended included. */
uint64_t cpu_of_tree_ns(pid_t ancestor);

/* The process below `ancestor` whose name is `name`, or 0. */
pid_t find_descendant(pid_t ancestor, const char *name);

#endif
