/*
 * Inside libsekisho; also for tests and for the attack tool, which need to send what the public interface refuses to.
 */
#ifndef SEKISHO_CLIENT_INTERNAL_H
#define SEKISHO_CLIENT_INTERNAL_H

#include <grpc/grpc.h>
#include <protobuf-c/protobuf-c.h>
#include <pthread.h>
#include <sys/types.h>

#include "crypto/account_call.h"
#include "crypto/aead.h"
#include "crypto/sealed.h"
#include "sekisho.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "sekisho_ledger.h"
#include "wire/ledger_entry.h"

/* ---- errors.c ---- */

/* Fill *error (may be NULL) and return the status. */
enum sekisho_status error_set(struct sekisho_error *error, enum sekisho_status status, const char *reason,
                              const char *message, const char *message_ja);
/* A local failure with a file: adds the path and errno's text. */
enum sekisho_status error_file(struct sekisho_error *error, const char *reason, const char *path, int number);
enum sekisho_status error_memory(struct sekisho_error *error);
enum sekisho_status error_crypto(struct sekisho_error *error);
enum sekisho_status error_forged(struct sekisho_error *error, const char *message, const char *message_ja);
void error_clear(struct sekisho_error *error);
/* Copies text that a stranger wrote: whole UTF-8 characters that fit, without control characters (a front must not
 * drive the user's terminal). */
void copy_printable(char *out, size_t size, const void *text, size_t length);
/* In place: the text never grows. Returns it. */
const char *make_printable(char *text);

/* ---- status_details.c ---- */

/* Fills *error from a failed call: status text and grpc-status-details-bin (google.rpc.Status; NULL when absent). */
enum sekisho_status error_from_status(struct sekisho_error *error, int code, const void *text, size_t text_length,
                                      const uint8_t *details, size_t details_length);

/* ---- files.c ---- */

#define PEM_MAX 262144
/* Reads a whole file of at most `max` bytes; adds a terminator; free after wiping `*length` bytes. */
enum sekisho_status file_read(const char *path, size_t max, char **text, size_t *length, struct sekisho_error *error);
/* Makes the name of a new file durable: without it the file could be another one, or gone, after a crash. */
bool sync_folder(const char *path);

/* ---- connect.c ---- */

/* Starts libcrypto's part once a process. */
enum sekisho_status client_start(struct sekisho_error *error);

struct sekisho_client {
    grpc_channel *channel;
    int64_t timeout_ms;
    bool trust_on_first_use;
    char pin[SEKISHO_FINGERPRINT_LEN + 1]; /* empty: none */
    uint8_t certificate[CERT_HASH_LEN];    /* SHA-256 of the client's DER certificate; zero on a unix socket */
};

/* ---- exchange.c: one unary call on the wire ---- */

/* The session's name as metadata of a call (`sekisho-session`); zero for none. */
struct session_metadata {
    grpc_metadata metadata;
    size_t count;
};
void session_metadata_make(struct session_metadata *made, const struct sekisho_session *session);
void session_metadata_free(struct session_metadata *made);

struct exchange {
    grpc_call *call;
    struct session_metadata session;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *response;
    grpc_status_code code;
    grpc_slice status_text;
};

grpc_byte_buffer *message_pack(const ProtobufCMessage *message);
ProtobufCMessage *message_unpack(grpc_byte_buffer *bytes, const ProtobufCMessageDescriptor *descriptor);
gpr_timespec client_deadline(const struct sekisho_client *client);

/* Starts a call; its end arrives on `queue` with `tag`. `method`, here and below, is a literal: gRPC's header
 * compression keeps a pointer to it for as long as the connection lives. */
enum sekisho_status exchange_start(struct exchange *exchange, const struct sekisho_client *client,
                                   grpc_completion_queue *queue, const char *method, const ProtobufCMessage *request,
                                   void *tag, struct sekisho_error *error);
/* After the end has arrived: the answer (free with protobuf_c_message_free_unpacked) or the error. */
enum sekisho_status exchange_finish(struct exchange *exchange, const ProtobufCMessageDescriptor *descriptor,
                                    ProtobufCMessage **response, struct sekisho_error *error);
