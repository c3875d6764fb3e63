#include "auth_world.h"

#include <string.h>
#include <sys/socket.h>

#include "auth/serve.h"
#include "crypto/hash.h"
#include "wire/access_entry.h"
#include "wire/ledger_messages.h"

#define EXACTLY(type) sizeof(struct type), sizeof(struct type)

struct world world;
uint8_t client_private[X25519_LEN];

const struct world_account world_accounts[ACCOUNTS] = {
    {.tenant = 11, .role = ROLE_APR, .state = ACCOUNT_ACTIVE, .id = "approver"},
    {.tenant = 11, .role = ROLE_SYS, .state = ACCOUNT_SUSPENDED, .id = "closed"},
    {.tenant = 11, .role = ROLE_OWN, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 13, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "tanaka"},
    {.tenant = 47, .role = ROLE_REC, .state = ACCOUNT_ACTIVE, .id = "unserved"},
};
static const struct frame_rule peer_rules[] = {
    {FRAME_CHALLENGE_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(challenge_reply)},
    {FRAME_LOGIN_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(login_reply)},
    {FRAME_LOGOUT_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(logout_reply)},
    {FRAME_ACCOUNT_CALL_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(account_call_reply)},
    {FRAME_SESSION_ENDED, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(session_ended)},
    {FRAME_ACCESS_HEAD_REPLY, PEER_FRONT, IN(PHASE_SERVING), EXACTLY(ledger_head_reply)},
    {FRAME_ACCESS_PROOF_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_hashes_reply), TREE_REPLY_MAX},
    {FRAME_ACCESS_HASHES_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_hashes_reply), TREE_REPLY_MAX},
    {FRAME_SESSION_OPEN, PEER_VAULT, IN(PHASE_SERVING), EXACTLY(session_open)},
    {FRAME_SESSION_CLOSE, PEER_VAULT, IN(PHASE_SERVING), EXACTLY(session_close)},
    {FRAME_READY, PEER_WARDEN, IN(PHASE_SERVING), EXACTLY(ready_report)},
};

static uint8_t record[FRAME_MAX];

static struct peer_end *end_of(enum peer peer)
{
    return peer == PEER_FRONT ? &world.front : peer == PEER_VAULT ? &world.vault : &process_control;
}

/* What messages.h takes for a violation although the frame is good; replies of the vault only may be. */
static bool body_violates(uint16_t type, const uint8_t *body)
{
    struct challenge_request challenge;
    struct login_request login;
    struct account_call call;
    struct access_refused refused;

    switch (type) {
    case FRAME_CHALLENGE:
        memcpy(&challenge, body, sizeof challenge);
        return challenge.zero != 0 || challenge.zero2 != 0;
    case FRAME_LOGIN:
        memcpy(&login, body, sizeof login);
        return login.zero != 0 || login.zero2 != 0 || login.tenant < 1 || login.tenant > TENANTS_MAX;
    case FRAME_ACCOUNT_CALL:
        memcpy(&call, body, sizeof call);
        return call.zero != 0 || call.zero2 != 0;
    case FRAME_ACCESS_REFUSED:
        memcpy(&refused, body, sizeof refused);
        return refused.zero != 0 ||
               (refused.reason != ACCESS_METHOD_REFUSED && refused.reason != ACCESS_CERTIFICATE_REFUSED);
    default:
        return false;
    }
}

/* Requests for proofs may be ill formed: the ledger's reader decides (fuzz_vault holds it to its own text). */
static bool body_suspect(uint16_t type)
{
    return type == FRAME_ACCESS_HEAD || type == FRAME_ACCESS_PROOF || type == FRAME_ACCESS_HASHES;
}

bool world_send_record(enum peer peer, const uint8_t *data, size_t length)
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
    world.suspect = world.suspect || peer == PEER_VAULT || body_suspect(header.type);
    return true;
}

bool world_send(enum peer peer, uint16_t type, uint64_t reply_to, const void *data, size_t length)
{
    struct frame_header header;

    frame_fill(&header, type, (uint32_t)length, end_of(peer)->outer.sent + 1, reply_to);
    memcpy(record, &header, sizeof header);
    if (length)
        memcpy(record + sizeof header, data, length);
    return world_send_record(peer, record, sizeof header + length);
}

static const struct world_account *account_of(const struct login_plain *plain)
{
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (world_accounts[i].tenant == plain->tenant && world_accounts[i].state == ACCOUNT_ACTIVE &&
            plain->tenant != 47 && plain->account_length == strlen(world_accounts[i].id) &&
            memcmp(plain->account, world_accounts[i].id, sizeof plain->account) == 0)
            return &world_accounts[i];
    return NULL;
}

bool world_login_good(const struct login_plain *plain, const struct login_request *request)
{
    static const char zero[sizeof plain->password];
    uint8_t terminal[CERT_HASH_LEN];
    size_t length = strlen(PASSWORD);

    memset(terminal, 0xc0, sizeof terminal);
    return plain->version == 1 && plain->tenant == request->tenant && account_of(plain) &&
           plain->password_length == length && memcmp(plain->password, PASSWORD, length) == 0 &&
           memcmp(plain->password + length, zero, sizeof plain->password - length) == 0 &&
           memcmp(plain->certificate, request->connection_cert, CERT_HASH_LEN) == 0 &&
           memcmp(plain->certificate, terminal, CERT_HASH_LEN) == 0 &&
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
static void require_keys(struct login *login, const struct login_reply *reply, const struct session_open *open)
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
    login->keys = keys;
    login->answered = true;
    memcpy(login->session, reply->session, SESSION_ID_LEN);
}

static void on_login_ok(struct login *login, const struct login_reply *reply)
{
    REQUIRE(login != NULL && login->good);
    const struct world_account *account = account_of(&login->plain);
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
    if (view->header->type == FRAME_ACCOUNT_CALL_REPLY) {
        struct account_call_reply reply;
        memcpy(&reply, view->body, sizeof reply);
        REQUIRE(reply.status < ACCOUNT_CALL_STATUS_COUNT);
        REQUIRE(reply.status == ACCOUNT_CALL_OK || crypto_all_zero(reply.sealed, sizeof reply.sealed));
    }
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
    REQUIRE(world.open_count < world.good_count);
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

bool world_read(void)
{
    bool any = false;

    /* The vault's first: what it got before the front is what is required of auth. */
    while (read_frame(&world.vault) || read_frame(&world.front) || read_frame(&process_control))
        any = true;
    return any;
}
