#include "fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "number/individual_number.h"

#define MAP_BYTES (256u << 20)

static uint8_t frame[FRAME_MAX], reply[CALL_REPLY_MAX];

static void open_store(struct fixture *fixture)
{
    const uint16_t tenants[] = {TENANT_A, TENANT_B};

    assert_int_equal(store_open(&fixture->store, fixture->folder, MAP_BYTES, tenants, 2, fixture->root_key), 0);
    assert_int_equal(index_load(&fixture->store), 0);
}

void session_key(uint8_t session, uint8_t kind, uint8_t key[32])
{
    memset(key, session, 32);
    key[0] = kind;
}

static void open_session(struct fixture *fixture, uint8_t id, uint16_t tenant, const uint16_t permit[PERMIT_LEN])
{
    struct session_open open = {.tenant = tenant, .role = 7, .ttl_ms = 60000, .account = "tester"};

    memset(open.session, id, sizeof open.session);
    memcpy(open.permit, permit, sizeof open.permit);
    session_key(id, 'c', open.call_key);
    session_key(id, 'r', open.reply_key);
    assert_true(session_open(&fixture->sessions, &fixture->store, &open, fixture->clock.boot_ms));
}

static void open_sessions(struct fixture *fixture)
{
    uint16_t all[PERMIT_LEN] = {0}, lookup_only[PERMIT_LEN] = {0}, enroll_only[PERMIT_LEN] = {0};

    for (uint16_t operation = 0; operation < OPERATION_COUNT; operation++)
        all[operation] = operation_purposes(operation);
    lookup_only[OPERATION_LOOKUP] = lookup_only[OPERATION_MATCH] = PURPOSE_BIT(PURPOSE_CHANGE);
    enroll_only[OPERATION_ENROLL] = PURPOSE_BIT(PURPOSE_REGISTER);
    assert_int_equal(session_table_init(&fixture->sessions, 8), 0);
    open_session(fixture, SESSION_ALL, TENANT_A, all);
    open_session(fixture, SESSION_LOOKUP, TENANT_A, lookup_only);
    open_session(fixture, SESSION_OTHER, TENANT_B, all);
    open_session(fixture, SESSION_ENROLL, TENANT_A, enroll_only);
}

int fixture_setup(void **state)
{
    static bool arena;
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_int_equal(crypto_init(), 0);
    if (!arena) {
        assert_int_equal(secret_arena_open(6u << 20), 0);
        arena = true;
    }
    snprintf(fixture->folder, sizeof fixture->folder, "%s/sekisho-vault-XXXXXX",
             getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 30 ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(fixture->folder));
    memset(fixture->root_key, 0x42, sizeof fixture->root_key);
    for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
        fixture->limits[purpose] = (struct guess_limits){1000, 1000, 1000, 1000, 1000, 1000};
    fixture->clock = (struct call_clock){.now_us = 1700000000000000, .boot_ms = 1000};
    open_store(fixture);
    open_sessions(fixture);
    assert_int_equal(call_engine_init(&fixture->engine, &fixture->store, &fixture->sessions, fixture->limits), 0);
    *state = fixture;
    return 0;
}

static void close_sessions(struct fixture *fixture)
{
    for (uint8_t id = SESSION_ALL; id <= SESSION_ENROLL; id++) {
        uint8_t full[SESSION_ID_LEN];
        memset(full, id, sizeof full);
        session_close(&fixture->sessions, full);
    }
}

int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    char path[128];

    close_sessions(fixture);
    store_close(&fixture->store);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", fixture->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", fixture->folder, REDO_NAME);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s", fixture->folder, ERASURES_NAME);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s.lost", fixture->folder, ERASURES_NAME);
    unlink(path);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

void fixture_reopen(struct fixture *fixture)
{
    close_sessions(fixture);
    store_close(&fixture->store);
    open_store(fixture);
    open_sessions(fixture);
}

void test_number(unsigned n, char number[NUMBER_LEN])
{
    char digits[16];

    snprintf(digits, sizeof digits, "%011u", 10000u + n * 7u);
    memcpy(number, digits, 11);
    number[11] = individual_number_check_digit(number);
}

size_t seal_call(uint8_t session, uint64_t seq, uint16_t method, const struct call_head *head, const void *items,
                 size_t items_length, uint8_t *body)
{
    struct session_call request = {.call_seq = seq, .operation = method};
    uint8_t key[32], nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    uint8_t *plain = body + sizeof request;
    size_t length = sizeof *head + items_length;

    memset(request.session, session, sizeof request.session);
    request.sealed_length = (uint32_t)(length + SEAL_TAG_LEN);
    memcpy(body, &request, sizeof request);
    memcpy(plain, head, sizeof *head);
    if (items_length)
        memcpy(plain + sizeof *head, items, items_length);
    session_key(session, 'c', key);
    sealed_nonce(seq, nonce);
    sealed_call_aad(request.session, seq, aad);
    struct aead *aead = aead_new(key);
    assert_int_equal(aead_seal(aead, nonce, aad, sizeof aad, plain, length, plain), 0);
    aead_free(aead);
    return sizeof request + length + SEAL_TAG_LEN;
}

