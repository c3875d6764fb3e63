/* Channels over SEQPACKET: what a hostile peer can do to a record, and what a slow one does to the sequence. */
#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/channel.h"

#define BODY_MAX (FRAME_MAX - (uint32_t)sizeof(struct frame_header))

static const struct frame_rule rules[] = {
    {FRAME_SESSION_CALL, PEER_FRONT, IN(PHASE_SERVING), 0, BODY_MAX},
};

struct pair {
    struct channel sender, receiver;
    uint8_t *buffer; /* exactly FRAME_MAX, so that a sanitizer sees an overrun */
    struct frame_view view;
    enum frame_verdict verdict;
};

static int open_pair(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    int fds[2], room = 4 * FRAME_MAX;

    if (!pair || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return -1;
    pair->buffer = malloc(FRAME_MAX);
    if (!pair->buffer || setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) != 0)
        return -1;
    channel_init(&pair->sender, fds[0], PEER_VAULT);
    channel_init(&pair->receiver, fds[1], PEER_FRONT);
    *state = pair;
    return 0;
}

static int close_pair(void **state)
{
    struct pair *pair = *state;

    if (pair->sender.fd >= 0)
        close(pair->sender.fd);
    close(pair->receiver.fd);
    free(pair->buffer);
    free(pair);
    return 0;
}

static enum channel_result receive(struct pair *pair)
{
    return channel_receive(&pair->receiver, pair->buffer, FRAME_MAX, PHASE_SERVING, rules, 1, &pair->view,
                           &pair->verdict);
}

/* A record written past channel_send, as a compromised peer would. */
static void send_raw(struct pair *pair, const void *record, size_t length)
{
    assert_int_equal(send(pair->sender.fd, record, length, MSG_NOSIGNAL), length);
}

static void test_round_trip(void **state)
{
    struct pair *pair = *state;

    for (uint64_t seq = 1; seq <= 3; seq++) {
        char body[] = "0123456789";
        assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, seq), CHANNEL_OK);
        assert_int_equal(receive(pair), CHANNEL_OK);
        assert_int_equal(pair->view.body_length, seq);
        assert_memory_equal(pair->view.body, body, seq);
        assert_int_equal(pair->view.header->seq, seq);
        assert_ptr_equal(pair->view.rule, &rules[0]);
    }
    assert_int_equal(receive(pair), CHANNEL_EMPTY);
    assert_int_equal(pair->sender.sent, 3);
    assert_int_equal(pair->receiver.received, 3);
}

static void test_parts_are_joined(void **state)
{
    struct pair *pair = *state;
    char one[] = "one", two[] = "two";
    const struct iovec parts[] = {{one, 3}, {NULL, 0}, {two, 3}};

    assert_int_equal(channel_send_parts(&pair->sender, FRAME_SESSION_CALL, 0, parts, 3), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_OK);
    assert_int_equal(pair->view.body_length, 6);
    assert_memory_equal(pair->view.body, "onetwo", 6);
}

static void test_largest_frame(void **state)
{
    struct pair *pair = *state;
    uint8_t *body = malloc(BODY_MAX + 1);

    assert_non_null(body);
    memset(body, 0xa5, BODY_MAX + 1);
    assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, BODY_MAX + 1), CHANNEL_VIOLATION);
    assert_int_equal(pair->sender.sent, 0);
    assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, BODY_MAX), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_OK);
    assert_int_equal(pair->view.body_length, BODY_MAX);
    assert_memory_equal(pair->view.body, body, BODY_MAX);
    free(body);
}

static void test_oversize_record(void **state)
{
    struct pair *pair = *state;
    uint8_t *record = calloc(1, FRAME_MAX + 1);

    assert_non_null(record);
    /* Good as far as the buffer reaches: only the cut can give it away. */
    frame_fill((struct frame_header *)(void *)record, FRAME_SESSION_CALL, BODY_MAX, 1, 0);
    send_raw(pair, record, FRAME_MAX + 1);
    free(record);
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
    assert_int_equal(pair->verdict, FRAME_BAD_LENGTH);
    assert_int_equal(pair->receiver.received, 0);
}

static void test_zero_length_record_ends_the_channel(void **state)
{
    struct pair *pair = *state;

    send_raw(pair, "", 0);
    assert_int_equal(receive(pair), CHANNEL_CLOSED);
}

static void test_closed_peer(void **state)
{
    struct pair *pair = *state;

    close(pair->sender.fd);
    pair->sender.fd = -1;
    assert_int_equal(receive(pair), CHANNEL_CLOSED);
    /* No SIGPIPE either: this process is still here to see the result. */
    assert_int_equal(channel_send(&pair->receiver, FRAME_SESSION_CALL_REPLY, 1, NULL, 0), CHANNEL_CLOSED);
    assert_int_equal(pair->receiver.sent, 0);
}

