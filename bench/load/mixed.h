/*
 * Workload: what a desk does all day. Of a hundred calls 90 are MATCH, 5 LOOKUP and 5 ENROLL, in random order, one item
 * each, in the sessions of the two accounts that may do them. Calls are sealed as they are sent.
 */
#ifndef SEKISHO_BENCH_MIXED_H
#define SEKISHO_BENCH_MIXED_H

#include "core/people.h"
#include "load/load.h"
#include "sekisho.h"

struct mixed_plan {
    struct sekisho_session *matcher, *enroller;
    const struct person *people; /* enrolled; stays the caller's */
    uint64_t people_count;
    uint64_t first, count; /* people (people_number) that may be enrolled; when they are used up the run fails */
};

/* NULL with a line on standard error. */
struct workload *mixed_open(const struct mixed_plan *plan);
void mixed_close(struct workload *workload);

#endif
