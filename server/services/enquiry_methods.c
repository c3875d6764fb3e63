/* InquiryDeskService: enquiries and their handling records (F170, INV-22). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/desk/enquiry.h"
#include "server/desk/numbered.h"
#include "server/register/checks.h"
#include "server/services/inquiry_desk_call.h"
#include "server/services/list_page.h"
#include "server/services/resource_name.h"

#define STATE(name)        SEKISHO__V1__ENQUIRY_STATE__ENQUIRY_STATE_##name
#define CHANNEL(name)      SEKISHO__V1__ENQUIRY_CHANNEL__ENQUIRY_CHANNEL_##name
#define SUBJECT_CHARACTERS 1000
#define ASKER_CHARACTERS   200
#define TEXT_CHARACTERS    2000

static const void *refused(struct register_call *call, int rc)
{
    if (rc == EPERM)
        return register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
    if (rc == ENODATA)
        return register_fail(call, REGISTER_NO_HANDLING_RECORD, NULL, NULL);
    return register_fail_store(call, rc);
}

/* ---- reception ---- */

static const char *wrong_item(const Sekisho__V1__CreateEnquiryRequest *request)
{
    const enquiry *asked = request->enquiry;

    if (!asked || asked->channel == CHANNEL(UNSPECIFIED) || asked->channel > CHANNEL(ELECTRONIC))
        return "enquiry.channel";
    if (!text_within(asked->subject, 1, SUBJECT_CHARACTERS))
        return "enquiry.subject";
    if (!text_within(asked->asker, 0, ASKER_CHARACTERS))
        return "enquiry.asker";
    return text_within(request->handling, 0, TEXT_CHARACTERS) ? NULL : "handling";
}

static int add(struct register_call *call, const Sekisho__V1__CreateEnquiryRequest *request, char *account,
               enquiry *made)
{
    uint64_t number;

    made->channel = request->enquiry->channel;
    made->subject = request->enquiry->subject;
    made->asker = request->enquiry->asker;
    made->received_by = account;
    int rc = enquiry_add(call->reg, call->txn, call->now_us, made, &call->arena);
    if (rc != 0 || !numbered_parse(made->name, "enquiries", &number) || request->handling[0] == '\0')
        return rc;
    return enquiry_handle(call->reg, call->txn, call->now_us, number, made, request->handling, account, &call->arena);
}

static const ProtobufCMessage *create(struct register_call *call)
{
    const Sekisho__V1__CreateEnquiryRequest *request = (const void *)call->request;
    const char *wrong = wrong_item(request);
    uint16_t tenant;

    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (wrong)
        return register_fail(call, REGISTER_BAD_FIELD, wrong, NULL);
    char *account = inquiry_desk_account(call);
    enquiry *made = REGISTER_NEW(call, enquiry, SEKISHO__V1__ENQUIRY__INIT);
    Sekisho__V1__CreateEnquiryResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CreateEnquiryResponse, SEKISHO__V1__CREATE_ENQUIRY_RESPONSE__INIT);
    if (!account || !made || !response)
        return NULL;
    int rc = add(call, request, account, made);
    if (rc != 0)
        return refused(call, rc);
    snprintf(call->object, sizeof call->object, "%s", made->name);
    response->enquiry = made;
    return &response->base;
}

/* ---- handling ---- */

/* False after register_fail. */
static bool get_one(struct register_call *call, const char *name, const char *etag, uint64_t *number, enquiry **found)
{
    if (!numbered_parse(name, "enquiries", number)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", NULL);
        return false;
    }
    int rc = enquiry_get(call->reg, call->txn, *number, &call->arena, found);
    if (rc != 0)
        register_fail_store(call, rc);
    else if (etag && strcmp((*found)->etag, etag) != 0)
        register_fail(call, REGISTER_CHANGED_MEANWHILE, "etag", NULL);
    else
        return true;
    return false;
}

static const ProtobufCMessage *handle(struct register_call *call)
{
    const Sekisho__V1__RecordHandlingRequest *request = (const void *)call->request;
    uint64_t number;
    enquiry *found;

    if (!text_within(request->text, 1, TEXT_CHARACTERS))
        return register_fail(call, REGISTER_BAD_FIELD, "text", NULL);
    if (!get_one(call, request->name, request->etag, &number, &found))
        return NULL;
    const char *account = inquiry_desk_account(call);
    Sekisho__V1__RecordHandlingResponse *response =
        REGISTER_NEW(call, Sekisho__V1__RecordHandlingResponse, SEKISHO__V1__RECORD_HANDLING_RESPONSE__INIT);
    if (!account || !response)
        return NULL;
    int rc = enquiry_handle(call->reg, call->txn, call->now_us, number, found, request->text, account, &call->arena);
    if (rc != 0)
        return refused(call, rc);
    response->enquiry = found;
    return &response->base;
}

static const ProtobufCMessage *close(struct register_call *call)
{
    const Sekisho__V1__CloseEnquiryRequest *request = (const void *)call->request;
    uint64_t number;
    enquiry *found;

    if (!get_one(call, request->name, request->etag, &number, &found))
        return NULL;
    const char *account = inquiry_desk_account(call);
    Sekisho__V1__CloseEnquiryResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CloseEnquiryResponse, SEKISHO__V1__CLOSE_ENQUIRY_RESPONSE__INIT);
    if (!account || !response)
        return NULL;
    int rc = enquiry_close(call->reg, call->txn, call->now_us, number, found, account, &call->arena);
    if (rc != 0)
        return refused(call, rc);
    response->enquiry = found;
    return &response->base;
}

/* ---- reading ---- */

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetEnquiryRequest *request = (const void *)call->request;
    uint64_t number;
    enquiry *found;

    if (!get_one(call, request->name, NULL, &number, &found))
        return NULL;
    Sekisho__V1__GetEnquiryResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetEnquiryResponse, SEKISHO__V1__GET_ENQUIRY_RESPONSE__INIT);
    if (!response)
        return NULL;
    response->enquiry = found;
    return &response->base;
}

static int row(void *user, MDB_val key, MDB_val value)
{
    struct list_page *page = user;
    const Sekisho__V1__ListEnquiriesRequest *request = (const void *)page->call->request;
    enquiry *found;

    (void)value;
    int rc = enquiry_get(page->call->reg, page->call->txn, numbered_key(key), &page->call->arena, &found);
    if (rc != 0)
        return rc;
    if (request->state != STATE(UNSPECIFIED) && request->state != found->state)
        return WALK_SKIP;
    return list_page_add(page, found);
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListEnquiriesRequest *request = (const void *)call->request;
    Sekisho__V1__ListEnquiriesResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListEnquiriesResponse, SEKISHO__V1__LIST_ENQUIRIES_RESPONSE__INIT);
    struct list_page page;

    if (!response)
        return NULL;
    if (!list_page_begin(call, request->parent, &page))
        return NULL;
    response->next_page_token =
        list_page_walk(&page, (struct walk){.table = call->reg->table[TABLE_enquiry], .backwards = true, .row = row});
    if (!response->next_page_token)
        return NULL;
    response->n_enquiries = page.count;
    response->enquiries = (enquiry **)page.rows;
    return &response->base;
}

/* ---- methods ---- */

void create_enquiry(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, create);
}

void get_enquiry(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

void list_enquiries(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}

void record_handling(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, handle);
}

void close_enquiry(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, close);
}