void exchange_free(struct exchange *exchange);
/* Waits for everything on the queue to end, then frees it. */
void queue_free(grpc_completion_queue *queue);
/* Status and details of an ended call as an error. */
enum sekisho_status status_error(grpc_status_code code, grpc_slice text, const grpc_metadata_array *trailing,
                                 struct sekisho_error *error);
/* exchange_start, wait, exchange_finish, exchange_free. */
enum sekisho_status unary_call(const struct sekisho_client *client, const char *method, const ProtobufCMessage *request,
                               const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **response,
                               struct sekisho_error *error);
/* The same with the session in the metadata; `method` may be any slice that counts its references. */
enum sekisho_status session_call(const struct sekisho_session *session, grpc_slice method,
                                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *descriptor,
                                 ProtobufCMessage **response, struct sekisho_error *error);

/* ---- rpc.c ---- */

/* Path and types of a method; SEKISHO_ERROR_ARGUMENT when the service has none of this name. Unref the path. */
enum sekisho_status rpc_method(const ProtobufCServiceDescriptor *service, const char *name,
                               const ProtobufCMethodDescriptor **method, grpc_slice *path, struct sekisho_error *error);
/* A request of another type than the method's is the caller's error. */
enum sekisho_status rpc_check_request(const ProtobufCMethodDescriptor *method, const ProtobufCMessage *request,
                                      struct sekisho_error *error);

/* ---- session.c ---- */

/* What a session is, and the layout of its file. */
struct session_state {
    char magic[8];
    uint16_t version; /* 2 */
    uint16_t tenant;
    uint16_t role;
    uint16_t flags; /* enum welcome_flag */
    int64_t expires_us;
    uint64_t sequence; /* in the file: the first number that no process has reserved */
    uint8_t session[SESSION_ID_LEN];
    char account[ACCOUNT_LEN];
    uint16_t permit[PERMIT_LEN];
    uint8_t certificate[CERT_HASH_LEN]; /* that the session is bound to */
    uint8_t login_key_hash[32];
    uint8_t call_key[SESSION_KEY_LEN];
    uint8_t reply_key[SESSION_KEY_LEN];
    uint8_t account_key[SESSION_KEY_LEN];
    uint8_t account_reply_key[SESSION_KEY_LEN];
};
_Static_assert(sizeof(struct session_state) == 304, "session_state layout");
_Static_assert(offsetof(struct session_state, sequence) == 24, "session_state layout");
#define SESSION_FILE_MAGIC   "SKSHSESS"
#define SESSION_FILE_VERSION 2

struct sekisho_session {
    struct sekisho_client *client;
    pid_t owner;
    pthread_mutex_t lock;        /* guards everything below */
    struct session_state *state; /* locked page */
    struct aead *call, *reply;
    uint64_t next;     /* sequence number of the next call */
    uint64_t reserved; /* first number not reserved in the file; UINT64_MAX without a file */
    int file;          /* -1: none */
    char *path;
    pthread_mutex_t account_lock; /* of account calls: one at a time; taken before `lock` */
    struct aead *account_call, *account_reply;
};

/* Takes over *state (wiped). */
enum sekisho_status session_new(struct sekisho_client *client, struct session_state *state,
                                struct sekisho_session **session, struct sekisho_error *error);
#define SESSION_NAME_LEN 64
void session_name(const struct session_state *state, char name[SESSION_NAME_LEN]);
/* The next sequence number, reserved durably. The caller holds the lock. */
enum sekisho_status session_take_sequence(struct sekisho_session *session, uint64_t *sequence,
                                          struct sekisho_error *error);

/* ---- session_file.c ---- */

#define SEQUENCE_BLOCK 256
enum sekisho_status session_file_reserve(struct sekisho_session *session, struct sekisho_error *error);
void session_file_close(struct sekisho_session *session);

/* ---- seal.c ---- */

/* A sealed call, and what its answer must agree with. */
struct sealed_call {
    uint64_t sequence;
    uint16_t operation, purpose;
    uint32_t count;
    uint8_t *ciphertext; /* malloc */
    size_t length;
};

