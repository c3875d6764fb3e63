/* What runs beside a side while it is measured: other loads on the same set. */
#ifndef SEKISHO_BENCH_COMPANY_H
#define SEKISHO_BENCH_COMPANY_H

#include "driver/sides.h"

#define COMPANY_MAX DESKS

struct company {
    struct child load[COMPANY_MAX];
    size_t count;
};

/* Starts what the side wants beside it and waits until all of it is under way. 0, or -1 with lines; company_end in
 * every case. */
int company_start(struct bench *bench, const struct side *side, struct company *company);
/* 0, or -1 with lines when one had ended before it was told to. */
int company_end(struct company *company);

#endif
