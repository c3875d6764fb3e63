/*
 * libsekisho: a client of Sekisho's number service. Numbers (個人番号) and passwords are sealed here, past the server's
 * front; answers are checked here, so that a front that lies is noticed.
 *
 * Errors: every function that can fail returns an enum sekisho_status and, when `error` is not NULL, fills it. Nothing
 * is returned through an out parameter unless the status is SEKISHO_OK (results of sekisho_call included). Ownership:
 * handles are freed by the function named at their type; every free function accepts NULL. Free sessions and pipelines
 * before the client they came from. Strings given are copied. Strings inside a struct live as long as it. Units: times
 * are microseconds since 1970-01-01 UTC in *_us, durations milliseconds in *_ms. Threads: a client and a session may be
 * used by several threads at once; a pipeline by one thread at a time. Freeing is the caller's to order. A session
 * refuses to work in a child after fork(2): two processes under one key would use a nonce twice. Memory: session keys
 * live in locked, undumpable pages and are wiped when freed. Buffers of the caller that hold numbers are the caller's
 * to wipe (sekisho_wipe).
 */
#ifndef SEKISHO_H
#define SEKISHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEKISHO_NUMBER_LEN      12   /* ASCII digits, no terminator */
#define SEKISHO_REFERENCE_LEN   16   /* random name of a person at the vault; says nothing about the number */
#define SEKISHO_REQUEST_ID_LEN  16   /* chosen by the client; the same id and content again give the same answer */
#define SEKISHO_CASE_LEN        16   /* the application or decision a call serves, for the ledger */
#define SEKISHO_BATCH_MAX       2048 /* items of one call */
#define SEKISHO_PASSWORD_MAX    128  /* UTF-8 bytes */
#define SEKISHO_ACCOUNT_MAX     32   /* [a-z0-9][a-z0-9._-]* */
#define SEKISHO_KEY_LEN         32   /* X25519 public keys */
#define SEKISHO_FINGERPRINT_LEN 64   /* lower-case hex of the SHA-256 of a key, no terminator */
#define SEKISHO_NONCE_LEN       16   /* a citizen's application */
#define SEKISHO_BLOB_LEN        60   /* a number sealed by a citizen's client */
#define SEKISHO_PIPELINE_MAX    64   /* calls in flight on one pipeline */

/* ---- errors ---- */

enum sekisho_status {
    SEKISHO_OK,
    SEKISHO_ERROR_ARGUMENT,    /* the caller's argument; nothing was sent */
    SEKISHO_ERROR_LOCAL,       /* a file, memory or another thing of this machine; nothing was sent */
    SEKISHO_ERROR_UNREACHABLE, /* no connection or no answer in time: whether a call sent was processed is not known */
    SEKISHO_ERROR_REFUSED,     /* the server refused: see code and reason; nothing was changed */
    SEKISHO_ERROR_FORGED,      /* the answer was not made by auth or the vault: treat the front as hostile */
    SEKISHO_ERROR_KEY_CHANGED, /* the login key is not the pinned one: nothing was sealed to it */
};

/* Texts are UTF-8 without control characters, zero-terminated, empty when not given. */
struct sekisho_error {
    enum sekisho_status status;
    int code;             /* gRPC status code 1..16 when the server or the transport answered, else 0 */
    char reason[64];      /* stable, UPPER_SNAKE_CASE: programs switch on it (the .proto files list the server's) */
    char message[256];    /* English */
    char message_ja[384]; /* Japanese */
    char field[128];      /* of the request, as `call.ciphertext` */
    char field_description[256];
    int64_t retry_ms; /* try again after this; -1: not given */
};

/* ---- connection ---- */

struct sekisho_client; /* free with sekisho_disconnect */

struct sekisho_options {
    /* "host:port", "127.0.0.1:7600", "[::1]:7600", or "unix:/run/sekisho/front.sock" (no TLS there; the files are
     * unused). */
    const char *address;
    const char *ca_file;          /* PEM: who signed the server's certificate */
    const char *certificate_file; /* PEM: the client's, with chain */
    const char *key_file;         /* PEM */
    /* Fingerprint of the login key, 64 hex digits. A login is refused when the server shows another key. */
    const char *pin;
    /* Only with pin == NULL: take the key of the first login as it comes. Whoever answers then can read that password.
     */
    bool trust_on_first_use;
    int64_t timeout_ms; /* of each call; 0: 30,000 */
};

