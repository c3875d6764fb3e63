#include "load/logins.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <grpc/status.h>

#include "load/session.h"

struct desk {
    const struct options *options;
    char account[64];
    struct bench_session session;
    pthread_t thread;
};

/* Static: its histogram alone is 34 KB. The lock guards it: libsekisho's calls wait, so each desk has a thread. */
static struct measurement measurement;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* True while logins are to be started: one that fails ends the run, which is worth nothing then. */
static bool count_login(bool done, uint64_t started_ns)
{
    pthread_mutex_lock(&lock);
    uint64_t now_ns = clock_ns();
    if (done) {
        measurement_record(&measurement, started_ns, now_ns);
    } else {
        measurement_fail(&measurement, GRPC_STATUS_UNKNOWN);
    }
    bool go_on = measurement_tick(&measurement, now_ns) && measurement.failed == 0;
    pthread_mutex_unlock(&lock);
    return go_on;
}

static void *log_in_and_out(void *argument)
{
    struct desk *desk = argument;
    bool go_on = true;
    while (go_on) {
        uint64_t started_ns = clock_ns();
        bool in = bench_session_login(desk->options, desk->account, &desk->session) == 0;
        go_on = count_login(in, started_ns);
        if (in && bench_session_logout(&desk->session) != 0) {
            go_on = count_login(false, started_ns);
        }
    }
    return NULL;
}

static int open_desks(const struct options *options, struct desk *desks)
{
    for (unsigned i = 0; i < options->plan.in_flight; i++) {
        desks[i].options = options;
        int length = snprintf(desks[i].account, sizeof(desks[i].account), "%s%u", options->account, i);
        if (length < 0 || (size_t)length >= sizeof(desks[i].account) ||
            bench_session_connect(options, &desks[i].session.client) != 0) {
            return -1;
        }
    }
    return 0;
}

static int run_desks(const struct options *options, struct desk *desks)
{
    unsigned started = 0;
    measurement_start(&measurement, &options->plan);
    while (started < options->plan.in_flight &&
           pthread_create(&desks[started].thread, NULL, log_in_and_out, &desks[started]) == 0) {
        started++;
    }
    if (started < options->plan.in_flight) {
        fputs("bench-load: no thread for each client\n", stderr);
        count_login(false, 0);
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(desks[i].thread, NULL);
    }
    return started == options->plan.in_flight ? 0 : -1;
}

static int report(void)
{
    const struct workload logins = {.name = "logins", .items_per_call = 1};
    struct run_result result;
    int worth = measurement_result(&measurement, &logins, &result);
    return report_write(&result, stdout) == 0 ? worth : -1;
}

int logins_run(const struct options *options)
{
    struct desk *desks = calloc(options->plan.in_flight, sizeof(*desks));
    if (desks == NULL) {
        return -1;
    }
    int result = open_desks(options, desks);
    if (result == 0) {
        result = run_desks(options, desks);
        result = report() == 0 ? result : -1;
    }
    for (unsigned i = 0; i < options->plan.in_flight; i++) {
        if (desks[i].session.client != NULL) {
            sekisho_disconnect(desks[i].session.client);
        }
    }
    free(desks);
    return result;
}
