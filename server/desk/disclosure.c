#include "server/desk/disclosure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/desk/numbered.h"
#include "server/register/checks.h"

#define STATE(name)        SEKISHO__V1__DISCLOSURE_STATE__DISCLOSURE_STATE_##name
#define KIND(name)         SEKISHO__V1__DISCLOSURE_KIND__DISCLOSURE_KIND_##name
#define WINDOW(name)       SEKISHO__V1__DISCLOSURE_WINDOW__DISCLOSURE_WINDOW_##name
#define DOCUMENT(name)     SEKISHO__V1__IDENTITY_DOCUMENT__IDENTITY_DOCUMENT_##name
#define COLLECTION         "disclosureRequests"
#define NAME_CHARACTERS    200
#define ADDRESS_CHARACTERS 300
#define CONTENT_CHARACTERS 2000
#define ETAG_SIZE          24

typedef Sekisho__V1__DisclosureStep step;

const char *disclosure_wrong_item(const disclosure *request, int32_t today)
{
    if (request->kind == KIND(UNSPECIFIED) || request->kind > KIND(SUSPENSION_OF_USE))
        return "disclosure_request.kind";
    if (!text_within(request->person_name, 1, NAME_CHARACTERS))
        return "disclosure_request.person_name";
    if (!text_within(request->address, 1, ADDRESS_CHARACTERS))
        return "disclosure_request.address";
    if (!text_within(request->content, 1, CONTENT_CHARACTERS))
        return "disclosure_request.content";
    if (request->identity_document == DOCUMENT(UNSPECIFIED) ||
        request->identity_document > DOCUMENT(OTHER_WITH_PHOTOGRAPH))
        return "disclosure_request.identity_document";
    if (request->window == WINDOW(UNSPECIFIED) || request->window > WINDOW(INFORMATION_CENTRE))
        return "disclosure_request.window";
    if (!date_is_day(request->receive_date) || date_value(request->receive_date) > today)
        return "disclosure_request.receive_date";
    if (request->due_date &&
        (!date_is_day(request->due_date) || date_value(request->due_date) < date_value(request->receive_date)))
        return "disclosure_request.due_date";
    return NULL;
}

bool disclosure_possible(Sekisho__V1__DisclosureState from, Sekisho__V1__DisclosureState to)
{
    switch (from) {
    case STATE(RECEIVED):
        return to == STATE(EXAMINE) || to == STATE(RECEIVED);
    case STATE(EXAMINE):
        return to == STATE(DECIDED) || to == STATE(EXAMINE);
    case STATE(DECIDED):
        return to == STATE(EXECUTED) || to == STATE(OBJECTED);
    default:
        return false;
    }
}

/* Name, etag and overdue are not stored. */
static int derive(const struct reg *reg, uint64_t number, int32_t today, disclosure *of, ProtobufCAllocator *arena)
{
    of->name = numbered_name(reg->tenant, COLLECTION, number, arena);
    of->etag = arena->alloc(arena->allocator_data, ETAG_SIZE);
    if (!of->name || !of->etag)
        return ENOMEM;
    snprintf(of->etag, ETAG_SIZE, "W/\"%zu\"", of->n_steps);
    of->overdue = (of->state == STATE(RECEIVED) || of->state == STATE(EXAMINE)) && date_value(of->due_date) < today;
    return 0;
}

int disclosure_get(const struct reg *reg, MDB_txn *txn, uint64_t number, int32_t today, ProtobufCAllocator *arena,
                   disclosure **found)
{
    int rc = numbered_get(txn, reg->table[TABLE_disclosure], number, &sekisho__v1__disclosure_request__descriptor,
                          arena, (ProtobufCMessage **)found);

    return rc != 0 ? rc : derive(reg, number, today, *found, arena);
}

int disclosure_step(struct reg *reg, MDB_txn *txn, int64_t now_us, uint64_t number, disclosure *changed,
                    Sekisho__V1__DisclosureState to, const char *account, ProtobufCAllocator *arena)
{
    size_t count = changed->n_steps;
    step *made = arena->alloc(arena->allocator_data, sizeof *made);
    step **steps = arena->alloc(arena->allocator_data, (count + 1) * sizeof(void *));

    if (!made || !steps)
        return ENOMEM;
    sekisho__v1__disclosure_step__init(made);
    made->state = changed->state = to;
    made->time_us = now_us;
    made->account = (char *)(uintptr_t)account;
    if (count > 0)
        memcpy(steps, changed->steps, count * sizeof(void *));
    steps[count] = made;
    changed->steps = steps;
    changed->n_steps = count + 1;
    changed->name = changed->etag = (char *)(uintptr_t)protobuf_c_empty_string;
    changed->overdue = false;
    int rc = numbered_put(txn, reg->table[TABLE_disclosure], number, &changed->base);
    return rc != 0 ? rc : derive(reg, number, date_today(now_us), changed, arena);
}

int disclosure_add(struct reg *reg, MDB_txn *txn, int64_t now_us, disclosure *made, const char *account,
                   ProtobufCAllocator *arena)
{
    uint64_t number;
    int rc = numbered_next(txn, reg->table[TABLE_disclosure], &number);

    if (rc == 0 && !made->due_date) {
        made->due_date = date_new(date_after(date_value(made->receive_date), DISCLOSURE_DAYS), arena);
        rc = made->due_date ? 0 : ENOMEM;
    }
    return rc != 0 ? rc : disclosure_step(reg, txn, now_us, number, made, STATE(RECEIVED), account, arena);
}