/* Reads the files and makes a channel; connects when first used. */
enum sekisho_status sekisho_connect(const struct sekisho_options *options, struct sekisho_client **client,
                                    struct sekisho_error *error);
void sekisho_disconnect(struct sekisho_client *client);

/* ---- sessions ---- */

struct sekisho_session; /* free with sekisho_session_free: wipes the keys; does not log out */

enum sekisho_operation {
    SEKISHO_ENROLL = 1,     /* number, request_id -> reference */
    SEKISHO_MATCH,          /* reference, number */
    SEKISHO_LOOKUP,         /* number -> reference */
    SEKISHO_REPLACE,        /* reference, request_id, new number */
    SEKISHO_ERASE,          /* reference, request_id */
    SEKISHO_ENROLL_CITIZEN, /* items of struct sekisho_citizen_item -> reference */
    SEKISHO_UNLOCK,         /* items of struct sekisho_unlock_item; purpose SEKISHO_CHANGE */
    SEKISHO_READ_LEDGER,    /* sekisho_ledger_read only */
    SEKISHO_ROTATE_KEYS,    /* sekisho_rotate_keys only */
    SEKISHO_BACKUP,         /* sekisho_take_backup only (sekisho_backup.h) */
    SEKISHO_CONFIRM,        /* request_id of an enrolment with a case_reference, reference or zero; SEKISHO_REGISTER */
    SEKISHO_RELEASE,        /* the same: forgets the number, unless it is confirmed; SEKISHO_REGISTER */
    SEKISHO_MATCH_CITIZEN,  /* items of struct sekisho_citizen_item; with a case_reference */
};

/* 利用目的: what the number is used for. */
enum sekisho_purpose { SEKISHO_REGISTER = 1, SEKISHO_CHANGE, SEKISHO_DELETE, SEKISHO_PERIODIC };

/* Seals account and password to the server's login key and opens a session. `prefecture` is the JIS X 0401 code, 1..47.
 * `password` is wiped in every case. */
enum sekisho_status sekisho_login(struct sekisho_client *client, unsigned prefecture, const char *account,
                                  char *password, size_t password_length, struct sekisho_session **session,
                                  struct sekisho_error *error);
/* The same with six digits of the account's second factor; NULL for none. */
enum sekisho_status sekisho_login_otp(struct sekisho_client *client, unsigned prefecture, const char *account,
                                      char *password, size_t password_length, const char *otp,
                                      struct sekisho_session **session, struct sekisho_error *error);
/* Ends the session at the server; deletes its file when it has one. The handle is still to be freed. */
enum sekisho_status sekisho_logout(struct sekisho_session *session, struct sekisho_error *error);
void sekisho_session_free(struct sekisho_session *session);

/* What the account must do first (sekisho_accounts.h): until then, and a login after it, the session may do nothing
 * else. Bits. */
enum sekisho_must {
    SEKISHO_MUST_CHANGE_PASSWORD = 1,
    SEKISHO_MUST_AGREE_TO_TERMS = 2,
    SEKISHO_MUST_ENROLL_OTP = 4,
};

struct sekisho_session_info {
    char name[64]; /* resource name */
    char account[SEKISHO_ACCOUNT_MAX + 1];
    unsigned prefecture;
    unsigned role;
    unsigned must;       /* enum sekisho_must */
    int64_t expires_us;  /* by this machine's clock */
    uint16_t permit[16]; /* index enum sekisho_operation, bit enum sekisho_purpose */
    char login_key_fingerprint[SEKISHO_FINGERPRINT_LEN + 1]; /* of the key the login was sealed to: pin it */
};
void sekisho_session_info(const struct sekisho_session *session, struct sekisho_session_info *info);

/*
 * Keeps a session in a file for other invocations of a program. The file holds the session's keys: it is made new
 * (an existing file is an error), mode 0600, and locked (flock) while a handle uses it; a second user gets
 * SEKISHO_ERROR_LOCAL `SESSION_FILE_BUSY`. Sequence numbers are reserved in the file, with fsync, before they are used;
 * so a crash never leads to one used twice. Never copy the file: two copies would use a nonce twice, which gives the
 * sealed numbers away. sekisho_session_load refuses a file of another user, with another mode, or damaged.
 */
