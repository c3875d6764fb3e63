/* A logged-in session of the set under load, through libsekisho: what a client of the product does before its calls. */
#ifndef SEKISHO_BENCH_SESSION_H
#define SEKISHO_BENCH_SESSION_H

#include "load/options.h"
#include "sekisho.h"

struct bench_session {
    struct sekisho_client *client;
    struct sekisho_session *session;
};

/* Of one of the accounts that the options name. 0, or -1 with a line on standard error. */
int bench_session_open(const struct options *options, const char *account, struct bench_session *session);
/* Logs out. 0, or -1 with a line on standard error. */
int bench_session_close(struct bench_session *session);

/* A failure of libsekisho as a line on standard error. */
void bench_session_complain(const char *what, const struct sekisho_error *error);

#endif
