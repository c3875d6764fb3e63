#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

#define CONTROL_FD        3
#define CONFIGURE_WAIT_MS 10000

static struct channel control = {.fd = CONTROL_FD, .peer = PEER_WARDEN};

static const struct frame_rule configure_rule = {FRAME_CONFIGURE, PEER_WARDEN, IN(PHASE_BOOT),
                                                 sizeof(struct launch_config), sizeof(struct launch_config)};

struct channel *child_channel(void)
{
    return &control;
}

void child_event(enum event event, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const struct event_record record = {.event = (uint16_t)event, .arg = {a, b, c, d}};

    /* A warden that does not read must not stop its child: the event is dropped. */
    (void)channel_send(&control, FRAME_EVENT, 0, &record, sizeof record);
}

void child_exit(enum exit_code code, enum event event, uint32_t a, uint32_t b, uint32_t c)
{
    if (event != EVENT_NONE)
        child_event(event, a, b, c, 0);
    /* No atexit handlers: they belong to libraries and would run inside the filter. */
    _exit(code);
}

static bool terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool tenants_are_sound(const struct launch_config *config)
{
    if (config->tenant_count == 0 || config->tenant_count > TENANTS_MAX)
        return false;
    for (uint32_t i = 0; i < config->tenant_count; i++) {
        uint16_t floor = i == 0 ? 0 : config->tenants[i - 1];
        if (config->tenants[i] <= floor || config->tenants[i] > TENANTS_MAX)
            return false;
    }
    return true;
}

static bool config_is_sound(const struct launch_config *config)
{
    return (config->flags & ~(uint32_t)LAUNCH_ROOT) == 0 && config->zero == 0 &&
           config->ledger_retention_days <= 36500 && tenants_are_sound(config) &&
           terminated(config->data_folder, sizeof config->data_folder) &&
           terminated(config->tcp_address, sizeof config->tcp_address) &&
           terminated(config->socket_path, sizeof config->socket_path) &&
           terminated(config->sign_policies, sizeof config->sign_policies) && config->data_folder[0] == '/';
}

void child_configure(struct child *child)
{
    _Alignas(8) uint8_t record[sizeof(struct frame_header) + sizeof(struct launch_config)];
    struct pollfd ready = {.fd = CONTROL_FD, .events = POLLIN};
    struct frame_view view;
    enum frame_verdict verdict;

    child->control_fd = CONTROL_FD;
    if (poll(&ready, 1, CONFIGURE_WAIT_MS) != 1)
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_WARDEN, 0, 0);
    switch (channel_receive(&control, record, sizeof record, PHASE_BOOT, &configure_rule, 1, &view, &verdict)) {
    case CHANNEL_OK:
        break;
    case CHANNEL_VIOLATION:
        child_exit(EXIT_PROTOCOL, EVENT_VIOLATION, PEER_WARDEN, verdict, FRAME_CONFIGURE);
    default:
        child_exit(EXIT_PEER_GONE, EVENT_PEER_GONE, PEER_WARDEN, 0, 0);
    }
    memcpy(&child->config, view.body, sizeof child->config);
    if (!config_is_sound(&child->config))
        child_exit(EXIT_CONFIG, EVENT_CONFIG_REFUSED, CONFIG_ITEM_LAUNCH, 0, 0);
    /* While /proc is still there; it stays readable, and live, after everything is closed. */
    child->status_fd = process_view_open(0);
    if (child->status_fd < 0)
        child_exit(EXIT_SYSTEM, EVENT_STEP_FAILED, STEP_SELF_CHECK, (uint32_t)errno, 0);
}

void child_step(struct child *child, enum sandbox_step step, bool ok)
{
    if (!ok)
        child_exit(EXIT_SANDBOX, EVENT_STEP_FAILED, step, (uint32_t)errno, 0);
    child->steps |= 1u << step;
}

void child_attest(struct child *child)
{
    struct attest_report *report = &child->report;

    report->user_namespace = (child->config.flags & LAUNCH_ROOT) == 0;
    bool read = attest_self(report, child->status_fd, child->steps);
    errno = read ? EPERM : errno;
    child_step(child, STEP_SELF_CHECK, read && attest_keeps_promises(report));
    report->steps = child->steps;
    if (channel_send(&control, FRAME_ATTEST, 0, report, sizeof *report) != CHANNEL_OK)
        child_exit(EXIT_PEER_GONE, EVENT_NONE, 0, 0, 0);
}
