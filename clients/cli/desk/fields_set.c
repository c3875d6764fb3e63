#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "desk/fields.h"
#include "desk/resource.h"
#include "ledger_job.h"
#include "options.h"
#include "sekisho/v1/register.pb-c.h"
#include "sekisho_rpc.h"
#include "server/identity/identity.h"

void field_set_string(const struct field *field, const char *value)
{
    char **place = field_element(field, 0);

    if (*place && *place != field->descriptor->default_value)
        free(*place);
    if (!(*place = strdup(value)))
        abort();
}

static bool parse_integer(const char *value, long long *out)
{
    char *end;

    errno = 0;
    *out = strtoll(value, &end, 10);
    return *value != '\0' && *end == '\0' && errno == 0;
}

/* A count, or a time in a field of microseconds. */
static bool parse_long(const char *name, const char *value, int64_t *out)
{
    size_t length = strlen(name);
    long long integer;

    if (length > 3 && strcmp(name + length - 3, "_us") == 0)
        return time_parse(value, out) == 0;
    if (!parse_integer(value, &integer))
        return false;
    *out = integer;
    return true;
}

static bool parse_bool(const char *value, int *out)
{
    static const char *const words[] = {"no", "false", "0", "いいえ", "無", "yes", "true", "1", "はい", "有"};
    enum { COUNT = sizeof words / sizeof words[0] };

    if (*value == '\0') { /* a flag that was given */
        *out = 1;
        return true;
    }
    for (int i = 0; i < COUNT; i++)
        if (strcasecmp(value, words[i]) == 0) {
            *out = i >= COUNT / 2;
            return true;
        }
    return false;
}

/* Names with hyphens are taken too, as options are written. */
static bool same_name(const char *name, const char *value)
{
    for (; *name && *value; name++, value++) {
        char given = *value == '-' ? '_' : *value;
        if (strncasecmp(name, &given, 1) != 0)
            return false;
    }
    return *name == *value;
}

static bool parse_enum(const ProtobufCEnumDescriptor *descriptor, const char *value, int32_t *out)
{
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        const ProtobufCEnumValue *row = &descriptor->values[i];
        if (row->value != 0 &&
            (same_name(value_short_name(descriptor, row->name), value) || value_has_label(row->name, value))) {
            *out = row->value;
            return true;
        }
    }
    return false;
}