enum sekisho_status sekisho_session_save(struct sekisho_session *session, const char *path,
                                         struct sekisho_error *error);
enum sekisho_status sekisho_session_load(struct sekisho_client *client, const char *path,
                                         struct sekisho_session **session, struct sekisho_error *error);

/* ---- calls ---- */

/* Fields that the operation does not use must be zero. */
struct sekisho_item {
    uint8_t reference[SEKISHO_REFERENCE_LEN];
    uint8_t request_id[SEKISHO_REQUEST_ID_LEN];
    char number[SEKISHO_NUMBER_LEN];
};

struct sekisho_citizen_item {
    uint8_t nonce[SEKISHO_NONCE_LEN];           /* of the application */
    uint8_t request_id[SEKISHO_REQUEST_ID_LEN]; /* SEKISHO_ENROLL_CITIZEN */
    uint8_t reference[SEKISHO_REFERENCE_LEN];   /* SEKISHO_MATCH_CITIZEN */
    char portal[SEKISHO_ACCOUNT_MAX + 1];       /* the portal account that the citizen's client named */
    uint8_t blob[SEKISHO_BLOB_LEN];
};

/* Whose guess budget is given back: exactly one of the two is set. Never that of the session's own account. */
struct sekisho_unlock_item {
    uint8_t reference[SEKISHO_REFERENCE_LEN];
    char account[SEKISHO_ACCOUNT_MAX + 1];
};

struct sekisho_request {
    enum sekisho_operation operation;
    enum sekisho_purpose purpose;
    /* May be zero. When it is not, what is enrolled is provisional until SEKISHO_CONFIRM or SEKISHO_RELEASE; another
     * number under the same request_id is then a REQUEST_CONFLICT. */
    uint8_t case_reference[SEKISHO_CASE_LEN];
    const struct sekisho_item *items;                 /* every operation but those of the two below */
    const struct sekisho_citizen_item *citizen_items; /* SEKISHO_ENROLL_CITIZEN, _MATCH_CITIZEN */
    const struct sekisho_unlock_item *unlock_items;   /* SEKISHO_UNLOCK */
    size_t count;                                     /* 1..SEKISHO_BATCH_MAX */
};

enum sekisho_outcome {
    SEKISHO_OUTCOME_DONE = 1,
    SEKISHO_OUTCOME_MATCHED,
    SEKISHO_OUTCOME_NOT_MATCHED,
    SEKISHO_OUTCOME_FOUND,
    SEKISHO_OUTCOME_NOT_FOUND,
    SEKISHO_OUTCOME_REFUSED, /* the detail says why */
};

enum sekisho_detail {
    SEKISHO_DETAIL_NONE,
    SEKISHO_DETAIL_DONE,
    SEKISHO_DETAIL_REPEATED, /* done before by the same request id: the same answer */
    SEKISHO_DETAIL_MATCHED,
    SEKISHO_DETAIL_NOT_MATCHED,
    SEKISHO_DETAIL_FOUND,
    SEKISHO_DETAIL_FOUND_FORMER, /* the number was this reference's before it was replaced */
    SEKISHO_DETAIL_NOT_FOUND,
    SEKISHO_DETAIL_INVALID_NUMBER, /* not 12 digits, wrong check digit, or all zeros */
    SEKISHO_DETAIL_DUPLICATE,      /* the number is enrolled already */
    SEKISHO_DETAIL_UNKNOWN_REFERENCE,
    SEKISHO_DETAIL_ERASED,
    SEKISHO_DETAIL_SAME_NUMBER,
    SEKISHO_DETAIL_REQUEST_CONFLICT, /* the request id was used with other content */
    SEKISHO_DETAIL_BLOB_USED,
    SEKISHO_DETAIL_BLOB_INVALID,
    SEKISHO_DETAIL_BUDGET_SPENT,
    SEKISHO_DETAIL_NOT_LOCKED,     /* unlock: nothing of its budget is spent */
    SEKISHO_DETAIL_OWN_ACCOUNT,    /* unlock: by the account that spent it */
    SEKISHO_DETAIL_ROTATING,       /* a rotation is going on already */
    SEKISHO_DETAIL_NO_BACKUP_KEY,  /* the server's configuration names no key to seal backups to */
    SEKISHO_DETAIL_BACKUP_RUNNING, /* one is being taken already */
    SEKISHO_DETAIL_CONFIRMED,      /* release: the enrolment has been confirmed */
};

