/*
 * Bodies of the frames in frame.h, in the order of their types. What a body does not hold does not cross.
 * No body ever holds a number, a password or a key, with one exception: SESSION_OPEN carries two of a session's keys
 * from auth to vault on the channel that only those two share. What is inside a seal is in crypto/sealed.h.
 */
#ifndef SEKISHO_WIRE_MESSAGES_H
#define SEKISHO_WIRE_MESSAGES_H

#include "wire/frame.h"

#define SESSION_ID_LEN  16 /* random, made by auth */
#define REFERENCE_LEN   16 /* subject_ref: random, made by vault; never derived from a number */
#define REQUEST_ID_LEN  16 /* random, made by the client; the key of idempotency */
#define ACCOUNT_LEN     32 /* ASCII [a-z0-9][a-z0-9._-]*, zero-padded */
#define CERT_HASH_LEN   32 /* SHA-256 of the client's DER certificate; zero on the local socket (no TLS there) */
#define X25519_LEN      32
#define CHALLENGE_LEN   32
#define SESSION_KEY_LEN 32
#define TENANTS_MAX     47  /* one per prefecture; a tenant is its JIS X 0401 code, 1..47 */
#define PATH_LEN        256 /* zero-terminated */
#define CALL_ITEMS_MAX  2048
#define PERMIT_LEN      16  /* index enum operation, bit enum purpose (crypto/sealed.h) */
#define PERSON_TAG_LEN  16  /* the same for all accounts of a person and organisation; made by auth */
#define POLICIES_LEN    256 /* zero-terminated */

/* ---- warden -> child: FRAME_CONFIGURE ------------------------------------------------------------------------- */

enum launch_flag {
    LAUNCH_ROOT = 1u << 0, /* started as root: each process has a uid of its own; else one uid in a user namespace */
};

/* How many wrong guesses a number call of one purpose may make (vault/budget.h). Counts; 0 means none at all. */
struct guess_limits {
    uint32_t reference_day;  /* wrong numbers for one reference within 24 h */
    uint32_t reference_life; /* the same in the reference's life; only an UNLOCK gives it back */
    uint32_t candidate_day;  /* misses of one number, whatever it was tried on, within 24 h */
    uint32_t session;        /* misses of one session */
    uint32_t account_day;    /* misses of one account within 24 h */
    uint32_t tenant_day;     /* misses of a whole prefecture within 24 h */
};

/* What auth holds accounts to (domain 10.4). The warden's configuration may ask for more than the defaults, not less.
 */
struct account_rules {
    uint32_t password_min_chars; /* 12.. */
    uint32_t password_history;   /* 10..FORMER_PASSWORDS_MAX: so many former passwords must not come back */
    uint32_t lock_failures;      /* so many bad logins ... */
    uint32_t lock_window_s;      /* ... within this time delay the next one ... */
    uint32_t lock_delay_s;       /* ... by this at first */
    uint32_t dormant_days;
    uint32_t idle_s;        /* a session that is not used for so long ends */
    uint32_t otp_roles;     /* 1u << enum role: must have a second factor */
    uint32_t terms_version; /* 0: there are none to agree to */
    uint32_t zero;
    uint8_t terms_digest[32]; /* SHA-256 of their text */
};
_Static_assert(sizeof(struct account_rules) == 72, "account_rules layout");

/* Everything a child is told. The warden is trusted; a child still checks lengths and ranges. */
struct launch_config {
    uint32_t flags; /* enum launch_flag */
    uint32_t uid, gid;
    uint32_t tenant_count;
    uint16_t tenants[48]; /* ascending, first tenant_count used */
    uint64_t store_bytes; /* LMDB map size; front: of each of the two environments of a tenant */
    uint32_t session_ttl_s;
    uint32_t session_max;
    uint16_t tcp_port; /* front: 0 = no TCP listener */
    uint16_t zero;
    uint32_t ledger_retention_days; /* vault: readable parts of ledger entries are kept so long; 0: for ever */
    struct guess_limits guesses[5]; /* vault: index enum purpose (crypto/sealed.h), 0 unused */
    uint8_t backup_key[X25519_LEN]; /* vault: backups are sealed to it; zero: none are taken */
    struct account_rules accounts;  /* auth; front: terms_version and terms_digest */
    char data_folder[PATH_LEN]; /* becomes the root. vault, auth: their store's; front: its socket's or an empty one */
    char tcp_address[64];       /* front: numeric IPv4 or IPv6 address to bind */
    char socket_path[PATH_LEN]; /* front: unix socket to bind, empty = none */
    char sign_policies[POLICIES_LEN]; /* front: accepted policy OIDs of signing certificates, separated by spaces */
};
_Static_assert(sizeof(struct launch_config) == 1192, "launch_config layout");

