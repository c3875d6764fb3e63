/*
 * Runs the main loop of a process inside the target: the ends of a process (child_exit) come back here, and whenever
 * the loop would wait for its peers, the target plays them. Stands in for privsep/sandbox/child.c and ppoll(2).
 *
 * Also stands in, by the linker's --wrap, for what would make a finding impossible to repeat: random bytes, the clocks
 * of the calendar and of sessions, and the secret arena, which here is the heap, so that the address sanitizer sees
 * each object's bounds.
 */
#ifndef SEKISHO_TESTS_FUZZ_PROCESS_H
#define SEKISHO_TESTS_FUZZ_PROCESS_H

#include "support/fuzz.h"
#include "wire/channel.h"
#include "wire/exit_codes.h"

#define PROCESS_WAITS (-1) /* it lives, and there is nothing more to do */

/* A socket between the process (whose end is `inner`) and the target that plays `peer`. */
struct peer_end {
    struct channel outer, inner;
};
void peer_open(struct peer_end *end, enum peer peer);
void peer_close(struct peer_end *end);

/* Of child_channel. */
extern struct peer_end process_control;

/* Calls serve(context) until it returns (EXIT_DRAINED), ends (its exit code) or waits although `feed` has nothing more
 * to play (PROCESS_WAITS). */
int process_run(void (*serve)(void *context), bool (*feed)(void *context), void *context);

/* Random bytes from here on follow from `seed`; the clock of sessions is at `boot_ms`, and that of the calendar goes
 * with it. */
void process_reset(uint64_t seed, int64_t boot_ms);
void process_advance(int64_t ms);
int64_t process_now_ms(void);
/* Frees what secret_alloc gave since the last time; keeps it for the life of the target. */
void process_free_secrets(void);
void process_keep_secrets(void);

/* Whether a record is what the receiver must accept: written from frame.h's text, not from frame.c. */
bool frame_acceptable(const void *record, size_t length, uint64_t last_seq, enum peer from, enum phase phase,
                      const struct frame_rule *rules, size_t rule_count);

#endif