static int open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* A good frame with descriptors beside it. */
static void send_with_descriptors(struct pair *pair, const int *fds, size_t count)
{
    struct frame_header header;
    struct iovec iov = {&header, sizeof header};
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(8 * sizeof(int))] = {0};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

    frame_fill(&header, FRAME_SESSION_CALL, 0, 1, 0);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(rights), fds, count * sizeof(int));
    assert_int_equal(sendmsg(pair->sender.fd, &message, MSG_NOSIGNAL), sizeof header);
}

static void smuggle(struct pair *pair, size_t count)
{
    int fds[8];

    for (size_t i = 0; i < count; i++)
        assert_true((fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
    send_with_descriptors(pair, fds, count);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
    int before = open_descriptors();
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
    assert_int_equal(pair->verdict, FRAME_BAD_LENGTH);
    assert_int_equal(pair->receiver.received, 0);
    assert_int_equal(open_descriptors(), before);
}

static void test_a_smuggled_descriptor(void **state)
{
    smuggle(*state, 1);
}

static void test_many_smuggled_descriptors(void **state)
{
    smuggle(*state, 8);
}

static void test_bad_frame_is_a_violation(void **state)
{
    struct pair *pair = *state;
    struct frame_header header;

    frame_fill(&header, FRAME_SESSION_CALL, 0, 2, 0); /* the first must be 1 */
    send_raw(pair, &header, sizeof header);
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
    assert_int_equal(pair->verdict, FRAME_BAD_SEQ);
    send_raw(pair, "x", 1);
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
    assert_int_equal(pair->verdict, FRAME_SHORT);
    assert_int_equal(pair->receiver.received, 0);
}

static void test_wrong_phase_and_peer(void **state)
{
    struct pair *pair = *state;
    struct frame_header header;

    frame_fill(&header, FRAME_SESSION_CALL, 0, 1, 0);
    for (enum phase phase = PHASE_BOOT; phase < PHASE_COUNT; phase++) {
        if (phase == PHASE_SERVING)
            continue;
        send_raw(pair, &header, sizeof header);
        assert_int_equal(
            channel_receive(&pair->receiver, pair->buffer, FRAME_MAX, phase, rules, 1, &pair->view, &pair->verdict),
            CHANNEL_VIOLATION);
        assert_int_equal(pair->verdict, FRAME_NOT_PERMITTED);
    }
    pair->receiver.peer = PEER_AUTH;
    send_raw(pair, &header, sizeof header);
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
    assert_int_equal(pair->verdict, FRAME_NOT_PERMITTED);
}

/* A peer that does not read: nothing is lost, nothing is half sent, and the numbers go on where they were. */
static void test_full_peer(void **state)
{
    struct pair *pair = *state;
    uint8_t body[4096] = {0};
    uint64_t accepted = 0;

    while (channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, sizeof body) == CHANNEL_OK)
        accepted++;
    assert_true(accepted > 0);
    assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, sizeof body), CHANNEL_FULL);
    assert_int_equal(pair->sender.sent, accepted);
    for (uint64_t i = 0; i < accepted; i++)
        assert_int_equal(receive(pair), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_EMPTY);
    assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, sizeof body), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_OK);
    assert_int_equal(pair->receiver.received, accepted + 1);
}

static void test_too_many_parts(void **state)
{
    struct pair *pair = *state;
    char byte[] = "x";
    const struct iovec parts[8] = {{byte, 1}, {byte, 1}, {byte, 1}, {byte, 1}, {byte, 1}, {byte, 1}, {byte, 1}};

    assert_int_equal(channel_send_parts(&pair->sender, FRAME_SESSION_CALL, 0, parts, 8), CHANNEL_VIOLATION);
    assert_int_equal(pair->sender.sent, 0);
    assert_int_equal(channel_send_parts(&pair->sender, FRAME_SESSION_CALL, 0, parts, 7), CHANNEL_OK);
}

/* ---- several frames in a record ---- */

static uint8_t batch_buffer[FRAME_MAX] __attribute__((aligned(8)));

static void add(struct pair *pair, struct channel_batch *batch, const void *body, size_t length)
{
    const struct iovec part = {.iov_base = (void *)(uintptr_t)body, .iov_len = length};

    assert_int_equal(channel_batch_add(&pair->sender, batch, FRAME_SESSION_CALL, 0, &part, 1), CHANNEL_OK);
}

static void test_frames_of_one_record(void **state)
{
    struct pair *pair = *state;
    struct channel_batch batch = {.buffer = batch_buffer};

    pair->receiver.batched = true;
    add(pair, &batch, "a", 1);
    add(pair, &batch, "eight ch", 8);
    add(pair, &batch, "", 0);
    assert_int_equal(channel_batch_send(&pair->sender, &batch), CHANNEL_OK);
    assert_int_equal(batch.frames, 0);
    assert_int_equal(channel_send(&pair->sender, FRAME_SESSION_CALL, 0, "single", 6), CHANNEL_OK);
    static const struct {
        const char *body;
        size_t length;
    } expected[] = {{"a", 1}, {"eight ch", 8}, {"", 0}, {"single", 6}};
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(receive(pair), CHANNEL_OK);
        assert_int_equal(pair->view.header->seq, i + 1);
        assert_int_equal(pair->view.body_length, expected[i].length);
        assert_memory_equal(pair->view.body, expected[i].body, expected[i].length);
    }
    assert_int_equal(pair->receiver.rest_length, 0);
    assert_int_equal(receive(pair), CHANNEL_EMPTY);
}

