/* commands.c: what commands on a set's register begin and end with. */
#ifndef SEKISHO_BENCH_SET_COMMAND_H
#define SEKISHO_BENCH_SET_COMMAND_H

#include "driver/sides.h"

/* bench-load register-LOAD with a connection to the set, as this account, the set's processes watched. */
void set_command_register(struct bench *bench, const struct side *side, const char *load, const char *account,
                          struct command *command);
void set_command_time(const struct bench *bench, struct command *command);

#endif
