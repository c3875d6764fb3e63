/*
 * What crosses a boundary between Sekisho's processes: this file and the bodies in messages.h are the whole of it.
 *
 * A channel is an AF_UNIX SOCK_SEQPACKET pair made by the warden. A record is one frame, a 48-byte header and a body
 * whose length the row of its type fixes; between front and vault it may be several, each padded with zeros to a
 * multiple of eight bytes, because a record costs what it costs whatever is in it (channel_batch). All integers are
 * little-endian; all structs are fixed layouts, asserted at compile time, without padding, pointers or enums. There is
 * no parser. Frames are never kept on disk and never cross between builds: the build id in every header must be the
 * receiver's own.
 *
 * A frame is accepted when its record arrived whole and without ancillary data, magic, version, build id and length
 * fit, seq is the last accepted seq of this direction plus one, reserved fields are zero, and the receiver's table has
 * a row for (type, channel, phase). Anything else ends the receiving process with EXIT_PROTOCOL; it is never answered.
 */
#ifndef SEKISHO_WIRE_FRAME_H
#define SEKISHO_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_MAGIC     0x48534b53u /* "SKSH" */
#define FRAME_VERSION   1u
#define FRAME_BUILD_LEN 16
/* Bound of a whole frame: a sealed batch of CALL_ITEMS_MAX items (messages.h) fits, and nothing larger exists. */
#define FRAME_MAX 135168u

struct frame_header {
    uint32_t magic;
    uint16_t version;
    uint16_t type;   /* enum frame_type */
    uint32_t length; /* header and body, bytes; equals the record's length */
    uint32_t zero;
    uint64_t seq;                   /* 1, 2, 3 ... for each direction of each channel */
    uint64_t reply_to;              /* in a reply, the seq of its request; else 0 */
    uint8_t build[FRAME_BUILD_LEN]; /* generated/build_id.h */
};
_Static_assert(sizeof(struct frame_header) == 48, "frame_header layout");
_Static_assert(offsetof(struct frame_header, seq) == 16, "frame_header layout");
_Static_assert(offsetof(struct frame_header, build) == 32, "frame_header layout");

/* Types. Requests are even, the reply to a request is its type + 1, one-way frames are even and have no reply. */
enum frame_type {
    /* warden -> any child */
    FRAME_CONFIGURE = 0x0100, /* struct launch_config, once, first frame of all */
    FRAME_START = 0x0102,     /* empty: verified, begin to serve */
    FRAME_DRAIN = 0x0104,     /* empty: finish what is in flight, then exit 0 */
    /* any child -> warden */
    FRAME_ATTEST = 0x0110, /* struct attest_report, once, after the lock-down */
    FRAME_EVENT = 0x0112,  /* struct event_record: the only form of a log line */
    FRAME_READY = 0x0114,  /* struct ready_report: serving now */
    /* front -> warden */
    FRAME_ATTESTATION = 0x0120, /* empty */
    FRAME_ATTESTATION_REPLY = 0x0121,
    /* front -> vault */
    FRAME_SESSION_CALL = 0x0200,
    FRAME_SESSION_CALL_REPLY = 0x0201,
    FRAME_CITIZEN_KEY = 0x0202,
    FRAME_CITIZEN_KEY_REPLY = 0x0203,
    FRAME_VAULT_STATUS = 0x0204,
    FRAME_VAULT_STATUS_REPLY = 0x0205,
    FRAME_LEDGER_HEAD = 0x0206,
    FRAME_LEDGER_HEAD_REPLY = 0x0207,
    FRAME_LEDGER_PROOF = 0x0208,
    FRAME_LEDGER_PROOF_REPLY = 0x0209,
    FRAME_LEDGER_HASHES = 0x020a,
    FRAME_LEDGER_HASHES_REPLY = 0x020b,
    FRAME_BACKUP_READ = 0x020e,
    FRAME_BACKUP_READ_REPLY = 0x020f,
    /* front -> auth */
    FRAME_CHALLENGE = 0x0300,
    FRAME_CHALLENGE_REPLY = 0x0301,
    FRAME_LOGIN = 0x0302,
    FRAME_LOGIN_REPLY = 0x0303,
    FRAME_LOGOUT = 0x0304,
    FRAME_LOGOUT_REPLY = 0x0305,
    FRAME_ACCOUNT_CALL = 0x0306,
    FRAME_ACCOUNT_CALL_REPLY = 0x0307,
    FRAME_SESSION_ENDED = 0x0308,  /* auth -> front, one-way */
    FRAME_ACCESS_REFUSED = 0x030a, /* one-way */
    FRAME_ACCESS_HEAD = 0x030c,    /* bodies of the ledger's frames (ledger_messages.h) */
    FRAME_ACCESS_HEAD_REPLY = 0x030d,
    FRAME_ACCESS_PROOF = 0x030e,
    FRAME_ACCESS_PROOF_REPLY = 0x030f,
    FRAME_ACCESS_HASHES = 0x0310,
    FRAME_ACCESS_HASHES_REPLY = 0x0311,
    FRAME_SESSION_WORKED = 0x0312, /* one-way */
    /* auth -> vault */
    FRAME_SESSION_OPEN = 0x0400,
    FRAME_SESSION_OPEN_REPLY = 0x0401,
    FRAME_SESSION_CLOSE = 0x0402,
    FRAME_SESSION_CLOSE_REPLY = 0x0403,
    /* vault -> auth */
    FRAME_SESSION_USED = 0x0404, /* one-way */
};

/* The other end of a channel, as the receiver knows it from the descriptor the warden gave it. */
enum peer { PEER_WARDEN, PEER_FRONT, PEER_AUTH, PEER_VAULT, PEER_COUNT };

/* Phases of a process: strictly forward, one writer (phase_advance in each main loop). */
enum phase { PHASE_BOOT, PHASE_SEALED, PHASE_SERVING, PHASE_DRAINING, PHASE_COUNT };
#define IN(phase) (1u << (phase))

/*
 * One row of a process's permission table. A body is accepted when min_body <= length <= max_body; handlers of types
 * with a variable tail check the tail's length against the body's own length fields.
 */
struct frame_rule {
    uint16_t type;
    uint8_t from;   /* enum peer */
    uint8_t phases; /* IN(...) | IN(...) */
    uint32_t min_body, max_body;
};

/* Why a frame is refused; every value but FRAME_OK ends the process. */
enum frame_verdict {
    FRAME_OK,
    FRAME_SHORT,
    FRAME_BAD_MAGIC,
    FRAME_BAD_VERSION,
    FRAME_BAD_BUILD,
    FRAME_BAD_LENGTH,
    FRAME_BAD_SEQ,
    FRAME_RESERVED_SET,
    FRAME_NOT_PERMITTED, /* no row for this type on this channel in this phase */
    FRAME_BAD_BODY,      /* body length outside the row's bounds */
};

extern const uint8_t frame_build_id[FRAME_BUILD_LEN];

/* Checks one received record against the table. `last_seq` is the last accepted seq of this direction. Total: reads
 * nothing beyond `length`, allocates nothing. On FRAME_OK *rule is the row that permits it. */
enum frame_verdict frame_check(const void *record, size_t length, uint64_t last_seq, enum peer from, enum phase phase,
                               const struct frame_rule *rules, size_t rule_count, const struct frame_rule **rule);

/* Fills a header for a body of `body_length` bytes. */
void frame_fill(struct frame_header *header, uint16_t type, uint32_t body_length, uint64_t seq, uint64_t reply_to);

const char *frame_verdict_name(enum frame_verdict verdict);

#endif
