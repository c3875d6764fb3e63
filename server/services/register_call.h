/*
 * What every method on the register has in common, so that a service is a table of small functions: the caller and
 * their role, the prefecture in the request's names against the caller's own (another's is NOT_FOUND, INV-12), the
 * transaction, `request_id` (a repeated one gets the first answer again), `validate_only` (everything but the commit),
 * the operation record (F103), the answer or the error.
 *
 * A handler runs with a transaction and returns its response, made in the call's arena (REGISTER_NEW), or NULL after
 * register_fail. What a writing handler wrote is taken back when it fails, and answered only when it is durable. What a
 * reading handler found is answered only when the record of its reading is durable. Handlers of writes run on the
 * writer's thread, of reads on the server's: neither may wait for anything.
 *
 * Reasons of every method, beside its own: `UNKNOWN_SESSION`, `SESSION_EXPIRED`, `WRONG_CERTIFICATE`,
 * `ROLE_NOT_PERMITTED`, `UNKNOWN_PREFECTURE`, `BAD_RESOURCE_NAME`, `NOT_FOUND`, `BAD_FIELD` (a request_id that is
 * none), `REQUEST_REUSED`, `FULL`, `BUSY`, `STORE_FAILED`.
 */
#ifndef SEKISHO_SERVICES_REGISTER_CALL_H
#define SEKISHO_SERVICES_REGISTER_CALL_H

#include "server/register/register.h"
#include "server/services/caller.h"

struct register_call {
    struct rpc_call *rpc;
    struct caller caller;
    struct reg *reg;
    MDB_txn *txn;
    int64_t now_us; /* UTC, one for the whole call */
    bool validate_only;
    const ProtobufCMessage *request;
    ProtobufCAllocator arena; /* what is allocated here lives until the call is answered */
    struct rpc_error error;   /* filled by register_fail */
    char texts[3][512];       /* what it points to */
    char object[96];          /* resource name for the operation record; a handler that creates sets it */
    void *user;               /* the handlers' own, from one step to the next */
};

typedef const ProtobufCMessage *register_handler(struct register_call *call);

/*
 * For on_message of a unary method. The prefecture is found in the request's `parent`, else `name`, else `name` of its
 * first message field that has one; it is also the operation record's object until the handler sets another.
 */
void register_read(struct rpc_call *call, const ProtobufCMessage *request, register_handler *handler);
void register_write(struct rpc_call *call, const ProtobufCMessage *request, register_handler *handler);

/*
 * A write in two transactions with something between them that waits (the vault). `handler` runs as above; when its
 * work is durable, `then` runs instead of the answer, on the writer's thread and without a transaction; it makes sure
 * that later, on any thread, register_continue or register_answer_error is called exactly once. The first handler's
 * response answers a validate_only call alone (then nothing follows). A repeated request_id is answered without any of
 * both; it is kept with the second transaction.
 */
typedef void register_then(struct register_call *call);
void register_write_then(struct rpc_call *call, const ProtobufCMessage *request, register_handler *handler,
                         register_then *then);
/* The second transaction; the answer is its handler's response. */
void register_continue(struct register_call *call, register_handler *handler);
/* Ends the call with call->error (register_fail), recorded. */
void register_answer_error(struct register_call *call);

/*
 * A stream: server streaming with its request, or a stream of requests with the first message. Its opening is recorded
 * as the operation; then `ready` runs on the writer's thread, and the call is the caller's until register_stream_end.
 * call->request is a copy. call->txn is NULL: looks take their own (reg_read_begin), writes are jobs of their own.
 */
void register_stream(struct rpc_call *call, const ProtobufCMessage *first, register_then *ready);
/* Once: any thread. With call->error when register_fail filled it, else with `response` (client streaming) or NULL. */
void register_stream_end(struct register_call *call, const ProtobufCMessage *response);

/* Zeroed memory of the call's arena; NULL when there is none left: then the call has failed with REGISTER_FULL. */
void *register_alloc(struct register_call *call, size_t size);
/* NOLINTNEXTLINE(bugprone-macro-parentheses): `init` is an initializer */
#define REGISTER_NEW(call, type, init) register_new(call, sizeof(type), &(const type)init)
void *register_new(struct register_call *call, size_t size, const void *init);
char *register_strdup(struct register_call *call, const char *text);
char *register_printf(struct register_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Rows of register_errors.def: ERROR(reason, gRPC code, English, Japanese). */
enum register_error {
#define ERROR(reason, code, english, japanese) REGISTER_##reason,
#include "server/services/register_errors.def"
#undef ERROR
    REGISTER_ERROR_COUNT
};

/* Returns NULL, for `return register_fail(...)`. `field` is the request's field path or NULL; `detail` is put after the
 * message or NULL (never a personal value). */
const void *register_fail(struct register_call *call, enum register_error error, const char *field, const char *detail);
/* The same for a code of the store: NOT_FOUND, FULL or STORE_FAILED. */
const void *register_fail_store(struct register_call *call, int rc);

#endif
