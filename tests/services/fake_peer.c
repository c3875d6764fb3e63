#include "fake_peer.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/exit_codes.h"

#define EVERYTHING(type)                                                                                               \
    {                                                                                                                  \
        (type), PEER_FRONT, IN(PHASE_SERVING), 0, FRAME_MAX                                                            \
    }

static const struct frame_rule requests[] = {
    EVERYTHING(FRAME_SESSION_CALL),   EVERYTHING(FRAME_CITIZEN_KEY),    EVERYTHING(FRAME_VAULT_STATUS),
    EVERYTHING(FRAME_CHALLENGE),      EVERYTHING(FRAME_LOGIN),          EVERYTHING(FRAME_LOGOUT),
    EVERYTHING(FRAME_ATTESTATION),    EVERYTHING(FRAME_LEDGER_HEAD),    EVERYTHING(FRAME_LEDGER_PROOF),
    EVERYTHING(FRAME_LEDGER_HASHES),  EVERYTHING(FRAME_BACKUP_READ),    EVERYTHING(FRAME_ACCOUNT_CALL),
    EVERYTHING(FRAME_ACCESS_REFUSED), EVERYTHING(FRAME_ACCESS_HEAD),    EVERYTHING(FRAME_ACCESS_PROOF),
    EVERYTHING(FRAME_ACCESS_HASHES),  EVERYTHING(FRAME_SESSION_WORKED),
};

struct fake_peer *fake_peer_new(enum peer kind, const struct link_options *options)
{
    struct fake_peer *peer = calloc(1, sizeof *peer);
    int ends[2];

    assert_non_null(peer);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    peer->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    channel_init(&peer->end, ends[0], PEER_FRONT);
    channel_init(&peer->front_end, ends[1], kind);
    peer->end.batched = peer->front_end.batched = options->batched;
    peer->link = link_new(&peer->front_end, options, peer->wake_fd);
    assert_non_null(peer->link);
    return peer;
}

void fake_peer_free(struct fake_peer *peer)
{
    link_free(peer->link);
    close(peer->end.fd);
    close(peer->front_end.fd);
    close(peer->wake_fd);
    free(peer);
}

struct frame_view fake_peer_request(struct fake_peer *peer, uint16_t type)
{
    enum frame_verdict verdict;
    struct frame_view view;

    link_flush(peer->link);
    assert_int_equal(channel_receive(&peer->end, peer->buffer, sizeof peer->buffer, PHASE_SERVING, requests,
                                     sizeof requests / sizeof requests[0], &view, &verdict),
                     CHANNEL_OK);
    assert_int_equal(view.header->type, type);
    return view;
}

void fake_peer_expect_none(struct fake_peer *peer)
{
    char byte;
    assert_true(recv(peer->end.fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0);
}

/* As the reader does, but for its ends of the process. */
static enum channel_result settle(struct fake_peer *peer)
{
    static _Alignas(8) uint8_t buffer[FRAME_MAX];
    enum frame_verdict verdict;
    struct frame_view view;
    enum channel_result result = channel_receive(&peer->front_end, buffer, sizeof buffer, PHASE_SERVING, front_rules,
                                                 front_rule_count, &view, &verdict);

    if (result == CHANNEL_OK)
        link_reply(peer->link, &view);
    return result;
}

void fake_peer_answer(struct fake_peer *peer, uint16_t type, uint64_t reply_to, const void *body, size_t length)
{
    assert_int_equal(channel_send(&peer->end, type, reply_to, body, length), CHANNEL_OK);
    assert_int_equal(settle(peer), CHANNEL_OK);
}

int fake_peer_answer_exit_code(struct fake_peer *peer, uint16_t type, uint64_t reply_to, const void *body,
                               size_t length)
{
    int status;

    pid_t child = fork();
    if (child == 0) {
        if (channel_send(&peer->end, type, reply_to, body, length) != CHANNEL_OK)
            _exit(1);
        enum channel_result result = settle(peer);
        _exit(result == CHANNEL_OK ? 0 : result == CHANNEL_VIOLATION ? EXIT_PROTOCOL : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
