/*
 * Answers to calls with a request_id, kept for a day, so that a call that is repeated because its answer was lost gets
 * the first answer again and does nothing twice (AIP-155). Keyed by account: nobody gets another's answer.
 */
#ifndef SEKISHO_SERVICES_REQUEST_RECORD_H
#define SEKISHO_SERVICES_REQUEST_RECORD_H

#include <protobuf-c/protobuf-c.h>

#include "server/register/register.h"
#include "wire/messages.h"

#define REQUEST_ID_LEN  16
#define REQUEST_KEPT_US (INT64_C(86400) * 1000000)

struct request_key {
    char account[ACCOUNT_LEN];
    uint8_t id[REQUEST_ID_LEN];
};

/* What makes two calls the same: method and packed request. */
struct request_mark {
    uint16_t method;
    uint8_t sha256[32];
};

/* 0: *response is the first answer, valid in the transaction. MDB_NOTFOUND: it is the first. EEXIST: another call had
 * this id. */
int request_find(const struct reg *reg, MDB_txn *txn, const struct request_key *key, const struct request_mark *mark,
                 ProtobufCAllocator *allocator, ProtobufCBinaryData *response);
/* Keeps an answer, and forgets some that are older than a day. */
int request_keep(const struct reg *reg, MDB_txn *txn, const struct request_key *key, const struct request_mark *mark,
                 int64_t now_us, ProtobufCBinaryData response);

#endif
