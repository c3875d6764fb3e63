/* READ_LEDGER: a page of the ledger's entries. Reads what was committed before this group. */
#include <string.h>

#include "crypto/hash.h"
#include "vault/operations.h"
#include "wire/ledger_entry.h"

/* Bounds of one call, so that others do not wait for it: together a few milliseconds. */
#define SCAN_LEAVES 16384
#define SCAN_BYTES  (4u << 20)

static bool touches(const MDB_val *value, const uint8_t reference[REFERENCE_LEN])
{
    const uint8_t *end = (const uint8_t *)value->mv_data + value->mv_size;

    for (const uint8_t *item = (const uint8_t *)value->mv_data + sizeof(struct ledger_entry); item < end;
         item += sizeof(struct ledger_item))
        if (memcmp(item, reference, REFERENCE_LEN) == 0)
            return true;
    return false;
}

static bool wanted(const struct call_item_read *filter, const MDB_val *value)
{
    struct ledger_entry entry;

    memcpy(&entry, value->mv_data, sizeof entry);
    return (filter->purpose == 0 || entry.purpose == filter->purpose) &&
           (filter->from_us == 0 || entry.time_us >= filter->from_us) &&
           (filter->until_us == 0 || entry.time_us < filter->until_us) &&
           (crypto_all_zero(filter->account, ACCOUNT_LEN) ||
            memcmp(entry.account, filter->account, ACCOUNT_LEN) == 0) &&
           (crypto_all_zero(filter->reference, REFERENCE_LEN) || touches(value, filter->reference));
}

/* False when the page has no room for it. */
static bool add_entry(uint8_t *out, struct ledger_page *page, size_t *used, const MDB_val *value)
{
    uint32_t length = (uint32_t)value->mv_size;

    if (*used + sizeof length + value->mv_size > LEDGER_PAGE_LEN)
        return false;
    memcpy(out + *used, &length, sizeof length);
    memcpy(out + *used + sizeof length, value->mv_data, length);
    *used += sizeof length + length;
    page->count++;
    return true;
}

static int scan(MDB_cursor *cursor, const struct call_item_read *filter, struct ledger_page *page, uint8_t *out)
{
    uint64_t at = page->next, end = page->size;
    size_t used = sizeof *page, looked_at = 0;
    MDB_val key = {sizeof at, &at}, value;

    if (end - at > SCAN_LEAVES)
        end = at + SCAN_LEAVES;
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (; rc == 0 && page->count < filter->count && looked_at < SCAN_BYTES;
         rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        memcpy(&at, key.mv_data, sizeof at);
        if (at >= end)
            break;
        if (value.mv_size < sizeof(struct ledger_entry))
            return MDB_CORRUPTED;
        if (wanted(filter, &value) && !add_entry(out, page, &used, &value))
            return 0;
        looked_at += value.mv_size;
        page->next = at + 1;
    }
    /* Nothing is left before the end of the scan: go on behind it. */
    if (rc == MDB_NOTFOUND || (rc == 0 && page->count < filter->count && looked_at < SCAN_BYTES))
        page->next = end;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int op_read_ledger(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_read *filter = data;
    struct ledger_page page = {.size = context->tenant->committed.ledger.size,
                               .expired = context->tenant->committed.expired};
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(context->store->txn, context->tenant->entry, &cursor);

    if (rc != 0)
        return rc;
    page.next = filter->next < page.size ? filter->next : page.size;
    memset(context->page, 0, LEDGER_PAGE_LEN);
    if (page.next < page.size)
        rc = scan(cursor, filter, &page, context->page);
    mdb_cursor_close(cursor);
    memcpy(context->page, &page, sizeof page);
    memcpy(result->touched, filter->reference, REFERENCE_LEN);
    result->detail = DETAIL_DONE;
    return rc;
}
