/* bench-load: puts one load on one server and writes what it saw as one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/load.h"
#include "load/options.h"
#include "load/ping.h"

/* Static: its histogram alone is 34 KB. */
static struct measurement measurement;

static int report(const struct workload *workload)
{
    struct run_result result;
    int worth = measurement_result(&measurement, workload, &result);
    return report_write(&result, stdout) == 0 ? worth : -1;
}

static int run_ping(struct connection *connection, const struct options *options)
{
    struct workload *workload = ping_open(options->method, options->payload_bytes);
    if (workload == NULL) {
        return -1;
    }
    int result = unary_run(connection, workload, &options->plan, &measurement);
    result = report(workload) == 0 ? result : -1;
    ping_close(workload);
    return result;
}

static const struct {
    const char *name;
    int (*run)(struct connection *connection, const struct options *options);
} commands[] = {
    {"ping", run_ping},
};

static int run(const struct options *options)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct connection connection;
        if (strcmp(options->command, commands[i].name) != 0) {
            continue;
        }
        if (connection_open(&options->endpoint, &connection) != 0) {
            return -1;
        }
        int result = commands[i].run(&connection, options);
        connection_close(&connection);
        return result;
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
    grpc_init();
    int result = run(&options);
    grpc_shutdown();
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
