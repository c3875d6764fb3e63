/* Entries of the ledger as messages: the exact bytes, and what they say. */
#include <stdlib.h>
#include <string.h>

#include "crypto/sealed.h"
#include "server/services/errors.h"
#include "server/services/ledger_list.h"
#include "server/services/resource_name.h"
#include "wire/ledger_entry.h"

/* The wire's values are the API's. */
_Static_assert((int)SEKISHO__V1__OPERATION__OPERATION_BACKUP == (int)OPERATION_BACKUP, "operations");
_Static_assert((int)SEKISHO__V1__PURPOSE__PURPOSE_PERIODIC == (int)PURPOSE_PERIODIC, "purposes");
_Static_assert((int)SEKISHO__V1__OUTCOME__OUTCOME_REFUSED == (int)OUTCOME_REFUSED, "outcomes");

/* A message with all that it points to but its items. */
struct entry_message {
    Sekisho__V1__LedgerEntry message;
    Google__Protobuf__Timestamp time;
    char name[LEDGER_ENTRY_NAME_SIZE], session[SESSION_NAME_SIZE], account[ACCOUNT_LEN + 1];
};

/* Room for a whole page. */
struct page {
    struct entry_message *entries;
    Sekisho__V1__LedgerEntry **entry_pointers;
    Sekisho__V1__LedgerItem *items;
    Sekisho__V1__LedgerItem **item_pointers;
};

/* Moves to the next entry of the list. */
static const uint8_t *take_entry(const uint8_t **bytes, uint32_t *length)
{
    memcpy(length, *bytes, sizeof *length);
    const uint8_t *entry = *bytes + sizeof *length;
    *bytes = entry + *length;
    return entry;
}

static size_t items_of(uint32_t length)
{
    return (length - sizeof(struct ledger_entry)) / sizeof(struct ledger_item);
}

static bool page_alloc(struct page *page, const uint8_t *bytes, uint32_t count)
{
    size_t items = 0;

    for (uint32_t i = 0, length; i < count; i++) {
        take_entry(&bytes, &length);
        items += items_of(length);
    }
    page->entries = calloc(count + (size_t)1, sizeof page->entries[0]);
    page->entry_pointers = calloc(count + (size_t)1, sizeof(void *));
    page->items = calloc(items + 1, sizeof page->items[0]);
    page->item_pointers = calloc(items + 1, sizeof(void *));
    return page->entries && page->entry_pointers && page->items && page->item_pointers;
}

static void page_free(struct page *page)
{
    free(page->entries);
    free(page->entry_pointers);
    free(page->items);
    free(page->item_pointers);
}

static void fill_item(Sekisho__V1__LedgerItem *message, const uint8_t *bytes)
{
    static const uint8_t none[REFERENCE_LEN];

    sekisho__v1__ledger_item__init(message);
    if (memcmp(bytes, none, REFERENCE_LEN) != 0)
        message->reference = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)bytes, .len = REFERENCE_LEN};
    message->outcome = (Sekisho__V1__Outcome)bytes[offsetof(struct ledger_item, outcome)];
}

static void fill_entry(struct entry_message *room, uint16_t tenant, const uint8_t *bytes, uint32_t length)
{
    Sekisho__V1__LedgerEntry *message = &room->message;
    struct ledger_entry entry;

    memcpy(&entry, bytes, sizeof entry);
    sekisho__v1__ledger_entry__init(message);
    google__protobuf__timestamp__init(&room->time);
    room->time.seconds = entry.time_us / 1000000;
    room->time.nanos = (int32_t)(entry.time_us % 1000000) * 1000;
    ledger_entry_name_format(tenant, entry.index, room->name);
    session_name_format(tenant, entry.session, room->session);
    memcpy(room->account, entry.account, sizeof entry.account);
    message->name = room->name;
    message->data = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)bytes, .len = length};
    message->create_time = &room->time;
    message->session = room->session;
    message->account = room->account;
    message->role = entry.role;
    message->operation = (Sekisho__V1__Operation)entry.operation;
    message->purpose = (Sekisho__V1__Purpose)entry.purpose;
    message->permitted = entry.status == CALL_OK;
    message->case_reference = (ProtobufCBinaryData){
        .data = (uint8_t *)(uintptr_t)bytes + offsetof(struct ledger_entry, case_ref), .len = sizeof entry.case_ref};
    message->item_count = entry.count;
}

static void page_fill(struct page *page, uint16_t tenant, const uint8_t *bytes, uint32_t count)
{
    Sekisho__V1__LedgerItem *item = page->items, **pointer = page->item_pointers;

    for (uint32_t i = 0, length; i < count; i++) {
        struct entry_message *room = &page->entries[i];
        const uint8_t *entry = take_entry(&bytes, &length);
        fill_entry(room, tenant, entry, length);
        page->entry_pointers[i] = &room->message;
        room->message.items = pointer;
        room->message.n_items = items_of(length);
        for (size_t k = 0; k < room->message.n_items; k++) {
            fill_item(item, entry + sizeof(struct ledger_entry) + k * sizeof(struct ledger_item));
            *pointer++ = item++;
        }
    }
}

void ledger_list_reply_entries(struct rpc_call *call, uint16_t tenant, const uint8_t *bytes, uint32_t count,
                               char *next_page_token)
{
    Sekisho__V1__ListEntriesResponse response = SEKISHO__V1__LIST_ENTRIES_RESPONSE__INIT;
    struct page page = {0};

    if (!page_alloc(&page, bytes, count)) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
    } else {
        page_fill(&page, tenant, bytes, count);
        response.entries = page.entry_pointers;
        response.n_entries = count;
        response.next_page_token = next_page_token;
        rpc_call_reply(call, &response.base);
    }
    page_free(&page);
}
