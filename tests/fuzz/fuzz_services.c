/*
 * The front's services from the bytes of a request message on: validation, unpacking into a bounded arena, the handler,
 * and the answers of vault, auth and warden, of which each may lie. gRPC itself is left out: a call is a stand-in here.
 * Requires:
 *   - a method ends every call exactly once, also when nobody ever answers; a stream ends after its last message;
 *   - an answer is a message of the API that this server's own validation accepts;
 *   - what a peer must not send ends the front with EXIT_PROTOCOL.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/sealed.h"
#include "server/rpc/arena.h"
#include "server/rpc/validate.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "services_methods.h"
#include "services_peers.h"
#include "support/process.h"

#define CALLS_MAX   64
#define STEPS_MAX   128
#define ARENA_BYTES 262144
#define FAR_MS      (1u << 30)
#define ROUNDS_MAX  (2 * STEPS_MAX) /* a step asks the vault at most once, and a round ends at least one request */

static struct front front;

static struct world {
    struct input input;
    struct rpc_call call[CALLS_MAX];
    unsigned calls;
    struct rpc_arena arena;
    uint64_t now_ms;
    bool doomed;
} world;

static int wake_fd = -1;

/* ---- steps ---- */

/* As the runtime does with a message that it refuses: a handler that has the call already must end it. */
static void refuse(struct rpc_call *call)
{
    if (!call->begun || call->finished)
        return;
    call->ended = true;
    call->method->on_cancel(call);
}

static void deliver(struct rpc_call *call, struct input bytes)
{
    const ProtobufCMessageDescriptor *type = call->descriptor->input;
    struct rpc_fault fault;

    if (!rpc_validate(type, bytes.at, bytes.left, &fault)) {
        REQUIRE(fault.kind != RPC_FAULT_NONE);
        REQUIRE(memchr(fault.path, '\0', sizeof fault.path) != NULL);
        refuse(call);
        return;
    }
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &world.arena.allocator, bytes.left, bytes.at);
    if (message) {
        call->begun = true;
        call->method->on_message(call, message);
    } else {
        refuse(call);
    }
    rpc_arena_reset(&world.arena);
}

