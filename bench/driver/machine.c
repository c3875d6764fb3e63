#include "driver/machine.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TEXT_SIZE 256

/* Each command is a constant: nothing from outside comes into a shell. */
static const struct {
    const char *name;
    enum part part; /* in whose presence it matters; PART_NONE: always */
    const char *command;
} versions[] = {
    /* pkg-config of gRPC core tells an ABI number; both are of one release. */
    {"gRPC core and C++", PART_NONE, "pkg-config --modversion grpc++"},
    {"protobuf-c", PART_NONE, "pkg-config --modversion libprotobuf-c"},
    {"LMDB", PART_NONE, "pkg-config --modversion lmdb"},
    {"OpenSSL", PART_NONE, "pkg-config --modversion libcrypto"},
    {"h2load", PART_NONE, "h2load --version"},
    {"Redis", PART_REDIS, "redis-server --version"},
    {"hiredis", PART_REDIS, "pkg-config --modversion hiredis"},
    {"PostgreSQL", PART_POSTGRES, "psql --version"},
    {"Barbican", PART_BARBICAN, "dpkg-query --showformat='${Version}' --show python3-barbican"},
    {"gunicorn", PART_BARBICAN, "gunicorn --version"},
};

static void first_line(const char *command, char text[TEXT_SIZE])
{
    char quiet[TEXT_SIZE];
    snprintf(text, TEXT_SIZE, "unknown");
    snprintf(quiet, sizeof(quiet), "%s 2>/dev/null", command);
    FILE *pipe = popen(quiet, "re"); /* NOLINT(cert-env33-c): constants only */
    if (pipe == NULL) {
        return;
    }
    char line[TEXT_SIZE];
    if (fgets(line, sizeof(line), pipe) != NULL && line[0] != '\n') {
        snprintf(text, TEXT_SIZE, "%.*s", (int)strcspn(line, "\n"), line);
    }
    pclose(pipe);
}

/* The value of the first line "name<blanks><separator>value" of a file, without quotes; "unknown" when there is none.
 */
static void file_field(const char *path, const char *name, char separator, char value[TEXT_SIZE])
{
    char line[4096];
    bool found = false;
    FILE *file = fopen(path, "re");
    snprintf(value, TEXT_SIZE, "unknown");
    while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
        const char *at = line + strlen(name);
        found = strncmp(line, name, strlen(name)) == 0 && at[strspn(at, " \t")] == separator;
        if (found) {
            at += strspn(at, " \t") + 1;
            at += strspn(at, " \t\"");
            snprintf(value, TEXT_SIZE, "%.*s", (int)strcspn(at, "\"\n"), at);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

static bool is_virtual(void)
{
    char line[8192];
    bool found = false;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
        found = strncmp(line, "flags", 5) == 0 && strstr(line, " hypervisor") != NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

static json_t *version_object(const struct bench *bench)
{
    char text[TEXT_SIZE];
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        enum part part = versions[i].part;
        if (part == PART_NONE || part_functions[part].absent(bench) == NULL) {
            first_line(versions[i].command, text);
            json_object_set_new(object, versions[i].name, json_string(text));
        }
    }
    return object;
}

json_t *machine_describe(const struct bench *bench)
{
    char cpu[TEXT_SIZE], memory[TEXT_SIZE], system[TEXT_SIZE], compiler[TEXT_SIZE];
    struct utsname kernel;
    file_field("/proc/cpuinfo", "model name", ':', cpu);
    file_field("/proc/meminfo", "MemTotal", ':', memory);
    file_field("/etc/os-release", "PRETTY_NAME", '=', system);
    first_line("cc --version", compiler);
    uname(&kernel);
    return json_pack("{s:s, s:I, s:b, s:f, s:s, s:s, s:s, s:s, s:o}", "cpu", cpu, "cores",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "virtual", is_virtual(), "memory_gib",
                     strtod(memory, NULL) / 1048576.0, "kernel", kernel.release, "system", system, "compiler", compiler,
                     "commit", bench->options.commit, "versions", version_object(bench));
}

/* Idle and total ticks of all CPUs (proc(5), stat). */
static bool read_ticks(uint64_t *idle, uint64_t *total)
{
    uint64_t ticks[8];
    FILE *file = fopen("/proc/stat", "re");
    bool whole =
        file != NULL &&
        fscanf(file, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
               &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) == 8;
    if (file != NULL) {
        fclose(file);
    }
    *idle = *total = 0;
    for (size_t i = 0; whole && i < 8; i++) {
        *total += ticks[i];
    }
    *idle = whole ? ticks[3] + ticks[4] : 0;
    return whole;
}

double machine_busy(double seconds)
{
    uint64_t idle_before, total_before, idle_after, total_after;
    bool before = read_ticks(&idle_before, &total_before);
    poll(NULL, 0, (int)(seconds * 1e3));
    if (!before || !read_ticks(&idle_after, &total_after) || total_after == total_before) {
        return 0.0;
    }
    return 1.0 - (double)(idle_after - idle_before) / (double)(total_after - total_before);
}
