/*
 * A load that runs beside the one that is measured: it says "begun" on standard output when it is under way, and goes
 * on until SIGTERM, after which it ends in order.
 */
#ifndef SEKISHO_BENCH_BESIDE_H
#define SEKISHO_BENCH_BESIDE_H

#include "load/options.h"

/* Makes SIGTERM ask for the end, from then on. */
void beside_prepare(void);
bool beside_end_asked(void);
void beside_say_begun(void);

/* Upkeep of the vault, again and again: a rotation of record keys, of which none is left running; a backup, whose bytes
 * go nowhere. 0, or -1 with a line on standard error. */
int rotation_run(const struct options *options);
int backup_run(const struct options *options);

#endif
