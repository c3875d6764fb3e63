/* Vault, auth and warden as the front sees them: they read what it asks, and answer as an input says. */
#ifndef SEKISHO_TESTS_FUZZ_SERVICES_PEERS_H
#define SEKISHO_TESTS_FUZZ_SERVICES_PEERS_H

#include "server/channel/link.h"
#include "support/fuzz.h"

enum { VAULT, AUTH, WARDEN, PEERS };

/* auth says that a session has ended. */
typedef void peers_session_ended(const uint8_t *session);

/* Opens the three; `links` are the front's ends. */
void peers_open(struct link *links[PEERS], int wake_fd, peers_session_ended *ended);
void peers_shut(void);

/* An answer to one of the last requests; any frame at all: *doomed when it must end the front. */
void peers_answer(struct input *input);
void peers_answer_foreign(struct input *input, bool *doomed);

/* Sends what waits, and ends what has waited too long. */
void peers_expire(uint64_t now_ms);

#endif
