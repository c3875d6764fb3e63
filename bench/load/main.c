/* bench-load: puts one load on one server and writes what it saw as one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"
#include "load/beside.h"
#include "load/connections.h"
#include "load/enroll.h"
#include "load/load.h"
#include "load/logins.h"
#include "load/match.h"
#include "load/mixed.h"
#include "load/options.h"
#include "load/ping.h"
#include "load/register.h"
#include "load/register_import.h"
#include "load/session.h"

/* Static: its histogram alone is 34 KB. */
static struct measurement measurement;

static int report(const struct workload *workload)
{
    struct run_result result;
    int worth = measurement_result(&measurement, workload, &result);
    return report_write(&result, stdout) == 0 ? worth : -1;
}

/* Puts the workload on a connection of its own. */
static int run_workload(const struct options *options, struct workload *workload, bool stream)
{
    struct connection connection;
    if (connection_open(&options->endpoint, &connection) != 0) {
        return -1;
    }
    int result = (stream                     ? stream_run
                  : options->plan.rate > 0.0 ? open_run
                                             : unary_run)(&connection, workload, &options->plan, &measurement);
    connection_close(&connection);
    return report(workload) == 0 ? result : -1;
}

static int run_ping(const struct options *options)
{
    struct workload *workload = ping_open(options->method, options->payload_bytes);
    if (workload == NULL) {
        return -1;
    }
    int result = run_workload(options, workload, false);
    ping_close(workload);
    return result;
}

static int match_people(const struct options *options, struct match_plan *plan)
{
    struct bench_session session;
    if (bench_session_open(options, options->account, &session) != 0) {
        return -1;
    }
    plan->session = session.session;
    struct workload *workload = match_open(plan);
    int result = -1;
    if (workload != NULL) {
        result = run_workload(options, workload, plan->stream);
        match_close(workload);
    }
    return bench_session_close(&session) == 0 ? result : -1;
}

static int run_match(const struct options *options)
{
    struct match_plan plan = {
        .batch = options->batch,
        .seal_ahead = options->seal_ahead,
        .stream = strcmp(options->command, "match-stream") == 0,
    };
    struct person *people;
    if (people_load(options->table_file, &people, &plan.people_count) != 0) {
        perror("bench-load: table");
        return -1;
    }
    plan.people = people;
    int result = match_people(options, &plan);
    free(people);
    return result;
}

static int mix(const struct options *options, struct mixed_plan *plan)
{
    struct bench_session matcher, enroller;
    if (bench_session_open(options, options->account, &matcher) != 0) {
        return -1;
    }
    if (bench_session_open(options, options->enroll_account, &enroller) != 0) {
        bench_session_close(&matcher);
        return -1;
    }
    plan->matcher = matcher.session;
    plan->enroller = enroller.session;
    struct workload *workload = mixed_open(plan);
    int result = -1;
    if (workload != NULL) {
        result = run_workload(options, workload, false);
        mixed_close(workload);
    }
    result = bench_session_close(&enroller) == 0 ? result : -1;
    return bench_session_close(&matcher) == 0 ? result : -1;
}

static int run_mixed(const struct options *options)
{
    struct mixed_plan plan = {.first = options->first, .count = options->count};
    struct person *people;
    if (people_load(options->table_file, &people, &plan.people_count) != 0) {
        perror("bench-load: table");
        return -1;
    }
    plan.people = people;
    int result = mix(options, &plan);
    free(people);
    return result;
}

static int run_unary(const struct options *options, struct workload *workload)
{
    return run_workload(options, workload, false);
}

static int run_register(const struct options *options)
{
    return register_run(options, run_unary);
}

static const struct {
    const char *name;
    int (*run)(const struct options *options);
} commands[] = {
    {"ping", run_ping},
    {"enroll", enroll_run},
    {"match", run_match},
    {"match-stream", run_match},
    {"mixed", run_mixed},
    {"connections", connections_run},
    {"register-get", run_register},
    {"register-number", run_register},
    {"register-reference", run_register},
    {"register-name", run_register},
    {"register-prefix", run_register},
    {"register-import", register_import_run},
    {"rotation", rotation_run},
    {"backup", backup_run},
    {"logins", logins_run},
};

static int run(const struct options *options)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(options->command, commands[i].name) == 0) {
            return commands[i].run(options);
        }
    }
    fprintf(stderr, "bench-load: no load is called %s\n", options->command);
    return -1;
}

int main(int argc, char **argv)
{
    struct options options;
    if (options_parse(argc, argv, &options) != 0) {
        return 2;
    }
    if (options.plan.beside) {
        beside_prepare();
    }
    grpc_init();
    int result = run(&options);
    grpc_shutdown();
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
