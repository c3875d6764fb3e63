/* SESSION_CALL: who may ask, what is refused, and that a refusal changes nothing. */
#include "fixture.h"

#include "crypto/hash.h"

static uint8_t body[FRAME_MAX];
static struct answer answer;

static struct call_head match_head(void)
{
    return (struct call_head){.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1};
}

static struct call_item match_item(void)
{
    struct call_item item = {.reference = {1}};

    test_number(1, item.number);
    return item;
}

static enum call_status status_of(struct fixture *fixture, size_t length)
{
    hand_in(fixture, body, length, &answer);
    return answer.status;
}

static void replayed_and_reordered_calls(void **state)
{
    struct fixture *fixture = *state;
    struct call_head head = match_head();
    struct call_item item = match_item();
    size_t length = seal_call(SESSION_ALL, 5, OPERATION_MATCH, &head, &item, sizeof item, body);

    assert_int_equal(status_of(fixture, length), CALL_OK);
    assert_int_equal(status_of(fixture, length), CALL_REPLAYED);
    length = seal_call(SESSION_ALL, 3, OPERATION_MATCH, &head, &item, sizeof item, body);
    assert_int_equal(status_of(fixture, length), CALL_OK);
    length = seal_call(SESSION_ALL, 0, OPERATION_MATCH, &head, &item, sizeof item, body);
    assert_int_equal(status_of(fixture, length), CALL_REPLAYED);
    length = seal_call(SESSION_ALL, 5 + REPLAY_WINDOW, OPERATION_MATCH, &head, &item, sizeof item, body);
    assert_int_equal(status_of(fixture, length), CALL_OK);
    length = seal_call(SESSION_ALL, 4, OPERATION_MATCH, &head, &item, sizeof item, body);
    assert_int_equal(status_of(fixture, length), CALL_REPLAYED);
}

static void forged_calls(void **state)
{
    struct fixture *fixture = *state;
    struct call_head head = match_head();
    struct call_item item = match_item();
    struct session_call request;
    size_t length = seal_call(SESSION_ALL, 1, OPERATION_MATCH, &head, &item, sizeof item, body);

    for (size_t at = sizeof request; at < length; at += 7) {
        body[at] ^= 1;
        assert_int_equal(status_of(fixture, length), CALL_BAD_SEAL);
        body[at] ^= 1;
    }
    /* another session's id, another sequence number: the seal is bound to both */
    memcpy(&request, body, sizeof request);
    request.call_seq = 2;
    memcpy(body, &request, sizeof request);
    assert_int_equal(status_of(fixture, length), CALL_BAD_SEAL);
    request.call_seq = 1;
    memset(request.session, SESSION_OTHER, sizeof request.session);
    memcpy(body, &request, sizeof request);
    assert_int_equal(status_of(fixture, length), CALL_BAD_SEAL);
    memset(request.session, 0x77, sizeof request.session);
    memcpy(body, &request, sizeof request);
    assert_int_equal(status_of(fixture, length), CALL_UNKNOWN_SESSION);
    /* none of these used the sequence number up */
    memset(request.session, SESSION_ALL, sizeof request.session);
    memcpy(body, &request, sizeof request);
    assert_int_equal(status_of(fixture, length), CALL_OK);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 1);
}

static void malformed_calls_with_a_good_seal(void **state)
{
    struct fixture *fixture = *state;
    const struct call_head good_head = match_head();
    const struct call_item good_item = match_item();
    uint64_t seq = 0;

#define EXPECT_MALFORMED(method, change)                                                                               \
    do {                                                                                                               \
        struct call_head head = good_head;                                                                             \
        struct call_item item = good_item;                                                                             \
        size_t items_length = sizeof item;                                                                             \
        change;                                                                                                        \
        size_t length = seal_call(SESSION_ALL, ++seq, method, &head, &item, items_length, body);                       \
        assert_int_equal(status_of(fixture, length), CALL_MALFORMED);                                                  \
    } while (0)

    EXPECT_MALFORMED(OPERATION_MATCH, head.version = 2);
    EXPECT_MALFORMED(OPERATION_MATCH, head.zero = 1);
    EXPECT_MALFORMED(OPERATION_MATCH, head.zero2 = 1);
    EXPECT_MALFORMED(OPERATION_MATCH, head.operation = 0);
    EXPECT_MALFORMED(OPERATION_MATCH, head.operation = OPERATION_COUNT);
    EXPECT_MALFORMED(OPERATION_MATCH, head.operation = UINT16_MAX);
    EXPECT_MALFORMED(OPERATION_MATCH, head.purpose = 0);
    EXPECT_MALFORMED(OPERATION_MATCH, head.purpose = PURPOSE_COUNT);
    EXPECT_MALFORMED(OPERATION_MATCH, head.count = 0);
    EXPECT_MALFORMED(OPERATION_MATCH, head.count = 2);
    EXPECT_MALFORMED(OPERATION_MATCH, head.count = UINT32_MAX);
    EXPECT_MALFORMED(OPERATION_MATCH, items_length--);
    EXPECT_MALFORMED(OPERATION_MATCH, items_length = 0);
    EXPECT_MALFORMED(OPERATION_MATCH, item.zero = 1);
    EXPECT_MALFORMED(OPERATION_MATCH, item.request_id[3] = 1);
    EXPECT_MALFORMED(OPERATION_LOOKUP, head.operation = OPERATION_LOOKUP); /* a reference where none belongs */
    EXPECT_MALFORMED(OPERATION_ENROLL, head.operation = OPERATION_ENROLL; head.purpose = PURPOSE_REGISTER;
                     memset(item.reference, 0, REFERENCE_LEN)); /* no request id */
    EXPECT_MALFORMED(OPERATION_ERASE, head.operation = OPERATION_ERASE; head.purpose = PURPOSE_DELETE;
                     item.request_id[0] = 1); /* a number where none belongs */
#undef EXPECT_MALFORMED
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 0);
}

