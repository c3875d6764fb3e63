/* What a request says, from options, a file of "key = value" lines and --set. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"

/* Options whose names are not the field's; the first path that the request has is it. */
static const struct {
    enum option_id option;
    const char *paths[4];
} renamed[] = {
    {OPT_FROM, {"period.from", "received_from", "from_time_us"}},
    {OPT_UNTIL, {"period.to", "received_until", "until_time_us"}},
    {OPT_DRY_RUN, {"validate_only"}},
    {OPT_NAME, {"person_name", "name"}},
    {OPT_STATE, {"state", "states"}},
    {OPT_REGISTRATION, {"registration", "registration_number"}},
    {OPT_REFERENCE, {"number_reference"}},
    {OPT_AS_OF_RECORD_TIME, {"as_of_record_time_us"}},
};

/* Options that mean the same for every command, and no field. */
#define NOT_A_FIELD                                                                                                    \
    (OPT_BIT(ADDRESS) | OPT_BIT(CA) | OPT_BIT(CERT) | OPT_BIT(KEY) | OPT_BIT(SESSION) | OPT_BIT(PIN) |                 \
     OPT_BIT(TRUST) | OPT_BIT(TIMEOUT) | OPT_BIT(LANG) | OPT_BIT(JSON) | OPT_BIT(QUIET) | OPT_BIT(HELP) |              \
     OPT_BIT(INPUT) | OPT_BIT(OUTPUT) | OPT_BIT(LIMIT) | OPT_BIT(SET) | OPT_BIT(CSV) | OPT_BIT(NUMBER_FILE) |          \
     OPT_BIT(FILE))

/* Items of a correction that stand for several fields. */
static const char *const whole_items[][2] = {
    {"person.birth_date_text", "person.birth_date"},
    {"person.municipality_code", "person.address"},
    {"person.nationality", "person.honseki_prefecture"},
};

/* Notes an item that is corrected, where the request asks for them (`fields`). */
static void note_item(struct desk *desk, const char *path)
{
    char item[128];
    struct field fields;
    size_t length = strlen(path);

    if (!field_find(desk->request, "fields", &fields))
        return;
    bool text = length > 5 && strcmp(path + length - 5, ".text") == 0; /* of a Name */
    snprintf(item, sizeof item, "%.*s", (int)(text ? length - 5 : length), path);
    for (size_t i = 0; i < sizeof whole_items / sizeof whole_items[0]; i++)
        if (strcmp(item, whole_items[i][0]) == 0)
            snprintf(item, sizeof item, "%s", whole_items[i][1]);
    for (size_t i = 0; i < field_count(&fields); i++)
        if (strcmp(*(char **)field_element(&fields, i), item) == 0)
            return;
    field_set(desk->request, "fields", item, desk->prefecture);
}

int desk_set(struct desk *desk, ProtobufCMessage *message, const char *key, const char *value)
{
    const char *path;

    switch (field_set_labelled(message, key, value, desk->prefecture, &path)) {
    case SET_OK:
        note_item(desk, path);
        return CLI_OK;
    case SET_NUMBER:
        SAY(stderr, TEXT_NUMBER_IN_FIELD, key);
        break;
    case SET_NO_FIELD:
        SAY(stderr, TEXT_NO_SUCH_FIELD, key);
        break;
    case SET_BAD_VALUE:
        SAY(stderr, TEXT_BAD_FIELD_VALUE, key);
        break;
    }
    return CLI_USAGE;
}

/* The path in the request that an option fills; empty when the option fills none. */
static void path_of_option(const struct desk_call *call, const ProtobufCMessageDescriptor *type, enum option_id option,
                           char path[96])
{
    char name[64];

    path[0] = '\0';
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
        for (const char *const *at = renamed[i].paths; renamed[i].option == option && *at; at++) {
            snprintf(name, sizeof name, "%.*s", (int)strcspn(*at, "."), *at);
            if (protobuf_c_message_descriptor_get_field_by_name(type, name)) {
                snprintf(path, 96, "%s", *at);
                return;
            }
        }
    snprintf(name, sizeof name, "%s", option_name(option));
    for (char *at = name; *at; at++)
        *at = *at == '-' ? '_' : *at;
    if (protobuf_c_message_descriptor_get_field_by_name(type, name)) {
        snprintf(path, 96, "%s", name);
        return;
    }
    const ProtobufCFieldDescriptor *content =
        *call->content ? protobuf_c_message_descriptor_get_field_by_name(type, call->content) : NULL;
    if (content && protobuf_c_message_descriptor_get_field_by_name(content->descriptor, name))
        snprintf(path, 96, "%.30s.%.60s", call->content, name);
}

/* Whether the option is part of the target's name. */
static bool names_target(const struct desk_call *call, enum option_id option)
{
    char place[64];

    snprintf(place, sizeof place, "{%s}", option_name(option));
    return strstr(call->target, place) != NULL;
}

bool desk_option_used(const struct desk_call *call, enum option_id option)
{
    char path[96];

    path_of_option(call, protobuf_c_service_descriptor_get_method_by_name(call->service, call->method)->input, option,
                   path);
    return *path != '\0' || names_target(call, option);
}