/* Checks the request, takes a sequence number and seals. */
enum sekisho_status session_seal(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sealed_call *call, struct sekisho_error *error);
enum sekisho_status session_seal_rotation(struct sekisho_session *session, unsigned levels, struct sealed_call *call,
                                          struct sekisho_error *error);
enum sekisho_status session_seal_backup(struct sekisho_session *session, struct sealed_call *call,
                                        struct sekisho_error *error);
enum sekisho_status session_seal_read(struct sekisho_session *session, const struct call_item_read *item,
                                      struct sealed_call *call, struct sekisho_error *error);
void sealed_call_free(struct sealed_call *call);

/* ---- open_reply.c ---- */

/* Opens and checks an answer; writes call->count results. */
enum sekisho_status session_open_reply(struct sekisho_session *session, const struct sealed_call *call,
                                       const Sekisho__V1__SealedReply *reply, struct sekisho_result *results,
                                       struct sekisho_receipt *receipt, struct sekisho_error *error);

/* The same of an answer to READ_LEDGER. */
enum sekisho_status session_open_page(struct sekisho_session *session, const struct sealed_call *call,
                                      const Sekisho__V1__SealedReply *reply, uint8_t page[LEDGER_PAGE_LEN],
                                      struct sekisho_error *error);

/* ---- call.c ---- */

/* Path of the method that carries an operation. */
const char *number_method(enum sekisho_operation operation);
/* Sends a sealed call over a method; its end arrives on `queue` with `tag`. */
enum sekisho_status sealed_start(struct sekisho_session *session, const char *method, const struct sealed_call *call,
                                 grpc_completion_queue *queue, struct exchange *exchange, void *tag,
                                 struct sekisho_error *error);
/* After the end has arrived: the checked answer or the error. The caller frees the exchange. */
enum sekisho_status sealed_finish(struct sekisho_session *session, const struct sealed_call *call,
                                  struct exchange *exchange, struct sekisho_result *results,
                                  struct sekisho_receipt *receipt, struct sekisho_error *error);
/* sealed_start, wait, sealed_finish. */
enum sekisho_status sealed_exchange(struct sekisho_session *session, const char *method, const struct sealed_call *call,
                                    struct sekisho_result *results, struct sekisho_receipt *receipt,
                                    struct sekisho_error *error);

/* Asks the vault for a page of the ledger. */
enum sekisho_status session_read_page(struct sekisho_session *session, const struct call_item_read *item,
                                      uint8_t page[LEDGER_PAGE_LEN], struct sekisho_error *error);

/* ---- account_call.c ---- */

/* One account call over a method: fills the version, seals, sends, opens and checks the answer. SEKISHO_OK only when
 * auth did it (ACCOUNT_DONE); else *reply is wiped. The caller wipes what has secrets. */
enum sekisho_status account_exchange(struct sekisho_session *session, const char *method,
                                     const struct account_call_plain *plain, struct account_reply_plain *reply,
                                     struct sekisho_error *error);

/* ---- account_error.c ---- */

/* A result that is not ACCOUNT_DONE, as an error. */
enum sekisho_status account_error(const struct account_reply_plain *reply, struct sekisho_error *error);

/* ---- sealing_key.c ---- */

struct sealing_key {
    uint8_t login_key[X25519_LEN], challenge[CHALLENGE_LEN], citizen_key[X25519_LEN];
};
enum sekisho_status sealing_key_get(struct sekisho_client *client, unsigned prefecture, struct sealing_key *key,
                                    struct sekisho_error *error);
enum sekisho_status check_prefecture(unsigned prefecture, struct sekisho_error *error);
enum sekisho_status check_account(const char *account, struct sekisho_error *error);
#define OTP_LEN 6
enum sekisho_status check_otp(const char *otp, struct sekisho_error *error);
/* The login key is the pinned one, or the caller trusts on first use. */
enum sekisho_status check_pin(const struct sekisho_client *client, const uint8_t login_key[X25519_LEN],
                              struct sekisho_error *error);

#endif
