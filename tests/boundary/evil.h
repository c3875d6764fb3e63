/*
 * The harness of tests/boundary: it starts the real sekisho-vault, plays its warden, and holds the other ends of the
 * front's and auth's channels, with raw access to every byte that crosses. Or the real sekisho-auth: then what is
 * called `auth` here is the vault's channel.
 */
#ifndef SEKISHO_TESTS_BOUNDARY_EVIL_H
#define SEKISHO_TESTS_BOUNDARY_EVIL_H

#include <sys/types.h>

#include "../vault/fixture.h"
#include "wire/channel.h"
#include "wire/exit_codes.h"

struct evil {
    char folder[64];
    pid_t pid;
    struct channel control, front, auth; /* our ends */
    struct attest_report report;
    uint64_t call_seq;
    struct guess_limits limits; /* of every purpose; the next vault started has them */
    const char *binary;
    uint32_t ttl_s;             /* of sessions */
    struct account_rules rules; /* of auth */
    uint64_t boot_offset_s;     /* the next vault's CLOCK_BOOTTIME is ahead by so much */
    uint8_t session;            /* whose calls evil_call makes: SESSION_ALL unless set */
};

/* Group set-up and tear-down: a store folder that lives through several vaults. Skips the tests (with the reason) where
 * neither root nor a user namespace is to be had. */
int evil_setup(void **state);
/* The same with the folder in memory, where a commit costs no disk. */
int evil_setup_in_memory(void **state);
/* The same for sekisho-auth, with the accounts of tests/auth/harness.h. */
int evil_setup_auth(void **state);
int evil_teardown(void **state);

/* The private key of whatever is started: its root key or its login key. */
#define EVIL_KEY_BYTE 0x5a

/* Starts a vault up to its attestation (SEALED); evil_serve takes it to SERVING. */
void evil_start(struct evil *evil);
void evil_serve(struct evil *evil);

/* Waits for the vault's end and returns its exit code, or 1000 + signal. Fails the test after a minute. */
int evil_wait(struct evil *evil);
/* Ends a vault that is still in order (DRAIN, exit 0). */
void evil_drain(struct evil *evil);

/* Opens SESSION_ALL for tenant A as auth would (same keys as tests/vault). */
void evil_open_session(struct evil *evil);
/* Any session that may do everything: id and keys are made of `id` (fixture.h); account "evil" and the id as a letter.
 */
void evil_open_session_of(struct evil *evil, uint8_t id, uint16_t tenant);
/* A session as auth would send it. */
struct session_open evil_session(uint8_t id, uint16_t tenant);

/* Sends raw bytes as one record; with `descriptors` > 0, that many descriptors beside it. Returns sendmsg's result. */
ssize_t evil_send_raw(int fd, const void *record, size_t length, int descriptors);
/* Makes a well-formed frame into `record` with the next sequence number of `channel`; returns its length. */
size_t evil_frame(struct channel *channel, uint16_t type, const void *body, size_t body_length, uint8_t *record);
/* Receives one frame without checking more than its header's plausibility; returns the body length, or -1 when the
 * vault closed. Waits a minute at most: of a machine that others use. */
/* Passes over what the vault tells auth of sessions in use. */
ssize_t evil_receive(struct channel *channel, struct frame_header *header, void *body, size_t size);
/* How often the vault has told auth by now that a session is in use, and of which at last. Nothing else was sent. */
unsigned evil_uses(struct evil *evil, uint8_t id[SESSION_ID_LEN]);

/* Ends it with SIGKILL. */
void evil_kill(struct evil *evil);

/* A call sealed as the client of evil->session would, carried by the front. What of the answer the front can read. */
struct evil_answer {
    enum call_status status;
    size_t length; /* of the reply's body */
    enum outcome outcome[64];
    uint8_t reference[64][REFERENCE_LEN];
};
void evil_call(struct evil *evil, uint16_t operation, uint16_t purpose, const void *items, uint32_t count,
               struct evil_answer *answer);
/* One item. `reference` is given for MATCH, REPLACE, ERASE, UNLOCK; taken from the answer for ENROLL, if not NULL. */
enum outcome evil_item(struct evil *evil, uint16_t operation, uint8_t reference[REFERENCE_LEN], unsigned number);

/* A good MATCH as the front would forward it; returns the status. */
enum call_status evil_match(struct evil *evil);

/* What must hold after an attack that a vault lives through: the store's digest is that of before (NULL: it may have
 * changed), and the process is what it attested: its rights as /proc shows them, its descriptors (root only). */
void evil_expect_unchanged(struct evil *evil, const uint8_t before[32]);
/* True when twelve digits with a right check digit stand in a row. evil_receive fails the test on it: no answer holds
 * a number. */
bool evil_has_number(const uint8_t *bytes, size_t length);

/* A hash over all rows of the store but its clock, and its erasure journal: equal before and after whatever must change
 * nothing. */
void evil_store_digest(struct evil *evil, uint8_t digest[32]);

#endif
