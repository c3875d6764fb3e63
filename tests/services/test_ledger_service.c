/* LedgerService: what is refused before the vault is asked, what the vault's answers become. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/channel/tree_client.h"
#include "wire/exit_codes.h"
#include "wire/ledger_entry.h"

static void start(struct fixture *fixture, const char *method)
{
    fixture_call(fixture, ledger_methods, ledger_method_count, method);
}

static void invoke(struct fixture *fixture, const ProtobufCMessage *request)
{
    fixture->call.method->on_message(&fixture->call, request);
}

/* ---- heads and proofs ---- */

static void get_checkpoint(struct fixture *fixture, const char *prefecture)
{
    Sekisho__V1__GetCheckpointRequest request = SEKISHO__V1__GET_CHECKPOINT_REQUEST__INIT;

    start(fixture, "GetCheckpoint");
    request.prefecture = (char *)(uintptr_t)prefecture;
    invoke(fixture, &request.base);
}

static void checkpoint_comes_with_its_note(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_head_reply reply = {.known = 1, .size = 42, .root = {1}, .signature = {2}, .public_key = {3}};

    get_checkpoint(fixture, "prefectures/11");
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_HEAD);
    assert_int_equal(frame.body[0], 11);
    fake_peer_answer(fixture->vault, FRAME_LEDGER_HEAD_REPLY, frame.header->seq, &reply, sizeof reply);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__GetCheckpointResponse *response =
        sekisho__v1__get_checkpoint_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    assert_int_equal(response->tree_size, 42);
    assert_int_equal(response->root_hash.len, 32);
    assert_int_equal(response->signature.len, 64);
    assert_int_equal(response->public_key.data[0], 3);
    assert_memory_equal(response->note, "sekisho/prefectures/11\n42\nAQAAAAAA", 34);
    sekisho__v1__get_checkpoint_response__free_unpacked(response, NULL);
}

static void checkpoint_refusals(void **state)
{
    static const char *const names[] = {"", "prefectures/", "prefectures/48", "prefectures/11/", "prefectures/1"};
    struct fixture *fixture = *state;
    const struct ledger_head_reply unknown = {0};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        get_checkpoint(fixture, names[i]);
        expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    }
    fake_peer_expect_none(fixture->vault);
    get_checkpoint(fixture, "prefectures/12");
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_HEAD);
    fake_peer_answer(fixture->vault, FRAME_LEDGER_HEAD_REPLY, frame.header->seq, &unknown, sizeof unknown);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_PREFECTURE");
}

static void get_inclusion(struct fixture *fixture, const char *name, uint64_t size)
{
    Sekisho__V1__GetInclusionProofRequest request = SEKISHO__V1__GET_INCLUSION_PROOF_REQUEST__INIT;

    start(fixture, "GetInclusionProof");
    request.name = (char *)(uintptr_t)name;
    request.tree_size = size;
    invoke(fixture, &request.base);
}

static void answer_hashes(struct fixture *fixture, uint16_t type, uint64_t seq, enum ledger_status status,
                          uint32_t count)
{
    struct {
        struct ledger_hashes_reply head;
        uint8_t hash[4][32];
    } body = {.head = {.status = (uint16_t)status, .count = count}, .hash = {{1}, {2}, {3}, {4}}};

    fake_peer_answer(fixture->vault, type, seq, &body, sizeof body.head + count * 32);
}

static void inclusion_proof_is_carried(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_proof_request body;

    get_inclusion(fixture, "prefectures/11/ledgerEntries/18446744073709551615", 7);
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_PROOF);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.tenant, 11);
    assert_int_equal(body.kind, LEDGER_INCLUSION);
    assert_true(body.first == UINT64_MAX);
    assert_int_equal(body.size, 7);
    answer_hashes(fixture, FRAME_LEDGER_PROOF_REPLY, frame.header->seq, LEDGER_OK, 3);
    Sekisho__V1__GetInclusionProofResponse *response =
        sekisho__v1__get_inclusion_proof_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    assert_int_equal(response->n_hashes, 3);
    assert_int_equal(response->hashes[2].len, 32);
    assert_int_equal(response->hashes[2].data[0], 3);
    sekisho__v1__get_inclusion_proof_response__free_unpacked(response, NULL);
    get_inclusion(fixture, "prefectures/11/ledgerEntries/7", 7);
    frame = fake_peer_request(fixture->vault, FRAME_LEDGER_PROOF);
    answer_hashes(fixture, FRAME_LEDGER_PROOF_REPLY, frame.header->seq, LEDGER_OUT_OF_RANGE, 0);
    expect_error(&fixture->call, GRPC_STATUS_OUT_OF_RANGE, "LEDGER_OUT_OF_RANGE");
}

static void entry_names_have_one_spelling(void **state)
{
    static const char *const names[] = {"prefectures/11/ledgerEntries/",
                                        "prefectures/11/ledgerEntries/01",
                                        "prefectures/11/ledgerEntries/-1",
                                        "prefectures/11/ledgerEntries/1 ",
                                        "prefectures/11/ledgerEntries/18446744073709551616",
                                        "prefectures/11/entries/1",
                                        "prefectures/00/ledgerEntries/1"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        get_inclusion(fixture, names[i], 7);
        expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    }
    fake_peer_expect_none(fixture->vault);
}

