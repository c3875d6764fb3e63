/* The return of the 登録証 after a cancellation or an erasure (児福令19, 児福規6条の34, 6条の35②; domain 10.6). */
#ifndef SEKISHO_DISPOSITIONS_CARD_RETURN_H
#define SEKISHO_DISPOSITIONS_CARD_RETURN_H

#include "sekisho/v1/disposition_service.pb-c.h"
#include "server/register/register.h"

typedef Sekisho__V1__CardReturn card_return;

/* DUE, or RETURNED today when the card came with the notification. LMDB codes. */
int card_return_begin(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                      const char *registration, int32_t today, bool returned, ProtobufCAllocator *arena);
/* The duty never was: forgets it unless the card has been returned. */
int card_return_drop(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                     ProtobufCAllocator *arena);

/* With its name and etag. MDB_NOTFOUND. */
int card_return_get(const struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                    ProtobufCAllocator *arena, card_return **found);

/* May it get from one state to another? */
bool card_return_possible(Sekisho__V1__CardReturnState from, Sekisho__V1__CardReturnState to);
/* `found` gets into the state; `day` of the return or reminder, `reason` of UNRECOVERABLE. */
int card_return_record(struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN], card_return *found,
                       Sekisho__V1__CardReturnState to, int32_t day, const char *reason, const char *account,
                       ProtobufCAllocator *arena);

struct card_return_key {
    uint8_t state;
    uint32_t target; /* yyyymmdd, big-endian */
    uint8_t disposition[REGISTER_ID_LEN];
} __attribute__((packed));

#endif
