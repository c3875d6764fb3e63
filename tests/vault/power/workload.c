#include "workload.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recorder.h"
#include "support/process.h"
#include "vault/loop.h"

const uint16_t power_tenants[2] = {TENANT_A, TENANT_B};
const uint8_t power_root_key[32] = {0x42};
const struct guess_limits power_limits = {1u << 30, 1u << 30, 1u << 30, 1u << 30, 1u << 30, 1u << 30};

#define OUTSTANDING_MAX 60

struct front {
    struct workload workload;
    struct history *history;
    struct peer_end front, auth;
    struct channel_batch batch;
    struct vault *vault;
    unsigned burst, guesses;
    size_t answered;
    uint64_t call_seq[2], random;
    bool busy[PEOPLE_MAX]; /* something is out that changes them */
    bool known[PEOPLE_MAX];
    enum stage stage[PEOPLE_MAX]; /* as answered */
    bool provisional[PEOPLE_MAX];
    uint8_t case_ref; /* of the next call; 0: none */
    bool patient;     /* waits for all answers before the next burst */
    bool serving;     /* the vault has begun to */
};

static uint32_t random_below(struct front *front, uint32_t bound)
{
    front->random = front->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(front->random >> 33) % bound;
}

/* ---- asking ---- */

static void flush(struct front *front)
{
    assert_int_equal(channel_batch_send(&front->front.outer, &front->batch), CHANNEL_OK);
}

static struct asked *ask(struct front *front, uint16_t type, const void *body, size_t length)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)body, .iov_len = length};

    if (channel_batch_add(&front->front.outer, &front->batch, type, 0, &part, 1) == CHANNEL_FULL) {
        flush(front);
        assert_int_equal(channel_batch_add(&front->front.outer, &front->batch, type, 0, &part, 1), CHANNEL_OK);
    }
    assert_true(front->history->asked_count < CALLS_MAX);
    struct asked *asked = &front->history->asked[++front->history->asked_count];
    assert_int_equal(front->history->asked_count, front->front.outer.sent);
    *asked = (struct asked){0};
    return asked;
}

static struct asked *ask_call(struct front *front, uint8_t session, uint16_t operation, uint16_t purpose,
                              const void *items, uint32_t count)
{
    static uint8_t body[sizeof(struct session_call) + sizeof(struct call_head) + GROUP_MAX * sizeof(struct call_item) +
                        SEAL_TAG_LEN];
    struct call_head head = {
        .version = 1, .operation = operation, .purpose = purpose, .count = count, .case_ref = {front->case_ref}};
    uint64_t seq = ++front->call_seq[session == ACCOUNT_TWO];
    size_t length = seal_call(session, seq, operation, &head, items, count * sizeof(struct call_item), body);
    struct asked *asked = ask(front, FRAME_SESSION_CALL, body, length);

    *asked = (struct asked){.operation = operation, .session = session, .count = count};
    return asked;
}

static void ask_enroll(struct front *front)
{
    struct call_item items[GROUP_MAX] = {0};
    uint32_t count = random_below(front, 3) == 0 ? 1 + random_below(front, GROUP_MAX) : 1;
    uint32_t first = front->history->people;

    if (first + count > PEOPLE_MAX)
        return;
    for (uint32_t i = 0; i < count; i++) {
        person_number(first + i, false, items[i].number);
        person_request(first + i, items[i].request_id);
        front->busy[first + i] = true;
    }
    front->history->people += count;
    front->case_ref = (uint8_t)random_below(front, 2);
    struct asked *asked = ask_call(front, ACCOUNT_ONE, OPERATION_ENROLL, PURPOSE_REGISTER, items, count);
    asked->first = first;
    asked->in_case = front->case_ref != 0;
    front->case_ref = 0;
}

static void ask_match(struct front *front, uint32_t person, bool miss)
{
    struct call_item item = {0};

    memcpy(item.reference, front->history->reference[person], REFERENCE_LEN);
    if (miss)
        test_number(20000 + front->guesses++, item.number);
    else
        person_number(person, front->stage[person] == STAGE_REPLACED, item.number);
    struct asked *asked = ask_call(front, ACCOUNT_ONE, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1);
    asked->first = person;
    asked->missed = miss;
}