struct sekisho_result {
    enum sekisho_outcome outcome;
    enum sekisho_detail detail;
    /* The new or found reference; of a DUPLICATE the enrolled one, when the session may look up. Else zero. */
    uint8_t reference[SEKISHO_REFERENCE_LEN];
};

/* Where the ledger of number use has the call. */
struct sekisho_receipt {
    uint64_t sequence; /* of the call in its session */
    uint64_t ledger_index;
    int64_t recorded_us;
    uint8_t leaf_hash[32]; /* RFC 6962 */
    /* A tree head of the ledger that includes the leaf (RFC 6962 section 3.5), signed with Ed25519 over the text of a
     * C2SP tlog-checkpoint. */
    uint64_t tree_size;
    uint8_t tree_root[32];
    uint8_t tree_signature[64];
};

/* One call: seals the items, sends, checks the answer under the reply key. `results` has room for request->count;
 * `receipt` may be NULL. */
enum sekisho_status sekisho_call(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sekisho_result *results, struct sekisho_receipt *receipt,
                                 struct sekisho_error *error);

/* Keys that a prefecture's data is under; bits. */
enum sekisho_keys { SEKISHO_RECORD_KEY = 1, SEKISHO_INDEX_KEY = 2 };

/* Begins to put the prefecture's data under new keys while everything goes on; sekisho_get_status shows how far it is.
 * The result is DONE, or REFUSED with ROTATING. */
enum sekisho_status sekisho_rotate_keys(struct sekisho_session *session, unsigned keys, struct sekisho_result *result,
                                        struct sekisho_receipt *receipt, struct sekisho_error *error);

/* ---- many calls in flight ---- */

struct sekisho_pipeline; /* free with sekisho_pipeline_close: cancels what is in flight */

enum sekisho_pipeline_kind {
    SEKISHO_PIPELINE_CALLS,  /* any operation; answers come in any order */
    SEKISHO_PIPELINE_STREAM, /* SEKISHO_MATCH only, over one gRPC stream; answers in order; an error ends the stream */
};

struct sekisho_completion {
    void *tag; /* as submitted */
    enum sekisho_status status;
    struct sekisho_error error;           /* unless SEKISHO_OK */
    const struct sekisho_result *results; /* valid until the next call on this pipeline; NULL unless SEKISHO_OK */
    size_t count;
    struct sekisho_receipt receipt;
};

/* depth: 1..SEKISHO_PIPELINE_MAX calls in flight. */
enum sekisho_status sekisho_pipeline_open(struct sekisho_session *session, enum sekisho_pipeline_kind kind,
                                          unsigned depth, struct sekisho_pipeline **pipeline,
                                          struct sekisho_error *error);
/* Seals and sends. The items are not needed afterwards. Not when sekisho_pipeline_full. */
enum sekisho_status sekisho_pipeline_submit(struct sekisho_pipeline *pipeline, const struct sekisho_request *request,
                                            void *tag, struct sekisho_error *error);
bool sekisho_pipeline_full(const struct sekisho_pipeline *pipeline);
/* Waits for the next call that ended, well or not. False when nothing is in flight. */
bool sekisho_pipeline_next(struct sekisho_pipeline *pipeline, struct sekisho_completion *completion);
void sekisho_pipeline_close(struct sekisho_pipeline *pipeline);

/* ---- citizens ---- */

/* The vault's public key of a prefecture. It comes through the front: compare its fingerprint with one had elsewhere.
 */
enum sekisho_status sekisho_citizen_key(struct sekisho_client *client, unsigned prefecture,
                                        uint8_t key[SEKISHO_KEY_LEN], struct sekisho_error *error);