static void test_batch_is_bounded(void **state)
{
    struct pair *pair = *state;
    struct channel_batch batch = {.buffer = batch_buffer};
    const struct iovec none = {0};
    static uint8_t large[BODY_MAX];
    const struct iovec most = {.iov_base = large, .iov_len = BODY_MAX};

    for (int i = 0; i < BATCH_FRAMES_MAX; i++)
        add(pair, &batch, "x", 1);
    assert_int_equal(channel_batch_add(&pair->sender, &batch, FRAME_SESSION_CALL, 0, &none, 1), CHANNEL_FULL);
    assert_int_equal(pair->sender.sent, BATCH_FRAMES_MAX);
    assert_int_equal(channel_batch_send(&pair->sender, &batch), CHANNEL_OK);
    assert_int_equal(channel_batch_add(&pair->sender, &batch, FRAME_SESSION_CALL, 0, &most, 1), CHANNEL_OK);
    assert_int_equal(channel_batch_add(&pair->sender, &batch, FRAME_SESSION_CALL, 0, &none, 1), CHANNEL_FULL);
}

/* The record is looked at as a whole before its first frame is taken. */
static void test_records_that_are_not_made_of_frames(void **state)
{
    struct pair *pair = *state;
    uint8_t record[256] = {0};
    struct frame_header header;

    pair->receiver.batched = true;
    for (int bend = 0; bend < 6; bend++) {
        size_t length = 2 * 56;
        for (uint64_t i = 0; i < 2; i++) {
            frame_fill(&header, FRAME_SESSION_CALL, 1, i + 1, 0);
            memcpy(record + 56 * i, &header, sizeof header);
            memset(record + 56 * i + 48, 0, 8);
        }
        memcpy(&header, record + 56, sizeof header);
        if (bend == 0)
            record[52] = 1; /* padding of the first */
        if (bend == 1)
            length -= 8; /* the second is cut */
        if (bend == 2)
            length += 8; /* something behind the last */
        if (bend == 3)
            header.length = 47;
        if (bend == 4)
            header.length = UINT32_MAX;
        if (bend == 5)
            header.length = 0;
        memcpy(record + 56, &header, sizeof header);
        send_raw(pair, record, length);
        assert_int_equal(receive(pair), CHANNEL_VIOLATION);
        assert_int_equal(pair->verdict, FRAME_BAD_LENGTH);
        assert_int_equal(pair->receiver.received, 0);
    }
}

static void test_one_frame_a_record_elsewhere(void **state)
{
    struct pair *pair = *state;
    struct channel_batch batch = {.buffer = batch_buffer};

    add(pair, &batch, "x", 1);
    add(pair, &batch, "y", 1);
    assert_int_equal(channel_batch_send(&pair->sender, &batch), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_VIOLATION);
}

static void test_full_peer_keeps_the_batch(void **state)
{
    struct pair *pair = *state;
    struct channel_batch batch = {.buffer = batch_buffer};
    uint8_t body[4096] = {0};

    while (channel_send(&pair->sender, FRAME_SESSION_CALL, 0, body, sizeof body) == CHANNEL_OK)
        continue;
    add(pair, &batch, body, sizeof body);
    assert_int_equal(channel_batch_send(&pair->sender, &batch), CHANNEL_FULL);
    assert_int_equal(batch.frames, 1);
    pair->receiver.batched = true;
    for (uint64_t i = 1; i < pair->sender.sent; i++)
        assert_int_equal(receive(pair), CHANNEL_OK);
    assert_int_equal(channel_batch_send(&pair->sender, &batch), CHANNEL_OK);
    assert_int_equal(receive(pair), CHANNEL_OK);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAIR(test_round_trip),
        WITH_PAIR(test_parts_are_joined),
        WITH_PAIR(test_largest_frame),
        WITH_PAIR(test_oversize_record),
        WITH_PAIR(test_zero_length_record_ends_the_channel),
        WITH_PAIR(test_closed_peer),
        WITH_PAIR(test_a_smuggled_descriptor),
        WITH_PAIR(test_many_smuggled_descriptors),
        WITH_PAIR(test_bad_frame_is_a_violation),
        WITH_PAIR(test_wrong_phase_and_peer),
        WITH_PAIR(test_full_peer),
        WITH_PAIR(test_too_many_parts),
        WITH_PAIR(test_frames_of_one_record),
        WITH_PAIR(test_batch_is_bounded),
        WITH_PAIR(test_records_that_are_not_made_of_frames),
        WITH_PAIR(test_one_frame_a_record_elsewhere),
        WITH_PAIR(test_full_peer_keeps_the_batch),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
