#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "driver/process.h"

/* Parent and name of a process (proc(5), stat). */
static bool look_at(pid_t pid, pid_t *parent, char name[32])
{
    char path[32];
    char text[256] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    char *begin = strchr(text, '(');
    char *end = strrchr(text, ')');
    if (begin == NULL || end == NULL) {
        return false;
    }
    snprintf(name, 32, "%.*s", (int)(end - begin - 1), begin + 1);
    int found;
    bool whole = sscanf(end + 1, " %*c %d", &found) == 1;
    *parent = whole ? (pid_t)found : 0;
    return whole;
}

static bool is_below(pid_t pid, pid_t ancestor)
{
    char name[32];
    pid_t parent;
    while (pid > 1 && look_at(pid, &parent, name)) {
        if (parent == ancestor) {
            return true;
        }
        pid = parent;
    }
    return false;
}

/* The next process of an open /proc that is below `ancestor`, with its name; 0 at the end. */
static pid_t next_descendant(DIR *processes, pid_t ancestor, char name[32])
{
    for (const struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
        pid_t parent;
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
        if (pid > 0 && is_below(pid, ancestor) && look_at(pid, &parent, name)) {
            return pid;
        }
    }
    return 0;
}

pid_t find_descendant(pid_t ancestor, const char *wanted)
{
    char name[32] = "";
    DIR *processes = opendir("/proc");
    pid_t pid = processes != NULL ? next_descendant(processes, ancestor, name) : 0;
    while (pid != 0 && strcmp(name, wanted) != 0) {
        pid = next_descendant(processes, ancestor, name);
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return pid;
}

uint64_t cpu_of_tree_ns(pid_t ancestor)
{
    char name[32];
    uint64_t total = cpu_of_process_ns(ancestor) + cpu_of_children_ns(ancestor);
    DIR *processes = opendir("/proc");
    for (pid_t pid = processes != NULL ? next_descendant(processes, ancestor, name) : 0; pid != 0;
         pid = next_descendant(processes, ancestor, name)) {
        total += cpu_of_process_ns(pid) + cpu_of_children_ns(pid);
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return total;
}