/* A front that sends an officer's MATCH as if it had been asked to LOOKUP. */
static void method_and_operation_must_agree(void **state)
{
    struct fixture *fixture = *state;
    struct call_head head = match_head();
    struct call_item item = match_item();
    size_t length = seal_call(SESSION_ALL, 1, OPERATION_LOOKUP, &head, &item, sizeof item, body);

    assert_int_equal(status_of(fixture, length), CALL_WRONG_METHOD);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 0);
}

/* F048, INV-06: every operation under every purpose, for a session that may do all that is lawful. */
static void inv06_every_operation_under_every_purpose(void **state)
{
    struct fixture *fixture = *state;
    uint64_t seq = 0, leaves = 0;

    for (uint16_t operation = 1; operation < OPERATION_COUNT; operation++) {
        for (uint16_t purpose = 1; purpose < PURPOSE_COUNT; purpose++) {
            struct call_head head = {.version = 1, .operation = operation, .purpose = purpose, .count = 1};
            _Alignas(8) uint8_t item[sizeof(struct call_item_citizen)] = {0};
            struct call_item *fields = (void *)item;
            if (operation == OPERATION_MATCH || operation == OPERATION_UNLOCK || operation == OPERATION_ROTATE_KEYS)
                fields->reference[0] = 1; /* of ROTATE_KEYS: ROTATE_RECORD_KEY */
            else if (operation == OPERATION_READ_LEDGER)
                ((struct call_item_read *)(void *)item)->count = 1;
            else if (operation != OPERATION_LOOKUP && operation != OPERATION_BACKUP)
                fields->request_id[0] = 1;
            if (operation == OPERATION_ENROLL_CITIZEN || operation == OPERATION_MATCH_CITIZEN)
                item[0] = 1; /* application nonce */
            head.case_ref[0] = operation == OPERATION_MATCH_CITIZEN;
            uint16_t method = operation == OPERATION_ENROLL_CITIZEN  ? OPERATION_ENROLL
                              : operation == OPERATION_MATCH_CITIZEN ? OPERATION_MATCH
                                                                     : operation;
            size_t length = seal_call(SESSION_ALL, ++seq, method, &head, item, sealed_item_size(operation), body);
            bool lawful = operation_row(operation)->purposes & PURPOSE_BIT(purpose);
            assert_int_equal(status_of(fixture, length), lawful ? CALL_OK : CALL_NOT_PERMITTED);
            assert_int_equal(fixture->store.tenant[0].now.ledger.size, ++leaves); /* refused and logged */
        }
    }
    assert_int_equal(operation_row(OPERATION_ENROLL)->purposes, PURPOSE_BIT(PURPOSE_REGISTER));
    assert_int_equal(operation_row(OPERATION_REPLACE)->purposes, PURPOSE_BIT(PURPOSE_CHANGE));
    assert_int_equal(operation_row(OPERATION_ERASE)->purposes, PURPOSE_BIT(PURPOSE_DELETE));
    assert_int_equal(operation_row(OPERATION_CONFIRM)->purposes, PURPOSE_BIT(PURPOSE_REGISTER));
    assert_int_equal(operation_row(OPERATION_RELEASE)->purposes, PURPOSE_BIT(PURPOSE_REGISTER));
}

static void a_sessions_permit_narrows_the_law(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = match_item();

    call(fixture, SESSION_LOOKUP, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    call(fixture, SESSION_LOOKUP, OPERATION_MATCH, PURPOSE_DELETE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
    call(fixture, SESSION_ENROLL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_NOT_PERMITTED);
}

static void sessions_end(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = match_item();
    uint8_t id[SESSION_ID_LEN];

    memset(id, SESSION_LOOKUP, sizeof id);
    assert_true(session_close(&fixture->sessions, id));
    assert_false(session_close(&fixture->sessions, id));
    call(fixture, SESSION_LOOKUP, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_UNKNOWN_SESSION);
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    fixture->clock.boot_ms += 60000;
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_EXPIRED);
    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_UNKNOWN_SESSION);
}