static void ask_change(struct front *front, uint32_t person, uint16_t operation)
{
    static const uint16_t purposes[OPERATION_COUNT] = {[OPERATION_REPLACE] = PURPOSE_CHANGE,
                                                       [OPERATION_ERASE] = PURPOSE_DELETE,
                                                       [OPERATION_CONFIRM] = PURPOSE_REGISTER,
                                                       [OPERATION_RELEASE] = PURPOSE_REGISTER};
    struct call_item item = {.request_id = {(uint8_t)operation}};

    memcpy(item.reference, front->history->reference[person], REFERENCE_LEN);
    if (operation == OPERATION_REPLACE)
        person_number(person, true, item.number);
    if (purposes[operation] == PURPOSE_REGISTER)
        person_request(person, item.request_id);
    ask_call(front, ACCOUNT_ONE, operation, purposes[operation], &item, 1)->first = person;
    front->busy[person] = true;
}

static void ask_unlock(struct front *front, uint32_t person)
{
    struct call_item_unlock item = {0};

    memcpy(item.reference, front->history->reference[person], REFERENCE_LEN);
    ask_call(front, ACCOUNT_TWO, OPERATION_UNLOCK, PURPOSE_CHANGE, &item, 1)->first = person;
}

static void ask_head(struct front *front)
{
    struct ledger_head_request request = {.tenant = TENANT_A};

    ask(front, FRAME_LEDGER_HEAD, &request, sizeof request);
}

static void ask_rotation(struct front *front)
{
    struct call_item_rotate item = {.levels = ROTATE_ALL};

    ask_call(front, ACCOUNT_ONE, OPERATION_ROTATE_KEYS, PURPOSE_CHANGE, &item, 1);
}

static void ask_something(struct front *front)
{
    uint32_t people = front->history->people, dice = random_below(front, 100);
    uint32_t person = people ? random_below(front, people) : 0;

    if (dice < 3)
        ask_head(front);
    else if (dice < 35 || people == 0 || !front->known[person] || front->busy[person] ||
             front->stage[person] == STAGE_ERASED)
        ask_enroll(front);
    else if (dice < 75)
        ask_match(front, person, dice < 60);
    else if (dice < 85 && front->stage[person] == STAGE_ENROLLED)
        ask_change(front, person, OPERATION_REPLACE);
    else if (dice < 93 && front->provisional[person])
        ask_change(front, person, dice < 89 ? OPERATION_CONFIRM : OPERATION_RELEASE);
    else if (dice < 93)
        ask_change(front, person, OPERATION_ERASE);
    else
        ask_unlock(front, person);
}

/* ---- reading ---- */

static void note_answer(struct front *front, const struct asked *asked)
{
    if (asked->operation == OPERATION_NONE || asked->operation == OPERATION_ROTATE_KEYS)
        return;
    for (uint32_t i = 0; i < asked->count; i++) {
        uint32_t person = asked->first + i;
        if (asked->operation == OPERATION_ENROLL)
            front->stage[person] = STAGE_ENROLLED, front->provisional[person] = asked->in_case;
        else if (asked->operation == OPERATION_CONFIRM)
            front->provisional[person] = false;
        else if (asked->operation == OPERATION_REPLACE)
            front->stage[person] = STAGE_REPLACED;
        else if (asked->operation == OPERATION_ERASE || asked->operation == OPERATION_RELEASE)
            front->stage[person] = STAGE_ERASED;
        else
            continue;
        front->known[person] = true;
        front->busy[person] = false;
    }
}

static bool read_answers(struct front *front)
{
    static _Alignas(8) uint8_t record[FRAME_MAX];
    bool any = false;

    for (;;) {
        ssize_t length = recv(front->front.outer.fd, record, sizeof record, MSG_DONTWAIT);
        if (length <= 0)
            return any;
        any = true;
        for (size_t at = 0; at < (size_t)length;) {
            struct frame_header header;
            memcpy(&header, record + at, sizeof header);
            note_answer(front, history_answer(front->history, header.reply_to, record + at + sizeof header,
                                              header.length - sizeof header));
            front->answered++;
            at += (header.length + 7) & ~(size_t)7;
        }
    }
}

/* ---- the vault has nothing to do ---- */

static void send_burst(struct front *front)
{
    unsigned calls = 1 + random_below(front, front->workload.burst_calls);

    front->burst++;
    if (front->workload.rotate && front->burst == front->workload.bursts / 2)
        ask_rotation(front);
    for (unsigned i = 0; i < calls; i++) {
        ask_something(front);
        if (random_below(front, 4) == 0)
            flush(front); /* several records are one group as well */
    }
    flush(front);
    front->patient = random_below(front, 3) == 0;
}

