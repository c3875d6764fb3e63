/*
 * What the API and the register cannot do, by their shape: no answer that would give a person's data to somebody
 * outside of the office, no way in but the known ones, no room for what the file must not have. Read from the
 * descriptors of every method and every stored message, so that a new field or method is looked at too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/register/stored.pb-c.h"
#include "server/services/methods.h"
#include "server/services/services.h"

#define TYPES_MOST 256

/* Message types that a message is made of, itself first. */
struct types {
    const ProtobufCMessageDescriptor *type[TYPES_MOST];
    size_t count;
};

static void reach(struct types *types, const ProtobufCMessageDescriptor *type)
{
    for (size_t i = 0; i < types->count; i++)
        if (types->type[i] == type)
            return;
    assert_true(types->count < TYPES_MOST);
    types->type[types->count++] = type;
    for (unsigned i = 0; i < type->n_fields; i++)
        if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            reach(types, type->fields[i].descriptor);
}

static bool reaches(const ProtobufCMessageDescriptor *from, const ProtobufCMessageDescriptor *to)
{
    struct types types = {.count = 0};

    reach(&types, from);
    for (size_t i = 0; i < types.count; i++)
        if (types.type[i] == to)
            return true;
    return false;
}

static const ProtobufCMethodDescriptor *method_of(const char *service, const char *method)
{
#define SERVICE(name, stem)                                                                                            \
    if (strcmp(service, #name) == 0)                                                                                   \
        return protobuf_c_service_descriptor_get_method_by_name(&sekisho__v1__##stem##_service__descriptor, method);
#include "server/services/services.def"
#undef SERVICE
    return NULL;
}

static const struct {
    uint16_t number;
    const char *service, *method;
} methods[] = {
#define METHOD(number, service, method, roles) {(number), #service, #method},
#include "server/services/methods.def"
#undef METHOD
};
#define METHODS (sizeof methods / sizeof methods[0])

static bool gives_a_person(size_t i)
{
    const ProtobufCMethodDescriptor *method = method_of(methods[i].service, methods[i].method);

    assert_non_null(method);
    return reaches(method->output, &sekisho__v1__person__descriptor) ||
           reaches(method->output, &sekisho__v1__name__descriptor);
}

enum role {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

/* F079: the file serves the management of registrants, whoever has another task is shown none of it. F086: the using
 * department and its centre read the register; F087: nobody outside is given a person's data, neither
 * the portal, holders, verifiers, nor who runs the system. */
static void test_F079_F086_F087_persons_are_shown_to_officers_alone(void **state)
{
    static const uint16_t outside[] = {ROLE_ADM, ROLE_JUK, ROLE_NWO, ROLE_OPS, ROLE_HLD, ROLE_TPV, ROLE_SYS, ROLE_CSH};
    size_t given = 0;

    (void)state;
    for (size_t i = 0; i < METHODS; i++) {
        if (!gives_a_person(i))
            continue;
        given++;
        for (size_t j = 0; j < sizeof outside / sizeof outside[0]; j++) {
            if (method_permitted(methods[i].number, outside[j]))
                print_error("%s.%s: role %u\n", methods[i].service, methods[i].method, outside[j]);
            assert_false(method_permitted(methods[i].number, outside[j]));
        }
        assert_true(methods[i].number >= 70); /* a session of the register, recorded */
        assert_false(method_permitted(methods[i].number, 0));
    }
    assert_true(given >= 10); /* the walk has found something */
}

/* F087, F053: verifiers and holders can call nothing of the register; the portal only what is listed here, none of
 * which shows the register. */
static void test_F087_F053_what_those_outside_can_call(void **state)
{
    static const char *const portal[] = {
        "PortalService.CreateApplication",    "PortalService.UpdateApplication",
        "PortalService.RenderApplication",    "PortalService.SubmitApplication",
        "PortalService.GetApplicationStatus", "PortalService.ListApplicationStatuses",
        "PortalService.WithdrawApplication",  "PortalService.ConfirmPurge",
        "PortalService.BeginCorrection",      "PortalService.RetrySignature",
        "AttachmentService.CreateAttachment", "AttachmentService.UploadAttachment",
        "AttachmentService.GetAttachment",    "AttachmentService.DeleteAttachment",
    };

    (void)state;
    for (size_t i = 0; i < METHODS; i++) {
        char name[128];
        bool listed = false;

        if (methods[i].number < 70)
            continue;
        assert_false(method_permitted(methods[i].number, ROLE_HLD));
        assert_false(method_permitted(methods[i].number, ROLE_TPV));
        assert_false(method_permitted(methods[i].number, ROLE_OPS));
        snprintf(name, sizeof name, "%s.%s", methods[i].service, methods[i].method);
        for (size_t j = 0; j < sizeof portal / sizeof portal[0]; j++)
            listed = listed || strcmp(name, portal[j]) == 0;
        if (method_permitted(methods[i].number, ROLE_SYS) != listed)
            print_error("%s\n", name);
        assert_int_equal(method_permitted(methods[i].number, ROLE_SYS), listed);
    }
}

static const ProtobufCMessageDescriptor *const stored[] = {
    &sekisho__stored__stored_entry__descriptor,
    &sekisho__stored__stored_application__descriptor,
    &sekisho__stored__stored_application_event__descriptor,
    &sekisho__stored__stored_disposition__descriptor,
};
#define STORED (sizeof stored / sizeof stored[0])

static void types_of_file(struct types *types)
{
    types->count = 0;
    for (size_t i = 0; i < STORED; i++)
        reach(types, stored[i]);
}

/* 「100項目以上」: the items that the file has, each kind of message counted once. */
static void test_F075_the_file_has_its_items(void **state)
{
    struct types types;
    size_t items = 0;

    (void)state;
    types_of_file(&types);
    for (size_t i = 0; i < types.count; i++)
        for (unsigned j = 0; j < types.type[i]->n_fields; j++)
            items += types.type[i]->fields[j].type != PROTOBUF_C_TYPE_MESSAGE;
    assert_in_range(items, 100, 1000);
}

static bool named(const char *name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(name, words[i]))
            return true;
    return false;
}

/* F076: no individual number, 符号, 住民票コード or contact has a field in what is stored. A reference to a number, its
 * state and the sealed blob are not the number. */
static void test_F076_no_field_for_what_the_file_must_not_have(void **state)
{
    static const char *const words[] = {"individual_number", "my_number", "resident_code", "juminhyo",
                                        "linkage",           "phone",     "tel",           "mail",
                                        "contact",           "fax"};
    struct types types;

    (void)state;
    types_of_file(&types);
    for (size_t i = 0; i < types.count; i++) {
        for (unsigned j = 0; j < types.type[i]->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &types.type[i]->fields[j];
            if (named(field->name, words, sizeof words / sizeof words[0]))
                print_error("%s.%s\n", types.type[i]->name, field->name);
            assert_false(named(field->name, words, sizeof words / sizeof words[0]));
        }
    }
}

static void assert_values(const ProtobufCEnumDescriptor *type, const char *const *names, size_t count)
{
    assert_int_equal(type->n_values, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(type->values[i].name, names[i]);
}

/* The known ways in (紙, 専用線, 情報提供ネットワークシステム) and the known sources: the person by portal or paper,
 * J-LIS, the ministry's network; beside them the national database that 児童福祉法18条の20の4 tells the governor to
 * ask. */
static void test_INV_21_F081_ways_in_and_sources_are_a_closed_list(void **state)
{
    static const char *const channels[] = {"APPLICATION_CHANNEL_UNSPECIFIED", "APPLICATION_CHANNEL_PORTAL",
                                           "APPLICATION_CHANNEL_PAPER_OFFICE", "APPLICATION_CHANNEL_PAPER_CENTRE"};
    static const char *const sources[] = {"CHECK_SOURCE_UNSPECIFIED", "CHECK_SOURCE_RESIDENT_NETWORK",
                                          "CHECK_SOURCE_INFORMATION_NETWORK", "CHECK_SOURCE_CANCELLED_DATABASE"};

    (void)state;
    assert_values(&sekisho__v1__application_channel__descriptor, channels, sizeof channels / sizeof channels[0]);
    assert_values(&sekisho__v1__check_source__descriptor, sources, sizeof sources / sizeof sources[0]);
}

/* F003: the portal hands in no number but sealed: no request of it has a field for one that the front could read. */
static void test_F003_the_portal_has_no_field_for_a_typed_number(void **state)
{
    static const char registered[] = "registration_number"; /* of the register, not of the person */
    size_t sealed = 0;

    (void)state;
    for (size_t i = 0; i < METHODS; i++) {
        struct types types = {.count = 0};

        if (strcmp(methods[i].service, "PortalService") != 0)
            continue;
        reach(&types, method_of(methods[i].service, methods[i].method)->input);
        for (size_t j = 0; j < types.count; j++) {
            for (unsigned k = 0; k < types.type[j]->n_fields; k++) {
                const ProtobufCFieldDescriptor *field = &types.type[j]->fields[k];
                bool blob = strcmp(field->name, "number_blob") == 0 && field->type == PROTOBUF_C_TYPE_BYTES;

                sealed += blob;
                if (!blob && strstr(field->name, "number"))
                    assert_string_equal(field->name, registered);
            }
        }
    }
    assert_true(sealed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F079_F086_F087_persons_are_shown_to_officers_alone),
        cmocka_unit_test(test_F087_F053_what_those_outside_can_call),
        cmocka_unit_test(test_F075_the_file_has_its_items),
        cmocka_unit_test(test_F076_no_field_for_what_the_file_must_not_have),
        cmocka_unit_test(test_INV_21_F081_ways_in_and_sources_are_a_closed_list),
        cmocka_unit_test(test_F003_the_portal_has_no_field_for_a_typed_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
