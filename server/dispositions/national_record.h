/*
 * What the national database of cancelled persons is to be told (児童福祉法18条の20の4): a queue in the register's own
 * store, so that a cancellation and its record are one transaction. No number: the database has none.
 */
#ifndef SEKISHO_DISPOSITIONS_NATIONAL_RECORD_H
#define SEKISHO_DISPOSITIONS_NATIONAL_RECORD_H

#include "sekisho/v1/disposition_service.pb-c.h"
#include "server/register/register.h"

typedef Sekisho__V1__NationalRecord national_record;

/* `record` without its name. LMDB codes. */
int national_record_add(struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t disposition[REGISTER_ID_LEN],
                        national_record *record);
/* With its name. MDB_NOTFOUND. */
int national_record_get(const struct reg *reg, MDB_txn *txn, const uint8_t disposition[REGISTER_ID_LEN],
                        ProtobufCAllocator *arena, national_record **found);
/* `found` was entered in the national database under `reference`. */
int national_record_sent(struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t disposition[REGISTER_ID_LEN],
                         national_record *found, const char *reference, const char *account);

struct national_record_key {
    uint8_t sent;
    int64_t time_us; /* big-endian: of the cancellation, or of the sending */
    uint8_t disposition[REGISTER_ID_LEN];
} __attribute__((packed));

#endif
