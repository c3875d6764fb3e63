/* ApplicationService: one application, lists, what is pending in the vault. */
#include <string.h>

#include "server/applications/compare.h"
#include "server/applications/name.h"
#include "server/identity/identity.h"
#include "server/register/entry.h"
#include "server/register/record.h"
#include "server/services/application_methods.h"
#include "server/services/application_open.h"
#include "server/services/methods.h"
#include "server/services/register_page.h"

/* Rows of an index that one page looks at: a filter that fits few costs no more; its page ends early. */
#define SCAN_MAX 20000

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

/* ---- GetApplication ---- */

/* Events of one application, oldest first. False after register_fail. */
static bool load_events(struct opened *opened)
{
    struct register_call *call = opened->call;
    Sekisho__V1__Application *shown = opened->application->application;
    uint32_t count = opened->application->event_count;
    uint8_t key[REGISTER_ID_LEN + 4];

    shown->events = register_alloc(call, (count + 1) * sizeof(Sekisho__V1__ApplicationEvent *));
    if (!shown->events) {
        (void)register_fail(call, REGISTER_FULL, NULL, NULL);
        return false;
    }
    memcpy(key, opened->application->id.data, REGISTER_ID_LEN);
    for (uint32_t number = 1; number <= count; number++) {
        ProtobufCMessage *message;
        for (int i = 0; i < 4; i++)
            key[REGISTER_ID_LEN + i] = (uint8_t)(number >> (24 - 8 * i));
        int rc = record_get(call->txn, call->reg->table[TABLE_application_event], key, sizeof key,
                            &sekisho__stored__stored_application_event__descriptor, &call->arena, &message);
        if (rc != 0) {
            (void)register_fail_store(call, rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc);
            return false;
        }
        shown->events[shown->n_events++] = ((Sekisho__Stored__StoredApplicationEvent *)message)->event;
    }
    return true;
}

static bool add_comparisons(struct register_call *call, const stored_application *application,
                            Sekisho__V1__GetApplicationResponse *response)
{
    size_t count = application->n_matches;
    Sekisho__V1__Comparison *all = register_alloc(call, (count + 1) * sizeof *all);

    response->comparisons = register_alloc(call, (count + 1) * sizeof(Sekisho__V1__Comparison *));
    if (!all || !response->comparisons)
        return false;
    for (size_t i = 0; i < count; i++) {
        match_show(application->matches[i], &all[i]);
        response->comparisons[i] = &all[i];
    }
    response->n_comparisons = count;
    return true;
}

/* For who puts it into a sealed call: reception at the acceptance, review at the check. */
static bool add_sealed_number(struct register_call *call, const stored_application *application,
                              Sekisho__V1__GetApplicationResponse *response)
{
    if ((call->caller.role != ROLE_REC && call->caller.role != ROLE_REV) || application->number_blob.len == 0)
        return true;
    response->sealed_number = REGISTER_NEW(call, Sekisho__V1__SealedNumber, SEKISHO__V1__SEALED_NUMBER__INIT);
    if (!response->sealed_number)
        return false;
    response->sealed_number->nonce = application->nonce;
    response->sealed_number->portal = application->portal;
    response->sealed_number->blob = application->number_blob;
    return true;
}

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetApplicationRequest *request = (const void *)call->request;
    struct opened opened;

    if (!application_open(call, request->name, NULL, &opened) || !load_events(&opened))
        return NULL;
    Sekisho__V1__GetApplicationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetApplicationResponse, SEKISHO__V1__GET_APPLICATION_RESPONSE__INIT);
    if (!response || !add_comparisons(call, opened.application, response) ||
        !add_sealed_number(call, opened.application, response))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    response->checks = opened.application->checks;
    response->n_checks = opened.application->n_checks;
    response->application = application_show(&opened);
    return response->application ? &response->base : NULL;
}

void application_get_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

/* ---- ListApplications ---- */

struct listing {
    const Sekisho__V1__ListApplicationsRequest *request;
    struct register_page page;
    Sekisho__V1__ListApplicationsResponse *response;
    int32_t from, until; /* yyyymmdd of Japan; 0: no bound */
    unsigned scanned;
};

