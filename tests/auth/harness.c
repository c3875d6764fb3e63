#include "harness.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auth/access_records.h"
#include "auth/load.h"
#include "auth/serve.h"
#include "crypto/secret.h"
#include "sandbox/sandbox.h"

#define SESSIONS   4
#define WAIT_MS    20000
#define ANY_LENGTH 0, FRAME_MAX
#define ANY_PHASE  (IN(PHASE_SERVING))
#define CONTROL_FD 3
#define MAP_BYTES  (64ull << 20)

static const struct frame_rule rules[] = {
    {FRAME_READY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_EVENT, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_CHALLENGE_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_LOGIN_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_LOGOUT_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_SESSION_OPEN, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_SESSION_CLOSE, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_ACCOUNT_CALL_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_SESSION_ENDED, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
    {FRAME_ACCESS_HEAD_REPLY, PEER_AUTH, ANY_PHASE, ANY_LENGTH},
};

/* One Argon2id hash for all accounts: made once, in the test, before auth runs. */
static struct password_hash known_hash;

static const struct {
    uint16_t tenant, role, state;
    bool must_change;
    char id[ACCOUNT_LEN];
    const char *person; /* NULL: as the id */
} accounts[] = {
    {.tenant = 11, .role = ROLE_APR, .state = ACCOUNT_ACTIVE, .id = "approver", .person = "suzuki"},
    {.tenant = 11, .role = ROLE_SYS, .state = ACCOUNT_SUSPENDED, .id = "closed"},
    {.tenant = 11, .role = ROLE_ADM, .state = ACCOUNT_ISSUED, .must_change = true, .id = "fresh"},
    {.tenant = 11, .role = ROLE_OWN, .state = ACCOUNT_ACTIVE, .id = "owner"},
    {.tenant = 11, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .id = "sato"},
    {.tenant = 11, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .id = "suzuki"},
    {.tenant = 11, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 13, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
};

static const uint16_t tenants[] = {11, 13};
const struct account_rules harness_rules = {.password_min_chars = 12,
                                            .password_history = 10,
                                            .lock_failures = 5,
                                            .lock_window_s = 900,
                                            .lock_delay_s = 60,
                                            .dormant_days = 45,
                                            .idle_s = HARNESS_IDLE_S,
                                            .terms_version = 1,
                                            .terms_digest = {0x7e}};

void harness_fill_store(const char *folder)
{
    struct account_store store = {0};
    struct stored_terminal terminal = {.version = 1, .kind = TERMINAL_OPERATION, .added_us = 1};
    const char desk[TERMINAL_ID_LEN] = "desk";
    struct timespec now;

    if (known_hash.salt[0] == 0 && known_hash.salt[1] == 0)
        assert_int_equal(password_make(HARNESS_PASSWORD, strlen(HARNESS_PASSWORD), &known_hash), 0);
    clock_gettime(CLOCK_REALTIME, &now);
    memset(terminal.certificate, 0xc0, sizeof terminal.certificate);
    assert_int_equal(account_store_open(&store, folder, MAP_BYTES, tenants, 2), 0);
    assert_int_equal(account_store_begin(&store), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(terminal_put(&store, &store.tenant[i], desk, &terminal), 0);
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        struct stored_account account = {.version = 1,
                                         .role = accounts[i].role,
                                         .kind = ACCOUNT_OFFICER,
                                         .state = accounts[i].state,
                                         .must_change = accounts[i].must_change,
                                         .terms_version = 1,
                                         .hash = known_hash};
        account.issued_us = account.last_login_us = account.password_set_us = account.dormant_from_us =
            (int64_t)now.tv_sec * 1000000;
        strcpy(account.person, accounts[i].person ? accounts[i].person : accounts[i].id);
        assert_int_equal(
            account_put(&store, account_store_tenant(&store, accounts[i].tenant), accounts[i].id, &account), 0);
    }
    assert_int_equal(account_store_commit(&store), 0);
    account_store_close(&store);
}

static void serve(const char *folder, const uint8_t login_private[X25519_LEN], int control, int front, int vault)
{
    static struct auth auth;
    const struct launch_config config = {.tenant_count = 2,
                                         .tenants = {11, 13},
                                         .store_bytes = MAP_BYTES,
                                         .session_ttl_s = HARNESS_TTL_S,
                                         .session_max = SESSIONS,
                                         .accounts = harness_rules};
    int rc;

    dup2(control, CONTROL_FD);
    if (secret_arena_open(sizeof(struct auth_secrets) + sessions_bytes(SESSIONS) + 64) != 0)
        _exit(1);
    auth.secrets = secret_alloc(sizeof *auth.secrets);
    memcpy(auth.secrets->login_private, login_private, X25519_LEN);
    x25519_public(login_private, auth.login_public);
    if (!load_store(&auth, folder, &config, &rc) || !auth_open(&auth, &config, front, vault))
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

    assert_int_equal(x25519_key_pair(login_private, harness->login_public), 0);
    strcpy(harness->folder, "/tmp/sekisho-auth-XXXXXX");
    assert_non_null(mkdtemp(harness->folder));
    harness_fill_store(harness->folder);
    pair(control);
    pair(front);
    pair(vault);
    harness->pid = fork();
    if (harness->pid == 0) {
        close(control[0]);
        close(front[0]);
        close(vault[0]);
        serve(harness->folder, login_private, control[1], front[1], vault[1]);
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

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
    (void)info;
    (void)type;
    (void)position;
    return remove(path);
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
    nftw(harness->folder, remove_entry, 4, FTW_DEPTH | FTW_PHYS);
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

void harness_closes(struct harness *harness, const uint8_t id[SESSION_ID_LEN])
{
    const struct session_close_reply closed = {.closed = 1};
    struct session_close close;

    struct frame_header asked = harness_receive(&harness->vault, FRAME_SESSION_CLOSE, &close, sizeof close);
    assert_memory_equal(close.session, id, SESSION_ID_LEN);
    harness_send(&harness->vault, FRAME_SESSION_CLOSE_REPLY, asked.seq, &closed, sizeof closed);
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

void client_derive(const struct client *client, const struct login_reply *reply, struct session_keys *keys)
{
    const struct session_transcript transcript = {
        .tenant = HARNESS_TENANT,
        .challenge = client->request.challenge,
        .encapsulated = client->request.encapsulated,
        .client_ephemeral = client->plain.client_ephemeral,
        .server_ephemeral = reply->server_ephemeral,
        .session = reply->session,
        .certificate = client->plain.certificate,
    };
    uint8_t exported[32], shared[32];

    assert_int_equal(hpke_export(&client->hpke, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), exported, 32),
                     0);
    assert_int_equal(x25519(client->ephemeral_private, reply->server_ephemeral, shared), 0);
    assert_int_equal(sealed_derive(&transcript, exported, shared, keys), 0);
}

void harness_store(const struct harness *harness, struct account_store *store)
{
    *store = (struct account_store){0};
    assert_int_equal(account_store_open(store, harness->folder, MAP_BYTES, tenants, 2), 0);
}

size_t harness_records(struct account_store *store, uint16_t *events, size_t size)
{
    struct account_tenant *tenant = account_store_tenant(store, HARNESS_TENANT);
    struct access_row row;

    assert_int_equal(account_store_begin(store), 0);
    for (uint64_t i = 0; i < tenant->committed.tree.size; i++) {
        assert_int_equal(access_get(store, tenant, i, &row), 0);
        if (i < size)
            events[i] = row.entry.event;
    }
    account_store_abort(store);
    return (size_t)tenant->committed.tree.size;
}
