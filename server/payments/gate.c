#include "server/payments/gate.h"

#include <time.h>

#include "server/payments/receipts.h"

#define JST_OFFSET_S (9 * 60 * 60)

static const struct {
    uint16_t prefecture;
    Sekisho__V1__ApplicationKind kind;
    uint32_t from;
    int64_t yen;
} fees[] = {
#define FEE(prefecture, kind, from, yen)                                                                               \
    {(prefecture), SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind, (from), (yen)},
#include "server/payments/fees.def"
#undef FEE
};

/* The row in force of exactly this prefecture (or of 0). */
static bool row_on(uint16_t prefecture, Sekisho__V1__ApplicationKind kind, uint32_t day, struct fee *fee)
{
    bool found = false;

    for (size_t i = 0; i < sizeof fees / sizeof fees[0]; i++)
        if (fees[i].prefecture == prefecture && fees[i].kind == kind && fees[i].from <= day &&
            (!found || fees[i].from > fee->from)) {
            *fee = (struct fee){.yen = fees[i].yen, .from = fees[i].from};
            found = true;
        }
    return found;
}

bool fee_on(uint16_t tenant, Sekisho__V1__ApplicationKind kind, uint32_t day, struct fee *fee)
{
    return row_on(tenant, kind, day, fee) || row_on(0, kind, day, fee);
}

uint32_t fee_day(int64_t time_us)
{
    time_t local = (time_t)(time_us / 1000000) + JST_OFFSET_S;
    struct tm day;

    gmtime_r(&local, &day);
    return (uint32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

bool payment_settled(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN],
                     Sekisho__V1__ApplicationKind kind, int64_t receive_time_us, int *rc)
{
    struct fee fee;
    int64_t paid;

    if (!fee_on(reg->tenant, kind, fee_day(receive_time_us), &fee)) {
        *rc = MDB_NOTFOUND;
        return false;
    }
    *rc = 0;
    if (fee.yen == 0)
        return true;
    *rc = receipt_settling(reg, txn, application, &paid);
    if (*rc == MDB_NOTFOUND) {
        *rc = 0;
        return false;
    }
    return *rc == 0 && paid == fee.yen;
}