static int32_t number_of(const Sekisho__V1__Date *date)
{
    return date ? date->year * 10000 + date->month * 100 + date->day : 0;
}

static bool fits(const struct listing *listing, const stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;
    int32_t day = date_number(date_of_time_us(shown->receive_time_us));

    return (listing->request->state == 0 || shown->state == listing->request->state) &&
           (listing->request->kind == 0 || shown->kind == listing->request->kind) &&
           (listing->from == 0 || day >= listing->from) && (listing->until == 0 || day <= listing->until);
}

static bool add_application(struct register_call *call, struct listing *listing, const uint8_t id[REGISTER_ID_LEN])
{
    struct opened opened;

    if (!application_begin(call, &opened))
        return false;
    opened.application = application_get(&opened.context, id);
    if (!opened.application) {
        (void)register_fail_store(call, opened.context.rc == MDB_NOTFOUND ? MDB_CORRUPTED : opened.context.rc);
        return false;
    }
    if (!application_visible(call->caller.role, opened.application) || !fits(listing, opened.application))
        return true;
    Sekisho__V1__Application *shown = application_show(&opened);
    if (shown)
        listing->response->applications[listing->response->n_applications++] = shown;
    return shown != NULL;
}

/* Of the index's own row: kind and state are in its value, so that rows that do not fit are not unpacked. */
static bool row_fits(const struct listing *listing, const MDB_val *value)
{
    const uint8_t *row = value->mv_data;

    return value->mv_size == 2 && (listing->request->kind == 0 || row[0] == (uint8_t)listing->request->kind) &&
           (listing->request->state == 0 || row[1] == (uint8_t)listing->request->state);
}

static bool end_page(struct register_call *call, struct listing *listing, const MDB_val *key)
{
    listing->response->next_page_token = register_page_token(call, &listing->page, key->mv_data, key->mv_size);
    if (listing->response->next_page_token)
        return true;
    (void)register_fail(call, REGISTER_FULL, NULL, NULL);
    return false;
}

static bool page_full(struct listing *listing)
{
    return listing->response->n_applications == listing->page.rows || listing->scanned++ == SCAN_MAX;
}

static bool list_by_time(struct register_call *call, struct listing *listing, MDB_cursor *cursor)
{
    MDB_val key = {listing->page.key_length, listing->page.key}, value;
    int rc = mdb_cursor_get(cursor, &key, &value, key.mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST);

    for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        if (key.mv_size != 8 + REGISTER_ID_LEN)
            rc = MDB_CORRUPTED;
        else if (page_full(listing))
            return end_page(call, listing, &key);
        else if (row_fits(listing, &value) && !add_application(call, listing, (const uint8_t *)key.mv_data + 8))
            return false;
        if (rc != 0)
            break;
    }
    if (rc == MDB_NOTFOUND)
        return true;
    (void)register_fail_store(call, rc);
    return false;
}

/* Applications of one registration are few; their order is that of their ids. */
static bool list_of_registration(struct register_call *call, struct listing *listing, MDB_cursor *cursor,
                                 uint32_t serial)
{
    uint8_t bytes[4] = {(uint8_t)(serial >> 24), (uint8_t)(serial >> 16), (uint8_t)(serial >> 8), (uint8_t)serial};
    MDB_val key = {sizeof bytes, bytes}, value = {listing->page.key_length, listing->page.key};
    int rc = mdb_cursor_get(cursor, &key, &value, value.mv_size > 0 ? MDB_GET_BOTH_RANGE : MDB_SET_KEY);

    for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT_DUP)) {
        if (page_full(listing))
            return end_page(call, listing, &value);
        if (value.mv_size != REGISTER_ID_LEN || !add_application(call, listing, value.mv_data))
            return false;
    }
    if (rc == MDB_NOTFOUND)
        return true;
    (void)register_fail_store(call, rc);
    return false;
}

