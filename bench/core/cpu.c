#include "core/cpu.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t cpu_of_self_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* schedstat has nanoseconds where /proc/<pid>/stat has ticks of 10 ms. */
static uint64_t cpu_of_thread_ns(pid_t pid, const char *thread)
{
    char path[64];
    if (snprintf(path, sizeof(path), "/proc/%d/task/%.16s/schedstat", (int)pid, thread) >= (int)sizeof(path)) {
        return 0;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    uint64_t ns = 0;
    if (fscanf(file, "%" SCNu64, &ns) != 1) {
        ns = 0;
    }
    fclose(file);
    return ns;
}

uint64_t cpu_of_process_ns(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) {
        return 0;
    }
    uint64_t total = 0;
    for (const struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
        if (entry->d_name[0] != '.') {
            total += cpu_of_thread_ns(pid, entry->d_name);
        }
    }
    closedir(tasks);
    return total;
}

uint64_t cpu_of_children_ns(pid_t pid)
{
    char path[32];
    char line[1024] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    size_t length = fread(line, 1, sizeof(line) - 1, file);
    fclose(file);
    line[length] = '\0';
    /* The name, the second field, may hold anything; the 16th and 17th are counted from its end. */
    const char *rest = strrchr(line, ')');
    uint64_t user, system;
    if (rest == NULL || sscanf(rest + 1, "%*s %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
                               &user, &system) != 2) {
        return 0;
    }
    return (user + system) * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

void watched_memory(struct watched *watched)
{
    char path[32];
    char line[128];
    uint64_t kib;
    watched->peak_kib = watched->private_kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)watched->pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "VmHWM: %" SCNu64, &kib) == 1) {
            watched->peak_kib = kib;
        } else if (sscanf(line, "RssAnon: %" SCNu64, &kib) == 1 || sscanf(line, "RssShmem: %" SCNu64, &kib) == 1) {
            watched->private_kib += kib;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

int watched_parse(const char *text, struct watched *watched)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof(watched->name)) {
        return -1;
    }
    char *end;
    long pid = strtol(colon + 1, &end, 10);
    if (*end != '\0' || pid <= 0) {
        return -1;
    }
    memset(watched, 0, sizeof(*watched));
    memcpy(watched->name, text, (size_t)(colon - text));
    watched->pid = (pid_t)pid;
    return 0;
}

void watched_begin(struct watched *watched, int count)
{
    for (int i = 0; i < count; i++) {
        watched[i].before_ns = cpu_of_process_ns(watched[i].pid);
    }
}

int watched_end(struct watched *watched, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t now = cpu_of_process_ns(watched[i].pid);
        if (now == 0) {
            return -1;
        }
        watched[i].used_ns = now - watched[i].before_ns;
        watched_memory(&watched[i]);
    }
    return 0;
}
