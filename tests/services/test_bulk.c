/* The lane of bulk calls: bounded at the vault, in order, behind none of it a single call. */
#include "front_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/sealed.h"
#include "server/channel/bulk.h"

#define ITEMS  255u /* sizeof(struct call_item) each, and the seal's own bytes: 256 by the lane's count at most */
#define SEALED (ITEMS * (uint32_t)sizeof(struct call_item))

static struct {
    unsigned count, failed;
    uint64_t order[256];
} answered;

static void on_answer(void *user, const struct vault_answer *answer)
{
    assert_true(answered.count < sizeof answered.order / sizeof answered.order[0]);
    answered.order[answered.count++] = (uint64_t)(uintptr_t)user;
    answered.failed += !answer;
}

static enum link_sent send(struct fixture *fixture, uint64_t tag, uint32_t length)
{
    static uint8_t sealed[FRAME_MAX];
    const struct session_call head = {.call_seq = tag, .operation = OPERATION_MATCH, .sealed_length = length};

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): never a pointer */
    return bulk_call(&fixture->front.bulk, &head, sealed, on_answer, (void *)(uintptr_t)tag);
}

/* Call number of the next frame at the vault. */
static uint64_t at_vault(struct fixture *fixture)
{
    struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
    struct session_call head;

    memcpy(&head, frame.body, sizeof head);
    assert_int_equal(frame.body_length, sizeof head + head.sealed_length);
    return head.call_seq;
}

static int set_up(void **state)
{
    memset(&answered, 0, sizeof answered);
    return fixture_set_up(state);
}

/* Nothing may be at the vault when the lane ends (bulk.h): what a test has left there is never answered. */
static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    (void)link_expire(fixture->front.vault, link_now_ms() + 60000);
    return fixture_tear_down(state);
}

static void bounded(struct fixture *fixture, unsigned fit)
{
    for (uint64_t i = 1; i <= 3 * fit; i++)
        assert_int_equal(send(fixture, i, SEALED), LINK_SENT);
    for (uint64_t i = 1; i <= fit; i++)
        assert_int_equal(at_vault(fixture), i);
    fake_peer_expect_none(fixture->vault);
    /* Each answer lets one more go, in the order in which they came. */
    for (uint64_t i = 1; i <= 3 * fit; i++) {
        vault_answers(fixture, i, CALL_OK, 1);
        assert_int_equal(answered.count, i);
        assert_int_equal(answered.order[i - 1], i);
        if (i + fit <= 3 * fit)
            assert_int_equal(at_vault(fixture), i + fit);
        fake_peer_expect_none(fixture->vault);
    }
    assert_int_equal(answered.failed, 0);
}

static void the_vault_has_few_items_beside_single_calls(void **state)
{
    struct fixture *fixture = *state;

    bulk_make_way(&fixture->front.bulk);
    bounded(fixture, BULK_ITEMS_BESIDE / (ITEMS + 1));
}

static void the_vault_has_a_bounded_number_of_items(void **state)
{
    bounded(*state, BULK_ITEMS_ALONE / (ITEMS + 1));
}

static void a_single_call_goes_ahead(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t sealed[100];
    const struct session_call single = {.call_seq = 99, .operation = OPERATION_MATCH, .sealed_length = sizeof sealed};
    const unsigned fit = BULK_ITEMS_BESIDE / (ITEMS + 1);

    bulk_make_way(&fixture->front.bulk);
    for (uint64_t i = 1; i <= 4 * fit; i++)
        assert_int_equal(send(fixture, i, SEALED), LINK_SENT);
    assert_int_equal(vault_call(fixture->front.vault, &single, sealed, on_answer, NULL), LINK_SENT);
    for (uint64_t i = 1; i <= fit; i++)
        assert_int_equal(at_vault(fixture), i);
    assert_int_equal(at_vault(fixture), 99);
}

static void a_batch_larger_than_the_bound_goes_alone(void **state)
{
    struct fixture *fixture = *state;
    const uint32_t large = CALL_ITEMS_MAX * (uint32_t)sizeof(struct call_item);

    assert_true(CALL_ITEMS_MAX > BULK_ITEMS_BESIDE);
    bulk_make_way(&fixture->front.bulk);
    assert_int_equal(send(fixture, 1, large), LINK_SENT);
    assert_int_equal(send(fixture, 2, SEALED), LINK_SENT);
    assert_int_equal(send(fixture, 3, large), LINK_SENT);
    assert_int_equal(at_vault(fixture), 1);
    fake_peer_expect_none(fixture->vault);
    vault_answers(fixture, 1, CALL_OK, 1);
    assert_int_equal(at_vault(fixture), 2);
    fake_peer_expect_none(fixture->vault);
    vault_answers(fixture, 2, CALL_OK, 1);
    assert_int_equal(at_vault(fixture), 3);
}

static void what_waits_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    const uint32_t large = CALL_ITEMS_MAX * (uint32_t)sizeof(struct call_item);
    uint64_t sent = 0;

    bulk_make_way(&fixture->front.bulk);
    while (send(fixture, sent + 1, large) == LINK_SENT)
        sent++;
    assert_int_equal(sent, 1 + BULK_WAITING_MAX / large);
}

/* The vault stops answering: who waits is told as soon as the link knows, and the memory is given back. */
static void who_waits_for_a_silent_vault_is_told(void **state)
{
    struct fixture *fixture = *state;
    const unsigned fit = BULK_ITEMS_BESIDE / (ITEMS + 1), all = 2 * fit + 1;

    bulk_make_way(&fixture->front.bulk);
    for (uint64_t i = 1; i <= all; i++)
        assert_int_equal(send(fixture, i, SEALED), LINK_SENT);
    (void)link_expire(fixture->front.vault, link_now_ms() + 60000);
    assert_int_equal(answered.count, all);
    assert_int_equal(answered.failed, all);
    assert_int_equal(send(fixture, 100, SEALED), LINK_UNRESPONSIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_vault_has_few_items_beside_single_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_vault_has_a_bounded_number_of_items, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_single_call_goes_ahead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_larger_than_the_bound_goes_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_for_a_silent_vault_is_told, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
