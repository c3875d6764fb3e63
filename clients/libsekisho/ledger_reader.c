/*
 * Entries of the ledger. Only the exact bytes of an entry are believed, and those only as far as the caller has them
 * proven; the decoded fields that the front sends beside them are not looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "wire/ledger_entry.h"

#define PAGE_SIZE  1000
#define TOKEN_SIZE 64

struct sekisho_ledger_reader {
    struct sekisho_session *session;
    struct sekisho_ledger_filter filter;
    uint64_t size, least; /* indices that may follow: least <= index < size */
    bool over;            /* the page is the last one */
    char token[TOKEN_SIZE];
    Sekisho__V1__ListEntriesResponse *page;
    size_t next; /* of the page */
    struct sekisho_ledger_entry entry;
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
    struct sekisho_ledger_reader *made = calloc(1, sizeof *made);

    if (!made)
        return error_memory(error);
    made->session = session;
    made->filter = *filter;
    made->size = size;
    *reader = made;
    return SEKISHO_OK;
}

void sekisho_ledger_close(struct sekisho_ledger_reader *reader)
{
    if (!reader)
        return;
    if (reader->page)
        sekisho__v1__list_entries_response__free_unpacked(reader->page, NULL);
    free(reader);
}

static Google__Protobuf__Timestamp timestamp(int64_t us)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;

    time.seconds = us / 1000000;
    time.nanos = (int32_t)(us % 1000000) * 1000;
    return time;
}

static enum sekisho_status fetch_page(struct sekisho_ledger_reader *reader, struct sekisho_error *error)
{
    const struct sekisho_ledger_filter *filter = &reader->filter;
    Sekisho__V1__ListEntriesRequest request = SEKISHO__V1__LIST_ENTRIES_REQUEST__INIT;
    Google__Protobuf__Timestamp start = timestamp(filter->start_us), end = timestamp(filter->end_us);
    char parent[PREFECTURE_NAME_LEN], name[SESSION_NAME_LEN];

    snprintf(parent, sizeof parent, "prefectures/%02u", reader->session->state->tenant % 100u);
    session_name(reader->session->state, name);
    request.parent = parent;
    request.session = name;
    request.page_size = PAGE_SIZE;
    request.page_token = reader->token;
    if (filter->reference)
        request.reference =
            (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)filter->reference, .len = SEKISHO_REFERENCE_LEN};
    if (filter->account)
        request.account = (char *)(uintptr_t)filter->account;
    request.purpose = (Sekisho__V1__Purpose)filter->purpose;
    request.start_time = filter->start_us ? &start : NULL;
    request.end_time = filter->end_us ? &end : NULL;
    if (reader->page)
        sekisho__v1__list_entries_response__free_unpacked(reader->page, NULL);
    reader->page = NULL;
    reader->next = 0;
    return unary_call(reader->session->client, "/sekisho.v1.LedgerService/ListEntries", &request.base,
                      &sekisho__v1__list_entries_response__descriptor, (ProtobufCMessage **)&reader->page, error);
}

/* A token that does not change would be asked for for ever. */
static bool take_token(struct sekisho_ledger_reader *reader)
{
    const char *token = reader->page->next_page_token;

    reader->over = token[0] == '\0';
    if (strlen(token) >= sizeof reader->token || (!reader->over && strcmp(token, reader->token) == 0))
        return false;
    memcpy(reader->token, token, strlen(token) + 1);
    return true;
}

/* Entries come once each, in order, of the prefecture and as asked for. */
static bool take_entry(struct sekisho_ledger_reader *reader)
{
    const ProtobufCBinaryData *data = &reader->page->entries[reader->next++]->data;
    struct sekisho_ledger_entry *entry = &reader->entry;

    if (!sekisho_ledger_decode(data->data, data->len, entry) || entry->index < reader->least ||
        entry->prefecture != reader->session->state->tenant || !sekisho_ledger_matches(&reader->filter, entry))
        return false;
    reader->least = entry->index + 1;
    return true;
}

enum sekisho_status sekisho_ledger_next(struct sekisho_ledger_reader *reader, const struct sekisho_ledger_entry **entry,
                                        struct sekisho_error *error)
{
    static const char message[] = "the answer is not a list of the ledger's entries";
    static const char message_ja[] = "応答が台帳の記録の一覧ではありません";

    *entry = NULL;
    while (!reader->page || reader->next == reader->page->n_entries) {
        if (reader->over)
            return SEKISHO_OK;
        enum sekisho_status status = fetch_page(reader, error);
        if (status != SEKISHO_OK)
            return status;
        if (!take_token(reader))
            return error_forged(error, message, message_ja);
    }
    if (!take_entry(reader))
        return error_forged(error, message, message_ja);
    /* Newer than the head that the caller knows. */
    if (reader->entry.index >= reader->size)
        reader->over = true, reader->next = reader->page->n_entries;
    else
        *entry = &reader->entry;
    return SEKISHO_OK;
}
