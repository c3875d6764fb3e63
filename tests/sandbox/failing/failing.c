/*
 * Runs a command in which one system call of one process fails, or says that it succeeded and does nothing. The product
 * is the shipped one and knows nothing of it: an inherited seccomp filter hands the call to a supervisor
 * (seccomp_unotify(2)), which answers in the kernel's place when it is that process's turn.
 *
 *     failing PROCESS NTH ERRNO CALL [ARGUMENT=VALUE...] -- COMMAND [ARGUMENT...]
 *
 * PROCESS: its name without "sekisho-"; `set` is the set's warden, first of its PID namespace. NTH: from the Nth such
 * call of that process on, 1 is the first. ERRNO: a number; 0 pretends success. VALUE: decimal, of one argument 0..5.
 */
#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONDITIONS_MAX 6

struct plan {
    const char *process;
    unsigned long nth;
    int error;
    int call;
    struct scmp_arg_cmp condition[CONDITIONS_MAX];
    unsigned condition_count;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "failing: %s: %s\n", what, strerror(errno));
    _exit(125);
}

/* The value of a line of /proc/<pid>/status; false: the process has ended. */
static bool status_line(pid_t pid, const char *name, char value[128])
{
    char path[64], line[256];
    size_t length = strlen(name);
    bool found = false;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "re");
    while (status && !found && fgets(line, sizeof line, status))
        if (strncmp(line, name, length) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(value, 128, "%s", line + length);
            found = true;
        }
    if (status)
        fclose(status);
    return found;
}

/* An unsealing process and a set's warden are told from others by name and place, not by what they say. */
static bool is_meant(const struct plan *plan, pid_t pid)
{
    char name[128], numbers[128];

    if (!status_line(pid, "Name:\tsekisho-", name) || !status_line(pid, "NSpid:\t", numbers))
        return false;
    if (strcmp(plan->process, "set") != 0)
        return strcmp(name, plan->process) == 0;
    const char *inner = strrchr(numbers, '\t');
    return strcmp(name, "warden") == 0 && inner && strcmp(inner, "\t1") == 0;
}

/* Until no process is left under the filter. */
static void supervise(const struct plan *plan, int listener)
{
    struct seccomp_notif *request;
    struct seccomp_notif_resp *answer;
    unsigned long seen = 0;

    if (seccomp_notify_alloc(&request, &answer) != 0)
        die("memory");
    for (;;) {
        struct pollfd ready = {.fd = listener, .events = POLLIN};
        if (poll(&ready, 1, -1) != 1 || (ready.revents & POLLIN) == 0)
            return;
        memset(request, 0, sizeof *request);
        if (seccomp_notify_receive(listener, request) != 0)
            continue; /* its process has ended */
        bool meant = is_meant(plan, (pid_t)request->pid) && ++seen >= plan->nth;
        *answer = (struct seccomp_notif_resp){.id = request->id,
                                              .error = meant ? -plan->error : 0,
                                              .flags = meant ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE};
        (void)seccomp_notify_respond(listener, answer);
    }
}

static void send_descriptor(int socket, int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof fd)];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    char byte = 0;
    struct iovec body = {&byte, 1};
    const struct msghdr message = {
        .msg_iov = &body, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
    if (sendmsg(socket, &message, 0) != 1)
        die("sendmsg");
}

static int receive_descriptor(int socket)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    struct iovec body = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &body, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int fd;

    if (recvmsg(socket, &message, 0) != 1 || message.msg_controllen == 0)
        die("recvmsg");
    memcpy(&fd, CMSG_DATA(&control.head), sizeof fd);
    return fd;
}

static int install(const struct plan *plan)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (!filter ||
        seccomp_rule_add_array(filter, SCMP_ACT_NOTIFY, plan->call, plan->condition_count, plan->condition) != 0 ||
        seccomp_load(filter) != 0)
        die("filter");
    return seccomp_notify_fd(filter);
}

static char **parse(struct plan *plan, int argc, char **argv)
{
    int at = 5;

    errno = EINVAL;
    if (argc < 7)
        die("usage");
    plan->process = argv[1];
    plan->nth = strtoul(argv[2], NULL, 10);
    plan->error = atoi(argv[3]);
    plan->call = seccomp_syscall_resolve_name(argv[4]);
    if (plan->call == __NR_SCMP_ERROR)
        die(argv[4]);
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        char *value = strchr(argv[at], '=');
        if (!value || plan->condition_count == CONDITIONS_MAX)
            die(argv[at]);
        plan->condition[plan->condition_count++] =
            SCMP_CMP64((unsigned)(argv[at][0] - '0'), SCMP_CMP_EQ, strtoull(value + 1, NULL, 10));
    }
    if (at + 1 >= argc)
        die("no command");
    return argv + at + 1;
}

int main(int argc, char **argv)
{
    struct plan plan = {0};
    char **command = parse(&plan, argc, argv);
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        die("socketpair");
    /* Not a child of the command, which must not see one that it did not start. */
    pid_t between = fork();
    if (between == 0) {
        if (fork() != 0)
            _exit(0);
        close(ends[0]);
        supervise(&plan, receive_descriptor(ends[1]));
        _exit(0);
    }
    if (between < 0 || waitpid(between, NULL, 0) < 0)
        die("fork");
    int listener = install(&plan);
    send_descriptor(ends[0], listener);
    close(listener);
    execvp(command[0], command);
    die(command[0]);
}
