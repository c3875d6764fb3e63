/* A call of the register on its way from the request to the answer: what the files register_*.c of the call share. */
#ifndef SEKISHO_SERVICES_REGISTER_PENDING_H
#define SEKISHO_SERVICES_REGISTER_PENDING_H

#include "server/services/call_arena.h"
#include "server/services/register_call.h"
#include "server/services/request_record.h"

struct pending {
    struct reg_job job;
    struct register_call call;
    register_handler *handler;
    register_then *then; /* NULL: the answer follows */
    struct call_arena memory;
    struct request_key key;
    struct request_mark mark;
    bool has_request_id;
    ProtobufCBinaryData answer; /* packed; data NULL: call.error */
};

struct pending *pending_of_job(struct reg_job *job);
struct pending *pending_of_call(struct register_call *call);

/* ---- the request (register_request.c) ---- */

/* NULL: the call is finished already. */
struct pending *pending_new(struct rpc_call *rpc, register_handler *handler);
/* Caller and prefecture; the request is used as it is (a read), or copied (it lives on after the callback). False with
 * call.error. */
bool pending_admit(struct pending *pending, const ProtobufCMessage *request);
bool pending_admit_copy(struct pending *pending, const ProtobufCMessage *request);
/* The request's `request_id`, if it has one. False with call.error. */
bool pending_request_id(struct pending *pending);

/* ---- the answer (register_answer.c) ---- */

/* False, with call.error. */
bool pending_refuse(struct pending *pending, enum register_error error, const char *field, const char *detail);
bool pending_pack(struct pending *pending, const ProtobufCMessage *response);
/* The operation record. */
int pending_record(struct pending *pending, MDB_txn *txn, int64_t now_us);
/* Answer or error, and the end of the pending call. */
void pending_finish(struct pending *pending);
/* The same once the operation record is durable: what is not recorded is not answered. */
void pending_record_and_finish(struct pending *pending);
/* Gives the job to the writer; BUSY and the end of the call when it takes none. */
void pending_give(struct pending *pending);

#endif
