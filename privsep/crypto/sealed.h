/*
 * Sealed sessions (design section 3): everything between a client and auth or vault that the front must not read.
 * Shared by clients/libsekisho, auth and vault; the front links none of it. Byte strings in quotes have no terminator;
 * integers are little-endian unless said; || is concatenation.
 *
 * Login, client -> auth. HPKE base mode, RFC 9180, DHKEM(X25519, HKDF-SHA256) / HKDF-SHA256 / AES-256-GCM:
 *     info      = "sekisho/v1 login" || u16 tenant || challenge[32]   (a blob for another tenant or challenge: no open)
 *     aad       = empty
 *     plaintext = struct login_plain
 * Both sides then derive, with a fresh X25519 pair on each side (stealing auth's long-term key later opens nothing):
 *     export  = HPKE Context.Export("sekisho/v1 session", 32)
 *     dh      = X25519(client ephemeral, server ephemeral); an all-zero result is refused (RFC 7748 section 6.1)
 *     salt    = SHA-256("sekisho/v1 transcript" || u16 tenant || challenge || encapsulated || client_ephemeral ||
 *                       server_ephemeral || session id || certificate hash)
 *     prk     = HKDF-Extract(salt, export || dh)
 *     call    = HKDF-Expand(prk, "sekisho/v1 call", 32)       client -> vault
 *     reply   = HKDF-Expand(prk, "sekisho/v1 reply", 32)      vault -> client
 *     welcome = HKDF-Expand(prk, "sekisho/v1 welcome", 32)    auth -> client, used once
 *     account, account_reply                                  client <-> auth: account_call.h
 * The welcome is AES-256-GCM(welcome key, zero nonce, aad = salt, struct welcome_plain): a client that opens it knows
 * that auth itself answered and what the session may do.
 *
 * Call, client -> vault. AES-256-GCM(call key):
 *     nonce     = u32 zero || u64 big-endian call_seq          (call_seq starts at 1, each value once)
 *     aad       = "sekisho/v1 call" || session id || u64 call_seq
 *     plaintext = struct call_head || count items of the operation's size
 * Reply, vault -> client. AES-256-GCM(reply key), nonce as the call's:
 *     aad       = "sekisho/v1 reply" || session id || u64 call_seq || clear part
 *     clear     = struct call_result_head || count * struct call_result_item   (the front reads it, cannot change it)
 *     plaintext = count * struct call_detail_item; of READ_LEDGER a page of LEDGER_PAGE_LEN bytes (wire/ledger_entry.h)
 *
 * Citizen blob, citizen's client -> vault, carried by the portal. HPKE as above to the tenant's citizen key:
 *     info      = "sekisho/v1 citizen" || u16 tenant
 *     aad       = application nonce[16] || portal account[32]
 *     plaintext = number[12]
 */
#ifndef SEKISHO_CRYPTO_SEALED_H
#define SEKISHO_CRYPTO_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/messages.h"

#define NUMBER_LEN            12  /* 個人番号, ASCII digits, no terminator */
#define PASSWORD_MAX          128 /* UTF-8 bytes */
#define APPLICATION_NONCE_LEN 16
#define CITIZEN_BLOB_LEN      (X25519_LEN + NUMBER_LEN + 16) /* encapsulated key, ciphertext, tag */
#define SEAL_TAG_LEN          16

/* 番号利用の操作: what a session may ask of the vault. None returns a number. */
enum operation {
    OPERATION_NONE,
    OPERATION_ENROLL,         /* number -> new reference */
    OPERATION_MATCH,          /* is this reference's number X? */
    OPERATION_LOOKUP,         /* number -> reference */
    OPERATION_REPLACE,        /* new number for a reference (番号法7条2項) */
    OPERATION_ERASE,          /* forget the number of a reference */
    OPERATION_ENROLL_CITIZEN, /* enrol from a citizen blob: one use */
    OPERATION_UNLOCK,         /* give back the guess budget of a reference or an account */
    OPERATION_READ_LEDGER,    /* a page of the ledger's entries; itself a leaf: who asked about whom */
    OPERATION_ROTATE_KEYS,    /* put the tenant's data under new keys (vault/rotation.h) */
    OPERATION_BACKUP,         /* the whole store may be read out once, sealed to an offline key (vault/backup.h) */
    OPERATION_CONFIRM,        /* a number that was enrolled for a case is kept: the application has been approved */
    OPERATION_RELEASE,        /* forget a number that was enrolled for a case, and is not confirmed */
    OPERATION_MATCH_CITIZEN,  /* is this reference's number the one in a citizen blob? */
    OPERATION_COUNT
};
_Static_assert(OPERATION_COUNT <= PERMIT_LEN, "a permit has an entry for each operation");

