/* --help of the commands on the register: the values that options of enumerations take, and the fields of --set. */
#include <string.h>

#include "desk/desk.h"

static void print_values(const ProtobufCEnumDescriptor *descriptor)
{
    bool first = true;

    for (unsigned i = 0; i < descriptor->n_values; i++) {
        const char *name = descriptor->values[i].name, *label = value_label(name);
        if (descriptor->values[i].value == 0)
            continue;
        printf("%s%s", first ? "" : ", ", value_short_name(descriptor, name));
        if (label)
            printf(" (%s)", label);
        first = false;
    }
    putchar('\n');
}

static void print_fields(const ProtobufCMessageDescriptor *type, const char *prefix)
{
    char path[128];

    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        const ProtobufCMessageDescriptor *inner = field->descriptor;
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", field->name);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && strcmp(inner->short_name, "Date") != 0) {
            if (field->label != PROTOBUF_C_LABEL_REPEATED)
                print_fields(inner, path);
            continue;
        }
        printf("  %-40s %s", path, label_of(path));
        if (field->type == PROTOBUF_C_TYPE_ENUM) {
            fputs(": ", stdout);
            print_values(field->descriptor);
        } else {
            putchar('\n');
        }
    }
}

static const ProtobufCFieldDescriptor *field_at(const ProtobufCMessageDescriptor *type, const char *path)
{
    ProtobufCMessage *message = message_new(type);
    struct field field;
    const ProtobufCFieldDescriptor *found = field_make(message, path, &field) ? field.descriptor : NULL;

    sekisho_message_free(message);
    return found;
}

void desk_help(const struct desk_call *call, option_set accepts)
{
    const ProtobufCMessageDescriptor *type = desk_method(call)->input;
    bool headed = false;

    for (int i = 0; i < OPTIONS_COUNT; i++) {
        char path[DESK_PATH_MAX];
        if (!(accepts >> i & 1) || !desk_option_path(call, (enum option_id)i, path))
            continue;
        const ProtobufCFieldDescriptor *field = field_at(type, path);
        if (!field || field->type != PROTOBUF_C_TYPE_ENUM)
            continue;
        if (!headed)
            putchar('\n');
        headed = true;
        printf("--%s: ", option_name((enum option_id)i));
        print_values(field->descriptor);
    }
    if (accepts & OPT_BIT(SET)) {
        const ProtobufCFieldDescriptor *content =
            *call->content ? protobuf_c_message_descriptor_get_field_by_name(type, call->content) : NULL;
        putchar('\n');
        SAY(stdout, TEXT_FIELDS_OF_SET);
        print_fields(content ? content->descriptor : type, "");
    }
}
