/*
 * Workload: sealed MATCH calls that all match. A chosen number of calls is sealed before the run, because what is
 * measured is the set, not the client's AES; when they are used up the others are sealed as they are sent, and counted.
 * The clear part of every answer is checked; the sealed part of every answer to a batch and of every 64th other is
 * opened.
 */
#ifndef SEKISHO_BENCH_MATCH_H
#define SEKISHO_BENCH_MATCH_H

#include "core/people.h"
#include "load/load.h"
#include "sekisho.h"

struct match_plan {
    struct sekisho_session *session;
    const struct person *people; /* stays the caller's */
    uint64_t people_count;
    uint32_t batch;
    uint64_t seal_ahead;
    bool stream; /* MatchStream instead of Match */
};

/* NULL with a line on standard error. */
struct workload *match_open(const struct match_plan *plan);
void match_close(struct workload *workload);

#endif