/* Seals a number to it for one application, to be presented by one portal account; no connection is used. */
enum sekisho_status sekisho_citizen_seal(const uint8_t key[SEKISHO_KEY_LEN], unsigned prefecture,
                                         const uint8_t nonce[SEKISHO_NONCE_LEN], const char *portal,
                                         const char number[SEKISHO_NUMBER_LEN], uint8_t blob[SEKISHO_BLOB_LEN],
                                         struct sekisho_error *error);
/* Lower-case hex of the SHA-256 of a key. */
void sekisho_fingerprint(const uint8_t key[SEKISHO_KEY_LEN], char hex[SEKISHO_FINGERPRINT_LEN + 1]);

/* ---- the running set ---- */

/* A process as proc(5) shows it. */
struct sekisho_process_view {
    uint32_t uid, gid, supplementary_groups, threads;
    uint32_t no_new_privs;    /* 1: set */
    uint32_t seccomp_mode;    /* 2: filter */
    uint32_t seccomp_filters; /* number */
    uint64_t effective_capabilities, permitted_capabilities, inheritable_capabilities, bounding_capabilities,
        ambient_capabilities; /* bit masks */
    uint64_t locked_kib;
};

struct sekisho_process {
    const char *name;
    uint32_t pid;
    struct sekisho_process_view reported; /* by itself at lock-down */
    struct sekisho_process_view observed; /* by the warden, now */
    bool agrees;
    uint32_t landlock_abi;
    uint64_t landlock_fs, landlock_net, landlock_scope; /* rights handled, bit masks */
    uint32_t open_descriptors;
    uint32_t dumpable;
    uint32_t memory_deny_write_execute;
    uint8_t filter_sha256[32];
    uint32_t filter_rows;
    uint8_t frame_rules_sha256[32];
    const char *const *steps; /* step_count names, in order */
    size_t step_count;
    bool sanitized;
};

struct sekisho_attestation { /* free with sekisho_attestation_free */
    const struct sekisho_process *processes;
    size_t process_count;
    bool good;
    bool user_namespace; /* started without root: one uid for all */
};
enum sekisho_status sekisho_get_attestation(struct sekisho_client *client, struct sekisho_attestation **attestation,
                                            struct sekisho_error *error);
void sekisho_attestation_free(struct sekisho_attestation *attestation);

enum sekisho_rotation {
    SEKISHO_ROTATION_NONE,
    SEKISHO_ROTATION_RUNNING,
    SEKISHO_ROTATION_WAITING, /* done but for the former index key, kept until what was guessed under it is a day old */
    SEKISHO_ROTATION_HALTED,  /* some data does not open */
};

struct sekisho_prefecture_status {
    const char *name; /* prefectures/11 */
    uint64_t subjects;
    uint64_t ledger_leaves;
    unsigned record_key_version, index_key_version; /* 1, and one more with each rotation */
    enum sekisho_rotation rotation;
    uint64_t rotated_rows, rotating_rows;
};

struct sekisho_system_status { /* free with sekisho_system_status_free */
    const char *version;
    int64_t start_us;
    int64_t uptime_ms;
    uint32_t restarts; /* within the last hour */
    bool vault_available;
    uint32_t sessions;
    const struct sekisho_prefecture_status *prefectures;
    size_t prefecture_count;
};
enum sekisho_status sekisho_get_status(struct sekisho_client *client, struct sekisho_system_status **status_out,
                                       struct sekisho_error *error);
void sekisho_system_status_free(struct sekisho_system_status *status);

/* ---- helpers ---- */

/* Stable English names, as ENROLL, DONE, INVALID_NUMBER; "UNKNOWN" for another value. */
const char *sekisho_operation_name(enum sekisho_operation operation);
const char *sekisho_purpose_name(enum sekisho_purpose purpose);
const char *sekisho_outcome_name(enum sekisho_outcome outcome);
const char *sekisho_detail_name(enum sekisho_detail detail);

/* Three letters of a role of an account, as REC; "UNKNOWN" for another value. And back: 0 when there is none. */
const char *sekisho_role_name(unsigned role);
unsigned sekisho_role_of(const char *name);

/* Random bytes for request ids. */
void sekisho_random(void *out, size_t length);
/* Overwrites memory in a way the compiler keeps. */
void sekisho_wipe(void *memory, size_t length);

#ifdef __cplusplus
}
#endif

#endif
