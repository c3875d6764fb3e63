/* One message for a person: a line a field. */
#include <stdlib.h>
#include <string.h>

#include "desk/fields.h"
#include "desk/resource.h"
#include "table.h"

#define SHOW_PATH_LEN 128

struct sink {
    FILE *stream;
    size_t width; /* of the labels; 0: being measured */
    bool shorten; /* resource names to what an officer needs */
};

static void line(struct sink *sink, const char *label, const char *value, size_t *widest)
{
    size_t width = display_width(label);

    if (!sink->stream) {
        *widest = width > *widest ? width : *widest;
        return;
    }
    fprintf(sink->stream, "%s%*s%s\n", label, (int)(sink->width - width + 2), "", value);
}

static void one_field(const ProtobufCMessage *message, const char *path, struct sink *sink, size_t *widest);

static bool is_composed(const ProtobufCFieldDescriptor *descriptor)
{
    const ProtobufCMessageDescriptor *type = descriptor->descriptor;

    return descriptor->type == PROTOBUF_C_TYPE_MESSAGE && strcmp(type->short_name, "Date") != 0;
}

static void all_fields(const ProtobufCMessage *top, const ProtobufCMessage *message, const char *prefix,
                       struct sink *sink, size_t *widest)
{
    char path[SHOW_PATH_LEN];

    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", message->descriptor->fields[i].name);
        one_field(top, path, sink, widest);
    }
}

static void one_field(const ProtobufCMessage *message, const char *path, struct sink *sink, size_t *widest)
{
    struct field field;

    if (!field_find(message, path, &field) || field_count(&field) == 0)
        return;
    bool repeated = field.descriptor->label == PROTOBUF_C_LABEL_REPEATED;
    if (!repeated && is_composed(field.descriptor)) {
        all_fields(message, *(ProtobufCMessage **)field_element(&field, 0), path, sink, widest);
        return;
    }
    for (size_t i = 0; i < field_count(&field); i++) {
        char *written = NULL;
        size_t length;
        FILE *stream = open_memstream(&written, &length);
        if (!stream)
            abort();
        element_print(field.descriptor, field_element(&field, i), stream);
        if (fclose(stream) != 0)
            abort();
        line(sink, i == 0 ? label_of(path) : "", sink->shorten ? resource_short(written) : written, widest);
        free(written);
    }
}

static void show(const ProtobufCMessage *message, const char *const *paths, struct sink *sink, size_t *widest)
{
    if (!paths)
        all_fields(message, message, "", sink, widest);
    else
        for (; *paths; paths++)
            one_field(message, *paths, sink, widest);
}

static void show_twice(const ProtobufCMessage *message, const char *const *paths, FILE *stream)
{
    size_t widest = 0;

    show(message, paths, &(struct sink){0}, &widest);
    show(message, paths, &(struct sink){.stream = stream, .width = widest, .shorten = paths != NULL}, &widest);
}

void message_show(const ProtobufCMessage *message, FILE *stream)
{
    show_twice(message, NULL, stream);
}

void message_show_brief(const ProtobufCMessage *message, const char *const *paths, FILE *stream)
{
    show_twice(message, paths, stream);
}
