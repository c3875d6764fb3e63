#include "evil.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../auth/harness.h"
#include "crypto/hash.h"

#define VAULT_UID       64200u
#define PATIENCE_MS     60000
#define DESCRIPTORS_MAX 253 /* SCM_MAX_FD: the most that one record carries */
#define STORE_BYTES     (256u << 20)

static bool is_root(void)
{
    return geteuid() == 0;
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(99);
    close(fd);
}

/* What the warden's keeper does for a user who is not root. */
static bool enter_user_namespace(void)
{
    char map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();

    if (unshare(CLONE_NEWUSER) != 0)
        return false;
    snprintf(map, sizeof map, "0 %u 1", uid);
    write_file("/proc/self/uid_map", map);
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
    return true;
}

static bool can_run(void)
{
    int status;

    if (is_root())
        return true;
    pid_t pid = fork();
    if (pid == 0)
        _exit(enter_user_namespace() ? 0 : 1);
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static int setup_in(const char *base, void **state)
{
    struct evil *evil = calloc(1, sizeof *evil);

    if (!can_run()) {
        puts("SKIPPED: needs root or user namespaces");
        exit(77);
    }
    assert_int_equal(crypto_init(), 0);
    evil->binary = VAULT_BINARY;
    evil->ttl_s = 600;
    evil->session = SESSION_ALL;
    evil->limits = (struct guess_limits){5, 10, 3, 100, 200, 2000};
    snprintf(evil->folder, sizeof evil->folder, "%s/sekisho-boundary-XXXXXX", base);
    assert_non_null(mkdtemp(evil->folder));
    if (is_root())
        assert_int_equal(chown(evil->folder, VAULT_UID, VAULT_UID), 0);
    *state = evil;
    return 0;
}

int evil_setup(void **state)
{
    return setup_in("/tmp", state);
}

int evil_setup_in_memory(void **state)
{
    return setup_in(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", state);
}

int evil_setup_auth(void **state)
{
    char path[128];

    setup_in("/tmp", state);
    struct evil *evil = *state;
    evil->binary = AUTH_BINARY;
    evil->rules = harness_rules;
    harness_fill_store(evil->folder);
    snprintf(path, sizeof path, "%s/data.mdb", evil->folder);
    if (is_root())
        assert_int_equal(chown(path, VAULT_UID, VAULT_UID), 0);
    return 0;
}

static void close_channels(struct evil *evil)
{
    close(evil->control.fd);
    close(evil->front.fd);
    close(evil->auth.fd);
}

static void remove_pins(const struct evil *evil)
{
    static const char *const kinds[] = {"citizen", "ledger"};
    char path[128];

    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%02u.%s.pin", evil->folder, i & 1 ? TENANT_A : TENANT_B, kinds[i / 2]);
        unlink(path);
    }
}

int evil_teardown(void **state)
{
    struct evil *evil = *state;
    char path[128];

    if (evil->pid) {
        kill(evil->pid, SIGKILL);
        waitpid(evil->pid, NULL, 0);
        close_channels(evil);
    }
    snprintf(path, sizeof path, "%s/data.mdb", evil->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", evil->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", evil->folder, REDO_NAME);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", evil->folder, ERASURES_NAME);
    unlink(path);
    remove_pins(evil);
    rmdir(evil->folder);
    free(evil);
    return 0;
}

static int root_key_file(void)
{
    char path[] = "/tmp/sekisho-key-XXXXXX";
    uint8_t key[32];
    int fd = mkstemp(path);

    memset(key, EVIL_KEY_BYTE, sizeof key);
    assert_int_equal(write(fd, key, sizeof key), sizeof key);
    close(fd);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    return fd;
}

/* Moves the child's CLOCK_BOOTTIME (time_namespaces(7)); what it executes has it. */
static void move_clock(uint64_t seconds)
{
    char offset[64];

    if (unshare(CLONE_NEWTIME) != 0)
        _exit(96);
    snprintf(offset, sizeof offset, "boottime %llu 0", (unsigned long long)seconds);
    write_file("/proc/self/timens_offsets", offset);
}

/* The child: descriptors by number, nothing else, empty environment. */
static void exec_process(const struct evil *evil, const int ends[3], int key)
{
    char name[] = "sekisho";
    char *arguments[] = {name, NULL}, *environment[] = {NULL};
    int moved[4];

    if (!is_root() && !enter_user_namespace())
        _exit(98);
    if (evil->boot_offset_s > 0)
        move_clock(evil->boot_offset_s);
    for (int i = 0; i < 4; i++)
        moved[i] = fcntl(i < 3 ? ends[i] : key, F_DUPFD, 20);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    for (int i = 0; i < 4; i++)
        dup2(moved[i], 3 + i);
    close_range(7, ~0u, 0);
    execve(evil->binary, arguments, environment);
    _exit(97);
}

static void send_configuration(struct evil *evil)
{
    struct launch_config config = {
        .flags = is_root() ? LAUNCH_ROOT : 0,
        .uid = is_root() ? VAULT_UID : 0,
        .gid = is_root() ? VAULT_UID : 0,
        .tenant_count = 2,
        .tenants = {TENANT_A, TENANT_B},
        .store_bytes = STORE_BYTES,
        .session_ttl_s = evil->ttl_s,
        .session_max = 16,
        .accounts = evil->rules,
    };

    for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
        config.guesses[purpose] = evil->limits;
    memcpy(config.data_folder, evil->folder, sizeof evil->folder);
    assert_int_equal(channel_send(&evil->control, FRAME_CONFIGURE, 0, &config, sizeof config), CHANNEL_OK);
}

/* Events are the vault's log; the harness passes over them. */
static ssize_t receive_but_events(struct evil *evil, struct frame_header *header, void *body, size_t size)
{
    ssize_t length;

    do
        length = evil_receive(&evil->control, header, body, size);
    while (length >= 0 && header->type == FRAME_EVENT);
    return length;
}

void evil_start(struct evil *evil)
{
    int pairs[3][2], key = root_key_file();
    struct frame_header header;

    for (int i = 0; i < 3; i++)
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pairs[i]), 0);
    evil->pid = fork();
    if (evil->pid == 0) {
        const int ends[3] = {pairs[0][1], pairs[1][1], pairs[2][1]};
        exec_process(evil, ends, key);
    }
    assert_true(evil->pid > 0);
    close(key);
    for (int i = 0; i < 3; i++)
        close(pairs[i][1]);
    channel_init(&evil->control, pairs[0][0], PEER_VAULT);
    channel_init(&evil->front, pairs[1][0], PEER_VAULT);
    channel_init(&evil->auth, pairs[2][0], PEER_VAULT);
    evil->call_seq = 0;
    send_configuration(evil);
    assert_int_equal(receive_but_events(evil, &header, &evil->report, sizeof evil->report), sizeof evil->report);
    assert_int_equal(header.type, FRAME_ATTEST);
}

