/* LedgerService: what is refused before the vault is asked, what the vault's answers become, how a page is filled. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/channel/vault_ledger.h"
#include "wire/exit_codes.h"

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

static Sekisho__V1__ListEntriesRequest list_request(void)
{
    Sekisho__V1__ListEntriesRequest request = SEKISHO__V1__LIST_ENTRIES_REQUEST__INIT;

    request.parent = (char *)"prefectures/11";
    request.session = (char *)FIXTURE_SESSION;
    return request;
}

/* A reply of `count` entries of one item each, from index `next - count` on. */
static size_t make_list(uint8_t *body, uint32_t count, uint64_t next, uint64_t size)
{
    const struct ledger_list_reply head = {.status = LEDGER_OK, .count = count, .next = next, .size = size};
    size_t used = sizeof head;

    memcpy(body, &head, sizeof head);
    for (uint32_t i = 0; i < count; i++) {
        struct ledger_entry entry = {.version = 1,
                                     .tenant = 11,
                                     .operation = OPERATION_MATCH,
                                     .purpose = PURPOSE_CHANGE,
                                     .count = 1,
                                     .index = next - count + i,
                                     .time_us = 1795428001000002,
                                     .account = "reviewer01"};
        struct ledger_item item = {.reference = {0xaa}, .outcome = OUTCOME_MATCHED};
        uint32_t length = sizeof entry + sizeof item;
        memcpy(body + used, &length, sizeof length);
        memcpy(body + used + sizeof length, &entry, sizeof entry);
        memcpy(body + used + sizeof length + sizeof entry, &item, sizeof item);
        used += sizeof length + length;
    }
    return used;
}

/* Takes the next request for entries; checks where it begins and how many it wants; answers. */
static void answer_list(struct fixture *fixture, uint64_t from, uint16_t wanted, uint32_t count, uint64_t next,
                        uint64_t size)
{
    static uint8_t body[65536];
    struct ledger_list_request request;

    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_LIST);
    memcpy(&request, frame.body, sizeof request);
    assert_int_equal(request.next, from);
    assert_int_equal(request.count, wanted);
    uint64_t seq = frame.header->seq;
    fake_peer_answer(fixture->vault, FRAME_LEDGER_LIST_REPLY, seq, body, make_list(body, count, next, size));
}

static Sekisho__V1__ListEntriesResponse *listed(struct fixture *fixture)
{
    assert_int_equal(fixture->call.replied, 1);
    Sekisho__V1__ListEntriesResponse *response =
        sekisho__v1__list_entries_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    return response;
}

static void a_page_is_filled_from_several_scans(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();
    char token[64];

    request.page_size = 5;
    request.account = (char *)"reviewer01";
    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    answer_list(fixture, 0, 5, 2, 8192, 30000);
    answer_list(fixture, 8192, 3, 0, 16384, 30000);
    answer_list(fixture, 16384, 3, 3, 20000, 30000);
    Sekisho__V1__ListEntriesResponse *response = listed(fixture);
    assert_int_equal(response->n_entries, 5);
    assert_string_equal(response->entries[4]->name, "prefectures/11/ledgerEntries/19999");
    assert_int_equal(response->entries[4]->data.len, sizeof(struct ledger_entry) + sizeof(struct ledger_item));
    assert_string_equal(response->entries[4]->account, "reviewer01");
    assert_int_equal((int)response->entries[4]->operation, OPERATION_MATCH);
    assert_true(response->entries[4]->permitted);
    assert_int_equal(response->entries[4]->create_time->seconds, 1795428001);
    assert_int_equal(response->entries[4]->n_items, 1);
    assert_int_equal(response->entries[4]->items[0]->reference.data[0], 0xaa);
    strcpy(token, response->next_page_token);
    assert_true(token[0] != '\0');
    sekisho__v1__list_entries_response__free_unpacked(response, NULL);

    /* The next page goes on there, to the end; only then the token is empty. */
    request.page_token = token;
    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    answer_list(fixture, 20000, 5, 1, 30000, 30000);
    response = listed(fixture);
    assert_int_equal(response->n_entries, 1);
    assert_string_equal(response->next_page_token, "");
    sekisho__v1__list_entries_response__free_unpacked(response, NULL);

    /* With other filters the token is none. */
    request.account = (char *)"reviewer02";
    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE_TOKEN");
    fake_peer_expect_none(fixture->vault);
}

static void a_call_that_has_no_time_left_answers_what_it_has(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();

    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    fixture->call.time_left_ms = 100;
    answer_list(fixture, 0, 100, 1, 8192, 30000);
    Sekisho__V1__ListEntriesResponse *response = listed(fixture);
    assert_int_equal(response->n_entries, 1);
    assert_true(response->next_page_token[0] != '\0');
    sekisho__v1__list_entries_response__free_unpacked(response, NULL);
    fake_peer_expect_none(fixture->vault);
}

