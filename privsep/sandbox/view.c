#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

/* Several times what a process with a few supplementary groups shows. */
#define STATUS_MAX 8192

int process_view_open(pid_t pid)
{
    char path[64];

    if (pid == 0)
        return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* The values of line `name`, or NULL. */
static const char *find_line(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (line != text)
            line++;
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
    }
    return NULL;
}

static bool read_number(const char *text, const char *name, int base, uint64_t *value)
{
    const char *line = find_line(text, name);
    char *end;

    if (!line)
        return false;
    *value = strtoull(line, &end, base);
    return end != line;
}

static bool read_u32(const char *text, const char *name, uint32_t *value)
{
    uint64_t wide;

    if (!read_number(text, name, 10, &wide) || wide > UINT32_MAX)
        return false;
    *value = (uint32_t)wide;
    return true;
}

static bool read_ids(const char *text, const char *name, uint32_t *real, uint32_t *effective, uint32_t *saved)
{
    uint32_t *const ids[] = {real, effective, saved};
    const char *at = find_line(text, name);
    char *end;

    for (size_t i = 0; at && i < 3; i++) {
        *ids[i] = (uint32_t)strtoul(at, &end, 10);
        at = end == at ? NULL : end;
    }
    return at != NULL;
}

static bool count_groups(const char *text, uint32_t *groups)
{
    const char *at = find_line(text, "Groups");

    if (!at)
        return false;
    *groups = 0;
    while (*at && *at != '\n') {
        at += strspn(at, " \t");
        if (*at < '0' || *at > '9')
            break;
        (*groups)++;
        at += strspn(at, "0123456789");
    }
    return true;
}

static bool parse(const char *text, struct process_view *view)
{
    return read_ids(text, "Uid", &view->uid, &view->euid, &view->suid) &&
           read_ids(text, "Gid", &view->gid, &view->egid, &view->sgid) && count_groups(text, &view->groups) &&
           read_u32(text, "Threads", &view->threads) && read_u32(text, "NoNewPrivs", &view->no_new_privs) &&
           read_u32(text, "Seccomp", &view->seccomp) && read_u32(text, "Seccomp_filters", &view->seccomp_filters) &&
           read_number(text, "CapInh", 16, &view->cap_inheritable) &&
           read_number(text, "CapPrm", 16, &view->cap_permitted) &&
           read_number(text, "CapEff", 16, &view->cap_effective) &&
           read_number(text, "CapBnd", 16, &view->cap_bounding) &&
           read_number(text, "CapAmb", 16, &view->cap_ambient) && read_number(text, "VmLck", 10, &view->locked_kb);
}

static ssize_t read_status(int status_fd, char text[STATUS_MAX])
{
    ssize_t got;

    do
        got = pread(status_fd, text, STATUS_MAX - 1, 0);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        text[got] = '\0';
    return got;
}

bool process_view_read(int status_fd, struct process_view *view)
{
    char text[STATUS_MAX];

    *view = (struct process_view){0};
    if (read_status(status_fd, text) <= 0)
        return false;
    errno = EPROTO;
    return parse(text, view);
}

bool process_view_pid(int status_fd, uint32_t *pid)
{
    char text[STATUS_MAX];

    if (read_status(status_fd, text) <= 0)
        return false;
    errno = EPROTO;
    return read_u32(text, "Pid", pid);
}
