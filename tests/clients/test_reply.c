/* A front that lies: nothing but the vault's own answer to this very call is believed. */
#include <stdlib.h>
#include <string.h>

#include "support/fixture.h"

#define COUNT 3

/* The vault's part, from the layout in crypto/sealed.h. */
struct answer {
    uint8_t results[sizeof(struct call_result_head) + COUNT * sizeof(struct call_result_item)];
    uint8_t sealed[COUNT * sizeof(struct call_detail_item) + SEAL_TAG_LEN];
    Sekisho__V1__SealedReply reply;
};

struct fixture {
    struct sekisho_client client;
    struct sekisho_session *session;
    struct sealed_call call;
    struct answer answer;
    struct sekisho_result results[COUNT];
    struct sekisho_receipt receipt;
    struct sekisho_error error;
};

static void answer_with(struct fixture *fixture, const struct call_result_head *head, uint8_t outcome, uint8_t detail,
                        uint64_t sequence)
{
    struct answer *answer = &fixture->answer;
    struct call_result_item items[COUNT] = {0};
    struct call_detail_item details[COUNT] = {0};
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];

    for (int i = 0; i < COUNT; i++) {
        items[i].outcome = outcome;
        items[i].reference[0] = (uint8_t)(0xa0 + i);
        details[i].detail = detail;
        details[i].reference[0] = (uint8_t)(0xd0 + i);
    }
    memcpy(answer->results, head, sizeof *head);
    memcpy(answer->results + sizeof *head, items, sizeof items);
    sealed_nonce(sequence, nonce);
    sealed_reply_aad(fixture->session->state->session, sequence, aad);
    assert_int_equal(aead_seal2(fixture->session->reply, nonce, aad, sizeof aad, answer->results,
                                sizeof answer->results, details, sizeof details, answer->sealed),
                     0);
    sekisho__v1__sealed_reply__init(&answer->reply);
    answer->reply.sequence = fixture->call.sequence;
    answer->reply.results = (ProtobufCBinaryData){.data = answer->results, .len = sizeof answer->results};
    answer->reply.sealed = (ProtobufCBinaryData){.data = answer->sealed, .len = sizeof answer->sealed};
}

static struct call_result_head good_head(void)
{
    return (struct call_result_head){.version = 1,
                                     .operation = OPERATION_ENROLL,
                                     .purpose = PURPOSE_REGISTER,
                                     .count = COUNT,
                                     .ledger_index = 41,
                                     .recorded_at_us = 1700000000000000,
                                     .leaf_hash = {0x1e},
                                     .checkpoint = {.size = 42}};
}

static void answer_well(struct fixture *fixture)
{
    struct call_result_head head = good_head();

    answer_with(fixture, &head, OUTCOME_DONE, DETAIL_DONE, fixture->call.sequence);
}

static int start(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct sekisho_item items[COUNT] = {{.number = {'1'}}};
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = items, .count = COUNT};

    fixture->session = make_session(&fixture->client);
    *state = fixture;
    return session_seal(fixture->session, &request, &fixture->call, NULL) == SEKISHO_OK ? 0 : -1;
}

static int finish(void **state)
{
    struct fixture *fixture = *state;

    sealed_call_free(&fixture->call);
    sekisho_session_free(fixture->session);
    free(fixture);
    return 0;
}

static enum sekisho_status open_reply(struct fixture *fixture)
{
    return session_open_reply(fixture->session, &fixture->call, &fixture->answer.reply, fixture->results,
                              &fixture->receipt, &fixture->error);
}

static void expect_forged(struct fixture *fixture)
{
    static const struct sekisho_result none;

    memset(fixture->results, 0x77, sizeof fixture->results);
    if (open_reply(fixture) != SEKISHO_ERROR_FORGED)
        fail_msg("a forged answer is believed");
    assert_string_equal(fixture->error.reason, "FORGED_ANSWER");
    for (int i = 0; i < COUNT; i++) /* nothing of it comes through */
        assert_true(fixture->results[i].outcome == none.outcome || fixture->results[i].outcome == 0x77777777);
}

static void test_good(void **state)
{
    struct fixture *fixture = *state;

    answer_well(fixture);
    assert_int_equal(open_reply(fixture), SEKISHO_OK);
    assert_int_equal(fixture->results[2].outcome, SEKISHO_OUTCOME_DONE);
    assert_int_equal(fixture->results[2].reference[0], 0xa2);
    assert_int_equal(fixture->receipt.ledger_index, 41);
    assert_int_equal(fixture->receipt.recorded_us, 1700000000000000);
    assert_int_equal(fixture->receipt.leaf_hash[0], 0x1e);
    assert_int_equal(fixture->receipt.tree_size, 42);
}

static void test_duplicate_shows_its_reference(void **state)
{
    struct fixture *fixture = *state;
    struct call_result_head head = good_head();

    answer_with(fixture, &head, OUTCOME_REFUSED, DETAIL_DUPLICATE, fixture->call.sequence);
    assert_int_equal(open_reply(fixture), SEKISHO_OK);
    assert_int_equal(fixture->results[1].reference[0], 0xd1);
}

