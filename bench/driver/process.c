#include "driver/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/cpu.h"

#define TAIL        1500 /* bytes of what a failed process said */
#define OUTPUT_MAX  (1 << 20)
#define EXEC_FAILED 127

static volatile sig_atomic_t asked;

int bench_fail(const char *format, ...)
{
    va_list arguments;
    fputs(isatty(STDERR_FILENO) ? "\r\033[Kbench: " : "bench: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return -1;
}

static void on_end_signal(int number)
{
    (void)number;
    asked = 1;
}

void catch_end_signals(void)
{
    struct sigaction action = {.sa_handler = on_end_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool end_asked(void)
{
    return asked != 0;
}

/* In the child: never returns. A peer's own group, so that Ctrl-C reaches this process only, which ends it in order. */
static void become(const struct command *command, pid_t parent, int out, int errors)
{
    setpgid(0, 0);
    if (command->as_nobody && geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
        _exit(EXEC_FAILED);
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0 ||
        (command->folder != NULL && chdir(command->folder) != 0) ||
        (command->home != NULL && setenv("HOME", command->home, 1) != 0)) {
        _exit(EXEC_FAILED);
    }
    execvp(command->words[0], command->words);
    dprintf(STDERR_FILENO, "%s: %s\n", command->words[0], strerror(errno));
    _exit(EXEC_FAILED);
}

static pid_t start(const struct command *command, int out, int errors)
{
    pid_t parent = getpid();
    if (end_asked()) {
        bench_fail("told to end");
        return -1;
    }
    if (command->overflowed || command->count == 0) {
        bench_fail("a command line is too long");
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        become(command, parent, out, errors);
    }
    if (pid < 0) {
        bench_fail("cannot start %s: %s", command->words[0], strerror(errno));
    }
    return pid;
}

static char *read_whole(int fd)
{
    char *text = calloc(1, OUTPUT_MAX + 1);
    ssize_t length = text != NULL ? pread(fd, text, OUTPUT_MAX, 0) : 0;
    if (text != NULL) {
        text[length > 0 ? length : 0] = '\0';
    }
    return text;
}

static const char *tail_of(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    return length == 0 ? "nothing" : text + (length > TAIL ? length - TAIL : 0);
}

/* How a process ended, as bench_fail's line; -1. */
static int tell_end(const char *name, int status, const char *said)
{
    if (WIFSIGNALED(status)) {
        return bench_fail("%s was ended by signal %d; it said: %s", name, WTERMSIG(status), tail_of(said));
    }
    return bench_fail("%s failed with status %d; it said: %s", name, WEXITSTATUS(status), tail_of(said));
}

int child_start(struct child *child, const struct command *command, const char *log)
{
    int pipe_ends[2];
    *child = (struct child){0};
    snprintf(child->name, sizeof(child->name), "%s", command_name(command));
    snprintf(child->log, sizeof(child->log), "%s", log);
    int errors = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (errors < 0 || pipe2(pipe_ends, O_CLOEXEC) != 0) {
        return bench_fail("%s: %s", log, strerror(errno));
    }
    /* Nobody reads a pipe after the first lines: what says more would stand still when it is full. */
    pid_t pid = start(command, command->tells_ready ? pipe_ends[1] : errors, errors);
    close(pipe_ends[1]);
    close(errors);
    if (pid < 0) {
        close(pipe_ends[0]);
        return -1;
    }
    child->pid = pid;
    child->out = pipe_ends[0];
    return 0;
}

int child_fail(const struct child *child, const char *what)
{
    char text[TAIL + 1] = "";
    int fd = open(child->log, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        off_t size = lseek(fd, 0, SEEK_END);
        ssize_t length = pread(fd, text, TAIL, size > TAIL ? size - TAIL : 0);
        text[length > 0 ? length : 0] = '\0';
        close(fd);
    }
    return bench_fail("%s %s; it said: %s", child->name, what, tail_of(text));
}

int child_wait_line(struct child *child, const char *start_text, double seconds, char *rest, size_t size)
{
    char line[512];
    size_t length = 0;
    uint64_t deadline = clock_ns() + (uint64_t)(seconds * 1e9);
    for (;;) {
        uint64_t now = clock_ns();
        struct pollfd ready = {.fd = child->out, .events = POLLIN};
        int left_ms = now < deadline ? (int)((deadline - now) / 1000000) + 1 : 0;
        if (end_asked() || poll(&ready, 1, left_ms) <= 0) {
            return child_fail(child, "is not ready in time");
        }
        if (read(child->out, line + length, 1) != 1) {
            return child_fail(child, "does not start");
        }
        if (line[length] != '\n') {
            length += length < sizeof(line) - 2;
            continue;
        }
        line[length] = '\0';
        if (strncmp(line, start_text, strlen(start_text)) == 0) {
            snprintf(rest, size, "%s", line + strlen(start_text));
            return 0;
        }
        length = 0;
    }
}

int child_wait_path(struct child *child, const char *path, double seconds)
{
    uint64_t deadline = clock_ns() + (uint64_t)(seconds * 1e9);
    while (access(path, F_OK) != 0) {
        if (end_asked() || clock_ns() > deadline) {
            return child_fail(child, "is not ready in time");
        }
        if (waitpid(child->pid, NULL, WNOHANG) != 0) {
            child->pid = 0;
            close(child->out);
            return child_fail(child, "does not start");
        }
        poll(NULL, 0, 20);
    }
    return 0;
}

/* Waits for a process with a deadline; false when it has not ended by then. */
static bool wait_until(pid_t pid, uint64_t deadline, int *status, struct rusage *usage)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    for (;;) {
        if (wait4(pid, status, WNOHANG, usage) != 0) {
            break;
        }
        uint64_t now = clock_ns();
        if (now >= deadline || fd < 0) {
            close(fd);
            return false;
        }
        struct pollfd ended = {.fd = fd, .events = POLLIN};
        if (poll(&ended, 1, (int)((deadline - now) / 1000000) + 1) < 0 && end_asked()) {
            close(fd);
            return false;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return true;
}

bool child_runs(const struct child *child)
{
    siginfo_t ended = {.si_pid = 0};
    return waitid(P_PID, (id_t)child->pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

void child_ask_end(const struct child *child)
{
    if (child->pid != 0) {
        kill(child->pid, SIGTERM);
    }
}

void child_end(struct child *child, double seconds)
{
    int status;
    struct rusage usage;
    if (child->pid == 0) {
        return;
    }
    kill(child->pid, SIGTERM);
    uint64_t deadline = clock_ns() + (uint64_t)(seconds * 1e9);
    bool ended = wait_until(child->pid, deadline, &status, &usage);
    while (!ended && clock_ns() < deadline) { /* a second signal to us only cuts the poll short */
        ended = wait_until(child->pid, deadline, &status, &usage);
        poll(NULL, 0, 10);
    }
    if (!ended) {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    close(child->out);
    child->pid = 0;
}

static int finish(const struct command *command, pid_t pid, double seconds, struct finished *finished, int out,
                  int errors)
{
    int status;
    struct rusage usage;
    if (!wait_until(pid, clock_ns() + (uint64_t)(seconds * 1e9), &status, &usage)) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return bench_fail(end_asked() ? "told to end during %s" : "%s did not end in time", command_name(command));
    }
    finished->cpu_ns = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000u +
                       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000u;
    finished->output = read_whole(out);
    finished->errors = read_whole(errors);
    if (finished->output == NULL || finished->errors == NULL) {
        return bench_fail("no memory");
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return tell_end(command_name(command), status,
                        finished->errors[0] != '\0' ? finished->errors : finished->output);
    }
    return 0;
}

int run_to_end(const struct command *command, double seconds, struct finished *finished)
{
    *finished = (struct finished){0};
    int out = memfd_create("output", MFD_CLOEXEC);
    int errors = memfd_create("errors", MFD_CLOEXEC);
    pid_t pid = out >= 0 && errors >= 0 ? start(command, out, errors) : -1;
    int result = pid > 0 ? finish(command, pid, seconds, finished, out, errors) : -1;
    close(out);
    close(errors);
    if (result != 0) {
        finished_free(finished);
    }
    return result;
}

void finished_free(struct finished *finished)
{
    free(finished->output);
    free(finished->errors);
    *finished = (struct finished){0};
}

int run_quietly(const struct command *command, double seconds)
{
    struct finished finished;
    int result = run_to_end(command, seconds, &finished);
    finished_free(&finished);
    return result;
}
