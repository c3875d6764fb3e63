#include "server/lists/paper_card_list.h"

#include <endian.h>
#include <string.h>

#include "server/register/checks.h"

#define STATE(name) SEKISHO__V1__PAPER_CARD_STATE__PAPER_CARD_STATE_##name

/* The keys of both tables end with serial and issue. */
static bool card_of(MDB_val key, uint32_t *serial, uint32_t *issue)
{
    uint32_t numbers[2];

    if (key.mv_size < sizeof numbers)
        return false;
    memcpy(numbers, (const uint8_t *)key.mv_data + key.mv_size - sizeof numbers, sizeof numbers);
    *serial = be32toh(numbers[0]);
    *issue = be32toh(numbers[1]);
    return true;
}

static bool is_wanted(const struct paper_card_filter *filter, const Sekisho__V1__PaperCard *card)
{
    int32_t day = date_today(card->update_time_us);

    if (filter->state != STATE(UNSPECIFIED) &&
        (card->state != filter->state || (card->voided && card->state < STATE(DISPATCHED))))
        return false;
    return day >= filter->from && (filter->to == 0 || day <= filter->to);
}

int paper_card_row(const struct reg *reg, MDB_txn *txn, const struct paper_card_filter *filter, MDB_val key,
                   ProtobufCAllocator *arena, Sekisho__V1__PaperCard **card)
{
    uint32_t serial, issue;

    if (!card_of(key, &serial, &issue))
        return MDB_CORRUPTED;
    int rc = paper_card_get(reg, txn, serial, issue, arena, card);
    if (rc == 0 && !is_wanted(filter, *card))
        *card = NULL;
    return rc;
}
