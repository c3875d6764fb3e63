#include "vault/legal_basis.h"

#include <stddef.h>

#include "crypto/sealed.h"

#define DAY_US   (86400 * (int64_t)1000000)
#define JAPAN_US (9 * 3600 * (int64_t)1000000) /* ahead of UTC, all the year */

/* Days from 1970-01-01 in the Gregorian calendar, years counted from March so that a leap day is a year's last. */
#define YEAR(y, m) ((y) - ((m) < 3))
#define DAY(y, m, d)                                                                                                   \
    (365 * YEAR(y, m) + YEAR(y, m) / 4 - YEAR(y, m) / 100 + YEAR(y, m) / 400 +                                         \
     (153 * ((m) + ((m) < 3 ? 9 : -3)) + 2) / 5 + (d)-1 - 719468)
_Static_assert(DAY(1970, 1, 1) == 0 && DAY(2000, 3, 1) == 11017 && DAY(2024, 2, 29) == 19782, "days");

#define OPEN          0
#define OF(operation) (1u << OPERATION_##operation)
#define FOR(purpose)  PURPOSE_BIT(PURPOSE_##purpose)
#define ANY_PURPOSE   UINT16_MAX

static const struct row {
    uint16_t code, purposes;
    uint32_t operations;
    int32_t from, until;
} rows[] = {
#define LEGAL_BASIS(code, operations, purposes, from, until, ja, en) {code, purposes, operations, from, until},
#include "wire/legal_bases.def"
#undef LEGAL_BASIS
};

uint16_t legal_basis(uint16_t operation, uint16_t purpose, int64_t now_us)
{
    int64_t day = (now_us + JAPAN_US) / DAY_US;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        if ((row->operations >> operation & 1) && (row->purposes >> purpose & 1) && day >= row->from &&
            (row->until == OPEN || day < row->until))
            return row->code;
    }
    return 0;
}
