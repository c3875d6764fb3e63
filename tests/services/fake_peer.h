/* The other end of a front's link: the test answers, or does not. */
#ifndef SEKISHO_TESTS_SERVICES_FAKE_PEER_H
#define SEKISHO_TESTS_SERVICES_FAKE_PEER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/channel/reader.h"

struct fake_peer {
    struct channel end;       /* the peer's */
    struct channel front_end; /* the link's */
    struct link *link;
    int wake_fd;
    _Alignas(8) uint8_t buffer[FRAME_MAX];
};

struct fake_peer *fake_peer_new(enum peer peer, const struct link_options *options);
void fake_peer_free(struct fake_peer *peer);

/* The next request, which must be of this type: its body, valid until the next one. */
struct frame_view fake_peer_request(struct fake_peer *peer, uint16_t type);
/* No request is waiting. */
void fake_peer_expect_none(struct fake_peer *peer);

/* Answers and lets the link settle the answer. */
void fake_peer_answer(struct fake_peer *peer, uint16_t type, uint64_t reply_to, const void *body, size_t length);

/* As fake_peer_answer in a child process: the exit code of the front that gets this answer, 0 when it lives. */
int fake_peer_answer_exit_code(struct fake_peer *peer, uint16_t type, uint64_t reply_to, const void *body,
                               size_t length);

#endif
