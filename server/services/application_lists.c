/* ApplicationService: lists of applications, and of what is pending in the vault. */
#include <string.h>

#include "server/applications/name.h"
#include "server/identity/identity.h"
#include "server/register/entry.h"
#include "server/register/person_check.h"
#include "server/register/record.h"
#include "server/services/application_input.h"
#include "server/services/application_methods.h"
#include "server/services/application_open.h"
#include "server/services/list_page.h"

#define HALF_A_DAY_US (INT64_C(12) * 3600 * 1000000)

/* ---- ListApplications ---- */

struct listing {
    struct list_page page; /* first: the walk's user */
    const Sekisho__V1__ListApplicationsRequest *request;
    int32_t from, until; /* yyyymmdd of Japan; 0: no bound */
};

/* The application, if the caller may see it and it fits. WALK_TAKE, WALK_SKIP or a code of the store. */
static int add_application(struct listing *listing, const uint8_t id[REGISTER_ID_LEN])
{
    const Sekisho__V1__ListApplicationsRequest *request = listing->request;
    struct register_call *call = listing->page.call;
    struct opened opened;

    if (!application_begin(call, &opened))
        return MDB_MAP_FULL;
    opened.application = application_get(&opened.context, id);
    if (!opened.application)
        return opened.context.rc == MDB_NOTFOUND ? MDB_CORRUPTED : opened.context.rc;
    const Sekisho__V1__Application *found = opened.application->application;
    int32_t day = date_number(date_of_time_us(found->receive_time_us));
    if (!application_visible(call->caller.role, opened.application) ||
        (request->state != 0 && found->state != request->state) ||
        (request->kind != 0 && found->kind != request->kind) || (listing->from != 0 && day < listing->from) ||
        (listing->until != 0 && day > listing->until))
        return WALK_SKIP;
    Sekisho__V1__Application *shown = application_show(&opened);
    return shown ? list_page_add(&listing->page, shown) : MDB_CORRUPTED;
}

/* Kind and state are in the row: what does not fit is not unpacked. */
static int row_by_time(void *user, MDB_val key, MDB_val value)
{
    struct listing *listing = user;
    const uint8_t *row = value.mv_data;

    if (key.mv_size != 8 + REGISTER_ID_LEN || value.mv_size != 2)
        return MDB_CORRUPTED;
    if ((listing->request->kind != 0 && row[0] != (uint8_t)listing->request->kind) ||
        (listing->request->state != 0 && row[1] != (uint8_t)listing->request->state))
        return WALK_SKIP;
    return add_application(listing, (const uint8_t *)key.mv_data + 8);
}

static int row_of_registration(void *user, MDB_val key, MDB_val value)
{
    (void)key;
    return value.mv_size == REGISTER_ID_LEN ? add_application(user, value.mv_data) : MDB_CORRUPTED;
}

static bool read_day(struct register_call *call, const Sekisho__V1__Date *day, const char *field, int32_t *number)
{
    *number = message_date_number(day);
    if (!day || (message_date_valid(day) && day->day != 0))
        return true;
    (void)register_fail(call, REGISTER_BAD_FIELD, field, "must be a day");
    return false;
}

static char *walk_time(struct listing *listing)
{
    const struct reg *reg = listing->page.call->reg;
    struct walk walk = {.table = reg->table[TABLE_application_by_time], .row = row_by_time};
    uint8_t from[8];

    if (listing->from != 0) {
        uint64_t morning = (uint64_t)(time_of_day(listing->request->received_from) - HALF_A_DAY_US);
        for (int i = 0; i < 8; i++)
            from[i] = (uint8_t)(morning >> (56 - 8 * i));
        walk.from = from;
        walk.from_length = sizeof from;
    }
    return list_page_walk(&listing->page, walk);
}

/* Applications of one registration are few; their order is that of their ids. */
static char *walk_registration(struct listing *listing)
{
    struct register_call *call = listing->page.call;
    uint8_t key[4];
    const char *rest;
    uint16_t tenant;
    uint32_t serial;

    if (!entry_name_parse(listing->request->registration, &tenant, &serial, &rest) || rest[0] != '\0' ||
        tenant != call->reg->tenant) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "registration",
                            "must be prefectures/{01..47}/registrations/{number}");
        return NULL;
    }
    for (int i = 0; i < 4; i++)
        key[i] = (uint8_t)(serial >> (24 - 8 * i));
    return list_page_walk(&listing->page, (struct walk){.table = call->reg->table[TABLE_application_by_serial],
                                                        .prefix = key,
                                                        .prefix_length = sizeof key,
                                                        .duplicates = true,
                                                        .row = row_of_registration});
}

static const ProtobufCMessage *list(struct register_call *call)
{
    struct listing listing = {.request = (const void *)call->request};
    Sekisho__V1__ListApplicationsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListApplicationsResponse, SEKISHO__V1__LIST_APPLICATIONS_RESPONSE__INIT);

    if (!response)
        return NULL;
    if (!list_page_begin(call, listing.request->parent, &listing.page) ||
        !read_day(call, listing.request->received_from, "received_from", &listing.from) ||
        !read_day(call, listing.request->received_until, "received_until", &listing.until))
        return NULL;
    response->next_page_token =
        listing.request->registration[0] != '\0' ? walk_registration(&listing) : walk_time(&listing);
    response->applications = (Sekisho__V1__Application **)listing.page.rows;
    response->n_applications = listing.page.count;
    return response->next_page_token ? &response->base : NULL;
}

void application_list_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}

/* ---- ListPendingNumberActions ---- */

static int add_action(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    struct register_call *call = page->call;
    Sekisho__V1__PendingNumberAction *shown =
        REGISTER_NEW(call, Sekisho__V1__PendingNumberAction, SEKISHO__V1__PENDING_NUMBER_ACTION__INIT);
    ProtobufCMessage *message;
    struct opened opened;

    if (key.mv_size != REGISTER_ID_LEN)
        return MDB_CORRUPTED;
    if (!shown || !application_begin(call, &opened))
        return MDB_MAP_FULL;
    opened.application = application_get(&opened.context, key.mv_data);
    if (!opened.application)
        return opened.context.rc == MDB_NOTFOUND ? MDB_CORRUPTED : opened.context.rc;
    if (!application_visible(call->caller.role, opened.application))
        return WALK_SKIP;
    int rc = record_unpack(&value, &sekisho__stored__stored_number_action__descriptor, &call->arena, &message);
    if (rc != 0)
        return rc;
    const Sekisho__Stored__StoredNumberAction *row = (const void *)message;
    shown->application = opened.application->application->name;
    shown->action = row->action;
    shown->reference = row->reference;
    shown->since_us = row->since_us;
    shown->state = opened.application->application->state;
    return list_page_add(page, shown);
}

static const ProtobufCMessage *list_actions(struct register_call *call)
{
    const Sekisho__V1__ListPendingNumberActionsRequest *request = (const void *)call->request;
    Sekisho__V1__ListPendingNumberActionsResponse *response = REGISTER_NEW(
        call, Sekisho__V1__ListPendingNumberActionsResponse, SEKISHO__V1__LIST_PENDING_NUMBER_ACTIONS_RESPONSE__INIT);
    struct list_page page;

    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token =
        list_page_walk(&page, (struct walk){.table = call->reg->table[TABLE_number_outbox], .row = add_action});
    response->actions = (Sekisho__V1__PendingNumberAction **)page.rows;
    response->n_actions = page.count;
    return response->next_page_token ? &response->base : NULL;
}

void application_list_actions_method(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list_actions);
}