static void session_table_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    struct session_open open = {.tenant = TENANT_A, .ttl_ms = 10, .account = "x"};
    int opened = 0;

    for (uint8_t i = 0; i < 20; i++) {
        memset(open.session, 0x80 + i, sizeof open.session);
        opened += session_open(&fixture->sessions, &fixture->store, &open, fixture->clock.boot_ms);
    }
    assert_int_equal(opened, 4); /* capacity 8, four from the fixture */
    assert_true(session_open(&fixture->sessions, &fixture->store, &open, fixture->clock.boot_ms + 11));
    assert_false(session_open(&fixture->sessions, &fixture->store, &open, fixture->clock.boot_ms + 11)); /* same id */
    open.tenant = 12;
    memset(open.session, 0x70, sizeof open.session);
    assert_false(session_open(&fixture->sessions, &fixture->store, &open, fixture->clock.boot_ms + 11));
    for (uint8_t i = 0; i < 20; i++) {
        memset(open.session, 0x80 + i, sizeof open.session);
        session_close(&fixture->sessions, open.session);
    }
}

static void a_full_batch(void **state)
{
    struct fixture *fixture = *state;
    static struct call_item items[CALL_ITEMS_MAX];

    for (unsigned i = 0; i < CALL_ITEMS_MAX; i++) {
        items[i] = (struct call_item){.request_id = {1, (uint8_t)i, (uint8_t)(i >> 8)}};
        test_number(i, items[i].number);
    }
    items[7].number[11] = items[7].number[11] == '9' ? '0' : (char)(items[7].number[11] + 1);
    call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, items, CALL_ITEMS_MAX, &answer);
    assert_int_equal(answer.status, CALL_OK);
    for (unsigned i = 0; i < CALL_ITEMS_MAX; i++)
        assert_int_equal(answer.details[i].detail, i == 7 ? DETAIL_INVALID_NUMBER : DETAIL_DONE);
    assert_int_equal(fixture->store.tenant[0].now.subjects, CALL_ITEMS_MAX - 1);
    assert_int_equal(fixture->store.tenant[0].now.ledger.size, 1);
}

/* What the front can break with its own bytes is a violation, not a status. */
static void lengths_that_lie_are_violations(void **state)
{
    struct fixture *fixture = *state;
    struct call_head head = match_head();
    struct call_item item = match_item();
    struct session_call request;
    static uint8_t reply[CALL_REPLY_MAX];
    struct call_answer handled;
    size_t length = seal_call(SESSION_ALL, 1, OPERATION_MATCH, &head, &item, sizeof item, body);
    int rc;

    for (int field = 0; field < 5; field++) {
        memcpy(&request, body, sizeof request);
        switch (field) {
        case 0:
            request.sealed_length++;
            break;
        case 1:
            request.sealed_length--;
            break;
        case 2:
            request.sealed_length = UINT32_MAX;
            break;
        case 3:
            request.sealed_length = 0;
            break;
        default:
            request.zero = 1;
        }
        static uint8_t bent[FRAME_MAX];
        memcpy(bent, body, length);
        memcpy(bent, &request, sizeof request);
        assert_false(call_handle(&fixture->engine, &fixture->clock, bent, length, reply, &handled, &rc));
    }
}

/* Nor does one that is too short to be a call. */
static void what_is_no_call_is_wiped_too(void **state)
{
    struct fixture *fixture = *state;
    static const char short_of[16] = "123456789018 ...";
    struct session_call request = {.call_seq = 1, .operation = OPERATION_MATCH};
    uint8_t key[SESSION_KEY_LEN], nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];

    session_key(SESSION_ALL, 'c', key);
    memset(request.session, SESSION_ALL, sizeof request.session);
    request.sealed_length = sizeof short_of + SEAL_TAG_LEN;
    memcpy(body, &request, sizeof request);
    sealed_nonce(request.call_seq, nonce);
    sealed_call_aad(request.session, request.call_seq, aad);
    struct aead *aead = aead_new(key);
    assert_int_equal(aead_seal(aead, nonce, aad, sizeof aad, short_of, sizeof short_of, body + sizeof request), 0);
    aead_free(aead);
    assert_int_equal(status_of(fixture, sizeof request + request.sealed_length), CALL_MALFORMED);
    assert_null(memmem(fixture->engine.plain, FRAME_MAX, short_of, sizeof short_of));
}

/* The opened call does not stay in memory. */
static void scratch_is_wiped(void **state)
{
    struct fixture *fixture = *state;
    struct call_item item = match_item();

    call(fixture, SESSION_ALL, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    assert_null(memmem(fixture->engine.plain, FRAME_MAX, item.number, NUMBER_LEN));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replayed_and_reordered_calls),
        TEST(forged_calls),
        TEST(malformed_calls_with_a_good_seal),
        TEST(method_and_operation_must_agree),
        TEST(inv06_every_operation_under_every_purpose),
        TEST(a_sessions_permit_narrows_the_law),
        TEST(sessions_end),
        TEST(session_table_is_bounded),
        TEST(a_full_batch),
        TEST(lengths_that_lie_are_violations),
        TEST(scratch_is_wiped),
        TEST(what_is_no_call_is_wiped_too),
    };
    return cmocka_run_group_tests_name("vault calls", tests, NULL, NULL);
}
