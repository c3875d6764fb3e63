/*
 * The vault's main loop with everything behind it, over a store of its own, played by all three peers at once: raw
 * records, frames with a good header and a foreign body, sessions, and calls whose seal is good and whose plaintext is
 * the fuzzer's. Beyond "no crash" it requires:
 *   - what frame.h forbids ends the process with EXIT_PROTOCOL, and nothing else does;
 *   - answers come in the order of the requests, open under the reply key, and no number is in them;
 *   - a sequence number is answered with CALL_OK once; what the harness did not seal never opens;
 *   - the ledger has exactly one leaf for each call that used a number or was refused the right to, the count of
XX */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "support/process.h"
#include "vault/loop.h"
#include "vault/rules.h"
#include "vault_client.h"

#define MAP_BYTES  (64u << 20)
#define STEPS_MAX  256
#define SENT_MAX   512
#define NO_SESSION 0xff
/* Small, so that inputs reach them. */
#define SESSION_GUESSES 6
#define TENANT_GUESSES  12

enum { TENANT_A, TENANT_B, TENANTS };
static const uint16_t tenants[TENANTS] = {11, 13};
static const uint8_t root_key[32] = {0x42};

static const struct frame_rule reply_rules[] = {
    {FRAME_SESSION_CALL_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct session_call_reply), FRAME_MAX},
    {FRAME_CITIZEN_KEY_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct citizen_key_reply),
     sizeof(struct citizen_key_reply)},
    {FRAME_VAULT_STATUS_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct vault_status_reply),
     sizeof(struct vault_status_reply)},
    {FRAME_SESSION_OPEN_REPLY, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_open_reply),
     sizeof(struct session_open_reply)},
    {FRAME_SESSION_CLOSE_REPLY, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_close_reply),
     sizeof(struct session_close_reply)},
    {FRAME_READY, PEER_WARDEN, IN(PHASE_SERVING), sizeof(struct ready_report), sizeof(struct ready_report)},
};

/* A request on the front's channel, at its sequence number. */
struct request {
    uint16_t type;
    uint8_t session; /* NO_SESSION: not sealed by the harness */
    uint64_t call_seq;
};

struct world {
    struct input input;
    unsigned steps;
    struct peer_end front, auth;
    bool started, stalled;
    bool doomed;         /* front or auth have sent what must end a serving vault */
    bool doomed_control; /* the warden has */
    bool suspect;        /* something was sent that may end it */
    bool drained, closed;
    uint64_t call_seq[SESSIONS];
    uint8_t tenant_of[SESSIONS];
    struct request request[SENT_MAX];
    uint64_t answered;
    uint64_t counted_from;             /* requests up to here may have met other sessions, or another clock */
    struct request accepted[SENT_MAX]; /* OK answers since the sessions may have changed */
    size_t accepted_count;
    uint64_t leaves[TENANTS], leaves_at_most[TENANTS];
    int64_t subjects[TENANTS];
    unsigned session_guesses[SESSIONS]; /* since the sessions may have changed */
    unsigned tenant_guesses[TENANTS];   /* since the clock has moved */
    uint8_t reference[REFERENCES][REFERENCE_LEN];
    size_t reference_count;
};

static struct vault vault;
static struct world world;
static uint8_t record[FRAME_MAX], body[FRAME_MAX];
static uint8_t *image; /* of a store that has its keys and nothing else */
static size_t image_length;

/* ---- sending ---- */

static struct peer_end *end_of(enum peer peer)
{
    return peer == PEER_FRONT ? &world.front : peer == PEER_AUTH ? &world.auth : &process_control;
}

/* What call.h and loop.c promise to take for a violation although the frame is good. */
static bool body_violates(uint16_t type, const uint8_t *data, size_t length)
{
    struct session_call call;
    struct citizen_key_request key;

    if (type == FRAME_SESSION_CALL) {
        memcpy(&call, data, sizeof call);
        return call.zero != 0 || call.sealed_length != length - sizeof call || call.sealed_length < SEAL_TAG_LEN;
    }
    if (type == FRAME_CITIZEN_KEY) {
        memcpy(&key, data, sizeof key);
        return key.zero != 0 || key.zero2 != 0;
    }
    return false;
}

