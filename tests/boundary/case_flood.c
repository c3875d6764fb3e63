/* A front that sends without reading, stops, or dies in the middle: the vault serves its warden and loses nothing. */
#include <poll.h>
#include <unistd.h>

#include "evil.h"

static void serve(struct evil *evil)
{
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
}

/* Sends status requests until the channel has been full for a while: the vault has stopped reading. */
static unsigned flood(struct evil *evil)
{
    unsigned sent = 0;

    for (int full = 0; full < 20;) {
        if (channel_send(&evil->front, FRAME_VAULT_STATUS, 0, NULL, 0) == CHANNEL_OK) {
            sent++;
            full = 0;
        } else {
            full++;
            usleep(5000);
        }
        assert_true(sent < 1000000);
    }
    return sent;
}

static void a_flood_without_reading_stops_at_the_channel(void **state)
{
    struct evil *evil = *state;
    struct vault_status_reply reply;
    struct frame_header header;
    struct session_close close = {0};
    struct session_close_reply closed;

    serve(evil);
    unsigned sent = flood(evil);
    /* auth and the warden are served meanwhile */
    assert_int_equal(channel_send(&evil->auth, FRAME_SESSION_CLOSE, 0, &close, sizeof close), CHANNEL_OK);
    assert_int_equal(evil_receive(&evil->auth, &header, &closed, sizeof closed), sizeof closed);
    /* every request that was taken is answered, in order, once the front reads */
    for (unsigned i = 1; i <= sent; i++) {
        assert_int_equal(evil_receive(&evil->front, &header, &reply, sizeof reply), sizeof reply);
        assert_int_equal(header.reply_to, i);
        assert_int_equal(header.seq, i);
    }
    evil_drain(evil);
}

static void a_flooded_vault_still_drains(void **state)
{
    struct evil *evil = *state;

    serve(evil);
    flood(evil);
    evil_drain(evil);
}

static void a_front_that_dies_ends_the_vault(void **state)
{
    struct evil *evil = *state;
    int fd;

    serve(evil);
    assert_int_equal(evil_match(evil), CALL_OK);
    fd = evil->front.fd;
    evil->front.fd = dup(STDIN_FILENO); /* evil_wait closes it */
    close(fd);
    assert_int_equal(evil_wait(evil), EXIT_PEER_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_without_reading_stops_at_the_channel),
        cmocka_unit_test(a_flooded_vault_still_drains),
        cmocka_unit_test(a_front_that_dies_ends_the_vault),
    };
    return cmocka_run_group_tests_name("an evil front: floods", tests, evil_setup, evil_teardown);
}
