/* RegisterService.CorrectRegistration (訂正): what was registered wrongly is put right, with reason and date. */
#include <errno.h>
#include <string.h>

#include "server/identity/identity.h"
#include "server/register/checks.h"
#include "server/register/person_check.h"
#include "server/services/register_service.h"

#define FIELDS_MAX            20
#define REASON_MAX_CHARACTERS 1000
#define PERSON                "person."

typedef Sekisho__V1__CorrectRegistrationRequest correction;

/* What may be corrected, and what goes with it. */
static const struct {
    const char *path;
    const char *beside;
} correctable[] = {
    {"person", NULL},
    {"person.name", NULL},
    {"person.kana", NULL},
    {"person.former_surname", NULL},
    {"person.common_name", NULL},
    {"person.roman_name", NULL},
    {"person.birth_date", "person.birth_date_text"},
    {"person.sex", NULL},
    {"person.address", "person.municipality_code"},
    {"person.honseki_prefecture", "person.nationality"},
    {"registration_date", NULL},
    {"kind", NULL},
    {"route", NULL},
    {"qualified_month", NULL},
    {"specially_cancelled_before", NULL},
};
#define CORRECTABLE (sizeof correctable / sizeof correctable[0])

static size_t size_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    default: /* enums: nothing else may be corrected */
        return sizeof(int);
    }
}

static void copy_item(ProtobufCMessage *to, const ProtobufCMessage *from, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(to->descriptor, name);

    memcpy((char *)to + field->offset, (const char *)from + field->offset, size_of(field));
}

static void copy_path(Sekisho__V1__Registration *to, const Sekisho__V1__Registration *from, const char *path)
{
    if (strncmp(path, PERSON, sizeof PERSON - 1) == 0)
        copy_item(&to->person->base, &from->person->base, path + sizeof PERSON - 1);
    else
        copy_item(&to->base, &from->base, path);
}

static size_t find(const char *path)
{
    size_t i = 0;

    while (i < CORRECTABLE && strcmp(correctable[i].path, path) != 0)
        i++;
    return i;
}

static bool apply(struct register_call *call, const correction *request, Sekisho__V1__Registration *items)
{
    if (request->n_fields == 0 || request->n_fields > FIELDS_MAX) {
        (void)register_fail(call, REGISTER_BAD_FIELD, "fields", "must be 1 to 20");
        return false;
    }
    for (size_t i = 0; i < request->n_fields; i++) {
        size_t row = find(request->fields[i]);
        if (row == CORRECTABLE || !items->person || !request->registration->person) {
            (void)register_fail(call, row == CORRECTABLE ? REGISTER_BAD_FIELD : REGISTER_MISSING_FIELD,
                                row == CORRECTABLE ? "fields" : "registration.person", NULL);
            return false;
        }
        copy_path(items, request->registration, correctable[row].path);
        if (correctable[row].beside)
            copy_path(items, request->registration, correctable[row].beside);
    }
    return true;
}

static bool check_items(struct register_call *call, const Sekisho__V1__Registration *items)
{
    struct item_fault fault;

    if (registration_check(items, date_today(call->now_us), &fault))
        return true;
    const char *field = register_printf(call, "registration.%s", fault.field);
    (void)register_fail(call, fault.missing ? REGISTER_MISSING_FIELD : REGISTER_BAD_FIELD, field, fault.what);
    return false;
}

static bool check_reason(struct register_call *call, const correction *request)
{
    if (request->reason[0] == '\0')
        (void)register_fail(call, REGISTER_MISSING_FIELD, "reason", NULL);
    else if (!text_within(request->reason, 1, REASON_MAX_CHARACTERS))
        (void)register_fail(call, REGISTER_BAD_FIELD, "reason", "must be 1 to 1,000 characters");
    else if (request->valid_from &&
             (!date_is_day(request->valid_from) || date_value(request->valid_from) > date_today(call->now_us)))
        (void)register_fail(call, REGISTER_BAD_FIELD, "valid_from", "must be a whole date, not in the future");
    else
        return true;
    return false;
}

/* The version that the officer has seen; NULL after register_fail. */
static stored_entry *seen_version(struct register_call *call, const correction *request)
{
    stored_entry *entry;
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    if (!entry_name_parse(request->registration->name, &tenant, &serial, &rest) || *rest != '\0') {
        (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "registration.name", "must be an entry");
        return NULL;
    }
    if (request->registration->etag[0] == '\0') {
        (void)register_fail(call, REGISTER_MISSING_FIELD, "registration.etag", NULL);
        return NULL;
    }
    int rc = entry_get(call->reg, call->txn, serial, &call->arena, &entry);
    if (rc != 0) {
        (void)register_fail_store(call, rc);
        return NULL;
    }
    if (strcmp(entry->registration->etag, request->registration->etag) != 0) {
        (void)register_fail(call, REGISTER_CHANGED_MEANWHILE, "registration.etag", NULL);
        return NULL;
    }
    /* What has ended is kept as it ended; its error is put right by a restoration (a disposition). */
    if (entry->registration->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_CANCELLED ||
        entry->registration->state == SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_ERASED) {
        (void)register_fail(call, REGISTER_WRONG_STATE, NULL, NULL);
        return NULL;
    }
    return entry;
}

static const ProtobufCMessage *correct(struct register_call *call)
{
    const correction *request = (const void *)call->request;
    Sekisho__V1__CorrectRegistrationResponse *response =
        REGISTER_NEW(call, Sekisho__V1__CorrectRegistrationResponse, SEKISHO__V1__CORRECT_REGISTRATION_RESPONSE__INIT);

    if (!check_reason(call, request))
        return NULL;
    stored_entry *entry = seen_version(call, request);
    if (!entry || !apply(call, request, entry->registration) || !check_items(call, entry->registration))
        return NULL;
    const struct entry_decision by = {.account = register_account(call),
                                      .decision = "",
                                      .kind = SEKISHO__V1__ANNOTATION__KIND__KIND_CORRECTION,
                                      .reason = request->reason,
                                      .valid_from =
                                          request->valid_from ? request->valid_from : entry->registration->valid_from};
    int rc =
        response && by.account ? entry_change(call->reg, call->txn, call->now_us, &by, &call->arena, entry) : ENOMEM;
    if (rc != 0)
        return register_fail_store(call, rc);
    response->registration = registration_seen(entry, date_today(call->now_us));
    return &response->base;
}

void correct_registration(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, correct);
}