/* ---- child -> warden: FRAME_ATTEST ------------------------------------------------------------------------------ */

/* Facts about a process as /proc/<pid>/status shows them (proc(5)); read by the process itself and by the warden. */
struct process_view {
    uint32_t uid, euid, suid, gid, egid, sgid;
    uint32_t groups; /* number of supplementary groups */
    uint32_t threads;
    uint32_t no_new_privs;
    uint32_t seccomp; /* 2 = filter */
    uint32_t seccomp_filters;
    uint32_t zero;
    uint64_t cap_inheritable, cap_permitted, cap_effective, cap_bounding, cap_ambient;
    uint64_t locked_kb; /* VmLck */
};
_Static_assert(sizeof(struct process_view) == 96, "process_view layout");

/* Set-up steps, in the order of design section 5; a bit each in attest_report.steps, an index each in a failure. */
enum sandbox_step {
    STEP_DESCRIPTORS,
    STEP_RLIMITS,
    STEP_DUMPABLE,
    STEP_SECRETS,
    STEP_NAMESPACES,
    STEP_ROOT,
    STEP_CAPABILITIES,
    STEP_IDENTITY,
    STEP_STORE,
    STEP_NO_NEW_PRIVS,
    STEP_MDWE,
    STEP_LANDLOCK,
    STEP_SECCOMP,
    STEP_SELF_CHECK,
    STEP_COUNT
};

struct attest_report {
    struct process_view view;
    uint32_t steps;        /* bit per enum sandbox_step done */
    uint32_t landlock_abi; /* of the running kernel */
    uint64_t landlock_fs, landlock_net,
        landlock_scope; /* rights handled (all denied unless the policy says otherwise) */
    uint32_t open_fds;
    uint32_t dumpable;       /* PR_GET_DUMPABLE */
    uint32_t mdwe;           /* PR_GET_MDWE */
    uint32_t filter_rows;    /* rows of the seccomp policy */
    uint8_t filter_hash[32]; /* SHA-256 of the installed BPF program */
    uint8_t rules_hash[32];  /* SHA-256 of the process's frame_rule table */
    uint32_t user_namespace; /* 1 when it runs in a user namespace (no root) */
    uint32_t sanitized;      /* 1 in a sanitizer build: its filter is wider */
    uint32_t pid;
    uint32_t zero;
};
_Static_assert(sizeof(struct attest_report) == 224, "attest_report layout");

/* ---- child -> warden: FRAME_READY ------------------------------------------------------------------------------- */

struct ready_report {
    uint16_t tcp_port; /* front: the port really bound */
    uint16_t zero;
    uint32_t zero2;
};

/* ---- child -> warden: FRAME_EVENT ------------------------------------------------------------------------------- */

/* A log line without words: the warden owns the wording (warden/events.def), so nothing secret can be phrased. */
struct event_record {
    uint16_t event; /* enum event */
    uint16_t zero;
    uint32_t arg[4];
};
_Static_assert(sizeof(struct event_record) == 20, "event_record layout");

enum event {
    EVENT_NONE,
    EVENT_STEP_FAILED,    /* arg: enum sandbox_step, errno */
    EVENT_VIOLATION,      /* arg: enum peer, enum frame_verdict, frame type */
    EVENT_STORE_OPEN,     /* arg: tenants, subjects (sum), ledger leaves (sum) */
    EVENT_STORE_FAILED,   /* arg: LMDB or errno code as uint32, place */
    EVENT_CONFIG_REFUSED, /* arg: which (enum config_item), row or line */
    EVENT_LISTENING,      /* arg: tcp port, 1 when a unix socket is served too */
    EVENT_LOGIN_OK,       /* arg: tenant, role */
    EVENT_LOGIN_REFUSED,  /* arg: tenant, enum login_status */
    EVENT_SESSION_ENDED,  /* arg: tenant */
    EVENT_CALL_REFUSED,   /* arg: tenant (0 unknown), enum call_status; rate-limited by the sender */
    EVENT_PEER_GONE,      /* arg: enum peer */
    EVENT_DRAINED,
    EVENT_KEYS_ROTATED,     /* arg: tenant, record key, index key: ids that everything is under now */
    EVENT_ERASURES_REFUSED, /* arg: errno: ESTALE lost, EBADMSG damaged (vault/erasures.h) */
    EVENT_STORE_DAMAGED,    /* arg: LMDB code as uint32, place */
    EVENT_BACKUP_TAKEN,     /* arg: pieces, of which a front has been given all */
    EVENT_BACKUP_DROPPED,   /* arg: pieces given out before it was left unread, or a transaction failed */
    EVENT_LEDGER_EXPIRED,   /* arg: tenant, readable parts erased in all: those due now are among them */
    EVENT_ACCOUNTS_OPEN,    /* arg: tenants, access records (sum) */
    EVENT_REGISTERS_OPEN,   /* arg: tenants */
    EVENT_COUNT
};

