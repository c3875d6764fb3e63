/* A logged-in session of the set under load, through libsekisho: what a client of the product does before its calls. */
#ifndef SEKISHO_BENCH_SESSION_H
#define SEKISHO_BENCH_SESSION_H

#include "load/options.h"
#include "sekisho.h"

struct bench_session {
    struct sekisho_client *client;
    struct sekisho_session *session;
};

/* A connection of its own. 0, or -1 with a line on standard error. */
int bench_session_connect(const struct options *options, struct sekisho_client **client);
/* Logs in over session->client. 0, or -1 with a line on standard error. */
int bench_session_login(const struct options *options, const char *account, struct bench_session *session);
/* Logs out, and is connected still. 0, or -1 with a line on standard error. */
int bench_session_logout(struct bench_session *session);

/* Connects and logs in, as one of the accounts that the options name. 0, or -1 with a line on standard error. */
int bench_session_open(const struct options *options, const char *account, struct bench_session *session);
/* Logs out and disconnects. 0, or -1 with a line on standard error. */
int bench_session_close(struct bench_session *session);

/* A failure of libsekisho as a line on standard error. */
void bench_session_complain(const char *what, const struct sekisho_error *error);

#endif
