/* AccessRecordService: heads, proofs and hashes of auth's ledger carried as LedgerService carries the vault's; lists
 * and sign-offs sealed (F096, F103). */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/account_call.h"
#include "sekisho/v1/access_record_service.pb-c.h"
#include "server/channel/auth_client.h"
#include "wire/ledger_messages.h"

static void invoke(struct fixture *fixture, const char *method, const ProtobufCMessage *request)
{
    fixture_call(fixture, access_record_methods, access_record_method_count, method);
    fixture->call.method->on_message(&fixture->call, request);
}

static void get_checkpoint(struct fixture *fixture, const char *prefecture)
{
    Sekisho__V1__AccessRecordServiceGetCheckpointRequest request =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_CHECKPOINT_REQUEST__INIT;

    request.prefecture = (char *)(uintptr_t)prefecture;
    invoke(fixture, "GetCheckpoint", &request.base);
}

static void get_inclusion(struct fixture *fixture, const char *name)
{
    Sekisho__V1__AccessRecordServiceGetInclusionProofRequest request =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_INCLUSION_PROOF_REQUEST__INIT;

    request.name = (char *)(uintptr_t)name;
    request.tree_size = 7;
    invoke(fixture, "GetInclusionProof", &request.base);
}

static void auth_gives_hashes(struct fixture *fixture, uint16_t type, uint64_t seq, enum ledger_status status,
                              uint32_t count)
{
    struct {
        struct ledger_hashes_reply head;
        uint8_t hash[4][32];
    } body = {.head = {.status = (uint16_t)status, .count = count}, .hash = {{1}, {2}, {3}, {4}}};

    fake_peer_answer(fixture->auth, type, seq, &body, sizeof body.head + count * 32);
}

static void checkpoint_comes_with_the_note_of_its_own_log(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_head_reply reply = {.known = 1, .size = 42, .root = {1}, .signature = {2}, .public_key = {3}};

    get_checkpoint(fixture, "prefectures/11");
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCESS_HEAD);
    assert_int_equal(frame.body[0], 11);
    fake_peer_answer(fixture->auth, FRAME_ACCESS_HEAD_REPLY, frame.header->seq, &reply, sizeof reply);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__AccessRecordServiceGetCheckpointResponse *response =
        sekisho__v1__access_record_service_get_checkpoint_response__unpack(NULL, fixture->call.length,
                                                                           fixture->call.packed);
    assert_non_null(response);
    assert_int_equal(response->tree_size, 42);
    assert_int_equal(response->public_key.data[0], 3);
    assert_memory_equal(response->note, "sekisho/prefectures/11/access\n42\nAQAAAAAA", 41);
    sekisho__v1__access_record_service_get_checkpoint_response__free_unpacked(response, NULL);
    fake_peer_expect_none(fixture->vault);
}

static void checkpoint_refusals(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_head_reply unknown = {0};

    get_checkpoint(fixture, "prefectures/48");
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    get_checkpoint(fixture, "prefectures/12");
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCESS_HEAD);
    fake_peer_answer(fixture->auth, FRAME_ACCESS_HEAD_REPLY, frame.header->seq, &unknown, sizeof unknown);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_PREFECTURE");
    get_checkpoint(fixture, "prefectures/11");
    fake_peer_request(fixture->auth, FRAME_ACCESS_HEAD);
    link_expire(fixture->front.auth, link_now_ms() + auth_link_options.timeout_ms);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "AUTH_UNAVAILABLE");
}