enum config_item {
    CONFIG_ITEM_LAUNCH,
    CONFIG_ITEM_KEY,
    CONFIG_ITEM_TERMS,
    CONFIG_ITEM_CERTIFICATE,
    CONFIG_ITEM_BIND,
    CONFIG_ITEM_BACKUP_KEY,
    CONFIG_ITEM_CARD_TRUST
};

/* ---- front -> warden: FRAME_ATTESTATION ------------------------------------------------------------------------- */

enum process { PROCESS_WARDEN, PROCESS_VAULT, PROCESS_AUTH, PROCESS_FRONT, PROCESS_COUNT };

/* Both sides of the evidence: what the process said at lock-down, what the warden reads in /proc now. */
struct attestation_entry {
    struct attest_report reported;
    struct process_view observed;
    uint32_t agrees; /* 1 when every fact of reported.view that must hold still holds in observed */
    uint32_t zero;
};

struct attestation_reply {
    struct attestation_entry entry[PROCESS_COUNT];
    int64_t started_at_us; /* UTC */
    uint32_t restarts;     /* within the last hour */
    uint32_t zero;
};

/* ---- front -> vault: FRAME_SESSION_CALL ------------------------------------------------------------------------- */

/* Outcome of a call as a whole. Only CALL_OK has used a number; all others changed nothing but the ledger. */
enum call_status {
    CALL_OK,
    CALL_UNKNOWN_SESSION, /* never opened, ended, or of an earlier run */
    CALL_EXPIRED,
    CALL_REPLAYED,          /* sequence number used before or older than the window */
    CALL_BAD_SEAL,          /* does not open under the session's key */
    CALL_MALFORMED,         /* opens, but its layout is wrong */
    CALL_WRONG_METHOD,      /* the operation inside is not the one the front was asked for */
    CALL_NOT_PERMITTED,     /* operation x purpose is not in the session's permit; recorded in the ledger */
    CALL_STORE_UNAVAILABLE, /* the store refused to write (disk full ...): nothing was used, nothing was changed */
    CALL_STATUS_COUNT
};

struct session_call {
    uint8_t session[SESSION_ID_LEN];
    uint64_t call_seq;  /* the client's, 1.. */
    uint16_t operation; /* enum operation the RPC method stands for: that inside the seal; ENROLL for ENROLL_CITIZEN,
                           too, and MATCH for MATCH_CITIZEN */
    uint16_t zero;
    uint32_t sealed_length; /* ciphertext and tag; exactly the rest of the body */
};
_Static_assert(sizeof(struct session_call) == 32, "session_call layout");

struct session_call_reply {
    uint16_t status; /* enum call_status */
    uint16_t zero;
    uint32_t clear_length;  /* struct call_result_head and items (crypto/sealed.h), 0 unless CALL_OK */
    uint32_t sealed_length; /* sealed details and tag, 0 unless CALL_OK */
    uint32_t zero2;
};
_Static_assert(sizeof(struct session_call_reply) == 16, "session_call_reply layout");

struct citizen_key_request {
    uint16_t tenant;
    uint16_t zero;
    uint32_t zero2;
};

struct citizen_key_reply {
    uint16_t known; /* 0: no such tenant here */
    uint16_t zero;
    uint32_t zero2;
    uint8_t public_key[X25519_LEN];
};

/* Of a rotation of a tenant's keys (vault/rotation.h). */
enum rotation_status {
    ROTATION_STATUS_NONE,
    ROTATION_STATUS_RUNS,
    ROTATION_STATUS_WAITS,  /* everything is moved; the former index key is kept until what was guessed is a day old */
    ROTATION_STATUS_HALTED, /* something does not open under its key: damage to be looked at; service goes on */
    ROTATION_STATUS_COUNT
};