/* Every byte of the clear part and of the seal. */
static void test_every_byte(void **state)
{
    struct fixture *fixture = *state;

    answer_well(fixture);
    for (size_t i = 0; i < sizeof fixture->answer.results; i++) {
        fixture->answer.results[i] ^= 1;
        expect_forged(fixture);
        fixture->answer.results[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof fixture->answer.sealed; i++) {
        fixture->answer.sealed[i] ^= 1;
        expect_forged(fixture);
        fixture->answer.sealed[i] ^= 1;
    }
    assert_int_equal(open_reply(fixture), SEKISHO_OK);
}

static void test_lengths(void **state)
{
    struct fixture *fixture = *state;

    answer_well(fixture);
    fixture->answer.reply.results.len--;
    expect_forged(fixture);
    fixture->answer.reply.results.len = 0;
    expect_forged(fixture);
    answer_well(fixture);
    fixture->answer.reply.sealed.len -= sizeof(struct call_detail_item);
    expect_forged(fixture);
    assert_int_equal(session_open_reply(fixture->session, &fixture->call, NULL, fixture->results, NULL, NULL),
                     SEKISHO_ERROR_FORGED);
}

/* The genuine answer to another call of the same session. */
static void test_swapped_sequence(void **state)
{
    struct fixture *fixture = *state;
    struct call_result_head head = good_head();

    answer_with(fixture, &head, OUTCOME_DONE, DETAIL_DONE, fixture->call.sequence + 1);
    expect_forged(fixture); /* relabelled by the front */
    fixture->answer.reply.sequence = fixture->call.sequence + 1;
    expect_forged(fixture); /* as it is */
}

/* Sealed by the vault, but not what was asked: a call never gets another operation's answer. */
static void test_head_disagrees(void **state)
{
    struct fixture *fixture = *state;
    struct call_result_head heads[5];

    for (int i = 0; i < 5; i++)
        heads[i] = good_head();
    heads[0].operation = OPERATION_MATCH;
    heads[1].purpose = PURPOSE_DELETE;
    heads[2].count = COUNT - 1;
    heads[3].version = 2;
    heads[4].zero = 1;
    for (int i = 0; i < 5; i++) {
        answer_with(fixture, &heads[i], OUTCOME_DONE, DETAIL_DONE, fixture->call.sequence);
        expect_forged(fixture);
    }
}

static void test_unknown_values(void **state)
{
    struct fixture *fixture = *state;
    struct call_result_head head = good_head();

    answer_with(fixture, &head, OUTCOME_NONE, DETAIL_DONE, fixture->call.sequence);
    expect_forged(fixture);
    answer_with(fixture, &head, OUTCOME_COUNT, DETAIL_DONE, fixture->call.sequence);
    expect_forged(fixture);
    answer_with(fixture, &head, OUTCOME_DONE, DETAIL_COUNT, fixture->call.sequence);
    expect_forged(fixture);
}

/* The call as the vault opens it: no number in clear, the items as given. */
static void test_sealed_call(void **state)
{
    struct fixture *fixture = *state;
    struct sekisho_item item = {.number = "123456789018", .request_id = {7}};
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = &item, .count = 1};
    struct sealed_call call;
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN], plain[sizeof(struct call_head) + sizeof(struct call_item)];
    struct call_item opened;

    assert_int_equal(session_seal(fixture->session, &request, &call, NULL), SEKISHO_OK);
    assert_int_equal(call.sequence, fixture->call.sequence + 1);
    assert_null(memmem(call.ciphertext, call.length, item.number, sizeof item.number));
    sealed_nonce(call.sequence, nonce);
    sealed_call_aad(fixture->session->state->session, call.sequence, aad);
    assert_int_equal(call.length, sizeof plain + SEAL_TAG_LEN);
    assert_int_equal(aead_open(fixture->session->call, nonce, aad, sizeof aad, call.ciphertext, call.length, plain), 0);
    memcpy(&opened, plain + sizeof(struct call_head), sizeof opened);
    assert_memory_equal(opened.number, item.number, sizeof item.number);
    assert_int_equal(opened.request_id[0], 7);
    sealed_call_free(&call);

    request.count = SEKISHO_BATCH_MAX + 1;
    assert_int_equal(session_seal(fixture->session, &request, &call, NULL), SEKISHO_ERROR_ARGUMENT);
    request.count = 0;
    assert_int_equal(session_seal(fixture->session, &request, &call, NULL), SEKISHO_ERROR_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
    const struct CMUnitTest tests[] = {
        TEST(test_good),
        TEST(test_duplicate_shows_its_reference),
        TEST(test_every_byte),
        TEST(test_lengths),
        TEST(test_swapped_sequence),
        TEST(test_head_disagrees),
        TEST(test_unknown_values),
        TEST(test_sealed_call),
    };

    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