static const uint8_t session_id[SESSION_ID_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void session_ended(const uint8_t *session)
{
    session_table_remove(front.sessions, session);
}

/* The session's account has a role that may call the method, or one that may call nothing. */
static void choose_role(const struct rpc_method *method, bool none)
{
    struct session_row row;

    if (session_table_find(front.sessions, session_id, link_now_ms(), &row) == SESSION_UNKNOWN)
        return;
    row.role = 0;
    while (!none && !method_permitted(method->number, row.role))
        REQUIRE(row.role++ < 32);
    session_table_remove(front.sessions, session_id);
    REQUIRE(session_table_add(front.sessions, &row, link_now_ms()));
}

static void begin_call(uint8_t service, uint8_t choice, struct input bytes)
{
    if (world.calls == CALLS_MAX)
        return;
    struct rpc_call *call = &world.call[world.calls++];
    *call = (struct rpc_call){.context = &front, .time_left_ms = choice & 0x40 ? 0 : 10000};
    services_choose(call, service, choice & 0x3f);
    choose_role(call->method, service & 0x40);
    memset(call->certificate, choice & 0x80 ? 0xc1 : 0xc0, sizeof call->certificate);
    call->begun = call->method->on_start != NULL;
    if (call->method->on_start)
        call->method->on_start(call);
    deliver(call, bytes);
}

static void step_call(struct input *input)
{
    uint8_t service = input_u8(input), choice = input_u8(input);

    begin_call(service, choice, input_part(input, input_u16(input) % 1024));
}

static struct rpc_call *stream_of(uint8_t which)
{
    for (unsigned i = 0; i < world.calls; i++) {
        struct rpc_call *call = &world.call[(which + i) % world.calls];
        if (call->method->kind != RPC_UNARY && call->begun && !call->finished && !call->ended)
            return call;
    }
    return NULL;
}

/* A call of any length: a new one, or the next of a stream. */
static void step_sealed(struct input *input)
{
    uint8_t service = input_u8(input), choice = input_u8(input), which = input_u8(input);
    size_t sealed_length = (size_t)input_u16(input) * 2, length;
    uint8_t *message = services_sealed(which + 1u, sealed_length, &length);
    const struct input bytes = {.at = message, .left = length};
    struct rpc_call *stream = service & 0x80 ? stream_of(which) : NULL;

    if (!stream)
        begin_call(service & 0x7f, choice, bytes);
    else if (stream->method->kind == RPC_BIDI_STREAM)
        deliver(stream, bytes);
    free(message);
}

static void step_stream(struct input *input)
{
    struct rpc_call *call = stream_of(input_u8(input));
    uint8_t choice = input_u8(input);
    struct input bytes = input_part(input, input_u16(input) % 1024);

    if (!call)
        return;
    call->queued_bytes = choice & 8 ? 1u << 20 : 0;
    switch (choice % 4) {
    case 0:
        if (!call->method->on_half_close)
            break;
        call->ended = true;
        call->method->on_half_close(call);
        break;
    case 1:
        call->ended = true;
        call->method->on_cancel(call);
        break;
    case 2:
        call->method->on_sent(call);
        break;
    default:
        if (call->method->kind == RPC_BIDI_STREAM)
            deliver(call, bytes);
    }
}

static void play(struct input *input)
{
    switch (input_u8(input) % 8) {
    case 0:
        peers_answer_foreign(input, &world.doomed);
        break;
    case 1:
        step_stream(input);
        break;
    case 2:
        peers_answer(input);
        break;
    case 3:
        world.now_ms += input_u16(input);
        peers_expire(world.now_ms);
        break;
    case 6:
    case 7:
        step_sealed(input);
        break;
    default:
        step_call(input);
    }
}

static void serve(void *context)
{
    (void)context;
    for (unsigned steps = 0; world.input.left > 0 && steps < STEPS_MAX; steps++)
        play(&world.input);
}

/* ---- one life of a front ---- */

static bool nothing_more(void *context)
{
    (void)context;
    return false;
}

static void start_front(void)
{
    struct link *links[PEERS];
    struct session_row row = {.tenant = 11, .expires_ms = link_now_ms() + FAR_MS};

    peers_open(links, wake_fd, session_ended);
    front = (struct front){.warden = links[WARDEN], .vault = links[VAULT], .auth = links[AUTH], .started_at_us = 1};
    front.sessions = session_table_new(4);
    REQUIRE(bulk_init(&front.bulk, front.vault));
    REQUIRE(front.sessions && pthread_mutex_init(&front.citizen_lock, NULL) == 0);
    memcpy(row.id, session_id, sizeof row.id);
    memset(row.certificate, 0xc0, sizeof row.certificate);
    REQUIRE(session_table_add(front.sessions, &row, link_now_ms()));
    REQUIRE(rpc_arena_init(&world.arena, ARENA_BYTES));
    world.now_ms = link_now_ms();
}

/* A request that never came through the validation is ended by the runtime, not by the handler. */
static bool all_finished(void)
{
    for (unsigned i = 0; i < world.calls; i++)
        if (world.call[i].begun && world.call[i].finished == 0)
            return false;
    return true;
}

/* All clients leave and all time is over: whatever was asked must have ended. */
static void end_calls(void)
{
    for (unsigned i = 0; i < world.calls; i++) {
        struct rpc_call *call = &world.call[i];
        if (!call->begun || call->ended || call->finished || call->method->kind == RPC_UNARY)
            continue;
        call->ended = true;
        (call->method->on_half_close ? call->method->on_half_close : call->method->on_cancel)(call);
    }
    world.now_ms += FAR_MS;
    /* The end of one request may make the next one: bulk calls wait for each other. */
    for (unsigned rounds = 0; rounds < ROUNDS_MAX && !all_finished(); rounds++)
        peers_expire(world.now_ms);
}

static void end_front(void)
{
    for (unsigned i = 0; i < world.calls; i++)
        if (world.call[i].begun && world.call[i].method->on_done)
            world.call[i].method->on_done(&world.call[i]);
    rpc_arena_free(&world.arena);
    bulk_destroy(&front.bulk);
    session_table_free(front.sessions);
    pthread_mutex_destroy(&front.citizen_lock);
    peers_shut();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (wake_fd < 0)
        wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    REQUIRE(wake_fd >= 0);
    world = (struct world){.input = {.at = data, .left = size}};
    start_front();
    int code = process_run(serve, nothing_more, NULL);
    REQUIRE(code == EXIT_DRAINED || code == EXIT_PROTOCOL);
    REQUIRE(code == EXIT_PROTOCOL || !world.doomed);
    end_calls();
    REQUIRE(code == EXIT_PROTOCOL || all_finished());
    end_front();
    return 0;
}

/* A front that a peer's violation ends leaves what the call in hand had allocated; no leak of a process that lives. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:get_status\n"
           "leak:bulk_call\n";
}