static void leaf_hashes_are_carried(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListLeafHashesRequest request = SEKISHO__V1__LIST_LEAF_HASHES_REQUEST__INIT;
    struct ledger_hashes_request body;

    request.prefecture = (char *)"prefectures/11";
    request.first = 5;
    start(fixture, "ListLeafHashes");
    invoke(fixture, &request.base);
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_HASHES);
    memcpy(&body, frame.body, sizeof body);
    assert_int_equal(body.count, 1024);
    assert_int_equal(body.level, 0);
    assert_int_equal(body.first, 5);
    answer_hashes(fixture, FRAME_LEDGER_HASHES_REPLY, frame.header->seq, LEDGER_OK, 4);
    assert_int_equal(fixture->call.replied, 1);
    request.page_size = 1025;
    start(fixture, "ListLeafHashes");
    invoke(fixture, &request.base);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE");
}

/* ---- ListEntries ---- */

static void list(struct fixture *fixture, const char *session, size_t length)
{
    static uint8_t ciphertext[200];
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__ListEntriesRequest request = SEKISHO__V1__LIST_ENTRIES_REQUEST__INIT;

    sealed.session = (char *)(uintptr_t)session;
    sealed.sequence = 7;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = length};
    request.call = &sealed;
    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
}

/* The front knows the session and that the ledger is read: nothing else. The page has one length whatever is in it. */
static void a_page_is_carried_sealed(void **state)
{
    static uint8_t body[sizeof(struct session_call_reply) + sizeof(struct call_result_head) +
                        sizeof(struct call_result_item) + LEDGER_PAGE_LEN + SEAL_TAG_LEN];
    struct session_call_reply reply = {.status = CALL_OK,
                                       .clear_length =
                                           sizeof(struct call_result_head) + sizeof(struct call_result_item),
                                       .sealed_length = LEDGER_PAGE_LEN + SEAL_TAG_LEN};
    struct fixture *fixture = *state;
    struct session_call head;

    list(fixture, FIXTURE_SESSION, 128);
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    memcpy(&head, frame.body, sizeof head);
    assert_int_equal(head.operation, OPERATION_READ_LEDGER);
    assert_int_equal(head.call_seq, 7);
    memcpy(body, &reply, sizeof reply);
    body[sizeof body - 1] = 0xb2;
    fake_peer_answer(fixture->vault, FRAME_SESSION_CALL_REPLY, frame.header->seq, body, sizeof body);
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__ListEntriesResponse *response =
        sekisho__v1__list_entries_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    assert_int_equal(response->reply->sequence, 7);
    assert_int_equal(response->reply->sealed.len, reply.sealed_length);
    assert_int_equal(response->reply->sealed.data[reply.sealed_length - 1], 0xb2);
    sekisho__v1__list_entries_response__free_unpacked(response, NULL);
}

static void list_requests_are_checked(void **state)
{
    struct fixture *fixture = *state;

    list(fixture, "sessions/1", 128);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    list(fixture, FIXTURE_SESSION, 12);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH");
    list(fixture, "prefectures/12/sessions/0102030405060708090a0b0c0d0e0f10", 128);
    expect_error(&fixture->call, GRPC_STATUS_NOT_FOUND, "UNKNOWN_SESSION");
    fake_peer_expect_none(fixture->vault);
    list(fixture, FIXTURE_SESSION, 128);
    vault_answers(fixture, fake_peer_request(fixture->vault, FRAME_SESSION_CALL).header->seq, CALL_NOT_PERMITTED, 0);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "NOT_PERMITTED");
}

/* A page for two items, or half a page: the vault does not say that, and the front ends. */
static void a_page_that_does_not_add_up_is_a_violation(void **state)
{
    static uint8_t body[2 * LEDGER_PAGE_LEN];
    const size_t least = sizeof(struct call_result_head) + sizeof(struct call_result_item);
    struct session_call_reply replies[] = {{.clear_length = (uint32_t)least, .sealed_length = LEDGER_PAGE_LEN / 2},
                                           {.clear_length = (uint32_t)(least + sizeof(struct call_result_item)),
                                            .sealed_length = LEDGER_PAGE_LEN + SEAL_TAG_LEN}};
    struct fixture *fixture = *state;

    list(fixture, FIXTURE_SESSION, 128);
    uint64_t seq = fake_peer_request(fixture->vault, FRAME_SESSION_CALL).header->seq;
    for (size_t i = 0; i < 2; i++) {
        memcpy(body, &replies[i], sizeof replies[i]);
        assert_int_equal(
            fake_peer_answer_exit_code(fixture->vault, FRAME_SESSION_CALL_REPLY, seq, body,
                                       sizeof replies[i] + replies[i].clear_length + replies[i].sealed_length),
            EXIT_PROTOCOL);
    }
    link_expire(fixture->vault->link, link_now_ms() + 60000);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(checkpoint_comes_with_its_note), CASE(checkpoint_refusals),
        CASE(inclusion_proof_is_carried),     CASE(entry_names_have_one_spelling),
        CASE(leaf_hashes_are_carried),        CASE(a_page_is_carried_sealed),
        CASE(list_requests_are_checked),      CASE(a_page_that_does_not_add_up_is_a_violation),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
