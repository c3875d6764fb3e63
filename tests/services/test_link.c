/* The front's end of a channel: bounded, timed, and not to be lied to. */
#include "fake_peer.h"

#include <poll.h>
#include <string.h>

#include "server/channel/auth_client.h"
#include "server/channel/vault_client.h"
#include "wire/exit_codes.h"

struct heard {
    unsigned answers, silences;
    uint16_t last;
};

static void on_key(void *user, const struct citizen_key_reply *reply)
{
    struct heard *heard = user;

    if (reply) {
        heard->answers++;
        heard->last = reply->known;
    } else {
        heard->silences++;
    }
}

static void on_logout(void *user, const struct logout_reply *reply)
{
    struct heard *heard = user;
    heard->answers += reply != NULL;
    heard->silences += reply == NULL;
}

static uint64_t ask(struct fake_peer *peer, struct heard *heard)
{
    assert_int_equal(vault_citizen_key(peer->link, 11, on_key, heard), LINK_SENT);
    return fake_peer_request(peer, FRAME_CITIZEN_KEY).header->seq;
}

static void answer(struct fake_peer *peer, uint64_t seq)
{
    const struct citizen_key_reply reply = {.known = 1};
    fake_peer_answer(peer, FRAME_CITIZEN_KEY_REPLY, seq, &reply, sizeof reply);
}

static void answers_reach_their_requests(void **state)
{
    struct fake_peer *peer = fake_peer_new(PEER_VAULT, &vault_link_options);
    struct heard first = {0}, second = {0};

    (void)state;
    uint64_t one = ask(peer, &first), two = ask(peer, &second);
    answer(peer, one);
    assert_int_equal(first.answers, 1);
    assert_int_equal(second.answers, 0);
    answer(peer, two);
    assert_int_equal(second.answers, 1);
    assert_int_equal(link_expire(peer->link, link_now_ms()), -1);
    fake_peer_free(peer);
}

/* auth answers a challenge while a login before it waits for the vault. */
static void unordered_link_takes_answers_as_they_come(void **state)
{
    const struct logout_reply reply = {.ended = 1};
    struct fake_peer *peer = fake_peer_new(PEER_AUTH, &auth_link_options);
    uint8_t id[SESSION_ID_LEN] = {0};
    struct heard heard = {0};

    (void)state;
    assert_int_equal(auth_logout(peer->link, id, on_logout, &heard), LINK_SENT);
    assert_int_equal(auth_logout(peer->link, id, on_logout, &heard), LINK_SENT);
    fake_peer_answer(peer, FRAME_LOGOUT_REPLY, 2, &reply, sizeof reply);
    fake_peer_answer(peer, FRAME_LOGOUT_REPLY, 1, &reply, sizeof reply);
    assert_int_equal(heard.answers, 2);
    fake_peer_free(peer);
}

static void silent_peer_costs_one_time_limit(void **state)
{
    struct fake_peer *peer = fake_peer_new(PEER_VAULT, &vault_link_options);
    struct heard heard = {0};

    (void)state;
    uint64_t seq = ask(peer, &heard);
    int left = link_expire(peer->link, link_now_ms());
    assert_true(left > 0 && left <= (int)vault_link_options.timeout_ms);
    assert_int_equal(heard.silences, 0);
    assert_int_equal(link_expire(peer->link, link_now_ms() + vault_link_options.timeout_ms), -1);
    assert_int_equal(heard.silences, 1);
    /* Until it answers that one, nobody waits for it. */
    assert_int_equal(vault_citizen_key(peer->link, 11, on_key, &heard), LINK_UNRESPONSIVE);
    fake_peer_expect_none(peer);
    answer(peer, seq);
    assert_int_equal(heard.answers, 0);
    assert_int_equal(heard.silences, 1);
    answer(peer, ask(peer, &heard));
    assert_int_equal(heard.answers, 1);
    fake_peer_free(peer);
}

