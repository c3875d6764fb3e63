/*
 * auth's main loop with everything behind it but Argon2, played by front, vault and warden: raw records, logins whose
 * seal is good and whose plaintext is the fuzzer's, answers of the vault that were and were not asked for. Requires:
 *   - what frame.h forbids ends the process with EXIT_PROTOCOL;
 *   - a login succeeds only for an active account of a served tenant, its password, the connection's certificate and a
 *     challenge of this process that was not used before; every other answer shows its status and nothing else;
 *   - the front gets an answer after the vault has opened the session, under keys that only the client can derive, and
 *     no byte of those keys or of the password ever goes to the front.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "auth/load.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "support/process.h"
/* For its phase, which lives as long as a process does. */
#include "auth/serve.c" /* NOLINT(bugprone-suspicious-include) */

#define STEPS_MAX  256
#define LOGINS     32
#define SESSIONS   4
#define TTL_S      600
#define PASSWORD   "Correct-Horse-7"
#define CHALLENGES 256 /* more than an input can ask for */

static const struct account accounts[] = {
    {.tenant = 11, .role = ROLE_APR, .state = ACCOUNT_ACTIVE, .id = "approver"},
    {.tenant = 11, .role = ROLE_SYS, .state = ACCOUNT_SUSPENDED, .id = "closed"},
    {.tenant = 11, .role = ROLE_REV, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 13, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 47, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "unserved"},
};
#define ACCOUNTS (sizeof accounts / sizeof accounts[0])

static const struct launch_config config = {
    .tenant_count = 2, .tenants = {11, 13}, .session_ttl_s = TTL_S, .session_max = SESSIONS};

static const struct frame_rule peer_rules[] = {
    {FRAME_CHALLENGE_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(challenge_reply)},
    {FRAME_LOGIN_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(login_reply)},
    {FRAME_LOGOUT_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(logout_reply)},
    {FRAME_SESSION_OPEN, PEER_VAULT, IN(PHASE_SERVING), EXACTLY(session_open)},
    {FRAME_SESSION_CLOSE, PEER_VAULT, IN(PHASE_SERVING), EXACTLY(session_close)},
    {FRAME_READY, PEER_WARDEN, IN(PHASE_SERVING), EXACTLY(ready_report)},
};

/* A login that the harness has sealed. */
struct login {
    uint64_t seq; /* of the front's frame */
    struct login_plain plain;
    struct login_request request;
    uint8_t exported[32];
    bool good; /* all but the challenge is as it must be */
    bool opened;
};

struct world {
    struct input input;
    unsigned steps;
    struct peer_end front, vault;
    bool started, drained, doomed, doomed_control, suspect, closed;
    uint8_t challenge[CHALLENGES][CHALLENGE_LEN]; /* as auth gave them */
    unsigned challenge_count;
    bool challenge_used[CHALLENGES];
    struct login login[LOGINS];
    unsigned login_count;
    struct session_open open[LOGINS]; /* as the vault got them */
    uint64_t open_seq[LOGINS];
    unsigned open_count;
    uint64_t asked; /* last request of auth to the vault */
};

static struct world world;
static struct auth auth;
static uint8_t login_private[X25519_LEN], login_public[X25519_LEN], client_private[X25519_LEN];
static uint8_t record[FRAME_MAX];

/* ---- in the place of Argon2, which would let one input a second through ---- */

bool __wrap_password_verify(const char *password, size_t length, const struct password_hash *hash);
bool __wrap_password_verify(const char *password, size_t length, const struct password_hash *hash)
{
    return hash != &auth.unknown_account && length == strlen(PASSWORD) && memcmp(password, PASSWORD, length) == 0;
}

int __wrap_password_workspace_open(void);
int __wrap_password_workspace_open(void)
{
    return 0;
}

/* ---- sending ---- */

static struct peer_end *end_of(enum peer peer)
{
    return peer == PEER_FRONT ? &world.front : peer == PEER_VAULT ? &world.vault : &process_control;
}

/* What messages.h and requests.c take for a violation although the frame is good; replies of the vault only may be. */
static bool body_violates(uint16_t type, const uint8_t *body)
{
    struct challenge_request challenge;
    struct login_request login;

    switch (type) {
    case FRAME_CHALLENGE:
        memcpy(&challenge, body, sizeof challenge);
        return challenge.zero != 0 || challenge.zero2 != 0;
    case FRAME_LOGIN:
        memcpy(&login, body, sizeof login);
        return login.zero != 0 || login.zero2 != 0 || login.tenant < 1 || login.tenant > TENANTS_MAX;
    default:
        return false;
    }
}