static bool list_pages(struct register_call *call, struct listing *listing)
{
    bool one = listing->request->registration[0] != '\0';
    MDB_cursor *cursor;
    const char *rest;
    uint16_t tenant;
    uint32_t serial = 0;

    if (one && (!entry_name_parse(listing->request->registration, &tenant, &serial, &rest) || rest[0] != '\0' ||
                tenant != call->reg->tenant)) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "registration",
                            "must be prefectures/{..}/registrations/{number}");
        return false;
    }
    int rc = mdb_cursor_open(call->txn, call->reg->table[one ? TABLE_application_by_serial : TABLE_application_by_time],
                             &cursor);
    if (rc != 0) {
        (void)register_fail_store(call, rc);
        return false;
    }
    bool good = one ? list_of_registration(call, listing, cursor, serial) : list_by_time(call, listing, cursor);
    mdb_cursor_close(cursor);
    return good;
}

static const ProtobufCMessage *list(struct register_call *call)
{
    struct listing listing = {.request = (const void *)call->request};

    if (!register_page(call, &listing.page))
        return NULL;
    listing.from = number_of(listing.request->received_from);
    listing.until = number_of(listing.request->received_until);
    listing.response =
        REGISTER_NEW(call, Sekisho__V1__ListApplicationsResponse, SEKISHO__V1__LIST_APPLICATIONS_RESPONSE__INIT);
    if (listing.response)
        listing.response->applications = register_alloc(call, listing.page.rows * sizeof(Sekisho__V1__Application *));
    if (!listing.response || !listing.response->applications)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    return list_pages(call, &listing) ? &listing.response->base : NULL;
}

void application_list_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}

/* ---- ListPendingNumberActions ---- */

static bool add_action(struct register_call *call, const MDB_val *key, const MDB_val *value,
                       Sekisho__V1__ListPendingNumberActionsResponse *response)
{
    Sekisho__V1__PendingNumberAction *shown =
        REGISTER_NEW(call, Sekisho__V1__PendingNumberAction, SEKISHO__V1__PENDING_NUMBER_ACTION__INIT);
    char *name = register_alloc(call, APPLICATION_NAME_SIZE);
    ProtobufCMessage *message;
    struct opened opened;

    if (!application_begin(call, &opened))
        return false;
    opened.application = application_get(&opened.context, key->mv_data);
    int rc = opened.application
                 ? record_unpack(value, &sekisho__stored__stored_number_action__descriptor, &call->arena, &message)
                 : opened.context.rc;
    if (rc != 0 || !shown || !name) {
        (void)register_fail_store(call, rc == 0 ? MDB_MAP_FULL : MDB_CORRUPTED);
        return false;
    }
    if (!application_visible(call->caller.role, opened.application))
        return true;
    const Sekisho__Stored__StoredNumberAction *row = (const void *)message;
    application_name_format(call->reg->tenant, key->mv_data, name);
    shown->application = name;
    shown->action = row->action;
    shown->reference = row->reference;
    shown->since_us = row->since_us;
    shown->state = opened.application->application->state;
    response->actions[response->n_actions++] = shown;
    return true;
}

static const ProtobufCMessage *list_actions(struct register_call *call)
{
    Sekisho__V1__ListPendingNumberActionsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListPendingNumberActionsResponse, SEKISHO__V1__LIST_PENDING_NUMBER_ACTIONS_RESPONSE__INIT);
    struct register_page page;
    MDB_cursor *cursor;
    MDB_val key, value;

    if (!register_page(call, &page))
        return NULL;
    if (!response ||
        !(response->actions = register_alloc(call, page.rows * sizeof(Sekisho__V1__PendingNumberAction *))))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    int rc = mdb_cursor_open(call->txn, call->reg->table[TABLE_number_outbox], &cursor);
    if (rc != 0)
        return register_fail_store(call, rc);
    key = (MDB_val){page.key_length, page.key};
    rc = mdb_cursor_get(cursor, &key, &value, key.mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
    bool good = true;
    for (; rc == 0 && good; rc = good ? mdb_cursor_get(cursor, &key, &value, MDB_NEXT) : 0) {
        if (response->n_actions == page.rows) {
            response->next_page_token = register_page_token(call, &page, key.mv_data, key.mv_size);
            break;
        }
        good = add_action(call, &key, &value, response);
    }
    mdb_cursor_close(cursor);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return register_fail_store(call, rc);
    if (good && response->n_actions == page.rows && rc == 0 && !response->next_page_token)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    return good ? &response->base : NULL;
}

void application_list_actions_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list_actions);
}
