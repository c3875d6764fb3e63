/* What a request says, from options, a file of "key = value" lines and --set. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"

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

int desk_fill_options(struct desk *desk)
{
    int code = CLI_OK;

    for (int i = 0; i < OPTIONS_COUNT && code == CLI_OK; i++) {
        const char *value = desk->options->value[i];
        char path[DESK_PATH_MAX];
        if (!value || !desk_option_path(desk->call, (enum option_id)i, path))
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
    json_t *utf8 = json_string(line); /* NULL for what is not */

    json_decref(utf8);
    if (!utf8) {
        SAY(stderr, TEXT_INPUT_NOT_UTF8);
        return CLI_USAGE;
    }

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
