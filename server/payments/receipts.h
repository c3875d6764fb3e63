/*
 * Receipts of offline payments in the register's store: recorded, voided, never deleted. `receipt` has them all,
 * `receipt_by_slip` those that are not voided, `receipt_by_day` orders them for the desk.
 */
#ifndef SEKISHO_PAYMENTS_RECEIPTS_H
#define SEKISHO_PAYMENTS_RECEIPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sekisho/v1/payment_desk_service.pb-c.h"
#include "server/register/register.h"

#define SLIP_MAX 64

struct receipt_key {
    uint8_t application[REGISTER_ID_LEN];
    uint32_t number; /* 1, 2, 3 ... of its application */
};

/* 1..SLIP_MAX of A-Z, 0-9, '-': one spelling, so that one slip is not recorded twice. */
bool slip_valid(const char *slip);

/* A receipt that settles the application's fee: *yen is its amount. 0, MDB_NOTFOUND or the store's code. */
int receipt_settling(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN], int64_t *yen);

/* Unpacked with `allocator` into *receipt. 0, MDB_NOTFOUND or the store's code. */
int receipt_get(const struct reg *reg, MDB_txn *txn, const struct receipt_key *key, ProtobufCAllocator *allocator,
                Sekisho__V1__Receipt **receipt);

/* Adds the next receipt of key->application, whose number it sets. MDB_KEYEXIST: the slip is another receipt's. */
int receipt_add(const struct reg *reg, MDB_txn *txn, struct receipt_key *key, const Sekisho__V1__Receipt *receipt);

/* Stores a receipt as voided; `receipt` has the method and slip under which it was added. */
int receipt_void(const struct reg *reg, MDB_txn *txn, const struct receipt_key *key,
                 const Sekisho__V1__Receipt *receipt);

/* The first receipt at or after *day and *key among all (day: yyyymmdd), or of key->application alone when day is NULL.
 * 0, MDB_NOTFOUND at the end of the list, or the store's code. */
int receipt_next(const struct reg *reg, MDB_txn *txn, uint32_t *day, struct receipt_key *key);

#endif
