/* Malformed frames, wrong phases, wrong senders, smuggled descriptors: each ends the vault and changes nothing. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "evil.h"

static _Alignas(8) uint8_t record[FRAME_MAX + 64];

struct bent_header {
    const char *what;
    void (*bend)(struct frame_header *header);
};

static void magic(struct frame_header *header)
{
    header->magic ^= 1;
}

static void version(struct frame_header *header)
{
    header->version++;
}

static void length_short(struct frame_header *header)
{
    header->length--;
}

static void length_long(struct frame_header *header)
{
    header->length = UINT32_MAX;
}

static void reserved(struct frame_header *header)
{
    header->zero = 1;
}

static void seq_repeated(struct frame_header *header)
{
    header->seq--;
}

static void seq_gap(struct frame_header *header)
{
    header->seq++;
}

static void seq_wrapped(struct frame_header *header)
{
    header->seq = UINT64_MAX;
}

static void reply_to_in_a_request(struct frame_header *header)
{
    header->reply_to = 1;
}

static void build(struct frame_header *header)
{
    header->build[15] ^= 0x80;
}

static void type_of_a_reply(struct frame_header *header)
{
    header->type = FRAME_VAULT_STATUS_REPLY;
}

static void type_unknown(struct frame_header *header)
{
    header->type = 0xfffe;
}

static const struct bent_header bent_headers[] = {
    {"magic", magic},
    {"version", version},
    {"length too short", length_short},
    {"length too long", length_long},
    {"reserved field", reserved},
    {"sequence number repeated", seq_repeated},
    {"sequence number skipped", seq_gap},
    {"sequence number wrapped", seq_wrapped},
    {"reply_to in a request", reply_to_in_a_request},
    {"build id", build},
    {"a reply's type", type_of_a_reply},
    {"unknown type", type_unknown},
};

static void start_serving(struct evil *evil, uint8_t digest[32])
{
    evil_start(evil);
    evil_serve(evil);
    evil_open_session(evil);
    evil_store_digest(evil, digest);
}

static void expect_violation(struct evil *evil, const char *what, const uint8_t before[32])
{
    uint8_t after[32];
    int code = evil_wait(evil);

    if (code != EXIT_PROTOCOL)
        fail_msg("%s: the vault ended with %d", what, code);
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);
}

static void every_header_field_bent(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    for (size_t i = 0; i < sizeof bent_headers / sizeof bent_headers[0]; i++) {
        start_serving(evil, digest);
        size_t length = evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record);
        struct frame_header header;
        memcpy(&header, record, sizeof header);
        bent_headers[i].bend(&header);
        memcpy(record, &header, sizeof header);
        assert_int_equal(evil_send_raw(evil->front.fd, record, length, 0), length);
        expect_violation(evil, bent_headers[i].what, digest);
    }
}

static void record_lengths(void **state)
{
    static const size_t lengths[] = {
        1, 15, sizeof(struct frame_header) - 1, sizeof(struct frame_header) + 1, 4096, FRAME_MAX, FRAME_MAX + 1};
    struct evil *evil = *state;
    uint8_t digest[32];
    char what[64];

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        start_serving(evil, digest);
        memset(record, 0, sizeof record);
        evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record);
        assert_int_equal(evil_send_raw(evil->front.fd, record, lengths[i], 0), lengths[i]);
        snprintf(what, sizeof what, "a record of %zu bytes", lengths[i]);
        expect_violation(evil, what, digest);
    }
}

/* A record of no bytes reads like the end of the channel, and is taken as such. */
static void an_empty_record_is_an_end(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    start_serving(evil, digest);
    assert_int_equal(evil_send_raw(evil->front.fd, record, 0, 0), 0);
    assert_int_equal(evil_wait(evil), EXIT_PEER_GONE);
}

/* Every type there is, sent by the front with a plausible length: only the rows of the front's table are taken. */
static void types_that_are_not_the_fronts(void **state)
{
    static const struct {
        uint16_t type;
        size_t body;
    } others[] = {
        {FRAME_CONFIGURE, sizeof(struct launch_config)},
        {FRAME_START, 0},
        {FRAME_DRAIN, 0},
        {FRAME_ATTEST, sizeof(struct attest_report)},
        {FRAME_EVENT, sizeof(struct event_record)},
        {FRAME_READY, sizeof(struct ready_report)},
        {FRAME_ATTESTATION, 0},
        {FRAME_SESSION_CALL_REPLY, sizeof(struct session_call_reply)},
        {FRAME_CHALLENGE, sizeof(struct challenge_request)},
        {FRAME_LOGIN, sizeof(struct login_request)},
        {FRAME_LOGOUT, sizeof(struct logout_request)},
        {FRAME_SESSION_OPEN, sizeof(struct session_open)},
        {FRAME_SESSION_CLOSE, sizeof(struct session_close)},
    };
    static const uint8_t zeros[sizeof(struct launch_config)]; /* the longest of them */
    struct evil *evil = *state;
    uint8_t digest[32];
    char what[64];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_true(others[i].body <= sizeof zeros);
        start_serving(evil, digest);
        size_t length = evil_frame(&evil->front, others[i].type, zeros, others[i].body, record);
        assert_int_equal(evil_send_raw(evil->front.fd, record, length, 0), length);
        snprintf(what, sizeof what, "type %#x from the front", others[i].type);
        expect_violation(evil, what, digest);
    }
}

