#include "server/register/difference.h"

#include <stdbool.h>
#include <string.h>

#define PERSON "person."

static const char *const items[] = {
    "registration_date",
    "person.name",
    "person.kana",
    "person.former_surname",
    "person.common_name",
    "person.roman_name",
    "person.birth_date",
    "person.birth_date_text",
    "person.sex",
    "person.address",
    "person.municipality_code",
    "person.honseki_prefecture",
    "person.nationality",
    "kind",
    "route",
    "qualified_month",
    "specially_cancelled_before",
    "state",
    "suspended_until",
};

static bool field_equal(const ProtobufCFieldDescriptor *field, const void *ours, const void *theirs);

/* Dates and names: what is absent equals what is empty. */
static bool message_equal(const ProtobufCMessage *ours, const ProtobufCMessage *theirs)
{
    const ProtobufCMessage *either = ours ? ours : theirs;

    if (!ours || !theirs)
        return !either || protobuf_c_message_get_packed_size(either) == 0;
    for (unsigned i = 0; i < ours->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &ours->descriptor->fields[i];
        bool derived = strcmp(field->name, "has_gaiji") == 0;
        if (!derived && !field_equal(field, (const char *)ours + field->offset, (const char *)theirs + field->offset))
            return false;
    }
    return true;
}

static bool field_equal(const ProtobufCFieldDescriptor *field, const void *ours, const void *theirs)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return strcmp(*(char *const *)ours, *(char *const *)theirs) == 0;
    case PROTOBUF_C_TYPE_MESSAGE:
        return message_equal(*(ProtobufCMessage *const *)ours, *(ProtobufCMessage *const *)theirs);
    default: /* int32, enum, bool: the other types of items */
        return memcmp(ours, theirs, sizeof(int32_t)) == 0;
    }
}

static bool item_equal(const ProtobufCMessage *ours, const ProtobufCMessage *theirs, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(ours->descriptor, name);

    return field_equal(field, (const char *)ours + field->offset, (const char *)theirs + field->offset);
}

const char *registration_difference(const Sekisho__V1__Registration *ours, const Sekisho__V1__Registration *theirs)
{
    if (!ours->person || !theirs->person)
        return ours->person == theirs->person ? NULL : "person";
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        bool person = strncmp(items[i], PERSON, sizeof PERSON - 1) == 0;
        bool equal = person ? item_equal(&ours->person->base, &theirs->person->base, items[i] + sizeof PERSON - 1)
                            : item_equal(&ours->base, &theirs->base, items[i]);
        if (!equal)
            return items[i];
    }
    return NULL;
}
