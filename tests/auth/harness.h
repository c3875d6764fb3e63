/*
 * The auth process without its lock-down, in a child of the test: the test is warden, front and vault at its three
 * channels, and a client that seals logins and account calls. Accounts of the harness: see harness.c.
 */
#ifndef SEKISHO_TESTS_AUTH_HARNESS_H
#define SEKISHO_TESTS_AUTH_HARNESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "auth/auth.h"
#include "cmocka_includes.h"

#define HARNESS_TENANT   11
#define HARNESS_PASSWORD "Correct-Horse-7"
#define HARNESS_TTL_S    600
#define HARNESS_IDLE_S   300

struct harness {
    pid_t pid;
    struct channel control, front, vault;
    uint8_t login_public[X25519_LEN];
    char folder[40]; /* of the store */
};

/* A login as the client knows it, to be changed by a test before it is sealed. */
struct client {
    struct login_plain plain;
    uint8_t ephemeral_private[X25519_LEN];
    struct hpke_context hpke;
    struct login_request request;
};

/* What the harness holds accounts to; and its accounts, into a new store. Terminal "desk" of each tenant has
 * certificate 0xc0... */
extern const struct account_rules harness_rules;
void harness_fill_store(const char *folder);

/* As cmocka set-up and tear-down: a served auth with room for 4 sessions in *state. Tear-down kills it when it still
 * runs. */
int harness_set_up(void **state);
int harness_tear_down(void **state);

/* Waits for the process to end by itself and returns its exit code. */
int harness_exit_code(struct harness *harness);

/* Sends a frame to auth; returns its sequence number. */
uint64_t harness_send(struct channel *channel, uint16_t type, uint64_t reply_to, const void *body, size_t length);

/* Waits for a frame of this type on the channel, copies its body (of exactly this length) and returns its header.
 * Events on the control channel are passed over unless asked for. */
struct frame_header harness_receive(struct channel *channel, uint16_t type, void *body, size_t length);

/* True when nothing arrives for 50 ms. */
bool harness_silent(struct channel *channel);

/* A challenge from auth. */
void harness_challenge(struct harness *harness, uint16_t tenant, uint8_t challenge[CHALLENGE_LEN]);

/* A login of this account and password over certificate 0xc0..., with a fresh challenge, not sealed yet. */
void client_init(struct client *client, struct harness *harness, const char *account, const char *password);
/* Seals client->plain to the key of the harness into client->request. */
void client_seal(struct client *client, const struct harness *harness);

/* Sends the request and returns the sequence number. */
uint64_t client_send(const struct client *client, struct harness *harness);

/* Sends a login that must be refused, and returns its status after checking that the reply tells nothing else and that
 * the vault heard nothing. */
enum login_status client_refused(const struct client *client, struct harness *harness);

/* The vault is asked to close this session, and does. */
void harness_closes(struct harness *harness, const uint8_t id[SESSION_ID_LEN]);

/* Sends a login that must succeed, answers for the vault, and returns what vault and front got. */
void client_logs_in(const struct client *client, struct harness *harness, struct session_open *open,
                    struct login_reply *reply);

/* The keys of a session as its client derives them. */
void client_derive(const struct client *client, const struct login_reply *reply, struct session_keys *keys);

/* A session as its client has it. */
struct client_session {
    uint8_t id[SESSION_ID_LEN];
    struct session_keys keys;
    uint16_t flags; /* enum welcome_flag */
    uint64_t call_seq;
};
/* Logs in; the vault and the front get what they are to get. */
void client_session_open(struct harness *harness, const char *account, const char *password,
                         struct client_session *session);
/* Seals a call as number `call_seq` under `key` (of the session: keys.account). */
void client_seal_call(const struct client_session *session, const uint8_t key[SESSION_KEY_LEN], uint64_t call_seq,
                      const struct account_call_plain *plain, struct account_call *call);
/* Sends a call and returns its status as a message; opens the reply when it was done. */
enum account_call_status client_send_call(struct harness *harness, const struct client_session *session,
                                          const struct account_call *call, struct account_reply_plain *reply);
/* The next call of the session; its result. */
enum account_result client_call(struct harness *harness, struct client_session *session,
                                const struct account_call_plain *plain, struct account_reply_plain *reply);

/* Opens the store of an auth that has ended; closed again by account_store_close. */
void harness_store(const struct harness *harness, struct account_store *store);
/* Events of the access records of HARNESS_TENANT, oldest first, at most `size`. Returns how many there are. */
size_t harness_records(struct account_store *store, uint16_t *events, size_t size);

#endif