void evil_serve(struct evil *evil)
{
    struct frame_header header;
    struct ready_report ready;

    assert_int_equal(channel_send(&evil->control, FRAME_START, 0, NULL, 0), CHANNEL_OK);
    assert_int_equal(receive_but_events(evil, &header, &ready, sizeof ready), sizeof ready);
    assert_int_equal(header.type, FRAME_READY);
}

int evil_wait(struct evil *evil)
{
    int status;

    for (int waited = 0; waited < PATIENCE_MS; waited += 2) {
        if (waitpid(evil->pid, &status, WNOHANG) == evil->pid) {
            evil->pid = 0;
            close_channels(evil);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        }
        usleep(2000);
    }
    fail_msg("the vault did not end");
    return -1;
}

void evil_kill(struct evil *evil)
{
    assert_int_equal(kill(evil->pid, SIGKILL), 0);
    assert_int_equal(evil_wait(evil), 1000 + SIGKILL);
}

void evil_drain(struct evil *evil)
{
    assert_int_equal(channel_send(&evil->control, FRAME_DRAIN, 0, NULL, 0), CHANNEL_OK);
    assert_int_equal(evil_wait(evil), EXIT_DRAINED);
}

ssize_t evil_send_raw(int fd, const void *record, size_t length, int descriptors)
{
    struct iovec iov = {.iov_base = (void *)(uintptr_t)record, .iov_len = length};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
        struct cmsghdr align;
    } control = {0};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

    if (descriptors) {
        int fds[DESCRIPTORS_MAX], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        for (int i = 0; i < descriptors; i++)
            fds[i] = null;
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)descriptors);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int) * (size_t)descriptors), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)descriptors);
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        close(null);
        return sent;
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

size_t evil_frame(struct channel *channel, uint16_t type, const void *body, size_t body_length, uint8_t *record)
{
    struct frame_header header;

    frame_fill(&header, type, (uint32_t)body_length, ++channel->sent, 0);
    memcpy(record, &header, sizeof header);
    if (body_length)
        memcpy(record + sizeof header, body, body_length);
    return sizeof header + body_length;
}

/* The next frame of the last record of a channel, or of the next record. */
static ssize_t receive_any(struct channel *channel, struct frame_header *header, void *body, size_t size)
{
    static _Alignas(8) uint8_t records[PEER_COUNT][FRAME_MAX];
    /* Each of the harness's channels has its own place for what is left of a record. */
    uint8_t *record = records[channel->fd % PEER_COUNT];
    struct pollfd ready = {.fd = channel->fd, .events = POLLIN};

    if (channel->rest_length == 0) {
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            fail_msg("the vault did not answer");
        ssize_t length = recv(channel->fd, record, FRAME_MAX, 0);
        if (length < (ssize_t)sizeof *header)
            return -1;
        channel->rest = record;
        channel->rest_length = (size_t)length;
    }
    memcpy(header, channel->rest, sizeof *header);
    assert_true(header->length >= sizeof *header && header->length <= channel->rest_length);
    size_t body_length = header->length - sizeof *header, step = (header->length + 7) & ~(size_t)7;
    memcpy(body, channel->rest + sizeof *header, body_length < size ? body_length : size);
    assert_false(evil_has_number(channel->rest, header->length));
    channel->rest += step;
    channel->rest_length = step < channel->rest_length ? channel->rest_length - step : 0;
    return (ssize_t)body_length;
}

ssize_t evil_receive(struct channel *channel, struct frame_header *header, void *body, size_t size)
{
    ssize_t length;

    do
        length = receive_any(channel, header, body, size);
    while (length >= 0 && header->type == FRAME_SESSION_USED);
    return length;
}

unsigned evil_uses(struct evil *evil, uint8_t id[SESSION_ID_LEN])
{
    struct pollfd ready = {.fd = evil->auth.fd, .events = POLLIN};
    struct frame_header header;
    unsigned uses = 0;

    for (; poll(&ready, 1, 0) == 1; uses++) {
        assert_int_equal(receive_any(&evil->auth, &header, id, SESSION_ID_LEN), SESSION_ID_LEN);
        assert_int_equal(header.type, FRAME_SESSION_USED);
    }
    return uses;
}
