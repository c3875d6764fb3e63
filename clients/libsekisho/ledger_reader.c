/*
 * Entries of the ledger, in pages that the vault sealed for this session: the front sees neither question nor answer.
 * They are believed as far as the caller has them proven to be in the tree.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "ledger.h"

struct sekisho_ledger_reader {
    struct sekisho_session *session;
    struct sekisho_ledger_filter filter;
    uint64_t size, least; /* indices that may follow: least <= index < size */
    struct ledger_page head;
    uint32_t taken;    /* entries of the page */
    const uint8_t *at; /* the next one */
    struct sekisho_ledger_entry entry;
    uint8_t page[LEDGER_PAGE_LEN];
};

bool sekisho_ledger_decode(const uint8_t *data, size_t length, struct sekisho_ledger_entry *out)
{
    struct ledger_entry entry;

    if (length < sizeof entry)
        return false;
    memcpy(&entry, data, sizeof entry);
    size_t count = (length - sizeof entry) / sizeof(struct ledger_item);
    if (entry.version != LEDGER_ENTRY_VERSION || (length - sizeof entry) % sizeof(struct ledger_item) != 0 ||
        count > entry.count)
        return false;
    *out = (struct sekisho_ledger_entry){
        .index = entry.index,
        .time_us = entry.time_us,
        .prefecture = entry.tenant,
        .role = entry.role,
        .operation = (enum sekisho_operation)entry.operation,
        .purpose = (enum sekisho_purpose)entry.purpose,
        .legal_basis = entry.legal_basis,
        .permitted = entry.status == CALL_OK,
        .asked = entry.count,
        .count = count,
        .data = data,
        .length = length,
        .head_length = sizeof entry,
    };
    copy_printable(out->account, sizeof out->account, entry.account, strnlen(entry.account, ACCOUNT_LEN));
    memcpy(out->session, entry.session, sizeof out->session);
    memcpy(out->case_reference, entry.case_ref, sizeof out->case_reference);
    return sekisho_leaf_hash(data, length, out->leaf_hash);
}

void sekisho_ledger_item(const struct sekisho_ledger_entry *entry, size_t i, struct sekisho_ledger_item *item)
{
    struct ledger_item wire;

    item->data = entry->data + entry->head_length + i * sizeof wire;
    item->length = sizeof wire;
    memcpy(&wire, item->data, sizeof wire);
    memcpy(item->reference, wire.reference, sizeof item->reference);
    item->outcome = (enum sekisho_outcome)wire.outcome;
    item->detail = (enum sekisho_detail)wire.detail;
}

static bool touches(const struct sekisho_ledger_entry *entry, const uint8_t *reference)
{
    struct sekisho_ledger_item item;

    for (size_t i = 0; i < entry->count; i++) {
        sekisho_ledger_item(entry, i, &item);
        if (memcmp(item.reference, reference, sizeof item.reference) == 0)
            return true;
    }
    return false;
}

bool sekisho_ledger_matches(const struct sekisho_ledger_filter *filter, const struct sekisho_ledger_entry *entry)
{
    return (!filter->account || strcmp(filter->account, entry->account) == 0) &&
           (filter->purpose == 0 || filter->purpose == entry->purpose) &&
           (filter->start_us == 0 || entry->time_us >= filter->start_us) &&
           (filter->end_us == 0 || entry->time_us < filter->end_us) &&
           (!filter->reference || touches(entry, filter->reference));
}

enum sekisho_status sekisho_ledger_read(struct sekisho_session *session, const struct sekisho_ledger_filter *filter,
                                        uint64_t size, struct sekisho_ledger_reader **reader,
                                        struct sekisho_error *error)
{
    enum sekisho_status status = filter->account ? check_account(filter->account, error) : SEKISHO_OK;
    struct sekisho_ledger_reader *made = status == SEKISHO_OK ? calloc(1, sizeof *made) : NULL;

    if (status != SEKISHO_OK)
        return status;
    if (!made)
        return error_memory(error);
    made->session = session;
    made->filter = *filter;
    made->size = size;
    *reader = made;
    return SEKISHO_OK;
}

uint64_t sekisho_ledger_expired(const struct sekisho_ledger_reader *reader)
{
    return reader->head.expired;
}

void sekisho_ledger_close(struct sekisho_ledger_reader *reader)
{
    if (reader)
        crypto_wipe(reader, sizeof *reader);
    free(reader);
}

static bool over(const struct sekisho_ledger_reader *reader)
{
    return reader->at && (reader->head.next >= reader->head.size || reader->head.next >= reader->size);
}

static enum sekisho_status fetch_page(struct sekisho_ledger_reader *reader, struct sekisho_error *error)
{
    const struct sekisho_ledger_filter *filter = &reader->filter;
    struct call_item_read item = {.next = reader->head.next,
                                  .from_us = filter->start_us,
                                  .until_us = filter->end_us,
                                  .purpose = (uint16_t)filter->purpose,
                                  .count = UINT16_MAX};

    if (filter->reference)
        memcpy(item.reference, filter->reference, sizeof item.reference);
    if (filter->account)
        memcpy(item.account, filter->account, strnlen(filter->account, sizeof item.account));
    enum sekisho_status status = session_read_page(reader->session, &item, reader->page, error);
    if (status != SEKISHO_OK)
        return status;
    memcpy(&reader->head, reader->page, sizeof reader->head);
    reader->taken = 0;
    reader->at = reader->page + sizeof reader->head;
    return SEKISHO_OK;
}

/* Entries come once each, in order, of the prefecture and as asked for. The vault made them, or a client of another
 * version reads them: what does not fit is not read over. */
static bool take_entry(struct sekisho_ledger_reader *reader)
{
    const uint8_t *end = reader->page + sizeof reader->page;
    struct sekisho_ledger_entry *entry = &reader->entry;
    uint32_t length;

    if ((size_t)(end - reader->at) < sizeof length)
        return false;
    memcpy(&length, reader->at, sizeof length);
    reader->at += sizeof length;
    if (length > (size_t)(end - reader->at) || !sekisho_ledger_decode(reader->at, length, entry) ||
        entry->index < reader->least || entry->prefecture != reader->session->state->tenant ||
        !sekisho_ledger_matches(&reader->filter, entry))
        return false;
    reader->at += length;
    reader->taken++;
    reader->least = entry->index + 1;
    return true;
}

enum sekisho_status sekisho_ledger_next(struct sekisho_ledger_reader *reader, const struct sekisho_ledger_entry **entry,
                                        struct sekisho_error *error)
{
    static const char message[] = "the answer is not a list of the ledger's entries";
    static const char message_ja[] = "応答が台帳の記録の一覧ではありません";

    *entry = NULL;
    while (!reader->at || reader->taken == reader->head.count) {
        uint64_t asked_from = reader->head.next;
        if (over(reader))
            return SEKISHO_OK;
        enum sekisho_status status = fetch_page(reader, error);
        if (status != SEKISHO_OK)
            return status;
        /* A page that does not go on would be asked for for ever. */
        if (reader->head.next <= asked_from && reader->head.next < reader->head.size)
            return error_forged(error, message, message_ja);
    }
    if (!take_entry(reader))
        return error_forged(error, message, message_ja);
    /* Not newer than the head that the caller knows. */
    if (reader->entry.index < reader->size)
        *entry = &reader->entry;
    else
        reader->taken = reader->head.count, reader->head.next = reader->size;
    return SEKISHO_OK;
}
