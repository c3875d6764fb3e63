/*
 * The keeper: starts one set of processes at a time, waits for its end, starts the next one after a pause that doubles,
 * and gives up when that happens too often: a respawning vault is one more try for whoever attacks it. A front that ran
 * out of memory (EXIT_FRONT) is not counted and costs the first pause only: else four floods an hour would end the
 * service for good, and it is no try at the vault, which has found nothing wrong with its frames.
 *
 * It is the first stage of the warden: root, or uid 0 of its own user namespace. It holds no channel and reads nothing
 * but exit statuses and signals. Its only descriptor is that of an unsealed root key, which it never maps (root_key.h).
 */
#ifndef SEKISHO_WARDEN_KEEPER_H
#define SEKISHO_WARDEN_KEEPER_H

#include <stdint.h>
#include <sys/types.h>

struct keeper_plan {
    /* Makes the process of one set; `restarts` counts those within the window. Returns its pid, or -1. */
    pid_t (*start)(void *context, unsigned restarts);
    void *context;
    int64_t first_pause_ms; /* before the first restart; doubles with each further one within the window */
    int64_t window_ms;
    unsigned restarts_max; /* within the window, at most KEEPER_RESTARTS_MAX */
};
#define KEEPER_RESTARTS_MAX 8

extern const struct keeper_plan keeper_default; /* 1 s, one hour, three; start is not set */

/*
 * Blocks until it is over; returns the exit code of the warden. SIGTERM, SIGINT and SIGHUP are passed to the set once,
 * as SIGTERM; the second one kills it. A set that ends with EXIT_DRAINED or EXIT_CONFIG is not started again.
 */
int keeper_run(const struct keeper_plan *plan);

#endif
