/* Enquiries with their handling records (F170, INV-22; domain 10.6). */
#ifndef SEKISHO_DESK_ENQUIRY_H
#define SEKISHO_DESK_ENQUIRY_H

#include "sekisho/v1/inquiry_desk_service.pb-c.h"
#include "server/register/register.h"

typedef Sekisho__V1__Enquiry enquiry;

/* Codes of all: LMDB's, ENOMEM. Memory is the arena's; texts given must live until they are stored. */

/* RECEIVED, under the next number. */
int enquiry_add(struct reg *reg, MDB_txn *txn, int64_t now_us, enquiry *made, ProtobufCAllocator *arena);
/* With name and etag. MDB_NOTFOUND. */
int enquiry_get(const struct reg *reg, MDB_txn *txn, uint64_t number, ProtobufCAllocator *arena, enquiry **found);

/* HANDLED. EPERM: it is closed, or has all the records it may have. */
int enquiry_handle(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, enquiry *found, const char *text,
                   const char *account, ProtobufCAllocator *arena);
/* CLOSED. EPERM: it is already; ENODATA: without a handling record (INV-22). */
int enquiry_close(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, enquiry *found, const char *account,
                  ProtobufCAllocator *arena);

#endif
