#include "warden/identity.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What an unmapped owner looks like (/proc/sys/kernel/overflowuid, fixed in practice). */
#define OVERFLOW_UID 65534

static bool is_mapped(uint32_t uid)
{
    char line[128], *at;
    bool mapped = false;
    FILE *map = fopen("/proc/self/uid_map", "re");

    if (!map)
        return false;
    /* "inside outside count" a line (user_namespaces(7)). */
    while (!mapped && fgets(line, sizeof line, map)) {
        unsigned long inside = strtoul(line, &at, 10);
        (void)strtoul(at, &at, 10);
        mapped = uid >= inside && uid - inside < strtoul(at, NULL, 10);
    }
    fclose(map);
    return mapped;
}

bool has_own_uids(uint32_t uid_base)
{
    return geteuid() == 0 && is_mapped(uid_base) && is_mapped(uid_base + 4);
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written;

    if (fd < 0)
        return false;
    written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

bool enter_user_namespace(void)
{
    char uid_map[32], gid_map[32];

    snprintf(uid_map, sizeof uid_map, "0 %u 1\n", geteuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1\n", getegid());
    /* user_namespaces(7): an ordinary user may map its group only after it has given up setgroups(2). */
    return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", uid_map) && write_file("/proc/self/gid_map", gid_map);
}

bool owner_is_trusted(uid_t owner)
{
    return owner == 0 || owner == geteuid() || (owner == OVERFLOW_UID && !is_mapped(OVERFLOW_UID));
}