static void a_call_scans_a_bounded_part(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();

    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    for (uint64_t i = 0; i < 64; i++)
        answer_list(fixture, i * 8192, 100, 0, (i + 1) * 8192, 100000000);
    Sekisho__V1__ListEntriesResponse *response = listed(fixture);
    assert_int_equal(response->n_entries, 0);
    assert_true(response->next_page_token[0] != '\0');
    sekisho__v1__list_entries_response__free_unpacked(response, NULL);
}

static void expect_list_error(struct fixture *fixture, const Sekisho__V1__ListEntriesRequest *request, int code,
                              const char *reason)
{
    start(fixture, "ListEntries");
    invoke(fixture, &request->base);
    expect_error(&fixture->call, code, reason);
    fake_peer_expect_none(fixture->vault);
}

static void list_requests_are_checked(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    uint8_t bytes[17] = {0};

    request.parent = (char *)"prefectures/1";
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    request = list_request(), request.session = (char *)"sessions/1";
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_RESOURCE_NAME");
    request = list_request(), request.page_size = 1001;
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE");
    request = list_request(), request.page_size = -1;
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE");
    request = list_request(), request.page_token = (char *)"0";
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_PAGE_TOKEN");
    request = list_request(), request.reference = (ProtobufCBinaryData){.data = bytes, .len = 17};
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH");
    request = list_request(), request.account = (char *)"a-name-of-more-than-thirty-two-chars";
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_FILTER");
    request = list_request(), request.purpose = (Sekisho__V1__Purpose)5;
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_FILTER");
    request = list_request(), time.seconds = -1, request.start_time = &time;
    expect_list_error(fixture, &request, GRPC_STATUS_INVALID_ARGUMENT, "BAD_FILTER");
}

/* INV-12: only over the session's own certificate, only its own prefecture. */
static void only_the_sessions_own_ledger(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();

    request.parent = (char *)"prefectures/12";
    expect_list_error(fixture, &request, GRPC_STATUS_PERMISSION_DENIED, "LEDGER_NOT_PERMITTED");
    request.session = (char *)"prefectures/12/sessions/0102030405060708090a0b0c0d0e0f10";
    expect_list_error(fixture, &request, GRPC_STATUS_UNAUTHENTICATED, "UNKNOWN_SESSION");
    request = list_request();
    start(fixture, "ListEntries");
    memset(fixture->call.certificate, 0xc1, sizeof fixture->call.certificate);
    invoke(fixture, &request.base);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "WRONG_CERTIFICATE");
    fake_peer_expect_none(fixture->vault);
}

static void the_vaults_refusal_is_told(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();
    const struct ledger_list_reply refusal = {.status = LEDGER_NOT_PERMITTED};

    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_LEDGER_LIST);
    fake_peer_answer(fixture->vault, FRAME_LEDGER_LIST_REPLY, frame.header->seq, &refusal, sizeof refusal);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "LEDGER_NOT_PERMITTED");
}

/* A vault whose list is not one: the front ends. */
static void a_list_that_does_not_add_up_is_a_violation(void **state)
{
    struct fixture *fixture = *state;
    Sekisho__V1__ListEntriesRequest request = list_request();
    uint8_t body[1024];
    uint32_t length;

    start(fixture, "ListEntries");
    invoke(fixture, &request.base);
    uint64_t seq = fake_peer_request(fixture->vault, FRAME_LEDGER_LIST).header->seq;
    size_t whole = make_list(body, 2, 10, 10);
    assert_int_equal(fake_peer_answer_exit_code(fixture->vault, FRAME_LEDGER_LIST_REPLY, seq, body, whole - 1),
                     EXIT_PROTOCOL);
    make_list(body, 2, 11, 10); /* beyond the ledger's end */
    assert_int_equal(fake_peer_answer_exit_code(fixture->vault, FRAME_LEDGER_LIST_REPLY, seq, body, whole),
                     EXIT_PROTOCOL);
    make_list(body, 2, 10, 10);
    memcpy(&length, body + sizeof(struct ledger_list_reply), sizeof length);
    length += 8; /* half an item more */
    memcpy(body + sizeof(struct ledger_list_reply), &length, sizeof length);
    assert_int_equal(fake_peer_answer_exit_code(fixture->vault, FRAME_LEDGER_LIST_REPLY, seq, body, whole),
                     EXIT_PROTOCOL);
    /* No answer at all is told to the client in time. */
    link_expire(fixture->vault->link, link_now_ms() + 60000);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(checkpoint_comes_with_its_note),
        CASE(checkpoint_refusals),
        CASE(inclusion_proof_is_carried),
        CASE(entry_names_have_one_spelling),
        CASE(leaf_hashes_are_carried),
        CASE(a_page_is_filled_from_several_scans),
        CASE(a_call_that_has_no_time_left_answers_what_it_has),
        CASE(a_call_scans_a_bounded_part),
        CASE(list_requests_are_checked),
        CASE(only_the_sessions_own_ledger),
        CASE(the_vaults_refusal_is_told),
        CASE(a_list_that_does_not_add_up_is_a_violation),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
