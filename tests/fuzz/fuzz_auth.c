/*
 * auth's main loop with everything behind it but Argon2, played by front, vault and warden: raw records, logins and
 * account calls whose seal is good and whose plaintext is the fuzzer's, answers of the vault that were and were not
 * asked for. Requires:
 *   - what frame.h forbids ends the process with EXIT_PROTOCOL;
 *   - a login succeeds only for an active account of a served tenant, its password, the connection's certificate and a
 *     challenge of this process that was not used before; every other answer shows its status and nothing else;
 *   - the front gets an answer after the vault has opened the session, under keys that only the client can derive, and
 *     no byte of those keys or of the password ever goes to the front.
 */
#include <stdlib.h>
#include <string.h>

#include "auth/load.h"
#include "auth_rows.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
/* For its phase, which lives as long as a process does. */
#include "auth/serve.c" /* NOLINT(bugprone-suspicious-include) */

#define STEPS_MAX 256
#define SESSIONS  4

static const struct launch_config config = {
    .tenant_count = 2,
    .tenants = {11, 13},
    .store_bytes = 64ull << 20,
    .session_ttl_s = TTL_S,
    .session_max = SESSIONS,
    .accounts = {.password_min_chars = 12,
                 .password_history = 10,
                 .lock_failures = 5,
                 .lock_window_s = 900,
                 .lock_delay_s = 60,
                 .dormant_days = 45,
                 .idle_s = 300,
                 .terms_version = 1},
};

static struct auth auth;
static uint8_t login_private[X25519_LEN], login_public[X25519_LEN];

/* ---- steps ---- */

static enum peer input_peer(struct input *input)
{
    return (enum peer[]){PEER_FRONT, PEER_VAULT, PEER_WARDEN}[input_u8(input) % 3];
}

static void step_raw(struct input *input)
{
    enum peer peer = input_peer(input);
    struct input part = input_part(input, input_u8(input));

    world_send_record(peer, part.at, part.left);
}

static void step_frame(struct input *input)
{
    static uint8_t body[1024];
    enum peer peer = input_peer(input);
    uint16_t type = input_u16(input);
    uint8_t reply_to = input_u8(input);
    size_t length = input_u16(input) % sizeof body;

    input_copy(input, body, length);
    world_send(peer, type, reply_to, body, length);
}

/* A login_plain as an honest client makes it, before the input changes it. */
static void fill_plain(uint8_t account, struct login_plain *plain)
{
    const struct world_account *row = &world_accounts[account % ACCOUNTS];

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
    *login = (struct login){.request = {.tenant = world_accounts[account % ACCOUNTS].tenant}};
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
    login->good =
        world_login_good(&login->plain, &login->request) && memcmp(&sealed, &login->request, sizeof sealed) == 0;
    login->seq = world.front.outer.sent + 1;
    if (world_send(PEER_FRONT, FRAME_LOGIN, 0, &login->request, sizeof login->request))
        world.login_count++, world.good_count += login->good;
}

/* A login that was sent before, once more. */
static void step_repeat(struct input *input)
{
    struct login *login = &world.login[world.login_count % LOGINS];

    if (world.login_count == 0 || world.login_count == LOGINS)
        return;
    *login = world.login[input_u8(input) % world.login_count];
    login->seq = world.front.outer.sent + 1;
    if (world_send(PEER_FRONT, FRAME_LOGIN, 0, &login->request, sizeof login->request))
        world.login_count++, world.good_count += login->good;
}

static void step_logout(struct input *input)
{
    struct logout_request request = {{0}};
    uint8_t which = input_u8(input);

    if (world.open_count > 0)
        memcpy(request.session, world.open[which % world.open_count].session, SESSION_ID_LEN);
    if (which & 0x80)
        request.session[0] ^= 1;
    world_send(PEER_FRONT, FRAME_LOGOUT, 0, &request, sizeof request);
}

static struct login *some_session(uint8_t which)
{
    for (unsigned i = 0; i < world.login_count; i++) {
        struct login *login = &world.login[(i + which) % world.login_count];
        if (login->answered)
            return login;
    }
    return NULL;
}