/* 利用目的 (INV-06). */
enum purpose { PURPOSE_NONE, PURPOSE_REGISTER, PURPOSE_CHANGE, PURPOSE_DELETE, PURPOSE_PERIODIC, PURPOSE_COUNT };
#define PURPOSE_BIT(purpose) ((uint16_t)(1u << (purpose)))

struct login_plain {
    uint16_t version; /* 1 */
    uint16_t tenant;
    uint16_t account_length;  /* 1..ACCOUNT_LEN */
    uint16_t password_length; /* 1..PASSWORD_MAX */
    uint8_t client_ephemeral[X25519_LEN];
    uint8_t certificate[CERT_HASH_LEN]; /* of the client's own TLS certificate; zero on the local socket */
    char account[ACCOUNT_LEN];          /* zero-padded */
    char password[PASSWORD_MAX];        /* UTF-8 as typed, zero-padded: its length does not show */
    char otp[8];                        /* second factor, zero when none */
    uint8_t zero[32];
};
_Static_assert(sizeof(struct login_plain) == 272, "login_plain layout");
_Static_assert(sizeof(struct login_plain) + SEAL_TAG_LEN == LOGIN_SEALED_LEN, "login_plain layout");

/* What the session's account must do before it may do anything else: the permit is empty until then. Bits. */
enum welcome_flag {
    WELCOME_CHANGE_PASSWORD = 1u << 0,
    WELCOME_AGREE_TERMS = 1u << 1,
    WELCOME_ENROLL_OTP = 1u << 2,
};

struct welcome_plain {
    uint16_t version; /* 1 */
    uint16_t tenant;
    uint16_t role;
    uint16_t flags; /* enum welcome_flag */
    uint32_t ttl_ms;
    uint32_t zero2;
    char account[ACCOUNT_LEN];
    uint16_t permit[PERMIT_LEN];
};
_Static_assert(sizeof(struct welcome_plain) == 80, "welcome_plain layout");
_Static_assert(sizeof(struct welcome_plain) + SEAL_TAG_LEN == WELCOME_SEALED_LEN, "welcome_plain layout");

struct call_head {
    uint16_t version; /* 1 */
    uint16_t operation;
    uint16_t purpose;
    uint16_t zero;
    uint32_t count; /* 1..CALL_ITEMS_MAX */
    uint32_t zero2;
    uint8_t case_ref[16]; /* the application, decision or job that this call serves; for the ledger, may be zero. Not
                           * zero in ENROLL and ENROLL_CITIZEN: provisional until CONFIRM or RELEASE; never zero in
                           * MATCH_CITIZEN */
};
_Static_assert(sizeof(struct call_head) == 32, "call_head layout");

/* Item of every operation without one of its own. Fields an operation does not use are zero: of BACKUP, all. */
struct call_item {
    uint8_t reference[REFERENCE_LEN];   /* MATCH, REPLACE, ERASE; CONFIRM, RELEASE: zero, or that of the request */
    uint8_t request_id[REQUEST_ID_LEN]; /* ENROLL, REPLACE, ERASE: the same id and content again give the same answer;
                                         * CONFIRM, RELEASE: of the enrolment */
    char number[NUMBER_LEN];            /* ENROLL, MATCH, LOOKUP, REPLACE */
    uint32_t zero;
};
_Static_assert(sizeof(struct call_item) == 48, "call_item layout");

/* UNLOCK: exactly one of the two is set. */
struct call_item_unlock {
    uint8_t reference[REFERENCE_LEN];
    char account[ACCOUNT_LEN]; /* zero-padded */
};
_Static_assert(sizeof(struct call_item_unlock) == 48, "call_item_unlock layout");

/* What ROTATE_KEYS exchanges; bits. */
enum rotation_level {
    ROTATE_RECORD_KEY = 1u << 0, /* seals the numbers */
    ROTATE_INDEX_KEY = 1u << 1,  /* finds a number's reference, and what has been guessed of it */
};
#define ROTATE_ALL (ROTATE_RECORD_KEY | ROTATE_INDEX_KEY)

