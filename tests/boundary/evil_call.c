/* The honest auth and the honest client on either side of the evil front: what they send and what comes back. */
#include "crypto/hash.h"
#include "evil.h"

struct session_open evil_session(uint8_t id, uint16_t tenant)
{
    struct session_open open = {.tenant = tenant, .role = 1, .ttl_ms = 600000, .account = "evil"};

    open.account[4] = (char)('a' + id);
    memset(open.session, id, sizeof open.session);
    memset(open.call_key, id, sizeof open.call_key);
    open.call_key[0] = 'c';
    memset(open.reply_key, id, sizeof open.reply_key);
    open.reply_key[0] = 'r';
    for (uint16_t operation = 0; operation < OPERATION_COUNT; operation++)
        if (operation_row(operation))
            open.permit[operation] = operation_row(operation)->purposes;
    return open;
}

void evil_open_session_of(struct evil *evil, uint8_t id, uint16_t tenant)
{
    struct session_open open = evil_session(id, tenant);
    struct session_open_reply reply;
    struct frame_header header;

    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_OPEN, 0, &open, sizeof open), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->auth, &header, &reply, sizeof reply), sizeof reply);
    assert_int_equal(reply.opened, 1);
}

void evil_open_session(struct evil *evil)
{
    evil_open_session_of(evil, SESSION_ALL, TENANT_A);
}

void evil_call(struct evil *evil, uint16_t operation, uint16_t purpose, const void *items, uint32_t count,
               struct evil_answer *answer)
{
    static _Alignas(8) uint8_t body[FRAME_MAX], reply[FRAME_MAX];
    struct call_head head = {.version = 1, .operation = operation, .purpose = purpose, .count = count};
    struct session_call_reply reply_head;
    struct frame_header header;

    *answer = (struct evil_answer){0};
    assert_true(count <= sizeof answer->outcome / sizeof answer->outcome[0]);
    size_t length =
        seal_call(evil->session, ++evil->call_seq, operation, &head, items, count * sealed_item_size(operation), body);
    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    ssize_t got = evil_receive(&evil->front, &header, reply, sizeof reply);
    assert_true(got >= (ssize_t)sizeof reply_head);
    assert_int_equal(header.type, FRAME_SESSION_CALL_REPLY);
    memcpy(&reply_head, reply, sizeof reply_head);
    answer->status = reply_head.status;
    answer->length = (size_t)got;
    if (answer->status != CALL_OK)
        return;
    for (uint32_t i = 0; i < count; i++) {
        struct call_result_item item;
        memcpy(&item, reply + sizeof reply_head + sizeof(struct call_result_head) + i * sizeof item, sizeof item);
        answer->outcome[i] = item.outcome;
        memcpy(answer->reference[i], item.reference, REFERENCE_LEN);
    }
}

enum outcome evil_item(struct evil *evil, uint16_t operation, uint8_t reference[REFERENCE_LEN], unsigned number)
{
    static const uint16_t purposes[OPERATION_COUNT] = {
        [OPERATION_ENROLL] = PURPOSE_REGISTER, [OPERATION_MATCH] = PURPOSE_CHANGE, [OPERATION_LOOKUP] = PURPOSE_CHANGE,
        [OPERATION_REPLACE] = PURPOSE_CHANGE,  [OPERATION_ERASE] = PURPOSE_DELETE, [OPERATION_UNLOCK] = PURPOSE_CHANGE};
    struct call_item item = {0};
    struct evil_answer answer;
    bool changes = operation == OPERATION_ENROLL || operation == OPERATION_REPLACE || operation == OPERATION_ERASE;

    if (operation != OPERATION_ERASE && operation != OPERATION_UNLOCK)
        test_number(number, item.number);
    if (changes)
        crypto_random(item.request_id, sizeof item.request_id);
    if (reference && operation != OPERATION_ENROLL && operation != OPERATION_LOOKUP)
        memcpy(item.reference, reference, REFERENCE_LEN);
    evil_call(evil, operation, purposes[operation], &item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    if (reference && operation == OPERATION_ENROLL)
        memcpy(reference, answer.reference[0], REFERENCE_LEN);
    return answer.outcome[0];
}

enum call_status evil_match(struct evil *evil)
{
    struct call_head head = {.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1};
    struct call_item item = {.reference = {1}};
    struct session_call_reply reply;
    struct frame_header header;
    uint8_t body[512];

    test_number(1, item.number);
    size_t length = seal_call(SESSION_ALL, ++evil->call_seq, OPERATION_MATCH, &head, &item, sizeof item, body);
    assert_int_equal(channel_send(&evil->front, FRAME_SESSION_CALL, 0, body, length), CHANNEL_OK);
    assert_true(evil_receive(&evil->front, &header, &reply, sizeof reply) > 0);
    assert_int_equal(header.type, FRAME_SESSION_CALL_REPLY);
    return reply.status;
}
