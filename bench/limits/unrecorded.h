/* Calls that leave no leaf in the ledger. */
#ifndef SEKISHO_BENCH_UNRECORDED_H
#define SEKISHO_BENCH_UNRECORDED_H

#include <stdbool.h>

/* Whether ledger_append appends; false at the start. */
extern bool unrecorded;

#endif