static void note_accepted(enum peer peer, uint16_t type, const uint8_t *data, size_t length)
{
    if (peer == PEER_WARDEN && type == FRAME_START)
        world.started = true;
    if (peer == PEER_WARDEN && type == FRAME_DRAIN)
        world.drained = true;
    if (peer == PEER_FRONT && world.front.outer.sent < SENT_MAX)
        world.request[world.front.outer.sent] = (struct request){.type = type, .session = NO_SESSION};
    world.doomed = world.doomed || body_violates(type, data, length);
    world.suspect = world.suspect || type == FRAME_SESSION_OPEN;
}

/* A record of the front that may hold several frames: what becomes of those is the unit test's of channels, not
 * modelled here. */
static bool may_be_several(enum peer peer, const uint8_t *data, size_t length)
{
    struct frame_header header;

    if (peer != PEER_FRONT || length <= sizeof header)
        return false;
    memcpy(&header, data, sizeof header);
    return header.length < length;
}

/* Sends a whole record as it is. False when it did not fit. */
static bool send_record(enum peer peer, const uint8_t *data, size_t length)
{
    struct channel *channel = &end_of(peer)->outer;
    enum phase phase = peer == PEER_WARDEN && !world.started ? PHASE_SEALED : PHASE_SERVING;
    bool good = frame_acceptable(data, length, channel->sent, peer, phase, vault_rules, vault_rule_count);

    if (may_be_several(peer, data, length) || (peer == PEER_FRONT && channel->sent + 1 >= SENT_MAX))
        return false;
    if (send(channel->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
        return false;
    if (good) {
        struct frame_header header;
        memcpy(&header, data, sizeof header);
        channel->sent++;
        note_accepted(peer, header.type, data + sizeof header, length - sizeof header);
    } else if (length == 0) {
        world.closed = true;
    } else if (peer == PEER_WARDEN) {
        world.doomed_control = true;
    } else {
        world.doomed = true;
    }
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

static size_t tenant_index(uint8_t session)
{
    return world.tenant_of[session] % TENANTS;
}

static void remember_reference(const uint8_t reference[REFERENCE_LEN])
{
    memcpy(world.reference[world.reference_count++ % REFERENCES], reference, REFERENCE_LEN);
}

static void count_subjects(size_t tenant, const struct client_answer *answer)
{
    for (uint32_t i = 0; i < answer->head.count; i++) {
        bool done = answer->details[i].detail == DETAIL_DONE;
        if (done && (answer->head.operation == OPERATION_ENROLL || answer->head.operation == OPERATION_ENROLL_CITIZEN))
            world.subjects[tenant]++, remember_reference(answer->results[i].reference);
        if (done && answer->head.operation == OPERATION_ERASE)
            world.subjects[tenant]--;
    }
}

static bool wrong_guess(uint8_t detail)
{
    return detail == DETAIL_NOT_MATCHED || detail == DETAIL_NOT_FOUND;
}

static void count_guesses(uint8_t session, size_t tenant, const struct client_answer *answer)
{
    for (uint32_t i = 0; i < answer->head.count; i++) {
        world.session_guesses[session] += wrong_guess(answer->details[i].detail);
        world.tenant_guesses[tenant] += wrong_guess(answer->details[i].detail);
    }
    REQUIRE(world.session_guesses[session] <= SESSION_GUESSES);
    REQUIRE(world.tenant_guesses[tenant] <= TENANT_GUESSES);
}

static void require_first_use(const struct request *request)
{
    for (size_t i = 0; i < world.accepted_count; i++)
        REQUIRE(world.accepted[i].session != request->session || world.accepted[i].call_seq != request->call_seq);
    world.accepted[world.accepted_count++] = *request;
}

static void on_call_reply(const struct request *request, const struct frame_view *view)
{
    static struct client_answer answer;
    struct session_call_reply reply;

    memcpy(&reply, view->body, sizeof reply);
    REQUIRE(reply.status < CALL_STATUS_COUNT);
    bool opened = reply.status != CALL_UNKNOWN_SESSION && reply.status != CALL_EXPIRED &&
                  reply.status != CALL_REPLAYED && reply.status != CALL_BAD_SEAL &&
                  reply.status != CALL_STORE_UNAVAILABLE;
    REQUIRE(!opened || request->session != NO_SESSION);
    if (reply.status != CALL_OK)
        REQUIRE(view->body_length == sizeof reply && reply.clear_length == 0 && reply.sealed_length == 0);
    if (!opened)
        return;
    size_t tenant = tenant_index(request->session);
    bool recorded = reply.status == CALL_OK || reply.status == CALL_NOT_PERMITTED;
    world.leaves[tenant] += recorded;
    world.leaves_at_most[tenant] += recorded || reply.status == CALL_BUDGET_SPENT;
    if (reply.status != CALL_OK)
        return;
    client_open(request->session, request->call_seq, &vault.store.tenant[tenant], view->body, view->body_length,
                &answer);
    count_subjects(tenant, &answer);
    if (world.answered <= world.counted_from)
        return;
    require_first_use(request);
    count_guesses(request->session, tenant, &answer);
}

static void on_front_reply(const struct frame_view *view)
{
    REQUIRE(view->header->reply_to == ++world.answered);
    REQUIRE(world.answered < SENT_MAX);
    const struct request *request = &world.request[world.answered];
    REQUIRE(view->header->type == request->type + 1);
    client_require_no_number(view->body, view->body_length);
    if (request->type == FRAME_SESSION_CALL)
        on_call_reply(request, view);
}

/* Reads one frame of the vault; false when there is none. */
static bool read_reply(struct peer_end *end)
{
    static _Alignas(8) uint8_t of_front[FRAME_MAX], of_others[FRAME_MAX];
    uint8_t *buffer = end == &world.front ? of_front : of_others;
    enum frame_verdict verdict;
    struct frame_view view;
    enum channel_result result = channel_receive(&end->outer, buffer, FRAME_MAX, PHASE_SERVING, reply_rules,
                                                 sizeof reply_rules / sizeof reply_rules[0], &view, &verdict);

    REQUIRE(result == CHANNEL_OK || result == CHANNEL_EMPTY);
    if (result == CHANNEL_OK && end == &world.front)
        on_front_reply(&view);
    return result == CHANNEL_OK;
}

static bool read_replies(void)
{
    bool any = false;

    while (read_reply(&world.front) || read_reply(&world.auth) || read_reply(&process_control))
        any = true;
    return any;
}

/* ---- steps ---- */

/* What was counted by session begins anew: one may have ended or begun. */
static void forget_sessions(void)
{
    world.accepted_count = 0;
    world.counted_from = world.front.outer.sent;
    memset(world.session_guesses, 0, sizeof world.session_guesses);
}

static void step_raw(struct input *input)
{
    enum peer peer = (enum peer[]){PEER_FRONT, PEER_AUTH, PEER_WARDEN}[input_u8(input) % 3];
    struct input part = input_part(input, input_u8(input));

    send_record(peer, part.at, part.left);
}

static void step_frame(struct input *input)
{
    enum peer peer = (enum peer[]){PEER_FRONT, PEER_AUTH, PEER_WARDEN}[input_u8(input) % 3];
    uint16_t type = input_u16(input);
    uint8_t reply_to = input_u8(input);
    size_t length = input_u16(input) % 2048;

    input_copy(input, body, length);
    /* A session under an id of ours with keys that are not would break the harness's own bookkeeping. */
    if (type == FRAME_SESSION_OPEN)
        body[0] = 0xee;
    send_frame(peer, type, reply_to, body, length);
}

static void step_open(struct input *input)
{
    uint8_t session = input_u8(input) % SESSIONS, tenant = input_u8(input);
    struct session_open open = {.role = 3, .account = "officer"};

    client_permit(input_u8(input), open.permit);
    open.ttl_ms = input_u16(input) + 1u;
    client_session(session, &open);
    open.account[0] = (char)('a' + session);
    /* A session's tenant is fixed, so that the harness knows whose ledger a call is in. */
    open.tenant = tenant == 0xff ? 47 : tenants[tenant_index(session)];
    send_frame(PEER_AUTH, FRAME_SESSION_OPEN, 0, &open, sizeof open);
    forget_sessions();
}

static void step_close(struct input *input)
{
    struct session_open keys;

    client_session(input_u8(input) % SESSIONS, &keys);
    send_frame(PEER_AUTH, FRAME_SESSION_CLOSE, 0, keys.session, SESSION_ID_LEN);
    forget_sessions();
}

static void send_call(uint8_t session, uint8_t jump, uint16_t method, const uint8_t *plain, size_t length)
{
    /* 0: the next; else back or ahead, now and then beyond the replay window. */
    uint64_t call_seq = world.call_seq[session] + 1;

    if (jump >= 0x80)
        call_seq -= jump - 0x7fu;
    else if (jump > 0)
        call_seq += (uint64_t)jump * jump;
    else
        world.call_seq[session]++;
    size_t length_sealed = client_seal(session, call_seq, method, plain, length, body);
    if (send_frame(PEER_FRONT, FRAME_SESSION_CALL, 0, body, length_sealed))
        world.request[world.front.outer.sent] =
            (struct request){.type = FRAME_SESSION_CALL, .session = session, .call_seq = call_seq};
}

/* A reference that begins with 0xdd stands for one that the vault has given: the input cannot know those. */
static void put_references(uint8_t *plain, size_t length)
{
    for (size_t at = sizeof(struct call_head); at + REFERENCE_LEN <= length; at += sizeof(struct call_item))
        if (plain[at] == 0xdd)
            memcpy(plain + at, world.reference[plain[at + 1] % REFERENCES], REFERENCE_LEN);
}

static void step_plain(struct input *input)
{
    static uint8_t plain[4096];
    uint8_t session = input_u8(input) % SESSIONS, jump = input_u8(input), method = input_u8(input);
    size_t length = input_u16(input) % sizeof plain;

    input_copy(input, plain, length);
    put_references(plain, length);
    send_call(session, jump, method, plain, length);
}

static void fill_item(struct input *input, uint16_t operation, struct call_item *item)
{
    uint8_t reference = input_u8(input), request = input_u8(input), number = input_u8(input);

    if (operation == OPERATION_UNLOCK) {
        struct call_item_unlock unlock = {.account = "officer"};
        unlock.account[0] = (char)('a' + number % SESSIONS);
        if (request & 1)
            memset(unlock.account, 0, sizeof unlock.account);
        else
            reference = REFERENCES;
        if (reference < REFERENCES)
            memcpy(unlock.reference, world.reference[reference], REFERENCE_LEN);
        memcpy(item, &unlock, sizeof unlock);
        return;
    }

    if (operation != OPERATION_ENROLL && operation != OPERATION_LOOKUP)
        memcpy(item->reference, world.reference[reference % REFERENCES], REFERENCE_LEN);
    if (operation != OPERATION_MATCH && operation != OPERATION_LOOKUP)
        memset(item->request_id, request % 16 + 1, REQUEST_ID_LEN);
    if (operation != OPERATION_ERASE)
        client_number(number % 16, item->number);
}

static void step_call(struct input *input)
{
    static uint8_t plain[sizeof(struct call_head) + 16 * sizeof(struct call_item)];
    uint8_t session = input_u8(input) % SESSIONS, jump = input_u8(input);
    struct call_head head = {.version = 1, .operation = input_u8(input) % OPERATION_COUNT};

    head.purpose = input_u8(input) % PURPOSE_COUNT;
    head.count = input_u8(input) % 16 + 1u;
    head.case_ref[0] = session;
    memcpy(plain, &head, sizeof head);
    for (uint32_t i = 0; i < head.count; i++) {
        struct call_item item = {0};
        fill_item(input, head.operation, &item);
        memcpy(plain + sizeof head + i * sizeof item, &item, sizeof item);
    }
    send_call(session, jump, head.operation, plain, sizeof head + head.count * sizeof(struct call_item));
}

static void step_citizen(struct input *input)
{
    struct {
        struct call_head head;
        struct call_item_citizen item;
    } plain = {.head = {.version = 1, .operation = OPERATION_ENROLL_CITIZEN, .purpose = PURPOSE_REGISTER, .count = 1}};
    uint8_t session = input_u8(input) % SESSIONS, choice = input_u8(input), number = input_u8(input);
    const struct tenant *tenant = &vault.store.tenant[tenant_index(session)];

    memset(plain.item.application_nonce, choice % 4 + 1, APPLICATION_NONCE_LEN);
    memset(plain.item.request_id, choice / 4 % 4 + 1, REQUEST_ID_LEN);
    /* The account that presents the blob, or another one. */
    plain.item.portal[0] = (char)('a' + session);
    memcpy(plain.item.portal + 1, "fficer", 6);
    client_blob(number % 16, tenant->id, tenant->keys->citizen_public, &plain.item);
    if (choice & 0x40)
        plain.item.portal[0] ^= 1;
    if (choice & 0x80)
        plain.item.blob[number % CITIZEN_BLOB_LEN] ^= 1;
    send_call(session, 0, OPERATION_ENROLL_CITIZEN, (const uint8_t *)&plain, sizeof plain);
}

static void step_key(struct input *input)
{
    struct citizen_key_request request = {.tenant = input_u8(input)};

    send_frame(PEER_FRONT, FRAME_CITIZEN_KEY, 0, &request, sizeof request);
}

/* Plays one step; true when the vault is to have its turn. */
static bool play(struct input *input)
{
    switch (input_u8(input) % 16) {
    case 0:
        return true;
    case 1:
        step_raw(input);
        return false;
    case 2:
        step_frame(input);
        return false;
    case 3:
        step_open(input);
        return true;
    case 4:
        step_close(input);
        return true;
    case 5:
        step_plain(input);
        return false;
    case 6:
        step_citizen(input);
        return false;
    case 7:
        process_advance(input_u16(input) * 1024);
        forget_sessions();
        memset(world.tenant_guesses, 0, sizeof world.tenant_guesses);
        return true;
    case 8:
        world.stalled = !world.stalled;
        return false;
    case 9:
        step_key(input);
        return false;
    case 10:
        send_frame(PEER_FRONT, FRAME_VAULT_STATUS, 0, NULL, 0);
        return false;
    case 11:
        send_frame(PEER_WARDEN, input_u8(input) & 1 ? FRAME_DRAIN : FRAME_START, 0, NULL, 0);
        return true;
    default:
        step_call(input);
        return false;
    }
}

/* The vault has nothing to do: the peers go on. False when they are through and all answers are read. */
static bool feed(void *context)
{
    bool played = false;

    (void)context;
    if (!world.stalled)
        read_replies();
    while (world.input.left > 0 && world.steps++ < STEPS_MAX) {
        played = true;
        if (play(&world.input))
            return true;
    }
    world.input.left = 0;
    return played || read_replies();
}

/* ---- one life of a vault ---- */

static void serve(void *context)
{
    vault_run(context);
}

static void make_image(void)
{
    struct store store;
    char path[512];
    struct stat facts;

    REQUIRE(crypto_init() == 0);
    process_reset(1, 0);
    REQUIRE(store_open(&store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, root_key) == 0);
    store_close(&store);
    process_free_secrets();
    snprintf(path, sizeof path, "%s/data.mdb", fuzz_folder());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0 && fstat(fd, &facts) == 0);
    image_length = (size_t)facts.st_size;
    image = malloc(image_length);
    REQUIRE(image && read(fd, image, image_length) == (ssize_t)image_length);
    close(fd);
    vault.queue_buffer = malloc(QUEUE_BYTES);
    REQUIRE(vault.queue_buffer != NULL);
}

static _Alignas(8) uint8_t front_records[2 * FRAME_MAX];

static void start_vault(struct child *child)
{
    uint8_t *queue_buffer = vault.queue_buffer;

    fuzz_file("data.mdb", image, image_length);
    vault = (struct vault){.child = child, .queue_buffer = queue_buffer, .phase = PHASE_SEALED};
    REQUIRE(store_open(&vault.store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, root_key) == 0);
    REQUIRE(session_table_init(&vault.sessions, SESSIONS - 2) == 0);
    for (size_t i = 0; i < sizeof child->config.guesses / sizeof child->config.guesses[0]; i++)
        child->config.guesses[i] = (struct guess_limits){3, 4, 4, SESSION_GUESSES, 9, TENANT_GUESSES};
    REQUIRE(call_engine_init(&vault.engine, &vault.store, &vault.sessions, child->config.guesses) == 0);
    vault.receive_buffer = secret_alloc(FRAME_MAX);
    vault.front_buffer = front_records;
    vault.replies.buffer = front_records + FRAME_MAX;
    vault.front = world.front.inner;
    vault.front.batched = world.front.outer.batched = true;
    vault.auth = world.auth.inner;
}

static void require_end(int code)
{
    switch (code) {
    case PROCESS_WAITS:
        REQUIRE(!(world.started && (world.doomed || world.closed)) && !world.doomed_control && !world.drained);
        break;
    case EXIT_DRAINED:
        REQUIRE(world.drained);
        break;
    case EXIT_PROTOCOL:
        REQUIRE(world.doomed || world.doomed_control || world.suspect);
        break;
    case EXIT_PEER_GONE:
        REQUIRE(world.closed || world.stalled);
        break;
    default:
        REQUIRE(!"an end that no peer may cause");
    }
}

/* Store and ledger against the answers. What was committed when the vault ended may not have been answered yet. */
static void require_state(bool complete)
{
    for (size_t i = 0; i < TENANTS; i++) {
        const struct tenant_state *state = &vault.store.tenant[i].committed;
        REQUIRE(state->ledger.size >= world.leaves[i]);
        if (!complete)
            continue;
        REQUIRE(state->ledger.size <= world.leaves_at_most[i]);
        REQUIRE((int64_t)state->subjects == world.subjects[i]);
    }
}

static void end_vault(void)
{
    uint64_t leaves[TENANTS], subjects[TENANTS];

    for (uint32_t i = 0; i < vault.sessions.capacity; i++)
        if (vault.sessions.slot[i].open)
            session_close(&vault.sessions, vault.sessions.slot[i].id);
    store_abort(&vault.store);
    for (size_t i = 0; i < TENANTS; i++) {
        leaves[i] = vault.store.tenant[i].committed.ledger.size;
        subjects[i] = vault.store.tenant[i].committed.subjects;
    }
    store_close(&vault.store);
    if (leaves[TENANT_A] + leaves[TENANT_B] == 0)
        return;
    REQUIRE(store_open(&vault.store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, root_key) == 0);
    for (size_t i = 0; i < TENANTS; i++) {
        REQUIRE(vault.store.tenant[i].now.ledger.size == leaves[i]);
        REQUIRE(vault.store.tenant[i].now.subjects == subjects[i]);
    }
    store_close(&vault.store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct child child;

    if (!image)
        make_image();
    process_reset(7, 1000000);
    world = (struct world){.input = {.at = data, .left = size}};
    for (uint8_t i = 0; i < SESSIONS; i++)
        world.tenant_of[i] = i % 3 == 2 ? TENANT_B : TENANT_A;
    peer_open(&world.front, PEER_FRONT);
    peer_open(&world.auth, PEER_AUTH);
    peer_open(&process_control, PEER_WARDEN);
    start_vault(&child);
    if (!(input_u8(&world.input) & 1))
        send_frame(PEER_WARDEN, FRAME_START, 0, NULL, 0);

    int code = process_run(serve, feed, &vault);
    require_end(code);
    world.stalled = false;
    read_replies();
    require_state(code == PROCESS_WAITS);
    end_vault();
    process_free_secrets();
    peer_close(&world.front);
    peer_close(&world.auth);
    peer_close(&process_control);
    return 0;
}
