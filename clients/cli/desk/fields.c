#include "desk/fields.h"

#include <stdlib.h>
#include <string.h>

ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = malloc(descriptor->sizeof_message);

    if (!message)
        abort();
    protobuf_c_message_init(descriptor, message);
    return message;
}

ProtobufCMessage *message_copy(const ProtobufCMessage *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(length + 1);
    ProtobufCMessage *copy = NULL;

    if (packed) {
        protobuf_c_message_pack(message, packed);
        copy = protobuf_c_message_unpack(message->descriptor, NULL, length, packed);
    }
    if (!copy)
        abort();
    free(packed);
    return copy;
}

static void *place_of(const struct field *field)
{
    return (char *)field->message + field->descriptor->offset;
}

/* Steps to the message behind one part of a path; `make` makes it when it is absent. */
static ProtobufCMessage *step_into(const struct field *field, bool make)
{
    if (field->descriptor->type != PROTOBUF_C_TYPE_MESSAGE || field->descriptor->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    ProtobufCMessage **place = place_of(field);
    if (!*place && make)
        *place = message_new(field->descriptor->descriptor);
    return *place;
}

static bool find(ProtobufCMessage *message, const char *path, bool make, struct field *field)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        char name[64];
        if (length >= sizeof name)
            return false;
        memcpy(name, path, length);
        name[length] = '\0';
        field->message = message;
        field->descriptor = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (!field->descriptor)
            return false;
        if (path[length] == '\0')
            return true;
        if (!(message = step_into(field, make)))
            return false;
        path += length + 1;
    }
}

bool field_find(const ProtobufCMessage *message, const char *path, struct field *field)
{
    return find((ProtobufCMessage *)message, path, false, field);
}

bool field_make(ProtobufCMessage *message, const char *path, struct field *field)
{
    return find(message, path, true, field);
}

static bool is_default(const ProtobufCFieldDescriptor *descriptor, const void *element)
{
    switch (descriptor->type) {
    case PROTOBUF_C_TYPE_STRING:
        return !*(char *const *)element || **(char *const *)element == '\0';
    case PROTOBUF_C_TYPE_BYTES:
        return ((const ProtobufCBinaryData *)element)->len == 0;
    case PROTOBUF_C_TYPE_MESSAGE:
        return !*(ProtobufCMessage *const *)element;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return *(const int64_t *)element == 0;
    default:
        return *(const int32_t *)element == 0;
    }
}

static size_t element_size(const ProtobufCFieldDescriptor *descriptor)
{
    switch (descriptor->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof(int64_t);
    default:
        return sizeof(int32_t);
    }
}

size_t field_count(const struct field *field)
{
    if (field->descriptor->label == PROTOBUF_C_LABEL_REPEATED)
        return *(size_t *)((char *)field->message + field->descriptor->quantifier_offset);
    return is_default(field->descriptor, place_of(field)) ? 0 : 1;
}

void *field_element(const struct field *field, size_t index)
{
    if (field->descriptor->label != PROTOBUF_C_LABEL_REPEATED)
        return place_of(field);
    return *(char **)place_of(field) + index * element_size(field->descriptor);
}

/* Address of the value at a path when it is of this type. */
static void *value_at(const ProtobufCMessage *message, const char *path, ProtobufCType type)
{
    struct field field;

    return field_find(message, path, &field) && field.descriptor->type == type &&
                   field.descriptor->label != PROTOBUF_C_LABEL_REPEATED
               ? place_of(&field)
               : NULL;
}

const char *field_string(const ProtobufCMessage *message, const char *path)
{
    char **place = value_at(message, path, PROTOBUF_C_TYPE_STRING);

    return place ? *place : NULL;
}

int field_enum(const ProtobufCMessage *message, const char *path)
{
    const int32_t *place = value_at(message, path, PROTOBUF_C_TYPE_ENUM);

    return place ? *place : 0;
}

const ProtobufCBinaryData *field_bytes(const ProtobufCMessage *message, const char *path)
{
    return value_at(message, path, PROTOBUF_C_TYPE_BYTES);
}

ProtobufCMessage *field_message(const ProtobufCMessage *message, const char *path)
{
    ProtobufCMessage **place = value_at(message, path, PROTOBUF_C_TYPE_MESSAGE);

    return place ? *place : NULL;
}

ProtobufCMessage *field_first_message(const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        ProtobufCMessage *found = field_message(message, message->descriptor->fields[i].name);
        if (found)
            return found;
    }
    return NULL;
}
