/* BackupService.TakeBackup: one piece after the other, no faster than the client reads; given up when it goes. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/sealed.h"
#include "sekisho/v1/backup_service.pb-c.h"
#include "wire/backup_messages.h"
#include "wire/exit_codes.h"

static const uint8_t id[BACKUP_ID_LEN] = {1, 2, 3};

static void begin(struct fixture *fixture)
{
    static uint8_t ciphertext[96];
    static char session[] = FIXTURE_SESSION;
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__TakeBackupRequest request = SEKISHO__V1__TAKE_BACKUP_REQUEST__INIT;

    fixture_call(fixture, backup_methods, backup_method_count, "TakeBackup");
    sealed.session = session;
    sealed.sequence = 7;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = sizeof ciphertext};
    request.call = &sealed;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void done(struct fixture *fixture)
{
    assert_int_equal(fixture->call.finished, 1);
    fixture->call.method->on_done(&fixture->call);
}

/* The vault's sealed answer to the call. */
static void answer_call(struct fixture *fixture, enum outcome outcome)
{
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    struct {
        struct session_call_reply reply;
        struct call_result_head head;
        struct call_result_item item;
        struct call_detail_item detail;
        uint8_t tag[SEAL_TAG_LEN];
    } body = {.reply = {.status = CALL_OK,
                        .clear_length = sizeof body.head + sizeof body.item,
                        .sealed_length = sizeof body.detail + SEAL_TAG_LEN},
              .item = {.outcome = (uint8_t)outcome}};
    struct session_call call;

    memcpy(&call, frame.body, sizeof call);
    assert_int_equal(call.operation, OPERATION_BACKUP);
    if (outcome == OUTCOME_DONE)
        memcpy(body.item.reference, id, sizeof id);
    fake_peer_answer(fixture->vault, FRAME_SESSION_CALL_REPLY, frame.header->seq, &body, sizeof body);
}

static uint64_t asked_for(struct fixture *fixture, uint64_t piece)
{
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_BACKUP_READ);
    struct backup_read_request request;

    memcpy(&request, frame.body, sizeof request);
    assert_memory_equal(request.id, id, sizeof id);
    assert_true(request.piece == piece);
    return frame.header->seq;
}

static void give(struct fixture *fixture, uint64_t seq, enum backup_status status, bool last)
{
    struct {
        struct backup_read_reply reply;
        uint8_t bytes[100];
    } body = {.reply = {.status = (uint16_t)status, .last = last}, .bytes = {(uint8_t)seq}};
    size_t length = sizeof body.reply;

    if (status == BACKUP_OK) {
        body.reply.length = sizeof body.bytes;
        length = sizeof body;
    }
    fake_peer_answer(fixture->vault, FRAME_BACKUP_READ_REPLY, seq, &body, length);
}

static void expect_data(const struct fixture *fixture, unsigned sent, uint8_t first)
{
    Sekisho__V1__TakeBackupResponse *response =
        sekisho__v1__take_backup_response__unpack(NULL, fixture->call.length, fixture->call.packed);

    assert_int_equal(fixture->call.sent, sent);
    assert_non_null(response);
    assert_null(response->reply);
    assert_int_equal(response->data.len, 100);
    assert_int_equal(response->data.data[0], first);
    sekisho__v1__take_backup_response__free_unpacked(response, NULL);
}

static void pieces_come_in_order_to_the_last(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    answer_call(fixture, OUTCOME_DONE);
    assert_int_equal(fixture->call.sent, 1);
    for (uint64_t piece = 0; piece < 5; piece++) {
        uint64_t seq = asked_for(fixture, piece);
        fake_peer_expect_none(fixture->vault);
        give(fixture, seq, BACKUP_OK, piece == 4);
        expect_data(fixture, (unsigned)piece + 2, (uint8_t)seq);
    }
    fake_peer_expect_none(fixture->vault);
    assert_false(fixture->call.failed);
    done(fixture);
}

static void a_refusal_ends_it(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    answer_call(fixture, OUTCOME_REFUSED);
    assert_int_equal(fixture->call.sent, 1);
    assert_false(fixture->call.failed);
    done(fixture);
    begin(fixture);
    vault_answers(fixture, fake_peer_request(fixture->vault, FRAME_SESSION_CALL).header->seq, CALL_NOT_PERMITTED, 0);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "NOT_PERMITTED");
    done(fixture);
    fake_peer_expect_none(fixture->vault);
}

static void nothing_is_read_for_a_client_that_does_not_read(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    answer_call(fixture, OUTCOME_DONE);
    uint64_t seq = asked_for(fixture, 0);
    fixture->call.queued_bytes = 1 << 20;
    give(fixture, seq, BACKUP_OK, false);
    fake_peer_expect_none(fixture->vault);
    fixture->call.queued_bytes = 0;
    fixture->call.method->on_sent(&fixture->call);
    seq = asked_for(fixture, 1);
    fixture->call.method->on_sent(&fixture->call);
    fake_peer_expect_none(fixture->vault);
    give(fixture, seq, BACKUP_OK, true);
    done(fixture);
}

static void what_a_client_leaves_is_given_up(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    answer_call(fixture, OUTCOME_DONE);
    uint64_t seq = asked_for(fixture, 0);
    fixture->call.method->on_cancel(&fixture->call);
    assert_int_equal(fixture->call.finished, 0); /* the vault owes an answer that the stream is needed for */
    give(fixture, seq, BACKUP_OK, false);
    seq = asked_for(fixture, BACKUP_STOP);
    done(fixture);
    give(fixture, seq, BACKUP_GONE, false);
    fake_peer_expect_none(fixture->vault);
}

static void a_backup_that_the_vault_drops_is_an_error(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    answer_call(fixture, OUTCOME_DONE);
    give(fixture, asked_for(fixture, 0), BACKUP_GONE, false);
    expect_error(&fixture->call, GRPC_STATUS_ABORTED, "BACKUP_GONE");
    done(fixture);
    fake_peer_expect_none(fixture->vault);
}

static void pieces_that_lie_end_the_front(void **state)
{
    struct fixture *fixture = *state;
    const struct backup_read_reply lies[] = {
        {.status = BACKUP_OK}, {.status = BACKUP_GONE, .length = 4}, {.status = BACKUP_STATUS_COUNT}, {.last = 2}};

    begin(fixture);
    answer_call(fixture, OUTCOME_DONE);
    uint64_t seq = asked_for(fixture, 0);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        assert_int_equal(
            fake_peer_answer_exit_code(fixture->vault, FRAME_BACKUP_READ_REPLY, seq, &lies[i], sizeof lies[i]),
            EXIT_PROTOCOL);
    /* No answer at all is told to the client in time. */
    link_expire(fixture->vault->link, link_now_ms() + 60000);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
    done(fixture);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_come_in_order_to_the_last),
        TEST(a_refusal_ends_it),
        TEST(nothing_is_read_for_a_client_that_does_not_read),
        TEST(what_a_client_leaves_is_given_up),
        TEST(a_backup_that_the_vault_drops_is_an_error),
        TEST(pieces_that_lie_end_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