static bool parse_bytes(const char *value, ProtobufCBinaryData *out)
{
    size_t length = strlen(value);
    uint8_t *bytes = malloc(length / 2 + 1);

    if (!bytes)
        abort();
    for (size_t i = 0; i < length / 2; i++) {
        const char digits[3] = {value[2 * i], value[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    if (length % 2 != 0 || strspn(value, "0123456789abcdefABCDEF") != length) {
        free(bytes);
        return false;
    }
    free(out->data);
    *out = (ProtobufCBinaryData){.data = bytes, .len = length / 2};
    return true;
}

/* A date with or without its day or month. Deadlines lie ahead: none is too late. */
static bool parse_date(const char *value, Sekisho__V1__Date *out)
{
    static const struct civil_date last = {9999, 12, 31};
    struct civil_date date = {0};

    if (strlen(value) == 4 && strspn(value, "0123456789") == 4)
        date.year = (int16_t)strtol(value, NULL, 10);
    else if (date_parse(value, last, &date) != DATE_OK && month_parse(value, last, &date) != DATE_OK)
        return false;
    int32_t number = date_number(date);
    out->year = number / 10000, out->month = number / 100 % 100, out->day = number % 100;
    return out->year >= 1868 || strcmp(value, "不詳") == 0;
}

/* A date, or a message with a text (Name). */
static bool parse_message(const ProtobufCFieldDescriptor *descriptor, const char *value, ProtobufCMessage **place)
{
    ProtobufCMessage *made = message_new(descriptor->descriptor);
    struct field text;
    bool good;

    if (made->descriptor == &sekisho__v1__date__descriptor) {
        good = parse_date(value, (Sekisho__V1__Date *)made);
    } else if ((good = field_find(made, "text", &text) && text.descriptor->type == PROTOBUF_C_TYPE_STRING)) {
        field_set_string(&text, value);
    }
    if (!good) {
        sekisho_message_free(made);
        return false;
    }
    sekisho_message_free(*place);
    *place = made;
    return true;
}

static bool parse_string(const struct field *field, const char *value, unsigned prefecture)
{
    char name[RESOURCE_MAX];
    size_t used;
    unsigned of_name =
        strcmp(field->descriptor->name, "honseki_prefecture") == 0 ? prefecture_starting(value, &used) : 0;

    if (of_name != 0 && value[used] == '\0') { /* 本籍地 by the prefecture's name */
        snprintf(name, sizeof name, "%02u", of_name);
        field_set_string(field, name);
        return true;
    }
    if (!resource_complete(field->descriptor->name, value, prefecture, name))
        return false;
    field_set_string(field, name);
    return true;
}

static bool parse_single(const struct field *field, const char *value, unsigned prefecture)
{
    void *place = field_element(field, 0);
    long long integer;

    switch (field->descriptor->type) {
    case PROTOBUF_C_TYPE_STRING:
        return parse_string(field, value, prefecture);
    case PROTOBUF_C_TYPE_BOOL:
        return parse_bool(value, place);
    case PROTOBUF_C_TYPE_ENUM:
        return parse_enum(field->descriptor->descriptor, value, place);
    case PROTOBUF_C_TYPE_BYTES:
        return parse_bytes(value, place);
    case PROTOBUF_C_TYPE_MESSAGE:
        return parse_message(field->descriptor, value, place);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return parse_long(field->descriptor->name, value, place);
    default:
        if (!parse_integer(value, &integer) || integer < INT32_MIN || integer > INT32_MAX)
            return false;
        *(int32_t *)place = (int32_t)integer;
        return true;
    }
}

/* "KIND 2026-11-23 reason": an annotation of the register; the reason may have spaces. */
static ProtobufCMessage *parse_annotation(const char *value)
{
    Sekisho__V1__Annotation *made = (Sekisho__V1__Annotation *)message_new(&sekisho__v1__annotation__descriptor);
    char *copy = strdup(value), *rest = copy;
    int32_t kind = 0;

    if (!copy)
        abort();
    const char *name = strsep(&rest, " "), *date = strsep(&rest, " ");
    struct field reason, effective;
    bool good = name && date && rest && parse_enum(&sekisho__v1__annotation__kind__descriptor, name, &kind) &&
                field_find(&made->base, "reason", &reason) && field_find(&made->base, "effective_date", &effective) &&
                parse_message(effective.descriptor, date, field_element(&effective, 0));
    if (good) {
        made->kind = (Sekisho__V1__Annotation__Kind)kind;
        field_set_string(&reason, rest);
    }
    free(copy);
    if (good)
        return &made->base;
    sekisho_message_free(&made->base);
    return NULL;
}

union element {
    char *text;
    int32_t number;
    ProtobufCMessage *message;
};

/* One element of a repeated field of texts, enumerations or annotations. */
static bool parse_element(const ProtobufCFieldDescriptor *descriptor, const char *value, union element *out)
{
    if (descriptor->type == PROTOBUF_C_TYPE_ENUM)
        return parse_enum(descriptor->descriptor, value, &out->number);
    if (descriptor->descriptor == &sekisho__v1__annotation__descriptor)
        return (out->message = parse_annotation(value)) != NULL;
    if (descriptor->type != PROTOBUF_C_TYPE_STRING)
        return false;
    if (!(out->text = strdup(value)))
        abort();
    return true;
}

static bool append(const struct field *field, const char *value)
{
    size_t *count = (size_t *)((char *)field->message + field->descriptor->quantifier_offset);
    void **array = (void **)((char *)field->message + field->descriptor->offset);
    size_t size = field->descriptor->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int32_t) : sizeof(void *);
    union element element;

    if (!parse_element(field->descriptor, value, &element))
        return false;
    void *grown = realloc(*array, (*count + 1) * size);
    if (!grown)
        abort();
    *array = grown;
    memcpy((char *)grown + *count * size, &element, size);
    ++*count;
    return true;
}

/* Annotations are parted by semicolons, for a reason may have commas. */
static bool append_all(const struct field *field, const char *values)
{
    const char *sign = field->descriptor->type == PROTOBUF_C_TYPE_MESSAGE ? ";" : ",";
    bool good = true;

    while (good && *values) {
        values += strspn(values, " ");
        size_t length = strcspn(values, sign);
        char *value = strndup(values, length);
        if (!value)
            abort();
        good = append(field, value);
        free(value);
        values += length + (values[length] != '\0');
    }
    return good;
}

enum set_result field_set(ProtobufCMessage *message, const char *path, const char *value, unsigned prefecture)
{
    struct field field;

    if (looks_like_number(value))
        return SET_NUMBER;
    if (!field_make(message, path, &field))
        return SET_NO_FIELD;
    bool good = field.descriptor->label == PROTOBUF_C_LABEL_REPEATED ? append_all(&field, value)
                                                                     : parse_single(&field, value, prefecture);
    return good ? SET_OK : SET_BAD_VALUE;
}

enum set_result field_set_labelled(ProtobufCMessage *message, const char *key, const char *value, unsigned prefecture,
                                   const char **path)
{
    enum set_result result = field_set(message, key, value, prefecture);

    *path = key;
    for (const char *at = label_path(key, NULL); at && result == SET_NO_FIELD; at = label_path(key, at)) {
        result = field_set(message, at, value, prefecture);
        *path = at;
    }
    return result;
}