static void inclusion_proof_is_carried(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_proof_request body;

    get_inclusion(fixture, "prefectures/11/accessRecords/5");
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCESS_PROOF);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.kind, LEDGER_INCLUSION);
    assert_int_equal(body.first, 5);
    assert_int_equal(body.size, 7);
    auth_gives_hashes(fixture, FRAME_ACCESS_PROOF_REPLY, frame.header->seq, LEDGER_OK, 3);
    Sekisho__V1__AccessRecordServiceGetInclusionProofResponse *response =
        sekisho__v1__access_record_service_get_inclusion_proof_response__unpack(NULL, fixture->call.length,
                                                                                fixture->call.packed);
    assert_non_null(response);
    assert_int_equal(response->n_hashes, 3);
    assert_int_equal(response->hashes[2].data[0], 3);
    sekisho__v1__access_record_service_get_inclusion_proof_response__free_unpacked(response, NULL);
    /* the names of the two ledgers' leaves are not each other's */
    get_inclusion(fixture, "prefectures/11/ledgerEntries/5");
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    fake_peer_expect_none(fixture->auth);
}

static void consistency_proof_is_carried(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__AccessRecordServiceGetConsistencyProofRequest request =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_CONSISTENCY_PROOF_REQUEST__INIT;
    struct ledger_proof_request body;

    request.prefecture = (char *)"prefectures/11";
    request.old_tree_size = 3;
    request.tree_size = 8;
    invoke(fixture, "GetConsistencyProof", &request.base);
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCESS_PROOF);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.kind, LEDGER_CONSISTENCY);
    assert_int_equal(body.first, 3);
    assert_int_equal(body.size, 8);
    auth_gives_hashes(fixture, FRAME_ACCESS_PROOF_REPLY, frame.header->seq, LEDGER_OUT_OF_RANGE, 0);
    expect_error(&fixture->call, GRPC_STATUS_OUT_OF_RANGE, "LEDGER_OUT_OF_RANGE");
    invoke(fixture, "GetConsistencyProof", &request.base);
    frame = fake_peer_request(fixture->auth, FRAME_ACCESS_PROOF);
    auth_gives_hashes(fixture, FRAME_ACCESS_PROOF_REPLY, frame.header->seq, LEDGER_UNAVAILABLE, 0);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "AUTH_UNAVAILABLE");
}

static void leaf_hashes_are_carried(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__AccessRecordServiceListLeafHashesRequest request =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_LIST_LEAF_HASHES_REQUEST__INIT;
    struct ledger_hashes_request body;

    request.prefecture = (char *)"prefectures/11";
    request.first = 5;
    invoke(fixture, "ListLeafHashes", &request.base);
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCESS_HASHES);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.first, 5);
    assert_int_equal(body.count, 1024);
    auth_gives_hashes(fixture, FRAME_ACCESS_HASHES_REPLY, frame.header->seq, LEDGER_OK, 4);
    assert_int_equal(fixture->call.replied, 1);
    request.page_size = -1;
    invoke(fixture, "ListLeafHashes", &request.base);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE");
}

static void records_and_reviews_are_sealed_calls(void **state)
{
    static const struct {
        const char *method;
        enum account_operation operation;
    } cases[] = {{"ListAccessRecords", ACCESS_LIST}, {"ReviewLogins", ACCESS_REVIEW}};
    static uint8_t ciphertext[ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
    struct fixture *fixture = *state;
    Sekisho__V1__SealedAccountCall sealed = SEKISHO__V1__SEALED_ACCOUNT_CALL__INIT;
    Sekisho__V1__ListAccessRecordsRequest request = SEKISHO__V1__LIST_ACCESS_RECORDS_REQUEST__INIT;
    struct account_call body;

    sealed.session = (char *)FIXTURE_SESSION;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = sizeof ciphertext};
    request.call = &sealed;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sealed.sequence = i + 1;
        invoke(fixture, cases[i].method, &request.base);
        struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCOUNT_CALL);
        memcpy(&body, frame.body, sizeof body);
        assert_int_equal(body.operation, cases[i].operation);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(checkpoint_comes_with_the_note_of_its_own_log),
        TEST(checkpoint_refusals),
        TEST(inclusion_proof_is_carried),
        TEST(consistency_proof_is_carried),
        TEST(leaf_hashes_are_carried),
        TEST(records_and_reviews_are_sealed_calls),
    };
    return cmocka_run_group_tests_name("access record service", tests, NULL, NULL);
}