static void nothing_is_served_before_the_start(void **state)
{
    struct evil *evil = *state;
    uint8_t before[32], after[32];

    evil_start(evil);
    evil_store_digest(evil, before);
    size_t length = evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record);
    evil_send_raw(evil->front.fd, record, length, 0);
    struct session_open open = {.tenant = TENANT_A, .ttl_ms = 1, .account = "early"};
    length = evil_frame(&evil->auth, FRAME_SESSION_OPEN, &open, sizeof open, record);
    evil_send_raw(evil->auth.fd, record, length, 0);
    usleep(50000);
    evil_store_digest(evil, after);
    assert_memory_equal(before, after, sizeof after);
    /* The front's channel is not read before START; a START out of turn from the front never counts as one. */
    length = evil_frame(&evil->control, FRAME_DRAIN, NULL, 0, record); /* DRAIN is for SERVING only */
    evil_send_raw(evil->control.fd, record, length, 0);
    assert_int_equal(evil_wait(evil), EXIT_PROTOCOL);
}

static void start_is_accepted_once(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    start_serving(evil, digest);
    assert_int_equal(channel_send(&evil->control, FRAME_START, 0, NULL, 0), CHANNEL_OK);
    expect_violation(evil, "a second START", digest);
}

static void smuggled_descriptors(void **state)
{
    static const int counts[] = {1, 2, 60, 253};
    struct evil *evil = *state;
    uint8_t digest[32];

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        start_serving(evil, digest);
        size_t length = evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record);
        assert_int_equal(evil_send_raw(evil->front.fd, record, length, counts[i]), length);
        expect_violation(evil, "smuggled descriptors", digest);
    }
}

/* Credentials are not asked for: the kernel keeps them, and the frame is a frame. */
static void credentials_do_not_arrive(void **state)
{
    struct evil *evil = *state;
    struct iovec part = {.iov_base = record};
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
        struct cmsghdr align;
    } control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    const struct ucred self = {.pid = getpid(), .uid = getuid(), .gid = getgid()};
    struct vault_status_reply reply;
    struct frame_header header;
    uint8_t digest[32];

    start_serving(evil, digest);
    part.iov_len = evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record);
    struct cmsghdr *ancillary = CMSG_FIRSTHDR(&message);
    *ancillary =
        (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof self), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS};
    memcpy(CMSG_DATA(ancillary), &self, sizeof self);
    assert_int_equal(sendmsg(evil->front.fd, &message, MSG_NOSIGNAL), part.iov_len);
    assert_int_equal(evil_receive(&evil->front, &header, &reply, sizeof reply), sizeof reply);
    evil_expect_unchanged(evil, digest);
    evil_drain(evil);
}

/* One bad frame behind good ones in a record: the good ones' answers may be gone, their work must be whole or not be.
 */
static void a_bad_frame_behind_good_ones(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];
    size_t length = 0;

    start_serving(evil, digest);
    for (int i = 0; i < 3; i++)
        length += evil_frame(&evil->front, FRAME_VAULT_STATUS, NULL, 0, record + length);
    length += evil_frame(&evil->front, FRAME_DRAIN, NULL, 0, record + length);
    assert_int_equal(evil_send_raw(evil->front.fd, record, length, 0), length);
    expect_violation(evil, "a foreign frame behind good ones", digest);
}

static void a_good_call_still_works(void **state)
{
    struct evil *evil = *state;
    uint8_t digest[32];

    start_serving(evil, digest);
    assert_int_equal(evil_match(evil), CALL_OK);
    evil_drain(evil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_header_field_bent),
        cmocka_unit_test(record_lengths),
        cmocka_unit_test(an_empty_record_is_an_end),
        cmocka_unit_test(types_that_are_not_the_fronts),
        cmocka_unit_test(nothing_is_served_before_the_start),
        cmocka_unit_test(start_is_accepted_once),
        cmocka_unit_test(smuggled_descriptors),
        cmocka_unit_test(credentials_do_not_arrive),
        cmocka_unit_test(a_bad_frame_behind_good_ones),
        cmocka_unit_test(a_good_call_still_works),
    };
    return cmocka_run_group_tests_name("an evil front: frames", tests, evil_setup, evil_teardown);
}
