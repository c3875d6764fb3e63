#include <stdlib.h>

#include "desk/fields.h"
#include "ledger_job.h"
#include "sekisho/v1/register.pb-c.h"
#include "sekisho_rpc.h"

/* A text as the server sent it; without what is not UTF-8, which JSON cannot hold. */
static json_t *text_json(char *text)
{
    json_t *value = json_string(text);

    return value ? value : json_string(sekisho_printable(text));
}

static json_t *date_json(const ProtobufCFieldDescriptor *descriptor, const void *element)
{
    char *written = NULL;
    size_t length;
    FILE *stream = open_memstream(&written, &length);

    if (!stream)
        abort();
    element_print(descriptor, element, stream);
    if (fclose(stream) != 0)
        abort();
    json_t *value = *written ? json_string(written) : json_null();
    free(written);
    return value;
}

static json_t *submessage_json(const ProtobufCFieldDescriptor *descriptor, const void *element)
{
    const ProtobufCMessage *message = *(ProtobufCMessage *const *)element;

    if (!message)
        return json_null();
    return message->descriptor == &sekisho__v1__date__descriptor ? date_json(descriptor, element)
                                                                 : message_json(message);
}

static json_t *element_json(const ProtobufCFieldDescriptor *descriptor, const void *element)
{
    const ProtobufCBinaryData *bytes = element;
    const ProtobufCEnumValue *row;

    switch (descriptor->type) {
    case PROTOBUF_C_TYPE_STRING:
        return text_json(*(char *const *)element);
    case PROTOBUF_C_TYPE_BYTES:
        return hex_json(bytes->data, bytes->len);
    case PROTOBUF_C_TYPE_MESSAGE:
        return submessage_json(descriptor, element);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)element);
    case PROTOBUF_C_TYPE_ENUM:
        row = protobuf_c_enum_descriptor_get_value(descriptor->descriptor, *(const int32_t *)element);
        return row ? json_string(value_short_name(descriptor->descriptor, row->name))
                   : json_integer(*(const int32_t *)element);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return json_integer(*(const int64_t *)element);
    default:
        return json_integer(*(const int32_t *)element);
    }
}

json_t *message_json(const ProtobufCMessage *message)
{
    json_t *object = json_object();

    if (!object)
        abort();
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        struct field field = {.descriptor = &message->descriptor->fields[i], .message = (ProtobufCMessage *)message};
        json_t *value;
        if (field.descriptor->label != PROTOBUF_C_LABEL_REPEATED) {
            value = element_json(field.descriptor, field_element(&field, 0));
        } else {
            value = json_array();
            for (size_t k = 0; k < field_count(&field); k++)
                json_array_append_new(value, element_json(field.descriptor, field_element(&field, k)));
        }
        if (json_object_set_new(object, field.descriptor->name, value) < 0)
            abort();
    }
    return object;
}
