/*
 * The payment gate (INV-01): no application is completed while its fee is not settled. The fee is that of the fee
 * table (fees.def) on the day of reception; a kind that costs nothing is settled by its row, and a kind without a row
 * never is. What settles a fee is a receipt (receipts.h). The vault has no part in it (INV-02).
 */
#ifndef SEKISHO_PAYMENTS_GATE_H
#define SEKISHO_PAYMENTS_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sekisho/v1/application.pb-c.h"
#include "server/register/register.h"

struct fee {
    int64_t yen;
    uint32_t from; /* yyyymmdd: in force since */
};

/* The fee of a kind on a day (yyyymmdd, JST). False: the table has none in force. */
bool fee_on(uint16_t tenant, Sekisho__V1__ApplicationKind kind, uint32_t day, struct fee *fee);

/* The day in Japan of a time, microseconds UTC since 1970, as yyyymmdd. */
uint32_t fee_day(int64_t time_us);

/* Whether an application of this kind, received at receive_time_us, may be completed as far as money goes. On true, *rc
 * is 0. On false, *rc is 0 when the fee is known and not paid, MDB_NOTFOUND when no fee is known, else what the store
 * said. */
bool payment_settled(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN],
                     Sekisho__V1__ApplicationKind kind, int64_t receive_time_us, int *rc);

#endif