/* Counts only (domain: STATS). */
struct vault_status_reply {
    uint32_t sessions;
    uint32_t tenant_count;
    struct {
        uint16_t tenant;
        uint16_t rotation;              /* enum rotation_status */
        uint16_t record_key, index_key; /* ids of the keys that new data comes under */
        uint64_t subjects;              /* ACTIVE records */
        uint64_t ledger_leaves;
        uint64_t rotation_done, rotation_total; /* rows */
    } tenant[48];
};
_Static_assert(sizeof(struct vault_status_reply) == 8 + 48 * 40, "vault_status_reply layout");

/* ---- front -> auth ---------------------------------------------------------------------------------------------- */

struct challenge_request {
    uint16_t tenant;
    uint16_t zero;
    uint32_t zero2;
};

struct challenge_reply {
    uint16_t known; /* 0: no such tenant here */
    uint16_t zero;
    uint32_t ttl_ms;
    uint8_t challenge[CHALLENGE_LEN];
    uint8_t login_key[X25519_LEN]; /* auth's HPKE public key; clients pin its fingerprint */
};

enum login_status {
    LOGIN_OK,
    LOGIN_CHALLENGE_UNKNOWN, /* not made by this auth, or expired */
    LOGIN_CHALLENGE_USED,
    LOGIN_BAD_SEAL,          /* does not open: wrong key, tenant or challenge */
    LOGIN_MALFORMED,         /* opens, but its layout is wrong */
    LOGIN_WRONG_CERTIFICATE, /* the connection's certificate is not the one inside the seal */
    LOGIN_REFUSED,           /* account or password wrong, suspended ...: one answer for all */
    LOGIN_BUSY,              /* too many sessions or logins now */
    LOGIN_STATUS_COUNT
};

#define LOGIN_SEALED_LEN   (272 + 16) /* struct login_plain and tag */
#define WELCOME_SEALED_LEN (80 + 16)  /* struct welcome_plain and tag */

struct login_request {
    uint16_t tenant;
    uint16_t zero;
    uint32_t zero2;
    uint8_t challenge[CHALLENGE_LEN];
    uint8_t connection_cert[CERT_HASH_LEN]; /* the certificate the front saw; auth compares it with the sealed one */
    uint8_t encapsulated[X25519_LEN];
    uint8_t sealed[LOGIN_SEALED_LEN];
};
_Static_assert(sizeof(struct login_request) == 392, "login_request layout");

/* What the front learns of a session: enough to guard the register, nothing to use the vault with. */
struct login_reply {
    uint16_t status; /* enum login_status; everything below is zero unless LOGIN_OK */
    uint16_t tenant;
    uint16_t role; /* enum role, wire/roles.def */
    uint16_t zero;
    uint32_t ttl_ms;
    uint32_t zero2;
    uint8_t session[SESSION_ID_LEN];
    char account[ACCOUNT_LEN];
    uint8_t person[PERSON_TAG_LEN];
    uint8_t server_ephemeral[X25519_LEN];
    uint8_t welcome[WELCOME_SEALED_LEN];
};
_Static_assert(sizeof(struct login_reply) == 208, "login_reply layout");

struct logout_request {
    uint8_t session[SESSION_ID_LEN];
};

struct logout_reply {
    uint16_t ended; /* 0: no such session */
    uint16_t zero;
    uint32_t zero2;
};

/* ---- auth -> vault ---------------------------------------------------------------------------------------------- */

struct session_open {
    uint8_t session[SESSION_ID_LEN];
    uint16_t tenant;
    uint16_t role;
    uint32_t ttl_ms; /* the vault counts it on its own CLOCK_BOOTTIME */
    char account[ACCOUNT_LEN];
    uint16_t permit[PERMIT_LEN];
    uint8_t call_key[SESSION_KEY_LEN];
    uint8_t reply_key[SESSION_KEY_LEN];
};
_Static_assert(sizeof(struct session_open) == 152, "session_open layout");

struct session_open_reply {
    uint16_t opened; /* 0: table full or tenant unknown */
    uint16_t zero;
    uint32_t zero2;
};

struct session_close {
    uint8_t session[SESSION_ID_LEN];
};

struct session_close_reply {
    uint16_t closed;
    uint16_t zero;
    uint32_t zero2;
};

/* ---- vault -> auth ---------------------------------------------------------------------------------------------- */

/* The session's client has made a number call that was permitted; at most one a session in SESSION_USED_MS, so that
 * auth alone decides about idle sessions. */
#define SESSION_USED_MS 10000
struct session_used {
    uint8_t session[SESSION_ID_LEN];
};

#endif
