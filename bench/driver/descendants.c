#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

pid_t find_descendant(pid_t ancestor, const char *wanted)
{
    pid_t found = 0;
    DIR *processes = opendir("/proc");
    for (const struct dirent *entry = processes != NULL ? readdir(processes) : NULL; entry != NULL && found == 0;
         entry = readdir(processes)) {
        char name[32];
        pid_t parent;
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
        if (pid > 0 && look_at(pid, &parent, name) && strcmp(name, wanted) == 0 && is_below(pid, ancestor)) {
            found = pid;
        }
    }
    if (processes != NULL) {
        closedir(processes);
    }
    return found;
}
