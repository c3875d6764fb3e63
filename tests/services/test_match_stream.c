/* NumberService.MatchStream: several batches in flight, answers in order, the first failure ends it. */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "crypto/sealed.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "server/channel/vault_client.h"

#define WINDOW 32

static void begin(struct fixture *fixture)
{
    fixture_call(fixture, number_methods, number_method_count, "MatchStream");
    fixture->call.method->on_start(&fixture->call);
    assert_int_equal(fixture->call.finished, 0);
}

static void done(struct fixture *fixture)
{
    assert_int_equal(fixture->call.finished, 1);
    fixture->call.method->on_done(&fixture->call);
}

static void message(struct fixture *fixture, uint64_t sequence, size_t length)
{
    static uint8_t ciphertext[200];
    static char session[] = FIXTURE_SESSION;
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchStreamRequest request = SEKISHO__V1__MATCH_STREAM_REQUEST__INIT;

    sealed.session = session;
    sealed.sequence = sequence;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = length};
    request.call = &sealed;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static uint64_t last_sequence(const struct fixture *fixture)
{
    Sekisho__V1__MatchStreamResponse *response =
        sekisho__v1__match_stream_response__unpack(NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(response);
    uint64_t sequence = response->reply->sequence;
    sekisho__v1__match_stream_response__free_unpacked(response, NULL);
    return sequence;
}

static uint64_t sent_to_vault(struct fixture *fixture)
{
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    struct session_call head;

    memcpy(&head, frame.body, sizeof head);
    assert_int_equal(head.operation, OPERATION_MATCH);
    return frame.header->seq;
}

static void window_of_messages_in_flight(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    for (uint64_t i = 1; i <= WINDOW; i++) {
        message(fixture, 100 + i, 96);
        assert_int_equal(sent_to_vault(fixture), i);
        /* The window's last message asks for no other. */
        assert_int_equal(fixture->call.next_asked, i < WINDOW ? i : WINDOW - 1);
    }
    for (uint64_t i = 1; i <= WINDOW; i++) {
        vault_answers(fixture, i, CALL_OK, 1);
        assert_int_equal(fixture->call.sent, i);
        assert_true(last_sequence(fixture) == 100 + i);
    }
    assert_int_equal(fixture->call.next_asked, WINDOW);
    assert_int_equal(fixture->call.finished, 0);
    fixture->call.method->on_half_close(&fixture->call);
    assert_false(fixture->call.failed);
    done(fixture);
}

static void client_that_does_not_read_is_not_read(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    fixture->call.queued_bytes = 1 << 20;
    message(fixture, 1, 96);
    assert_int_equal(fixture->call.next_asked, 0);
    vault_answers(fixture, sent_to_vault(fixture), CALL_OK, 1);
    assert_int_equal(fixture->call.next_asked, 0);
    fixture->call.queued_bytes = 0;
    fixture->call.method->on_sent(&fixture->call);
    assert_int_equal(fixture->call.next_asked, 1);
    fixture->call.method->on_sent(&fixture->call);
    assert_int_equal(fixture->call.next_asked, 1);
    fixture->call.method->on_half_close(&fixture->call);
    done(fixture);
}

static void half_close_waits_for_the_answers(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 1, 96);
    message(fixture, 2, 96);
    fixture->call.method->on_half_close(&fixture->call);
    assert_int_equal(fixture->call.finished, 0);
    vault_answers(fixture, sent_to_vault(fixture), CALL_OK, 1);
    assert_int_equal(fixture->call.finished, 0);
    vault_answers(fixture, sent_to_vault(fixture), CALL_OK, 1);
    assert_int_equal(fixture->call.sent, 2);
    assert_false(fixture->call.failed);
    done(fixture);
}

static void refusal_of_the_vault_ends_it_after_those_before(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    for (uint64_t i = 1; i <= 4; i++) {
        message(fixture, i, 96);
        sent_to_vault(fixture);
    }
    vault_answers(fixture, 1, CALL_OK, 1);
    vault_answers(fixture, 2, CALL_REPLAYED, 0);
    assert_int_equal(fixture->call.finished, 0);
    vault_answers(fixture, 3, CALL_OK, 1);
    vault_answers(fixture, 4, CALL_EXPIRED, 0);
    assert_int_equal(fixture->call.sent, 1);
    expect_error(&fixture->call, GRPC_STATUS_ABORTED, "REPLAYED");
    done(fixture);
}

static void bad_message_ends_it_after_those_before(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 1, 96);
    sent_to_vault(fixture);
    message(fixture, 2, 95);
    fake_peer_expect_none(fixture->vault);
    assert_int_equal(fixture->call.finished, 0);
    vault_answers(fixture, 1, CALL_OK, 1);
    assert_int_equal(fixture->call.sent, 1);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_LENGTH");
    assert_string_equal(fixture->call.error.field, "call.ciphertext");
    done(fixture);
}

/* Message 2 is bad, but 1, which was sent before, fails too: the first one's error is the stream's. */
static void first_failure_in_order_of_messages_wins(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 1, 96);
    sent_to_vault(fixture);
    message(fixture, 2, 95);
    vault_answers(fixture, 1, CALL_NOT_PERMITTED, 0);
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "NOT_PERMITTED");
    done(fixture);
}

static void bad_first_message_ends_it_at_once(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 0, 96);
    expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "MALFORMED_CALL");
    done(fixture);
}

static void cancelled_stream_finishes_when_the_vault_has_answered(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 1, 96);
    uint64_t seq = sent_to_vault(fixture);
    fixture->call.over = true;
    fixture->call.method->on_cancel(&fixture->call);
    assert_int_equal(fixture->call.finished, 0);
    vault_answers(fixture, seq, CALL_OK, 1);
    done(fixture);
    begin(fixture);
    fixture->call.method->on_cancel(&fixture->call);
    done(fixture);
}

static void silent_vault_ends_it(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    message(fixture, 1, 96);
    message(fixture, 2, 96);
    link_expire(fixture->front.vault, link_now_ms() + vault_link_options.timeout_ms + 1000);
    expect_error(&fixture->call, GRPC_STATUS_UNAVAILABLE, "VAULT_UNAVAILABLE");
    done(fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(window_of_messages_in_flight),
        TEST(client_that_does_not_read_is_not_read),
        TEST(half_close_waits_for_the_answers),
        TEST(refusal_of_the_vault_ends_it_after_those_before),
        TEST(bad_message_ends_it_after_those_before),
        TEST(first_failure_in_order_of_messages_wins),
        TEST(bad_first_message_ends_it_at_once),
        TEST(cancelled_stream_finishes_when_the_vault_has_answered),
        TEST(silent_vault_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