static bool send_record(enum peer peer, const uint8_t *data, size_t length)
{
    struct channel *channel = &end_of(peer)->outer;
    struct frame_header header;
    enum phase now = peer == PEER_WARDEN && !world.started ? PHASE_SEALED
                     : world.drained                       ? PHASE_DRAINING
                                                           : PHASE_SERVING;

    bool good = frame_acceptable(data, length, channel->sent, peer, now, auth_rules, auth_rule_count);
    if (send(channel->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
        return false;
    if (!good) {
        world.closed = world.closed || length == 0;
        world.doomed_control = world.doomed_control || (peer == PEER_WARDEN && length > 0);
        world.doomed = world.doomed || (peer != PEER_WARDEN && length > 0);
        return true;
    }
    memcpy(&header, data, sizeof header);
    channel->sent++;
    world.started = world.started || header.type == FRAME_START;
    world.drained = world.drained || header.type == FRAME_DRAIN;
    world.doomed = world.doomed || body_violates(header.type, data + sizeof header);
    world.suspect = world.suspect || peer == PEER_VAULT;
    return true;
}

static bool send_frame(enum peer peer, uint16_t type, uint64_t reply_to, const void *data, size_t length)
{
    struct frame_header header;

    frame_fill(&header, type, (uint32_t)length, end_of(peer)->outer.sent + 1, reply_to);
    memcpy(record, &header, sizeof header);
    if (length)
        memcpy(record + sizeof header, data, length);
    return send_record(peer, record, sizeof header + length);
}

/* ---- what comes back ---- */

static const struct account *account_of(const struct login_plain *plain)
{
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (accounts[i].tenant == plain->tenant && accounts[i].state == ACCOUNT_ACTIVE && plain->tenant != 47 &&
            plain->account_length == strlen(accounts[i].id) &&
            memcmp(plain->account, accounts[i].id, sizeof plain->account) == 0)
            return &accounts[i];
    return NULL;
}

static bool plain_good(const struct login_plain *plain, const struct login_request *request)
{
    static const char zero[sizeof plain->password];
    size_t length = strlen(PASSWORD);

    return plain->version == 1 && plain->tenant == request->tenant && account_of(plain) &&
           plain->password_length == length && memcmp(plain->password, PASSWORD, length) == 0 &&
           memcmp(plain->password + length, zero, sizeof plain->password - length) == 0 &&
           memcmp(plain->certificate, request->connection_cert, CERT_HASH_LEN) == 0 &&
           memcmp(plain->otp, zero, sizeof plain->otp) == 0 && memcmp(plain->zero, zero, sizeof plain->zero) == 0;
}

static struct login *login_at(uint64_t seq)
{
    for (unsigned i = 0; i < world.login_count; i++)
        if (world.login[i].seq == seq)
            return &world.login[i];
    return NULL;
}

static void require_fresh_challenge(const struct login *login)
{
    for (unsigned i = 0; i < CHALLENGES; i++)
        if (memcmp(world.challenge[i], login->request.challenge, CHALLENGE_LEN) == 0) {
            REQUIRE(!world.challenge_used[i]);
            world.challenge_used[i] = true;
            return;
        }
    REQUIRE(!"a challenge that auth has not made is accepted");
}

/* The keys that the vault got are those that this client derives. */
static void require_keys(const struct login *login, const struct login_reply *reply, const struct session_open *open)
{
    const struct session_transcript transcript = {
        .tenant = login->request.tenant,
        .challenge = login->request.challenge,
        .encapsulated = login->request.encapsulated,
        .client_ephemeral = login->plain.client_ephemeral,
        .server_ephemeral = reply->server_ephemeral,
        .session = reply->session,
        .certificate = login->plain.certificate,
    };
    uint8_t own_public[X25519_LEN], shared[X25519_LEN];
    struct session_keys keys;

    x25519_public(client_private, own_public);
    if (memcmp(own_public, login->plain.client_ephemeral, X25519_LEN) != 0)
        return; /* the plaintext's ephemeral key is the fuzzer's: only its owner could derive them */
    REQUIRE(x25519(client_private, reply->server_ephemeral, shared) == 0);
    REQUIRE(sealed_derive(&transcript, login->exported, shared, &keys) == 0);
    REQUIRE(memcmp(open->call_key, keys.call, SESSION_KEY_LEN) == 0);
    REQUIRE(memcmp(open->reply_key, keys.reply, SESSION_KEY_LEN) == 0);
}

static void on_login_ok(struct login *login, const struct login_reply *reply)
{
    REQUIRE(login != NULL && login->good);
    const struct account *account = account_of(&login->plain);
    REQUIRE(reply->tenant == account->tenant && reply->role == account->role && reply->ttl_ms == TTL_S * 1000);
    REQUIRE(memcmp(reply->account, account->id, ACCOUNT_LEN) == 0);
    require_fresh_challenge(login);
    for (unsigned i = 0; i < world.open_count; i++)
        if (memcmp(world.open[i].session, reply->session, SESSION_ID_LEN) == 0) {
            require_keys(login, reply, &world.open[i]);
            return;
        }
    REQUIRE(!"a login is answered before the vault has its session");
}

static void on_login_reply(const struct frame_view *view)
{
    struct login_reply reply, nothing = {0};

    memcpy(&reply, view->body, sizeof reply);
    REQUIRE(reply.status < LOGIN_STATUS_COUNT);
    if (reply.status == LOGIN_OK) {
        on_login_ok(login_at(view->header->reply_to), &reply);
        return;
    }
    nothing.status = reply.status;
    REQUIRE(memcmp(&reply, &nothing, sizeof reply) == 0);
}

static void on_front_frame(const struct frame_view *view)
{
    REQUIRE(view->header->reply_to <= world.front.outer.sent);
    REQUIRE(memmem(view->body, view->body_length, PASSWORD, strlen(PASSWORD)) == NULL);
    for (unsigned i = 0; i < world.open_count; i++) {
        REQUIRE(memmem(view->body, view->body_length, world.open[i].call_key, SESSION_KEY_LEN) == NULL);
        REQUIRE(memmem(view->body, view->body_length, world.open[i].reply_key, SESSION_KEY_LEN) == NULL);
    }
    if (view->header->type == FRAME_LOGIN_REPLY)
        on_login_reply(view);
    if (view->header->type == FRAME_CHALLENGE_REPLY) {
        struct challenge_reply reply;
        memcpy(&reply, view->body, sizeof reply);
        unsigned slot = world.challenge_count++ % CHALLENGES;
        memcpy(world.challenge[slot], reply.challenge, CHALLENGE_LEN);
        world.challenge_used[slot] = false;
    }
}

static void on_vault_frame(const struct frame_view *view)
{
    struct session_open open;

    world.asked = view->header->seq;
    if (view->header->type != FRAME_SESSION_OPEN || world.open_count == LOGINS)
        return;
    memcpy(&open, view->body, sizeof open);
    for (unsigned i = 0; i < world.open_count; i++) {
        REQUIRE(memcmp(open.session, world.open[i].session, SESSION_ID_LEN) != 0);
        REQUIRE(memcmp(open.call_key, world.open[i].call_key, SESSION_KEY_LEN) != 0);
    }
    REQUIRE(memcmp(open.call_key, open.reply_key, SESSION_KEY_LEN) != 0);
    world.open_seq[world.open_count] = view->header->seq;
    world.open[world.open_count++] = open;
}

static bool read_frame(struct peer_end *end)
{
    static _Alignas(8) uint8_t received[FRAME_MAX];
    enum frame_verdict verdict;
    struct frame_view view;
    enum channel_result result = channel_receive(&end->outer, received, sizeof received, PHASE_SERVING, peer_rules,
                                                 sizeof peer_rules / sizeof peer_rules[0], &view, &verdict);

    REQUIRE(result == CHANNEL_OK || result == CHANNEL_EMPTY);
    if (result == CHANNEL_OK && end == &world.front)
        on_front_frame(&view);
    if (result == CHANNEL_OK && end == &world.vault)
        on_vault_frame(&view);
    return result == CHANNEL_OK;
}

static bool read_frames(void)
{
    bool any = false;

    /* The vault's first: what it got before the front is what is required of auth. */
    while (read_frame(&world.vault) || read_frame(&world.front) || read_frame(&process_control))
        any = true;
    return any;
}

/* ---- steps ---- */

static enum peer input_peer(struct input *input)
{
    return (enum peer[]){PEER_FRONT, PEER_VAULT, PEER_WARDEN}[input_u8(input) % 3];
}

static void step_raw(struct input *input)
{
    enum peer peer = input_peer(input);
    struct input part = input_part(input, input_u8(input));

    send_record(peer, part.at, part.left);
}

static void step_frame(struct input *input)
{
    static uint8_t body[1024];
    enum peer peer = input_peer(input);
    uint16_t type = input_u16(input);
    uint8_t reply_to = input_u8(input);
    size_t length = input_u16(input) % sizeof body;

    input_copy(input, body, length);
    send_frame(peer, type, reply_to, body, length);
}

/* A login_plain as an honest client makes it, before the input changes it. */
static void fill_plain(uint8_t account, struct login_plain *plain)
{
    const struct account *row = &accounts[account % ACCOUNTS];

    *plain = (struct login_plain){.version = 1,
                                  .tenant = row->tenant,
                                  .account_length = (uint16_t)strlen(row->id),
                                  .password_length = (uint16_t)strlen(PASSWORD)};
    memcpy(plain->account, row->id, sizeof plain->account);
    memcpy(plain->password, PASSWORD, strlen(PASSWORD));
    memset(plain->certificate, 0xc0, sizeof plain->certificate);
    x25519_public(client_private, plain->client_ephemeral);
}

static void seal_login(struct login *login)
{
    uint8_t info[LOGIN_INFO_LEN];
    struct hpke_context hpke;

    sealed_login_info(login->request.tenant, login->request.challenge, info);
    REQUIRE(hpke_setup_sender(login_public, info, sizeof info, NULL, 0, login->request.encapsulated, &hpke) == 0);
    REQUIRE(hpke_seal(&hpke, NULL, 0, &login->plain, sizeof login->plain, login->request.sealed) == 0);
    REQUIRE(hpke_export(&hpke, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), login->exported, 32) == 0);
}

/* An honest login with as many bytes of it overwritten as the input says, before and after it is sealed. */
static void step_login(struct input *input)
{
    struct login *login = &world.login[world.login_count % LOGINS];
    uint8_t account = input_u8(input), which = input_u8(input), changes = input_u8(input);

    if (world.login_count == LOGINS)
        return;
    *login = (struct login){.request = {.tenant = accounts[account % ACCOUNTS].tenant}};
    fill_plain(account, &login->plain);
    memset(login->request.connection_cert, 0xc0, CERT_HASH_LEN);
    memcpy(login->request.challenge, world.challenge[which % CHALLENGES], CHALLENGE_LEN);
    for (int i = 0; i < changes % 8; i++) {
        uint16_t at = input_u16(input) % sizeof login->plain;
        ((uint8_t *)&login->plain)[at] = input_u8(input);
    }
    if (changes & 0x80)
        login->request.tenant = input_u16(input);
    if (changes & 0x40)
        login->request.challenge[input_u8(input) % CHALLENGE_LEN] ^= input_u8(input);
    if (changes & 0x20)
        login->request.connection_cert[input_u8(input) % CERT_HASH_LEN] ^= input_u8(input);
    seal_login(login);
    struct login_request sealed = login->request;
    if (changes & 0x10) {
        uint16_t at = input_u16(input) % sizeof login->request;
        ((uint8_t *)&login->request)[at] ^= input_u8(input);
    }
    /* Of the request, only the connection's certificate is not bound by the seal. */
    memcpy(sealed.connection_cert, login->request.connection_cert, CERT_HASH_LEN);
    login->good = plain_good(&login->plain, &login->request) && memcmp(&sealed, &login->request, sizeof sealed) == 0;
    login->seq = world.front.outer.sent + 1;
    if (send_frame(PEER_FRONT, FRAME_LOGIN, 0, &login->request, sizeof login->request))
        world.login_count++;
}

/* A login that was sent before, once more. */
static void step_repeat(struct input *input)
{
    struct login *login = &world.login[world.login_count % LOGINS];

    if (world.login_count == 0 || world.login_count == LOGINS)
        return;
    *login = world.login[input_u8(input) % world.login_count];
    login->seq = world.front.outer.sent + 1;
    if (send_frame(PEER_FRONT, FRAME_LOGIN, 0, &login->request, sizeof login->request))
        world.login_count++;
}

static void step_logout(struct input *input)
{
    struct logout_request request = {{0}};
    uint8_t which = input_u8(input);

    if (world.open_count > 0)
        memcpy(request.session, world.open[which % world.open_count].session, SESSION_ID_LEN);
    if (which & 0x80)
        request.session[0] ^= 1;
    send_frame(PEER_FRONT, FRAME_LOGOUT, 0, &request, sizeof request);
}

static void step_vault_answer(struct input *input)
{
    uint8_t choice = input_u8(input), back = input_u8(input);
    const struct session_open_reply reply = {.opened = choice & 1};
    uint16_t type = choice & 2 ? FRAME_SESSION_CLOSE_REPLY : FRAME_SESSION_OPEN_REPLY;

    send_frame(PEER_VAULT, type, world.asked - back % 8, &reply, sizeof reply);
}

/* Plays one step; true when auth is to have its turn. */
static bool play(struct input *input)
{
    switch (input_u8(input) % 10) {
    case 0:
        step_raw(input);
        return false;
    case 1:
        step_frame(input);
        return true;
    case 2: {
        struct challenge_request request = {.tenant = input_u8(input)};
        send_frame(PEER_FRONT, FRAME_CHALLENGE, 0, &request, sizeof request);
        return true;
    }
    case 3:
        step_repeat(input);
        return true;
    case 4:
        step_logout(input);
        return true;
    case 5:
        step_vault_answer(input);
        return true;
    case 6:
        process_advance(input_u16(input) * 16);
        return true;
    case 7:
        send_frame(PEER_WARDEN, input_u8(input) & 1 ? FRAME_DRAIN : FRAME_START, 0, NULL, 0);
        return true;
    default:
        step_login(input);
        return (world.steps & 1) == 0;
    }
}

static bool feed(void *context)
{
    (void)context;
    bool moved = read_frames();
    while (world.input.left > 0 && world.steps++ < STEPS_MAX) {
        moved = true;
        if (play(&world.input))
            return true;
    }
    world.input.left = 0;
    return moved || read_frames();
}

/* ---- one life of auth ---- */

static void serve(void *context)
{
    auth_serve(context, child_channel());
}

static void start_auth(void)
{
    auth = (struct auth){.secrets = secret_alloc(sizeof *auth.secrets)};
    memcpy(auth.secrets->login_private, login_private, X25519_LEN);
    memcpy(auth.login_public, login_public, X25519_LEN);
    auth.accounts.count = ACCOUNTS;
    auth.accounts.rows = malloc(sizeof accounts);
    REQUIRE(auth.accounts.rows != NULL);
    memcpy(auth.accounts.rows, accounts, sizeof accounts);
    REQUIRE(auth_open(&auth, &config, world.front.inner.fd, world.vault.inner.fd));
    phase = PHASE_SEALED;
}

static void require_end(int code)
{
    switch (code) {
    case PROCESS_WAITS:
        REQUIRE(!(world.started && !world.drained && (world.doomed || world.closed)) && !world.doomed_control);
        break;
    case EXIT_DRAINED:
        REQUIRE(world.drained);
        break;
    case EXIT_PROTOCOL:
        REQUIRE(world.doomed || world.doomed_control || world.suspect);
        break;
    case EXIT_PEER_GONE:
        REQUIRE(world.closed);
        break;
    default:
        REQUIRE(!"an end that no peer may cause");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool initialised;

    process_reset(11, 1000000);
    if (!initialised) {
        REQUIRE(crypto_init() == 0);
        REQUIRE(x25519_key_pair(login_private, login_public) == 0);
        crypto_random(client_private, sizeof client_private);
        initialised = true;
    }
    world = (struct world){.input = {.at = data, .left = size}};
    peer_open(&world.front, PEER_FRONT);
    peer_open(&world.vault, PEER_VAULT);
    peer_open(&process_control, PEER_WARDEN);
    start_auth();
    if (!(input_u8(&world.input) & 1))
        send_frame(PEER_WARDEN, FRAME_START, 0, NULL, 0);
    int code = process_run(serve, feed, &auth);
    require_end(code);
    read_frames();
    challenges_free(auth.challenges);
    sessions_close(&auth.sessions);
    account_table_free(&auth.accounts);
    process_free_secrets();
    peer_close(&world.front);
    peer_close(&world.vault);
    peer_close(&process_control);
    return 0;
}
