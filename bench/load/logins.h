/* Load: clients that log in and out, each again and again as an account of its own, over a connection of its own. What
 * is measured is the login, from its question for a challenge to the session; what is counted is logins. */
#ifndef SEKISHO_BENCH_LOGINS_H
#define SEKISHO_BENCH_LOGINS_H

#include "load/options.h"

/* --in-flight clients, as the accounts <--account>0, <--account>1 and so on. 0, or -1 with a line on standard error. */
int logins_run(const struct options *options);

#endif
