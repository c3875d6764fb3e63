#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "sandbox/sandbox.h"

/* Limits are ceilings: where the caller's own hard limit is lower already, that one stays. */
static bool lower(__rlimit_resource_t resource, uint64_t value)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) < 0)
        return false;
    if (value < limit.rlim_max)
        limit.rlim_max = value;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(resource, &limit) == 0;
}

bool sandbox_rlimits(const struct sandbox_limits *limits)
{
    umask(077);
    /* A file that would grow over its limit is an error of write(2) to be handled, not a signal. */
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return false;
#ifndef SEKISHO_SANITIZED /* shadow memory is terabytes of address space */
    if (limits->memory_bytes != 0 && !lower(RLIMIT_AS, limits->memory_bytes))
        return false;
#endif
    return lower(RLIMIT_CORE, 0) && lower(RLIMIT_NPROC, limits->processes) && lower(RLIMIT_NOFILE, limits->files) &&
           lower(RLIMIT_FSIZE, limits->file_bytes);
}