struct call_item_rotate {
    uint16_t levels; /* enum rotation_level, at least one */
    uint8_t zero[46];
};
_Static_assert(sizeof(struct call_item_rotate) == 48, "call_item_rotate layout");

/* READ_LEDGER: one item. Entries of leaves from `next` on that fit every filter; a filter that is zero takes
 * everything. A page may hold fewer entries than asked for, also none, and be followed by others (struct ledger_page).
 */
struct call_item_read {
    uint64_t next;
    uint8_t reference[REFERENCE_LEN];
    char account[ACCOUNT_LEN]; /* zero-padded */
    int64_t from_us, until_us; /* UTC; until is exclusive */
    uint16_t purpose;
    uint16_t count; /* entries at most, 1.. */
    uint32_t zero;
};
_Static_assert(sizeof(struct call_item_read) == 80, "call_item_read layout");

struct call_item_citizen {
    uint8_t application_nonce[APPLICATION_NONCE_LEN];
    union {
        uint8_t request_id[REQUEST_ID_LEN]; /* ENROLL_CITIZEN */
        uint8_t reference[REFERENCE_LEN];   /* MATCH_CITIZEN */
    };
    char portal[ACCOUNT_LEN]; /* the portal account the citizen's client named */
    uint8_t blob[CITIZEN_BLOB_LEN];
    uint32_t zero;
};
_Static_assert(sizeof(struct call_item_citizen) == 128, "call_item_citizen layout");
_Static_assert(32 + 2048 * 48 + 16 + 32 + 48 <= FRAME_MAX, "a full batch fits a frame");

/* What the front may know of an item. A miss looks alike whatever its reason. */
enum outcome {
    OUTCOME_NONE,
    OUTCOME_DONE, /* enrolled, replaced, erased, confirmed, released (or had been, by the same request) */
    OUTCOME_MATCHED,
    OUTCOME_NOT_MATCHED,
    OUTCOME_FOUND,
    OUTCOME_NOT_FOUND,
    OUTCOME_REFUSED, /* ENROLL, REPLACE, ERASE: not done; the detail says why */
    OUTCOME_COUNT
};

/* What only the client may know of an item. */
enum detail {
    DETAIL_NONE,
    DETAIL_DONE,
    DETAIL_REPEATED, /* done before by the same request id: same answer */
    DETAIL_MATCHED,
    DETAIL_NOT_MATCHED, /* the reference has another number */
    DETAIL_FOUND,
    DETAIL_FOUND_FORMER, /* the number was this reference's before it was replaced */
    DETAIL_NOT_FOUND,
    DETAIL_INVALID_NUMBER, /* not 12 digits, wrong check digit, or all zeros */
    DETAIL_DUPLICATE,      /* the number is enrolled already */
    DETAIL_UNKNOWN_REFERENCE,
    DETAIL_ERASED,           /* the reference's number has been erased */
    DETAIL_SAME_NUMBER,      /* REPLACE by the number it has */
    DETAIL_REQUEST_CONFLICT, /* the request id was used with other content */
    DETAIL_BLOB_USED,        /* the application's blob has been opened before */
    DETAIL_BLOB_INVALID,     /* the blob does not open for this tenant, application and portal */
    DETAIL_BUDGET_SPENT,     /* too many wrong guesses: nothing was compared */
    DETAIL_NOT_LOCKED,       /* UNLOCK: no budget of it is charged */
    DETAIL_OWN_ACCOUNT,      /* UNLOCK: by the account that spent it */
    DETAIL_ROTATING,         /* ROTATE_KEYS: a rotation is going on already */
    DETAIL_NO_BACKUP_KEY,    /* BACKUP: the configuration names no key to seal it to */
    DETAIL_BACKUP_RUNNING,   /* BACKUP: one is being taken already */
    DETAIL_CONFIRMED,        /* RELEASE: the enrolment has been confirmed */
    DETAIL_COUNT
};

/* A signed tree head of a tenant's ledger (RFC 6962 section 3.5). The signature is Ed25519 over the text of a C2SP
 * tlog-checkpoint: origin, size in decimal and root in base64, each with a line end (crypto/checkpoint_text.h). */
