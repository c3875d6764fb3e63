#include "harness.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/load.h"
#include "auth/serve.h"
#include "crypto/secret.h"
#include "sandbox/sandbox.h"

#define SESSIONS   4
#define WAIT_MS    20000
#define ANY_LENGTH 0, FRAME_MAX
#define ANY_PHASE  (IN(PHASE_SERVING))
#define CONTROL_FD 3

static const struct frame_rule rules[] = {
    {FRAME_READY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},           {FRAME_EVENT, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_CHALLENGE_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH}, {FRAME_LOGIN_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_LOGOUT_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},    {FRAME_SESSION_OPEN, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_SESSION_CLOSE, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
};

/* One Argon2id hash for all accounts: made once, in the test, before auth runs. */
static struct password_hash known_hash;

static const struct account accounts[] = {
    {.tenant = 11, .role = ROLE_APR, .state = ACCOUNT_ACTIVE, .id = "approver"},
    {.tenant = 11, .role = ROLE_SYS, .state = ACCOUNT_SUSPENDED, .id = "closed"},
    {.tenant = 11, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 13, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 47, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "unserved"},
};

static void serve(const uint8_t login_private[X25519_LEN], int control, int front, int vault)
{
    static struct auth auth;
    const struct launch_config config = {
        .tenant_count = 2, .tenants = {11, 13}, .session_ttl_s = HARNESS_TTL_S, .session_max = SESSIONS};

    dup2(control, CONTROL_FD);
    if (secret_arena_open(sizeof(struct auth_secrets) + 64) != 0)
        _exit(1);
    auth.secrets = secret_alloc(sizeof *auth.secrets);
    memcpy(auth.secrets->login_private, login_private, X25519_LEN);
    x25519_public(login_private, auth.login_public);
    auth.accounts.count = sizeof accounts / sizeof accounts[0];
    auth.accounts.rows = calloc(auth.accounts.count, sizeof accounts[0]);
    memcpy(auth.accounts.rows, accounts, sizeof accounts);
    for (size_t i = 0; i < auth.accounts.count; i++)
        auth.accounts.rows[i].hash = known_hash;
    if (!auth_open(&auth, &config, front, vault))
        _exit(1);
    auth_serve(&auth, child_channel());
    child_exit(EXIT_DRAINED, EVENT_DRAINED, 0, 0, 0);
}

static void pair(int ends[2])
{
    int raw[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, raw), 0);
    /* Away from descriptor 3, which is auth's control channel. */
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 20);
        assert_true(ends[i] >= 20);
        close(raw[i]);
    }
}

int harness_set_up(void **state)
{
    struct harness *harness = calloc(1, sizeof *harness);
    uint8_t login_private[X25519_LEN];
    struct ready_report ready;
    int control[2], front[2], vault[2];

    if (known_hash.salt[0] == 0 && known_hash.salt[1] == 0)
        assert_int_equal(password_make(HARNESS_PASSWORD, strlen(HARNESS_PASSWORD), &known_hash), 0);
    assert_int_equal(x25519_key_pair(login_private, harness->login_public), 0);
    pair(control);
    pair(front);
    pair(vault);
    harness->pid = fork();
    if (harness->pid == 0) {
        close(control[0]);
        close(front[0]);
        close(vault[0]);
        serve(login_private, control[1], front[1], vault[1]);
    }
    close(control[1]);
    close(front[1]);
    close(vault[1]);
    channel_init(&harness->control, control[0], PEER_AUTH);
    channel_init(&harness->front, front[0], PEER_AUTH);
    channel_init(&harness->vault, vault[0], PEER_AUTH);
    harness_send(&harness->control, FRAME_START, 0, NULL, 0);
    harness_receive(&harness->control, FRAME_READY, &ready, sizeof ready);
    *state = harness;
    return 0;
}

int harness_tear_down(void **state)
{
    struct harness *harness = *state;

    if (harness->pid > 0) {
        kill(harness->pid, SIGKILL);
        waitpid(harness->pid, NULL, 0);
    }
    close(harness->control.fd);
    close(harness->front.fd);
    close(harness->vault.fd);
    free(harness);
    return 0;
}

