#include "server/rpc/log.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <grpc/support/log.h>

enum { LINES_PER_SECOND = 5, LINE_LENGTH = 200 };

static bool over_rate(void)
{
    static atomic_llong second;
    static atomic_int lines;
    long long now = (long long)time(NULL);

    if (atomic_exchange(&second, now) != now)
        atomic_store(&lines, 0);
    return atomic_fetch_add(&lines, 1) >= LINES_PER_SECOND;
}

static void log_line(gpr_log_func_args *args)
{
    char line[LINE_LENGTH];

    if (over_rate())
        return;
    snprintf(line, sizeof line, "%s", args->message);
    for (char *at = line; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    fprintf(stderr, "grpc: %s\n", line);
}

void rpc_log_install(void)
{
    gpr_set_log_function(log_line);
}
