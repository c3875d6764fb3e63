#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "desk/fields.h"
#include "sekisho/v1/register.pb-c.h"
#include "sekisho_rpc.h"
#include "text.h"

/* The prefix of RegistrationState is REGISTRATION_STATE_. */
const char *value_short_name(const ProtobufCEnumDescriptor *descriptor, const char *name)
{
    const char *at = name;

    for (const char *type = descriptor->short_name; *type; type++) {
        bool capital = *type >= 'A' && *type <= 'Z';
        if (capital && type != descriptor->short_name && *at++ != '_')
            return name;
        char wanted = capital || (*type >= '0' && *type <= '9') ? *type : (char)(*type - 'a' + 'A');
        if (*at++ != wanted)
            return name;
    }
    return *at == '_' ? at + 1 : name;
}

static void print_enum(const ProtobufCEnumDescriptor *descriptor, int value, FILE *stream)
{
    const ProtobufCEnumValue *row = protobuf_c_enum_descriptor_get_value(descriptor, value);
    const char *label = row ? value_label(row->name) : NULL;

    if (!row)
        fprintf(stream, "%d", value); /* of a newer server */
    else
        fputs(label ? label : value_short_name(descriptor, row->name), stream);
}

static void print_date(const Sekisho__V1__Date *date, FILE *stream)
{
    if (date->year == 0)
        return;
    fprintf(stream, "%04d", date->year);
    if (date->month > 0)
        fprintf(stream, "-%02d", date->month);
    if (date->month > 0 && date->day > 0)
        fprintf(stream, "-%02d", date->day);
}

/* All fields of a message in one line. */
static void print_message(const ProtobufCMessage *message, FILE *stream)
{
    bool first = true;

    if (message->descriptor == &sekisho__v1__date__descriptor) {
        print_date((const Sekisho__V1__Date *)message, stream);
        return;
    }
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        char *part = field_text(message, message->descriptor->fields[i].name);
        if (*part) {
            fprintf(stream, "%s%s", first ? "" : "  ", part);
            first = false;
        }
        free(part);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void print_integer(const char *name, int64_t value, FILE *stream)
{
    time_t seconds = (time_t)(value / 1000000);
    struct tm local;
    char when[32];

    if (ends_with(name, "_us") && localtime_r(&seconds, &local) &&
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &local) > 0)
        fputs(when, stream);
    else
        fprintf(stream, "%" PRId64, value);
}

void element_print(const ProtobufCFieldDescriptor *descriptor, const void *element, FILE *stream)
{
    const ProtobufCBinaryData *bytes = element;

    switch (descriptor->type) {
    case PROTOBUF_C_TYPE_STRING:
        fputs(*(char *const *)element, stream);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        for (size_t i = 0; i < bytes->len; i++)
            fprintf(stream, "%02x", bytes->data[i]);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        print_message(*(ProtobufCMessage *const *)element, stream);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        fputs(text(*(const protobuf_c_boolean *)element ? TEXT_YES : TEXT_NO), stream);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        print_enum(descriptor->descriptor, *(const int32_t *)element, stream);
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        print_integer(descriptor->name, *(const int64_t *)element, stream);
        break;
    default:
        fprintf(stream, "%" PRId32, *(const int32_t *)element);
    }
}

char *field_text(const ProtobufCMessage *message, const char *path)
{
    char *written = NULL;
    size_t length;
    struct field field;
    FILE *stream = open_memstream(&written, &length);

    if (!stream)
        abort();
    if (field_find(message, path, &field))
        for (size_t i = 0; i < field_count(&field); i++) {
            if (i > 0)
                fputs(", ", stream);
            element_print(field.descriptor, field_element(&field, i), stream);
        }
    if (fclose(stream) != 0)
        abort();
    return written;
}

void message_make_printable(ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        struct field field = {.descriptor = &message->descriptor->fields[i], .message = message};
        for (size_t k = 0; k < field_count(&field); k++) {
            if (field.descriptor->type == PROTOBUF_C_TYPE_STRING)
                sekisho_printable(*(char **)field_element(&field, k));
            else if (field.descriptor->type == PROTOBUF_C_TYPE_MESSAGE)
                message_make_printable(*(ProtobufCMessage **)field_element(&field, k));
        }
    }
}