int desk_fill_options(struct desk *desk)
{
    int code = CLI_OK;

    for (int i = 0; i < OPTIONS_COUNT && code == CLI_OK; i++) {
        const char *value = desk->options->value[i];
        char path[96];
        if (!value || ((option_set)1 << i & NOT_A_FIELD) || names_target(desk->call, (enum option_id)i))
            continue;
        path_of_option(desk->call, desk->request->descriptor, (enum option_id)i, path);
        if (!*path)
            continue;
        enum set_result result = field_set(desk->request, path, value, desk->prefecture);
        if (result != SET_OK) {
            SAY(stderr, result == SET_NUMBER ? TEXT_NUMBER_IN_FIELD : TEXT_BAD_FIELD_VALUE,
                option_name((enum option_id)i));
            code = CLI_USAGE;
        }
    }
    return code;
}

/* "key = value" in place; false when there is no sign between. */
static bool split(char *line, char **value)
{
    static const char wide[] = "=";
    char *sign = strchr(line, '='), *wide_sign = strstr(line, wide);
    bool is_wide = wide_sign && (!sign || wide_sign < sign);
    char *at = is_wide ? wide_sign : sign;

    if (!at)
        return false;
    *value = at + (is_wide ? strlen(wide) : 1);
    *at = '\0';
    for (char *end = at; end > line && (end[-1] == ' ' || end[-1] == '\t'); end--)
        end[-1] = '\0';
    *value += strspn(*value, " \t");
    for (char *end = *value + strlen(*value); end > *value && strchr(" \t\r\n", end[-1]); end--)
        end[-1] = '\0';
    return true;
}

static int fill_from_line(struct desk *desk, ProtobufCMessage *content, char *line)
{
    char *key = line + strspn(line, " \t"), *value;

    if (*key == '#' || strspn(key, " \t\r\n") == strlen(key))
        return CLI_OK;
    if (!split(key, &value)) {
        SAY(stderr, TEXT_NO_KEY_VALUE);
        return CLI_USAGE;
    }
    return desk_set(desk, content, key, value);
}

static int fill_from_file(struct desk *desk, ProtobufCMessage *content, const char *path)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    int code = CLI_OK;

    if (!stream) {
        SAY(stderr, TEXT_FILE_UNREADABLE, path, strerror(errno));
        return CLI_USAGE;
    }
    if (getline(&line, &size, stream) > 0) {
        bool marked = strncmp(line, "\xef\xbb\xbf", 3) == 0; /* an editor's byte order mark */
        do
            code = fill_from_line(desk, content, line + (marked ? 3 : 0));
        while (marked = false, code == CLI_OK && getline(&line, &size, stream) > 0);
    }
    free(line);
    if (stream != stdin)
        fclose(stream);
    return code;
}

static int fill_from_sets(struct desk *desk, ProtobufCMessage *content)
{
    int code = CLI_OK;

    for (int i = 0; i < desk->options->set_count && code == CLI_OK; i++) {
        char *copy = strdup(desk->options->sets[i]), *value;
        if (!copy)
            abort();
        if (split(copy, &value)) {
            code = desk_set(desk, content, copy, value);
        } else {
            SAY(stderr, TEXT_NO_KEY_VALUE);
            code = CLI_USAGE;
        }
        free(copy);
    }
    return code;
}

/* The message that --set and --input fill: new, or when it is the resource itself, as it is now. */
static ProtobufCMessage *content_of(struct desk *desk)
{
    const ProtobufCMessage *current = desk->current ? field_first_message(desk->current) : NULL;
    struct field field;

    if (!*desk->call->content)
        return desk->request;
    if (!field_make(desk->request, desk->call->content, &field))
        abort();
    ProtobufCMessage **place = field_element(&field, 0);
    if (current && current->descriptor == field.descriptor->descriptor) {
        sekisho_message_free(*place);
        *place = message_copy(current);
    } else if (!*place) {
        *place = message_new(field.descriptor->descriptor);
    }
    return *place;
}

int desk_fill_content(struct desk *desk)
{
    const char *input = desk->options->value[OPT_INPUT];
    int code = CLI_OK;

    if (!input && desk->options->set_count == 0)
        return CLI_OK;
    ProtobufCMessage *content = content_of(desk);
    if (input)
        code = fill_from_file(desk, content, input);
    return code == CLI_OK ? fill_from_sets(desk, content) : code;
}

/* ---- help ---- */

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
    const ProtobufCMessageDescriptor *type =
        protobuf_c_service_descriptor_get_method_by_name(call->service, call->method)->input;
    bool headed = false;

    for (int i = 0; i < OPTIONS_COUNT; i++) {
        char path[96];
        if (!((accepts & ~NOT_A_FIELD) >> i & 1) || names_target(call, (enum option_id)i))
            continue;
        path_of_option(call, type, (enum option_id)i, path);
        const ProtobufCFieldDescriptor *field = *path ? field_at(type, path) : NULL;
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
