/* The table of the commands on the register: what a row names is there. */
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "desk/resource.h"
#include "support/fixture.h"

static const ProtobufCMethodDescriptor *method_of(const struct desk_call *call)
{
    const ProtobufCMethodDescriptor *method =
        protobuf_c_service_descriptor_get_method_by_name(call->service, call->method);

    if (!method)
        fail_msg("no method %s", call->method);
    return method;
}

static bool has_path(const ProtobufCMessageDescriptor *type, const char *path)
{
    ProtobufCMessage *message = message_new(type);
    struct field field;
    bool found = field_make(message, path, &field);

    sekisho_message_free(message);
    return found;
}

/* Type of a list's rows, or of the resource that an answer shows. */
static const ProtobufCMessageDescriptor *shown_type(const ProtobufCMethodDescriptor *method)
{
    for (unsigned i = 0; i < method->output->n_fields; i++)
        if (method->output->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            return method->output->fields[i].descriptor;
    return method->output;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < desk_command_count; i++) {
        const struct desk_command *row = &desk_commands[i];
        const ProtobufCMethodDescriptor *method = method_of(&row->call);
        if (!has_path(method->input, row->call.field))
            fail_msg("%s: the request has no %s", row->command.name, row->call.field);
        if (*row->call.content && !has_path(method->input, row->call.content))
            fail_msg("%s: the request has no %s", row->command.name, row->call.content);
        if (row->call.number != DESK_NO_NUMBER && (!has_path(method->input, "call") || !row->call.reads))
            fail_msg("%s: no call to the vault in its request", row->command.name);
        for (const char *const *column = row->call.columns; column && *column; column++)
            if (!has_path(shown_type(method), *column))
                fail_msg("%s: nothing of the answer is %s", row->command.name, *column);
    }
}

/* An option that a command accepts means something to it. */
static void test_options(void **state)
{
    const option_set ours =
        ~(((option_set)1 << OPT_REGISTRATION) - 1) &
        ~(OPT_BIT(SET) | OPT_BIT(CSV) | OPT_BIT(FILE) | OPT_BIT(NUMBER_FILE) | OPT_BIT(TITLE) | OPT_BIT(ETAG));

    (void)state;
    for (size_t i = 0; i < desk_command_count; i++) {
        const struct desk_command *row = &desk_commands[i];
        if (row->call.run)
            continue; /* reads its options itself */
        for (int option = 0; option < OPTIONS_COUNT; option++)
            if ((row->command.accepts & ours) >> option & 1 && !desk_option_used(&row->call, (enum option_id)option))
                fail_msg("%s: --%s has no field", row->command.name, option_name((enum option_id)option));
    }
}

static void test_labels_in_both_languages(void **state)
{
    (void)state;
    language_set("ja");
    for (size_t i = 0; i < desk_command_count; i++)
        for (const char *const *column = desk_commands[i].call.columns; column && *column; column++) {
            const char *last = strrchr(*column, '.');
            if (strcmp(label_of(*column), last ? last + 1 : *column) == 0 && strcmp(*column, "etag") != 0)
                fail_msg("%s: %s has no label", desk_commands[i].command.name, *column);
        }
    language_set("en");
}

static void test_target_of_options(void **state)
{
    struct options options = {0};
    char name[RESOURCE_MAX];
    const char *missing = NULL;

    (void)state;
    assert_true(resource_of_options("", &options, 11, name, &missing));
    assert_string_equal(name, "prefectures/11");
    assert_false(
        resource_of_options("applications/{application}/attachments/{attachment}", &options, 11, name, &missing));
    assert_string_equal(missing, "application");
    options.value[OPT_APPLICATION] = "prefectures/11/applications/00112233445566778899aabbccddeeff";
    options.value[OPT_ATTACHMENT] = "3";
    assert_true(
        resource_of_options("applications/{application}/attachments/{attachment}", &options, 11, name, &missing));
    assert_string_equal(name, "prefectures/11/applications/00112233445566778899aabbccddeeff/attachments/3");
    options.value[OPT_ATTACHMENT] = "3/../4";
    options.value[OPT_APPLICATION] = "../x";
    assert_false(resource_of_options("applications/{application}", &options, 11, name, &missing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_labels_in_both_languages),
        cmocka_unit_test(test_target_of_options),
    };

    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
