/* What an option of a command on the register means: which field of the request it fills. */
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

const ProtobufCMethodDescriptor *desk_method(const struct desk_call *call)
{
    return protobuf_c_service_descriptor_get_method_by_name(call->service, call->method);
}

static bool has_field(const ProtobufCMessageDescriptor *type, const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(type, name) != NULL;
}

/* Whether the option is part of the target's name. */
static bool names_target(const struct desk_call *call, enum option_id option)
{
    char place[64];

    snprintf(place, sizeof place, "{%s}", option_name(option));
    return strstr(call->target, place) != NULL;
}

/* The first path of a renamed option that the request has; NULL when there is none. */
static const char *renamed_path(const ProtobufCMessageDescriptor *type, enum option_id option)
{
    char name[64];

    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
        for (const char *const *at = renamed[i].paths; renamed[i].option == option && *at; at++) {
            snprintf(name, sizeof name, "%.*s", (int)strcspn(*at, "."), *at);
            if (has_field(type, name))
                return *at;
        }
    return NULL;
}

bool desk_option_path(const struct desk_call *call, enum option_id option, char path[DESK_PATH_MAX])
{
    const ProtobufCMessageDescriptor *type = desk_method(call)->input;
    const char *found = renamed_path(type, option);
    char name[64];

    if (((option_set)1 << option & NOT_A_FIELD) || names_target(call, option))
        return false;
    snprintf(name, sizeof name, "%s", option_name(option));
    for (char *at = name; *at; at++)
        *at = *at == '-' ? '_' : *at;
    if (!found && has_field(type, name))
        found = name;
    if (found)
        return snprintf(path, DESK_PATH_MAX, "%s", found) < DESK_PATH_MAX;
    const ProtobufCFieldDescriptor *content =
        *call->content ? protobuf_c_message_descriptor_get_field_by_name(type, call->content) : NULL;
    return content && has_field(content->descriptor, name) &&
           snprintf(path, DESK_PATH_MAX, "%s.%s", call->content, name) < DESK_PATH_MAX;
}

bool desk_option_used(const struct desk_call *call, enum option_id option)
{
    char path[DESK_PATH_MAX];

    return names_target(call, option) || desk_option_path(call, option, path);
}