static void requests_in_flight_are_bounded(void **state)
{
    const struct link_options few = {.in_flight_max = 4, .timeout_ms = 1000, .queue_bytes = 1000, .ordered = true};
    struct fake_peer *peer = fake_peer_new(PEER_VAULT, &few);
    struct heard heard = {0};

    (void)state;
    for (int round = 0; round < 3; round++) {
        uint64_t first = ask(peer, &heard);
        for (int i = 1; i < 4; i++)
            ask(peer, &heard);
        assert_int_equal(vault_citizen_key(peer->link, 11, on_key, &heard), LINK_BUSY);
        for (uint64_t i = 0; i < 4; i++)
            answer(peer, first + i);
    }
    assert_int_equal(heard.answers, 12);
    fake_peer_free(peer);
}

static void on_call(void *user, const struct vault_answer *answered)
{
    struct heard *heard = user;
    heard->answers += answered != NULL;
    heard->last = answered ? (uint16_t)answered->status : 0;
}

/* A peer that does not read: what does not fit waits, in order, within a bound. */
static void unread_requests_wait_in_a_bounded_queue(void **state)
{
    const struct link_options options = {
        .in_flight_max = 64, .timeout_ms = 1000, .queue_bytes = 400000, .ordered = true};
    const struct session_call_reply refused = {.status = CALL_UNKNOWN_SESSION};
    struct fake_peer *peer = fake_peer_new(PEER_VAULT, &options);
    static uint8_t sealed[98352];
    struct session_call head = {.sealed_length = sizeof sealed};
    struct heard heard = {0};
    uint64_t sent = 0;

    (void)state;
    do
        head.call_seq = ++sent;
    while (vault_call(peer->link, &head, sealed, on_call, &heard) == LINK_SENT);
    sent--;
    assert_true(sent >= 5 && sent < 64);
    assert_int_equal(link_events(peer->link), POLLIN | POLLOUT);
    for (uint64_t i = 1; i <= sent; i++) {
        struct frame_view request = fake_peer_request(peer, FRAME_SESSION_CALL);
        memcpy(&head, request.body, sizeof head);
        assert_int_equal(request.header->seq, i);
        assert_int_equal(head.call_seq, i);
        assert_int_equal(request.body_length, sizeof head + sizeof sealed);
        link_flush(peer->link);
        fake_peer_answer(peer, FRAME_SESSION_CALL_REPLY, i, &refused, sizeof refused);
    }
    assert_int_equal(link_events(peer->link), POLLIN);
    assert_int_equal(heard.answers, sent);
    assert_int_equal(heard.last, CALL_UNKNOWN_SESSION);
    fake_peer_free(peer);
}

