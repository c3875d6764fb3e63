/*
 * The peers of a fuzzed vault: what they have sent, what must come of it, and what has come back. One vault at a time.
 */
#ifndef SEKISHO_TESTS_FUZZ_VAULT_WORLD_H
#define SEKISHO_TESTS_FUZZ_VAULT_WORLD_H

#include "support/process.h"
#include "vault/loop.h"
#include "vault_client.h"
#include "wire/backup_messages.h"

#define SENT_MAX   512
#define NO_SESSION 0xff
/* Small, so that inputs reach them. */
#define SESSION_GUESSES 6
#define TENANT_GUESSES  12
#define RETENTION_DAYS  1
#define DAY_MS          ((int64_t)86400 * 1000)
#define STARTED_MS      1000000 /* the clock when a vault begins */

enum { TENANT_A, TENANT_B, TENANTS };

/* A request on the front's channel, at its sequence number. */
struct request {
    uint16_t type;
    uint8_t session; /* NO_SESSION: not sealed by the harness */
    uint64_t call_seq;
    struct backup_read_request read; /* of a BACKUP_READ */
};

/* The backup that the front reads, as its answers say. */
struct backup_read {
    uint8_t id[BACKUP_ID_LEN];
    bool begun, running, sure; /* ever; not over; and the vault cannot have given it up */
    uint64_t next;             /* piece */
    uint64_t leaves[TENANTS];  /* recorded before it was allowed */
    uint8_t *file;
    size_t length;
};

struct world {
    struct input input;
    unsigned steps;
    struct peer_end front, auth;
    bool started, stalled;
    bool doomed;         /* front or auth have sent what must end a serving vault */
    bool doomed_control; /* the warden has */
    bool suspect;        /* something was sent that may end it */
    bool drained, closed;
    bool backup_key, retention; /* configured */
    struct backup_read backup;
    uint64_t clock_moved; /* requests up to here may have met another clock */
    uint64_t call_seq[SESSIONS];
    bool may_read[SESSIONS]; /* a session of this number may have had the right to list the ledger */
    struct request request[SENT_MAX];
    struct request sealed[SENT_MAX]; /* calls of the harness, at the sequence number their frames were made for */
    bool holding;                    /* frames of the front are held back, to be one record */
    uint8_t held[FRAME_MAX];
    size_t held_length, held_last; /* with the padding of its last frame, and without */
    unsigned held_frames;
    uint64_t answered;
    uint64_t counted_from;             /* requests up to here may have met other sessions, or another clock */
    struct request accepted[SENT_MAX]; /* OK answers since the sessions may have changed */
    size_t accepted_count;
    uint64_t leaves[TENANTS];
    int64_t subjects[TENANTS];
    unsigned session_guesses[SESSIONS]; /* since the sessions may have changed */
    unsigned tenant_guesses[TENANTS];   /* since the clock has moved */
    uint8_t reference[REFERENCES][REFERENCE_LEN];
    size_t reference_count;
};

extern struct vault vault;
extern struct world world;
extern const uint8_t vault_root_key[32];

/* Index of the tenant of a session; it never changes, so that the harness knows whose ledger a call is in. */
size_t world_tenant(uint8_t session);

/* Sends a whole record as it is; a frame of this body (with others in one record while the front is holding). False
 * when it did not fit. */
bool world_send_record(enum peer peer, const uint8_t *data, size_t length);
bool world_send(enum peer peer, uint16_t type, uint64_t reply_to, const void *data, size_t length);
/* Sends what was held back, the last frame with or without its padding. */
void world_release(bool padded);
/* Sequence number of the front's next frame. */
uint64_t world_next_seq(void);
/* The front's next frame is a call that the harness has sealed. */
void world_seal(uint8_t session, uint64_t call_seq);

/* What is counted by session begins anew: one may have ended or begun. */
void world_forget_sessions(void);

/* Reads and checks what the vault has sent. True when there was anything. */
bool world_read(void);

/* ---- vault_backup.c ---- */

/* Forgets the backup of the input before. */
void world_forget_backup(void);
/* The key that backups are sealed to. */
void world_backup_key(uint8_t public_key[HPKE_KEY_LEN]);
/* A step: pieces in their order or out of it, of the backup that runs or of none. */
void world_read_backup(struct input *input);
/* An answer to BACKUP, to a BACKUP_READ: may the vault say that? What was read to its end must restore. */
void world_on_backup(const struct client_answer *answer);
void world_on_piece(const struct request *request, const struct frame_view *view);

/* Plays one step of the input; true when the vault is to have its turn. */
bool world_step(struct input *input);

#endif