static void open_answer(const uint8_t *body, const struct session_call_reply *head, struct answer *answer)
{
    struct session_call request;
    uint8_t key[32], nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    const uint8_t *clear = reply + sizeof *head, *sealed = clear + head->clear_length;

    memcpy(&request, body, sizeof request);
    session_key(request.session[0], 'r', key);
    sealed_nonce(request.call_seq, nonce);
    sealed_reply_aad(request.session, request.call_seq, aad);
    struct aead *aead = aead_new(key);
    assert_int_equal(aead_open2(aead, nonce, aad, sizeof aad, clear, head->clear_length, sealed, head->sealed_length,
                                answer->details),
                     0);
    aead_free(aead);
    memcpy(&answer->head, clear, sizeof answer->head);
    assert_int_equal(head->clear_length, sizeof answer->head + answer->head.count * sizeof answer->results[0]);
    memcpy(answer->results, clear + sizeof answer->head, answer->head.count * sizeof answer->results[0]);
}

void hand_in(struct fixture *fixture, const uint8_t *body, size_t length, struct answer *answer)
{
    struct session_call_reply head;
    struct call_answer handled;
    int rc;

    memset(answer, 0, sizeof *answer);
    assert_int_equal(store_begin(&fixture->store), 0);
    assert_true(call_handle(&fixture->engine, &fixture->clock, body, length, reply, &handled, &rc));
    assert_int_equal(rc, 0);
    assert_int_equal(ledger_sign(&fixture->store), 0);
    assert_int_equal(call_seal(&handled, reply), 0);
    assert_int_equal(store_commit(&fixture->store), 0);
    answer->status = handled.status;
    memcpy(&head, reply, sizeof head);
    assert_int_equal(head.status, answer->status);
    assert_int_equal(handled.length, sizeof head + head.clear_length + head.sealed_length);
    if (answer->status == CALL_OK)
        open_answer(body, &head, answer);
    else
        assert_int_equal(handled.length, sizeof head);
}

void call(struct fixture *fixture, uint8_t session, uint16_t operation, uint16_t purpose, const void *items,
          uint32_t count, struct answer *answer)
{
    struct call_head head = {.version = 1, .operation = operation, .purpose = purpose, .count = count};
    uint16_t method = operation == OPERATION_ENROLL_CITIZEN  ? OPERATION_ENROLL
                      : operation == OPERATION_MATCH_CITIZEN ? OPERATION_MATCH
                                                             : operation;

    memset(head.case_ref, fixture->case_ref, sizeof head.case_ref);
    size_t length =
        seal_call(session, ++fixture->seq, method, &head, items, count * sealed_item_size(operation), frame);

    hand_in(fixture, frame, length, answer);
}

static enum detail call_one(struct fixture *fixture, uint8_t session, uint16_t operation, uint16_t purpose,
                            const struct call_item *item, uint8_t reference[REFERENCE_LEN])
{
    static struct answer answer;

    call(fixture, session, operation, purpose, item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    if (reference)
        memcpy(reference, answer.results[0].reference, REFERENCE_LEN);
    assert_int_equal(answer.results[0].outcome, operation_outcome(operation, answer.details[0].detail));
    return answer.details[0].detail;
}

enum detail enroll(struct fixture *fixture, uint8_t session, const char number[NUMBER_LEN], uint8_t request,
                   uint8_t reference[REFERENCE_LEN])
{
    struct call_item item = {0};

    memcpy(item.number, number, NUMBER_LEN);
    memset(item.request_id, request, REQUEST_ID_LEN);
    return call_one(fixture, session, OPERATION_ENROLL, PURPOSE_REGISTER, &item, reference);
}

enum detail match(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN],
                  const char number[NUMBER_LEN])
{
    struct call_item item = {0};

    memcpy(item.number, number, NUMBER_LEN);
    memcpy(item.reference, reference, REFERENCE_LEN);
    return call_one(fixture, session, OPERATION_MATCH, PURPOSE_CHANGE, &item, NULL);
}

enum detail lookup(struct fixture *fixture, uint8_t session, const char number[NUMBER_LEN],
                   uint8_t reference[REFERENCE_LEN])
{
    struct call_item item = {0};

    memcpy(item.number, number, NUMBER_LEN);
    return call_one(fixture, session, OPERATION_LOOKUP, PURPOSE_CHANGE, &item, reference);
}

enum detail replace(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN],
                    const char number[NUMBER_LEN], uint8_t request)
{
    struct call_item item = {0};

    memcpy(item.number, number, NUMBER_LEN);
    memcpy(item.reference, reference, REFERENCE_LEN);
    memset(item.request_id, request, REQUEST_ID_LEN);
    return call_one(fixture, session, OPERATION_REPLACE, PURPOSE_CHANGE, &item, NULL);
}

enum detail erase(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN], uint8_t request)
{
    struct call_item item = {0};

    memcpy(item.reference, reference, REFERENCE_LEN);
    memset(item.request_id, request, REQUEST_ID_LEN);
    return call_one(fixture, session, OPERATION_ERASE, PURPOSE_DELETE, &item, NULL);
}

bool store_contains(struct fixture *fixture, const void *needle, size_t length)
{
    char path[128];
    struct stat status;
    bool found;

    snprintf(path, sizeof path, "%s/data.mdb", fixture->folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    char *bytes = malloc((size_t)status.st_size);
    assert_int_equal(fread(bytes, 1, (size_t)status.st_size, file), status.st_size);
    found = memmem(bytes, (size_t)status.st_size, needle, length) != NULL;
    free(bytes);
    fclose(file);
    return found;
}