static void lies_end_the_front(void **state)
{
    struct fake_peer *peer = fake_peer_new(PEER_VAULT, &vault_link_options);
    struct citizen_key_reply good = {.known = 1}, bad = {.known = 2}, reserved = {.known = 1, .zero2 = 1};
    const struct session_call_reply wrong_type = {.status = CALL_REPLAYED};
    struct heard heard = {0};

    (void)state;
    uint64_t one = ask(peer, &heard), two = ask(peer, &heard);
    assert_int_equal(fake_peer_answer_exit_code(peer, FRAME_CITIZEN_KEY_REPLY, two, &good, sizeof good), EXIT_PROTOCOL);
    fake_peer_free(peer);

    struct {
        uint16_t type;
        uint64_t reply_to;
        const void *body;
        size_t length;
        int code;
    } cases[] = {
        {FRAME_CITIZEN_KEY_REPLY, one, &good, sizeof good, 0},
        {FRAME_CITIZEN_KEY_REPLY, 2, &good, sizeof good, EXIT_PROTOCOL},
        {FRAME_CITIZEN_KEY_REPLY, 0, &good, sizeof good, EXIT_PROTOCOL},
        {FRAME_CITIZEN_KEY_REPLY, UINT64_MAX, &good, sizeof good, EXIT_PROTOCOL},
        {FRAME_CITIZEN_KEY_REPLY, 1 + 4096, &good, sizeof good, EXIT_PROTOCOL},
        {FRAME_CITIZEN_KEY_REPLY, 1, &bad, sizeof bad, EXIT_PROTOCOL},
        {FRAME_CITIZEN_KEY_REPLY, 1, &reserved, sizeof reserved, EXIT_PROTOCOL},
        {FRAME_SESSION_CALL_REPLY, 1, &wrong_type, sizeof wrong_type, EXIT_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        peer = fake_peer_new(PEER_VAULT, &vault_link_options);
        ask(peer, &heard);
        assert_int_equal(
            fake_peer_answer_exit_code(peer, cases[i].type, cases[i].reply_to, cases[i].body, cases[i].length),
            cases[i].code);
        fake_peer_free(peer);
    }
}

static void call_answers_are_checked_by_value(void **state)
{
    struct {
        struct session_call_reply head;
        uint8_t rest[64];
    } body;
    const struct {
        struct session_call_reply head;
        size_t rest;
    } bad[] = {
        {{.status = CALL_STATUS_COUNT}, 0},
        {{.status = CALL_OK}, 0},
        {{.status = CALL_REPLAYED, .clear_length = 8}, 8},
        {{.status = CALL_REPLAYED}, 8},
        {{.status = CALL_REPLAYED, .zero = 1}, 0},
        {{.status = CALL_REPLAYED, .zero2 = 1}, 0},
        {{.status = CALL_OK, .clear_length = 30, .sealed_length = 34}, 64},
        {{.status = CALL_OK, .clear_length = UINT32_MAX, .sealed_length = 65}, 64},
    };
    static uint8_t sealed[96];
    const struct session_call head = {.call_seq = 1, .sealed_length = sizeof sealed};
    struct heard heard = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fake_peer *peer = fake_peer_new(PEER_VAULT, &vault_link_options);
        assert_int_equal(vault_call(peer->link, &head, sealed, on_call, &heard), LINK_SENT);
        memset(&body, 0, sizeof body);
        body.head = bad[i].head;
        assert_int_equal(
            fake_peer_answer_exit_code(peer, FRAME_SESSION_CALL_REPLY, 1, &body, sizeof body.head + bad[i].rest),
            EXIT_PROTOCOL);
        fake_peer_free(peer);
    }
}

/* What is recorded only: it has a number, takes no room, and nothing may answer it. */
static void one_way_frames_are_not_in_flight(void **state)
{
    const struct access_refused refused = {.reason = 11};
    const struct logout_reply reply = {.ended = 1};
    struct fake_peer *peer = fake_peer_new(PEER_AUTH, &auth_link_options);
    uint8_t id[SESSION_ID_LEN] = {0};
    struct heard heard = {0};

    (void)state;
    for (unsigned i = 0; i < 3 * AUTH_IN_FLIGHT_MAX; i++) {
        assert_true(auth_access_refused(peer->link, &refused));
        assert_false(link_in_flight(peer->link));
        fake_peer_request(peer, FRAME_ACCESS_REFUSED);
    }
    assert_int_equal(auth_logout(peer->link, id, on_logout, &heard), LINK_SENT);
    uint64_t seq = fake_peer_request(peer, FRAME_LOGOUT).header->seq;
    assert_true(auth_access_refused(peer->link, &refused));
    uint64_t one_way = fake_peer_request(peer, FRAME_ACCESS_REFUSED).header->seq;
    assert_int_equal(fake_peer_answer_exit_code(peer, FRAME_LOGOUT_REPLY, one_way, &reply, sizeof reply),
                     EXIT_PROTOCOL);
    fake_peer_answer(peer, FRAME_LOGOUT_REPLY, seq, &reply, sizeof reply);
    assert_int_equal(heard.answers, 1);
    assert_int_equal(link_expire(peer->link, link_now_ms()), -1);
    fake_peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_reach_their_requests),
        cmocka_unit_test(unordered_link_takes_answers_as_they_come),
        cmocka_unit_test(silent_peer_costs_one_time_limit),
        cmocka_unit_test(requests_in_flight_are_bounded),
        cmocka_unit_test(one_way_frames_are_not_in_flight),
        cmocka_unit_test(unread_requests_wait_in_a_bounded_queue),
        cmocka_unit_test(lies_end_the_front),
        cmocka_unit_test(call_answers_are_checked_by_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