struct ledger_checkpoint {
    uint64_t size; /* leaves */
    uint8_t root[32];
    uint8_t signature[64];
};
_Static_assert(sizeof(struct ledger_checkpoint) == 104, "ledger_checkpoint layout");

struct call_result_head {
    uint16_t version; /* 1 */
    uint16_t operation;
    uint16_t purpose;
    uint16_t zero;
    uint32_t count;
    uint32_t zero2;
    uint64_t ledger_index;               /* of this call's leaf in the tenant's ledger */
    int64_t recorded_at_us;              /* UTC, as in the leaf */
    uint8_t leaf_hash[32];               /* RFC 6962 leaf hash */
    struct ledger_checkpoint checkpoint; /* a tree head that includes the leaf */
};
_Static_assert(sizeof(struct call_result_head) == 168, "call_result_head layout");

struct call_result_item {
    uint8_t reference[REFERENCE_LEN]; /* zero unless DONE by ENROLL or BACKUP (its id), or FOUND */
    uint8_t outcome;                  /* enum outcome */
    uint8_t zero[3];
};
_Static_assert(sizeof(struct call_result_item) == 20, "call_result_item layout");

struct call_detail_item {
    uint8_t detail; /* enum detail */
    uint8_t zero[3];
    uint8_t reference[REFERENCE_LEN]; /* DUPLICATE, if the session may LOOKUP under some purpose; else zero */
};
_Static_assert(sizeof(struct call_detail_item) == 20, "call_detail_item layout");

struct session_keys {
    uint8_t call[SESSION_KEY_LEN];
    uint8_t reply[SESSION_KEY_LEN];
    uint8_t welcome[SESSION_KEY_LEN];
    uint8_t account[SESSION_KEY_LEN];
    uint8_t account_reply[SESSION_KEY_LEN];
    uint8_t salt[32]; /* transcript hash: aad of the welcome */
};

struct session_transcript {
    uint16_t tenant;
    const uint8_t *challenge, *encapsulated, *client_ephemeral, *server_ephemeral, *session, *certificate;
};

/* Derives all session keys. `dh` is the shared X25519 secret. 0, or -1 when libcrypto fails or dh is all zero. */
int sealed_derive(const struct session_transcript *transcript, const uint8_t exported[32], const uint8_t dh[32],
                  struct session_keys *keys);

/* info strings of the two HPKE uses; return their length. */
#define LOGIN_INFO_LEN         (16 + 2 + CHALLENGE_LEN)
#define CITIZEN_INFO_LEN       (18 + 2)
#define CITIZEN_AAD_LEN        (APPLICATION_NONCE_LEN + ACCOUNT_LEN)
#define SESSION_EXPORT_CONTEXT "sekisho/v1 session"
void sealed_login_info(uint16_t tenant, const uint8_t challenge[CHALLENGE_LEN], uint8_t info[LOGIN_INFO_LEN]);
void sealed_citizen_info(uint16_t tenant, uint8_t info[CITIZEN_INFO_LEN]);
void sealed_citizen_aad(const uint8_t nonce[APPLICATION_NONCE_LEN], const char portal[ACCOUNT_LEN],
                        uint8_t aad[CITIZEN_AAD_LEN]);

/* nonce and aad of calls and replies. The reply's aad is this prefix followed by the clear part. */
#define CALL_AAD_LEN  (15 + SESSION_ID_LEN + 8)
#define REPLY_AAD_LEN (16 + SESSION_ID_LEN + 8)
void sealed_nonce(uint64_t call_seq, uint8_t nonce[12]);
void sealed_call_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[CALL_AAD_LEN]);
void sealed_reply_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[REPLY_AAD_LEN]);

/* Size in bytes of one item of an operation; 0 for an unknown operation. */
size_t sealed_item_size(uint16_t operation);
/* Size in bytes of what is sealed in the answer to `count` items, without the tag. */
size_t sealed_details_size(uint16_t operation, uint32_t count);

/* Replay window over call_seq (as RFC 4303 section 3.4.3): accepts each value once, never one older than it. */
#define REPLAY_WINDOW 4096
struct replay_window {
    uint64_t highest;
    uint64_t bits[REPLAY_WINDOW / 64];
};
bool replay_would_accept(const struct replay_window *window, uint64_t call_seq);
void replay_accept(struct replay_window *window, uint64_t call_seq);

#endif
