/* What every child does with its warden: a failing step ends it and is named, a configuration is checked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forked.h"
#include "sandbox/sandbox.h"

static int channel_to_child[2];

static int fails_a_step(void *context)
{
    static struct child child;

    WANT(dup2(channel_to_child[1], 3) == 3);
    errno = ENOTBLK;
    child_step(&child, *(enum sandbox_step *)context, false);
    return 0;
}

static int gets_a_config(void *context)
{
    static struct child child;

    (void)context;
    WANT(dup2(channel_to_child[1], 3) == 3);
    child_configure(&child);
    return child.config.tenant_count == 1 && child.config.tenants[0] == 11 ? 0 : 1;
}

static void next_event(struct event_record *record)
{
    static const struct frame_rule rule = {FRAME_EVENT, PEER_FRONT, IN(PHASE_BOOT), sizeof *record, sizeof *record};
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    struct channel channel;
    struct frame_view view;
    enum frame_verdict verdict;

    channel_init(&channel, channel_to_child[0], PEER_FRONT);
    assert_int_equal(channel_receive(&channel, buffer, sizeof buffer, PHASE_BOOT, &rule, 1, &view, &verdict),
                     CHANNEL_OK);
    memcpy(record, view.body, sizeof *record);
}

static void a_failed_step_ends_the_process(void **state)
{
    struct event_record event;

    (void)state;
    for (enum sandbox_step step = 0; step < STEP_COUNT; step++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel_to_child), 0);
        assert_int_equal(forked(AS_CALLER, fails_a_step, &step), EXIT_SANDBOX);
        next_event(&event);
        assert_int_equal(event.event, EVENT_STEP_FAILED);
        assert_int_equal(event.arg[0], step);
        assert_int_equal(event.arg[1], ENOTBLK);
        close(channel_to_child[0]);
        close(channel_to_child[1]);
    }
}

static int configure(const struct launch_config *config, size_t length)
{
    struct channel channel;

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel_to_child), 0);
    channel_init(&channel, channel_to_child[0], PEER_FRONT);
    assert_int_equal(channel_send(&channel, FRAME_CONFIGURE, 0, config, length), CHANNEL_OK);
    int code = forked(AS_CALLER, gets_a_config, NULL);
    close(channel_to_child[0]);
    close(channel_to_child[1]);
    return code;
}

static void a_child_checks_its_configuration(void **state)
{
    const struct launch_config good = {.tenant_count = 1, .tenants = {11}, .data_folder = "/x"};
    struct launch_config bad;

    (void)state;
    assert_int_equal(configure(&good, sizeof good), 0);
    assert_int_equal(configure(&good, sizeof good - 8), EXIT_PROTOCOL);
    bad = good;
    bad.tenants[0] = 48;
    assert_int_equal(configure(&bad, sizeof bad), EXIT_CONFIG);
    bad = good;
    bad.tenant_count = 49;
    assert_int_equal(configure(&bad, sizeof bad), EXIT_CONFIG);
    bad = good;
    bad.flags = LAUNCH_ROOT << 1;
    assert_int_equal(configure(&bad, sizeof bad), EXIT_CONFIG);
    bad = good;
    memset(bad.data_folder, '/', sizeof bad.data_folder);
    assert_int_equal(configure(&bad, sizeof bad), EXIT_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_step_ends_the_process),
        cmocka_unit_test(a_child_checks_its_configuration),
    };
    return cmocka_run_group_tests_name("sandbox: child", tests, NULL, NULL);
}