/* A vault that answers a group while it works at the next one must be given the next one in time. */
static void send_during_sync(void *context)
{
    struct front *front = context;
    size_t out = front->history->asked_count - front->answered;

    if (front->serving && front->burst < front->workload.bursts && !front->patient && out <= OUTSTANDING_MAX)
        send_burst(front);
}

static bool feed(void *context)
{
    struct front *front = context;
    bool moved = read_answers(front);
    size_t out = front->history->asked_count - front->answered;

    front->serving = true;
    process_advance(1);
    if (front->burst == front->workload.bursts || (front->patient && out > 0) || out > OUTSTANDING_MAX)
        return moved;
    send_burst(front);
    return true;
}

static void serve(void *context)
{
    const struct front *front = context;

    vault_run(front->vault);
}

/* ---- a vault's life ---- */

static void open_session_of(struct front *front, uint8_t id, const char *account)
{
    struct session_open open = {.tenant = TENANT_A, .role = 1, .ttl_ms = 1u << 30};

    memset(open.session, id, sizeof open.session);
    memset(open.call_key, id, sizeof open.call_key);
    open.call_key[0] = 'c';
    memset(open.reply_key, id, sizeof open.reply_key);
    open.reply_key[0] = 'r';
    memcpy(open.account, account, strlen(account));
    for (uint16_t operation = 0; operation < OPERATION_COUNT; operation++)
        open.permit[operation] = operation_purposes(operation);
    assert_true(session_open(&front->vault->sessions, &front->vault->store, &open, session_clock_ms()));
}

static void start_vault(struct front *front, const char *folder)
{
    static struct child child;
    static struct replies replies; /* their memory, taken once */
    struct vault *vault = front->vault;

    *vault = (struct vault){.child = &child, .phase = PHASE_SEALED};
    for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
        child.config.guesses[purpose] = power_limits;
    assert_int_equal(store_open(&vault->store, folder, POWER_MAP_BYTES, power_tenants, 2, power_root_key), 0);
    assert_int_equal(index_load(&vault->store), 0);
    assert_int_equal(session_table_init(&vault->sessions, 4), 0);
    assert_int_equal(call_engine_init(&vault->engine, &vault->store, &vault->sessions, child.config.guesses), 0);
    vault->receive_buffer = calloc(1, FRAME_MAX);
    vault->front_buffer = calloc(1, FRAME_MAX);
    assert_true(vault->receive_buffer && vault->front_buffer);
    assert_true(replies.buffer || replies_init(&replies));
    vault->replies = replies;
    vault->front = front->front.inner;
    vault->front.batched = front->front.outer.batched = true;
    vault->auth = front->auth.inner;
    open_session_of(front, ACCOUNT_ONE, "one");
    open_session_of(front, ACCOUNT_TWO, "two");
}

static void stop_vault(struct front *front)
{
    struct vault *vault = front->vault;
    uint8_t id[SESSION_ID_LEN];

    memset(id, ACCOUNT_ONE, sizeof id);
    assert_true(session_close(&vault->sessions, id));
    memset(id, ACCOUNT_TWO, sizeof id);
    assert_true(session_close(&vault->sessions, id));
    store_close(&vault->store);
    free(vault->receive_buffer);
    free(vault->front_buffer);
    process_free_secrets();
    peer_close(&front->front);
    peer_close(&front->auth);
    peer_close(&process_control);
}

void power_make_store(const char *folder)
{
    struct store store;

    process_reset(1, 0);
    assert_int_equal(store_open(&store, folder, POWER_MAP_BYTES, power_tenants, 2, power_root_key), 0);
    store_close(&store);
    process_free_secrets();
}

void power_run(const char *folder, const struct workload *workload, struct history *history)
{
    static uint8_t batch[FRAME_MAX];
    static struct vault vault;
    static struct front front;

    *history = (struct history){0};
    front = (struct front){.workload = *workload,
                           .history = history,
                           .batch = {.buffer = batch},
                           .vault = &vault,
                           .random = workload->seed};
    process_reset(workload->seed, 1000);
    peer_open(&front.front, PEER_FRONT);
    peer_open(&front.auth, PEER_AUTH);
    peer_open(&process_control, PEER_WARDEN);
    recorder_begin(folder, front.front.inner.fd, send_during_sync, &front);
    start_vault(&front, folder);
    assert_int_equal(channel_send(&process_control.outer, FRAME_START, 0, NULL, 0), CHANNEL_OK);
    assert_int_equal(process_run(serve, feed, &front), PROCESS_WAITS);
    recorder_end();
    assert_int_equal(front.answered, history->asked_count);
    assert_int_equal(front.burst, workload->bursts);
    stop_vault(&front);
}