/* A call as a client that is in seals it; operation, fields and sequence are the input's. */
static void step_account_call(struct input *input)
{
    struct account_call_plain plain = {.version = 1};
    struct account_call call = {0};
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_AAD_LEN], which = input_u8(input);
    struct login *login = some_session(which);

    if (!login)
        return;
    plain.operation = input_u8(input) % 64;
    plain.role = input_u8(input) % 20;
    plain.kind = input_u8(input) % 8;
    memcpy(plain.account, world_accounts[input_u8(input) % ACCOUNTS].id, sizeof plain.account);
    plain.password_length = (uint16_t)strlen(PASSWORD);
    memcpy(plain.password, PASSWORD, strlen(PASSWORD));
    for (int changes = input_u8(input) % 32; changes > 0; changes--)
        ((uint8_t *)&plain)[input_u16(input) % sizeof plain] = input_u8(input);
    memcpy(call.session, login->session, SESSION_ID_LEN);
    call.operation = which & 0x80 ? input_u16(input) : plain.operation;
    call.call_seq = which & 0x40 ? input_u8(input) : ++login->call_seq;
    sealed_nonce(call.call_seq, nonce);
    account_call_aad(call.session, call.call_seq, aad);
    struct aead *aead = aead_new(login->keys.account);
    REQUIRE(aead && aead_seal(aead, nonce, aad, sizeof aad, &plain, sizeof plain, call.sealed) == 0);
    aead_free(aead);
    if (which & 0x20)
        call.sealed[input_u16(input) % sizeof call.sealed] ^= 1;
    world_send(PEER_FRONT, FRAME_ACCOUNT_CALL, 0, &call, sizeof call);
}

static void step_of_session(struct input *input)
{
    uint8_t which = input_u8(input);
    const struct login *login = some_session(which);
    struct access_refused refused = {.reason = which & 1 ? ACCESS_METHOD_REFUSED : ACCESS_CERTIFICATE_REFUSED};
    struct session_used used;

    if (!login)
        return;
    memcpy(refused.session, login->session, SESSION_ID_LEN);
    memcpy(used.session, login->session, SESSION_ID_LEN);
    if (which & 0x80)
        world_send(PEER_VAULT, FRAME_SESSION_USED, 0, &used, sizeof used);
    else if (which & 0x40)
        world_send(PEER_FRONT, FRAME_SESSION_WORKED, 0, &used, sizeof used);
    else
        world_send(PEER_FRONT, FRAME_ACCESS_REFUSED, 0, &refused, sizeof refused);
}

static void step_vault_answer(struct input *input)
{
    uint8_t choice = input_u8(input), back = input_u8(input);
    const struct session_open_reply reply = {.opened = choice & 1};
    uint16_t type = choice & 2 ? FRAME_SESSION_CLOSE_REPLY : FRAME_SESSION_OPEN_REPLY;

    world_send(PEER_VAULT, type, world.asked - back % 8, &reply, sizeof reply);
}

/* Plays one step; true when auth is to have its turn. */
static bool play(struct input *input)
{
    switch (input_u8(input) % 12) {
    case 0:
        step_raw(input);
        return false;
    case 1:
        step_frame(input);
        return true;
    case 2: {
        struct challenge_request request = {.tenant = input_u8(input)};
        world_send(PEER_FRONT, FRAME_CHALLENGE, 0, &request, sizeof request);
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
        world_send(PEER_WARDEN, input_u8(input) & 1 ? FRAME_DRAIN : FRAME_START, 0, NULL, 0);
        return true;
    case 10:
        step_account_call(input);
        return true;
    case 11:
        step_of_session(input);
        return true;
    default:
        step_login(input);
        return (world.steps & 1) == 0;
    }
}

static bool feed(void *context)
{
    (void)context;
    bool moved = world_read();
    while (world.input.left > 0 && world.steps++ < STEPS_MAX) {
        moved = true;
        if (play(&world.input))
            return true;
    }
    world.input.left = 0;
    return moved || world_read();
}

/* ---- one life of auth ---- */

static void serve(void *context)
{
    auth_serve(context, child_channel());
}

static void start_auth(void)
{
    auth_rows_fill();
    auth = (struct auth){.secrets = secret_alloc(sizeof *auth.secrets), .store = auth_rows};
    memcpy(auth.secrets->login_private, login_private, X25519_LEN);
    memcpy(auth.login_public, login_public, X25519_LEN);
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
        auth_rows_open(&config, login_private);
        initialised = true;
    }
    world = (struct world){.input = {.at = data, .left = size}};
    peer_open(&world.front, PEER_FRONT);
    peer_open(&world.vault, PEER_VAULT);
    peer_open(&process_control, PEER_WARDEN);
    start_auth();
    if (!(input_u8(&world.input) & 1))
        world_send(PEER_WARDEN, FRAME_START, 0, NULL, 0);
    int code = process_run(serve, feed, &auth);
    require_end(code);
    world_read();
    challenges_free(auth.challenges);
    auth_rows = auth.store; /* a transaction that its end left open is the next input's to abort */
    process_free_secrets();
    peer_close(&world.front);
    peer_close(&world.vault);
    peer_close(&process_control);
    return 0;
}