int harness_exit_code(struct harness *harness)
{
    int status = -1;

    assert_int_equal(waitpid(harness->pid, &status, 0), harness->pid);
    harness->pid = 0;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

uint64_t harness_send(struct channel *channel, uint16_t type, uint64_t reply_to, const void *body, size_t length)
{
    assert_int_equal(channel_send(channel, type, reply_to, body, length), CHANNEL_OK);
    return channel->sent;
}

static bool readable(const struct channel *channel, int wait_ms)
{
    struct pollfd fd = {.fd = channel->fd, .events = POLLIN};
    return poll(&fd, 1, wait_ms) == 1;
}

bool harness_silent(struct channel *channel)
{
    return !readable(channel, 50);
}

struct frame_header harness_receive(struct channel *channel, uint16_t type, void *body, size_t length)
{
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    enum frame_verdict verdict;
    struct frame_view view;

    do {
        assert_true(readable(channel, WAIT_MS));
        assert_int_equal(channel_receive(channel, buffer, sizeof buffer, PHASE_SERVING, rules,
                                         sizeof rules / sizeof rules[0], &view, &verdict),
                         CHANNEL_OK);
    } while (view.header->type == FRAME_EVENT && type != FRAME_EVENT);
    assert_int_equal(view.header->type, type);
    assert_int_equal(view.body_length, length);
    memcpy(body, view.body, length);
    return *view.header;
}

void harness_challenge(struct harness *harness, uint16_t tenant, uint8_t challenge[CHALLENGE_LEN])
{
    const struct challenge_request request = {.tenant = tenant};
    struct challenge_reply reply;

    uint64_t seq = harness_send(&harness->front, FRAME_CHALLENGE, 0, &request, sizeof request);
    struct frame_header header = harness_receive(&harness->front, FRAME_CHALLENGE_REPLY, &reply, sizeof reply);
    assert_int_equal(header.reply_to, seq);
    assert_int_equal(reply.known, 1);
    assert_memory_equal(reply.login_key, harness->login_public, X25519_LEN);
    memcpy(challenge, reply.challenge, CHALLENGE_LEN);
}

void client_init(struct client *client, struct harness *harness, const char *account, const char *password)
{
    struct login_plain *plain = &client->plain;

    *client = (struct client){.plain = {.version = 1, .tenant = HARNESS_TENANT}};
    plain->account_length = (uint16_t)strlen(account);
    plain->password_length = (uint16_t)strlen(password);
    memcpy(plain->account, account, plain->account_length);
    memcpy(plain->password, password, plain->password_length);
    memset(plain->certificate, 0xc0, CERT_HASH_LEN);
    assert_int_equal(x25519_key_pair(client->ephemeral_private, plain->client_ephemeral), 0);
    client->request.tenant = HARNESS_TENANT;
    memset(client->request.connection_cert, 0xc0, CERT_HASH_LEN);
    harness_challenge(harness, HARNESS_TENANT, client->request.challenge);
}

void client_seal(struct client *client, const struct harness *harness)
{
    uint8_t info[LOGIN_INFO_LEN];

    sealed_login_info(HARNESS_TENANT, client->request.challenge, info);
    assert_int_equal(hpke_setup_sender(harness->login_public, info, sizeof info, NULL, 0, client->request.encapsulated,
                                       &client->hpke),
                     0);
    assert_int_equal(hpke_seal(&client->hpke, NULL, 0, &client->plain, sizeof client->plain, client->request.sealed),
                     0);
}

uint64_t client_send(const struct client *client, struct harness *harness)
{
    return harness_send(&harness->front, FRAME_LOGIN, 0, &client->request, sizeof client->request);
}

enum login_status client_refused(const struct client *client, struct harness *harness)
{
    struct login_reply reply, nothing = {0};

    uint64_t seq = client_send(client, harness);
    struct frame_header header = harness_receive(&harness->front, FRAME_LOGIN_REPLY, &reply, sizeof reply);
    assert_int_equal(header.reply_to, seq);
    assert_int_not_equal(reply.status, LOGIN_OK);
    nothing.status = reply.status;
    assert_memory_equal(&reply, &nothing, sizeof reply);
    assert_true(harness_silent(&harness->vault));
    return (enum login_status)reply.status;
}

void client_logs_in(const struct client *client, struct harness *harness, struct session_open *open,
                    struct login_reply *reply)
{
    const struct session_open_reply opened = {.opened = 1};

    uint64_t seq = client_send(client, harness);
    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_OPEN, open, sizeof *open);
    /* The front learns of no session that the vault does not have. */
    assert_true(harness_silent(&harness->front));
    harness_send(&harness->vault, FRAME_SESSION_OPEN_REPLY, asked.seq, &opened, sizeof opened);
    struct frame_header answer = harness_receive(&harness->front, FRAME_LOGIN_REPLY, reply, sizeof *reply);
    assert_int_equal(answer.reply_to, seq);
    assert_int_equal(reply->status, LOGIN_OK);
}
