/* CPU time and memory of processes and this machine's clock, for costs per operation. */
#ifndef SEKISHO_BENCH_CPU_H
#define SEKISHO_BENCH_CPU_H

#include <stdint.h>
#include <sys/types.h>

#define WATCHED_MAX 8

/* A process whose CPU time is charged to the operations of a run. */
struct watched {
    char name[24];
    pid_t pid;
    uint64_t before_ns, used_ns;
    uint64_t peak_kib;    /* resident memory at its highest so far, file pages that it maps included */
    uint64_t private_kib; /* resident memory that is in no file, at the end of the run */
};

uint64_t clock_ns(void); /* CLOCK_MONOTONIC */

/* CPU time of all living threads of a process (proc(5), task/<tid>/schedstat), or 0 when it has none: it has ended. */
uint64_t cpu_of_process_ns(pid_t pid);

/* CPU time of the ended children that a process has waited for (proc(5), stat), to 10 ms. */
uint64_t cpu_of_children_ns(pid_t pid);

/* Fills the memory of a watched process (proc(5), status); zeros when it has ended. */
void watched_memory(struct watched *watched);

/* CPU time of this process so far. */
uint64_t cpu_of_self_ns(void);

/* Parses "name:pid". 0, or -1. */
int watched_parse(const char *text, struct watched *watched);
void watched_begin(struct watched *watched, int count);
/* Sets used_ns and memory. -1 when one of the processes has ended meanwhile: the run counts for nothing then. */
int watched_end(struct watched *watched, int count);

#endif
